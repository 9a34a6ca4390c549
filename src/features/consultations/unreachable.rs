//! Mails to somebody who takes part do not arrive: the host hears of it, as nobody else would.

use super::store;
use crate::domain::consultation::Part;
use crate::domain::id::{ConsultationId, InvitationId, PersonId};
use crate::features::people;
use crate::platform::addresses;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// An address was suspended: the hosts of its person's consultations are told.
#[derive(Serialize, Deserialize)]
pub struct UnreachableMails {
    pub person: PersonId,
}

impl Job for UnreachableMails {
    const KIND: &'static str = "consultations.unreachable_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for consultation in store::sides_of(&mut tx, self.person).await?.1 {
            if store::system(&mut tx, consultation).await?.stage.is_active() {
                tx.enqueue_now(UnreachableMail { consultation, person: self.person }).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells the host of one consultation.
#[derive(Serialize, Deserialize)]
pub struct UnreachableMail {
    pub consultation: ConsultationId,
    pub person: PersonId,
}

impl Job for UnreachableMail {
    const KIND: &'static str = "consultations.unreachable_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let people = store::attendants(&mut tx, self.consultation).await?;
        let unreachable = people::receiver(&mut tx, self.person).await?;
        let is_in = people.iter().any(|a| a.person == self.person);
        if !is_in || !addresses::is_suspended(&mut tx, &unreachable.address).await? {
            return Ok(Outcome::Done);
        }
        let Some(host) = people.iter().find(|a| a.part == Part::Host) else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, host.person).await?;
        let title = store::system(&mut tx, self.consultation).await?.title;
        let (speech, name) = (receiver.speech, &unreachable.name);
        let mail = Mail::to(&receiver, speech.t("consultations-mail-unreachable-subject").saying("title", &title))
            .line(speech.t("consultations-mail-unreachable-text").saying("name", name).saying("title", &title))
            .line(speech.t("consultations-mail-unreachable-then"))
            .action(
                speech.t("consultations-mail-open"),
                run.platform.config.url(&format!("/consultations/{}/participants", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells whoever invited an address that its server refused the invitation.
#[derive(Serialize, Deserialize)]
pub struct RefusedInvitationMail {
    pub invitation: InvitationId,
}

impl Job for RefusedInvitationMail {
    const KIND: &'static str = "consultations.refused_invitation_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(waiting) = store::waiting_invitation(&mut tx, self.invitation).await? else {
            return Ok(Outcome::Done);
        };
        if !store::is_in(&mut tx, waiting.consultation, waiting.inviter).await? {
            return Ok(Outcome::Done);
        }
        let title = store::system(&mut tx, waiting.consultation).await?.title;
        let receiver = people::receiver(&mut tx, waiting.inviter).await?;
        let speech = receiver.speech;
        let text = speech.t("consultations-mail-refused-text").saying("email", &waiting.email);
        let mail = Mail::to(&receiver, speech.t("consultations-mail-unreachable-subject").saying("title", &title))
            .line(text.saying("title", &title))
            .action(
                speech.t("consultations-mail-open"),
                run.platform.config.url(&format!("/consultations/{}/participants", waiting.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
