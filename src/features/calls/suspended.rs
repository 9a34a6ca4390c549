//! Mails to the hosts of a call that administrators keep from the public, or give back.

use super::store;
use crate::domain::id::{CallId, PersonId};
use crate::features::people;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// Tells each host.
#[derive(Serialize, Deserialize)]
pub struct SuspensionMails {
    pub call: CallId,
    pub is_suspended: bool,
}

impl Job for SuspensionMails {
    const KIND: &'static str = "calls.suspension_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for host in store::hosts(&mut tx, self.call).await? {
            let (call, is_suspended) = (self.call, self.is_suspended);
            tx.enqueue_now(SuspensionMail { call, is_suspended, to: host.person }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one host; the reason stands on the page of opening.
#[derive(Serialize, Deserialize)]
pub struct SuspensionMail {
    pub call: CallId,
    pub is_suspended: bool,
    pub to: PersonId,
}

impl Job for SuspensionMail {
    const KIND: &'static str = "calls.suspension_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(call) = store::find(&mut tx, self.call).await? else { return Ok(Outcome::Done) };
        if call.is_suspended != self.is_suspended {
            return Ok(Outcome::Done);
        }
        if !store::hosts(&mut tx, self.call).await?.iter().any(|host| host.person == self.to) {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let (subject, text) = match self.is_suspended {
            true => ("calls-mail-suspended-subject", "calls-mail-suspended-text"),
            false => ("calls-mail-restored-subject", "calls-mail-restored-text"),
        };
        let mail = Mail::to(&receiver, speech.t(subject).saying("call", &call.title))
            .line(speech.t(text).saying("call", &call.title))
            .action(
                speech.t("calls-mail-suspended-open"),
                run.platform.config.url(&format!("/calls/{}/opening", call.id)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
