//! A host whose grant was taken back: their open calls rest at once, and what runs goes on.

use super::store;
use crate::domain::call::{Stage, Waiting};
use crate::domain::id::{CallId, PersonId};
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// Pauses all open calls of an owner whose grant ends with this transaction. The rows are locked first, so
/// that nothing is opened beside it: whoever opens a call looks for the grant behind the same lock.
pub async fn rest_all_of(tx: &mut Tx, owner: PersonId) -> Result<(), AppError> {
    let mut rested = Vec::new();
    for id in store::locked_of_owner(tx, owner).await? {
        let call = store::find(tx, id).await?.filter(|call| call.stage == Stage::Open);
        let Some(call) = call else { continue };
        store::pause(tx, &call, Waiting::Finish).await?;
        rested.push(call.id);
    }
    tx.enqueue_now(GrantWithdrawnMail { person: owner, rested }).await
}

/// Tells a host that their grant was taken back, and which calls rest because of it.
#[derive(Serialize, Deserialize)]
pub struct GrantWithdrawnMail {
    pub person: PersonId,
    pub rested: Vec<CallId>,
}

impl Job for GrantWithdrawnMail {
    const KIND: &'static str = "calls.grant_withdrawn_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        if people::holds_grant(&mut tx, self.person).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.person).await?;
        let speech = receiver.speech;
        let mut mail = Mail::to(&receiver, speech.t("calls-mail-withdrawn-subject"))
            .line(speech.t("calls-mail-withdrawn-text"))
            .line(speech.t("calls-mail-withdrawn-goes_on"));
        for id in self.rested {
            if let Some(call) = store::find(&mut tx, id).await? {
                mail = mail.fact(speech.t("calls-mail-withdrawn-rests"), call.title);
            }
        }
        let mail = mail.action(speech.t("calls-mail-home"), run.platform.config.url("/home"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
