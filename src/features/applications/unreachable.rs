//! Mails to somebody who applied do not arrive: whoever decides hears of it while they wait for the applicant.

use super::{store, times};
use crate::domain::application::Stage;
use crate::domain::id::{ApplicationId, PersonId};
use crate::features::{calls, people};
use crate::platform::addresses;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// An address was suspended: those who wait for an answer of its person are told.
#[derive(Serialize, Deserialize)]
pub struct UnreachableMails {
    pub person: PersonId,
}

impl Job for UnreachableMails {
    const KIND: &'static str = "applications.unreachable_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for (application, call) in store::waited_for(&mut tx, self.person).await? {
            for to in times::deciding(&mut tx, call).await? {
                tx.enqueue_now(UnreachableMail { application, to }).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one of those who decide about one application.
#[derive(Serialize, Deserialize)]
pub struct UnreachableMail {
    pub application: ApplicationId,
    pub to: PersonId,
}

impl Job for UnreachableMail {
    const KIND: &'static str = "applications.unreachable_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let application = store::system(&mut tx, self.application).await?;
        let unreachable = people::receiver(&mut tx, application.applicant).await?;
        let is_waited_for = matches!(application.stage, Stage::Asked | Stage::Waitlisted);
        if !is_waited_for || !addresses::is_suspended(&mut tx, &unreachable.address).await? {
            return Ok(Outcome::Done);
        }
        let Some(call) = calls::find(&mut tx, application.call).await? else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, self.to).await?;
        let (speech, name) = (receiver.speech, &unreachable.name);
        let mail = Mail::to(&receiver, speech.t("applications-mail-unreachable-subject").saying("call", &call.title))
            .line(speech.t("applications-mail-unreachable-text").saying("name", name).saying("call", &call.title))
            .line(speech.t("consultations-mail-unreachable-then"))
            .action(
                speech.t("applications-mail-open"),
                run.platform.config.url(&format!("/applications/{}", self.application)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
