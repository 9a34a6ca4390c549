//! Mails of this slice about what a host opened; those that time brings are with what watches it.

use crate::domain::id::ConsultationId;
use crate::domain::notice::Topic;
use crate::features::{consultations, people};
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// Tells the lead that a host opened another consultation with them.
#[derive(Serialize, Deserialize)]
pub struct AgainMail {
    pub consultation: ConsultationId,
}

impl Job for AgainMail {
    const KIND: &'static str = "sessions.again_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some((lead, _)) = consultations::lead_of(&mut tx, self.consultation).await? else {
            return Ok(Outcome::Done);
        };
        let title = consultations::system(&mut tx, self.consultation).await?.title;
        let receiver = people::receiver(&mut tx, lead).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("sessions-mail-again-subject").saying("title", &title))
            .line(speech.t("sessions-mail-again-text").saying("title", &title))
            .action(
                speech.t("sessions-mail-open"),
                run.platform.config.url(&format!("/consultations/{}", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Room).read_there())))
    }
}
