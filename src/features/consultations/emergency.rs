//! Mails to everybody of a consultation that an administrator read: who, when, and why.

use super::store;
use crate::domain::id::{EmergencyReadingId, PersonId};
use crate::features::people;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::{Mail, unlinked};
use serde::{Deserialize, Serialize};

/// Tells each host and participant.
#[derive(Serialize, Deserialize)]
pub struct EmergencyMails {
    pub reading: EmergencyReadingId,
}

impl Job for EmergencyMails {
    const KIND: &'static str = "consultations.emergency_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(reading) = store::emergency_reading(&mut tx, self.reading).await? else { return Ok(Outcome::Done) };
        for person in store::attendants(&mut tx, reading.consultation).await? {
            tx.enqueue_now(EmergencyMail { reading: self.reading, to: person.person }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one of them.
#[derive(Serialize, Deserialize)]
pub struct EmergencyMail {
    pub reading: EmergencyReadingId,
    pub to: PersonId,
}

impl Job for EmergencyMail {
    const KIND: &'static str = "consultations.emergency_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(reading) = store::emergency_reading(&mut tx, self.reading).await? else { return Ok(Outcome::Done) };
        if !store::is_in(&mut tx, reading.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail =
            Mail::to(&receiver, speech.t("consultations-mail-emergency-subject").saying("title", &reading.title))
                .line(
                    speech
                        .t("consultations-mail-emergency-text")
                        .saying("title", &reading.title)
                        .saying("name", &reading.administrator)
                        .with("from", speech.moment(reading.began_at))
                        .with("until", speech.moment(reading.ends_at)),
                )
                .line(speech.t("consultations-mail-emergency-reason").saying("reason", unlinked(&reading.reason)))
                .action(
                    speech.t("consultations-mail-open"),
                    run.platform.config.url(&format!("/consultations/{}", reading.consultation)),
                );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
