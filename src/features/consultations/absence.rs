//! An account was closed: whoever has a consultation with its person hears that nobody answers at present.

use super::store;
use crate::domain::id::{ConsultationId, PersonId};
use crate::features::people;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// Tells everybody in the consultations that a person is in.
#[derive(Serialize, Deserialize)]
pub struct AbsenceMails {
    pub person: PersonId,
}

impl Job for AbsenceMails {
    const KIND: &'static str = "consultations.absence_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let (hosted, joined) = store::sides_of(&mut tx, self.person).await?;
        for consultation in hosted.into_iter().chain(joined) {
            if !store::system(&mut tx, consultation).await?.stage.is_active() {
                continue;
            }
            for other in store::attendants(&mut tx, consultation).await? {
                if other.person != self.person {
                    tx.enqueue_now(AbsenceMail { consultation, person: self.person, to: other.person }).await?;
                }
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one of them; why the account is closed is between its person and the administrators.
#[derive(Serialize, Deserialize)]
pub struct AbsenceMail {
    pub consultation: ConsultationId,
    pub person: PersonId,
    pub to: PersonId,
}

impl Job for AbsenceMail {
    const KIND: &'static str = "consultations.absence_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let people = store::attendants(&mut tx, self.consultation).await?;
        let Some(absent) = people.iter().find(|a| a.person == self.person) else { return Ok(Outcome::Done) };
        let is_in = people.iter().any(|a| a.person == self.to);
        if !is_in || !people::is_disabled(&mut tx, self.person).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let title = store::system(&mut tx, self.consultation).await?.title;
        let (speech, name) = (receiver.speech, &absent.name);
        let mail = Mail::to(&receiver, speech.t("consultations-mail-absent-subject").saying("title", &title))
            .line(speech.t("consultations-mail-absent-text").saying("name", name).saying("title", &title))
            .line(speech.t("consultations-mail-absent-then"))
            .action(
                speech.t("consultations-mail-open"),
                run.platform.config.url(&format!("/consultations/{}", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
