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
/// that nothing is opened beside it: whoever opens a call looks for the grant behind the same lock. Before them
/// the person, whose row whoever takes a call over holds to the end.
pub async fn rest_all_of(tx: &mut Tx, owner: PersonId) -> Result<(), AppError> {
    people::lock(tx, owner).await?;
    let mut rested = Vec::new();
    for id in store::locked_of_owner(tx, owner).await? {
        let call = store::find(tx, id).await?.filter(|call| call.stage == Stage::Open);
        let Some(call) = call else { continue };
        store::pause(tx, &call, Waiting::Finish).await?;
        rested.push(call.id);
        for host in store::hosts(tx, call.id).await?.into_iter().filter(|host| host.person != owner) {
            tx.enqueue_now(StoppedMail { call: call.id, to: host.person }).await?;
        }
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

/// Tells a co-host that a call rests as its owner may not have it open.
#[derive(Serialize, Deserialize)]
pub struct StoppedMail {
    pub call: CallId,
    pub to: PersonId,
}

impl Job for StoppedMail {
    const KIND: &'static str = "calls.stopped_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let call = store::find(&mut tx, self.call).await?.filter(|call| call.stage == Stage::Paused);
        let Some(call) = call else { return Ok(Outcome::Done) };
        let is_host = store::hosts(&mut tx, self.call).await?.iter().any(|host| host.person == self.to);
        if !is_host || people::holds_grant(&mut tx, call.owner).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("calls-mail-stopped-subject").saying("call", &call.title))
            .line(speech.t("calls-mail-stopped-text").saying("owner", &call.host_name).saying("call", &call.title))
            .line(speech.t("calls-mail-stopped-goes_on"))
            .action(
                speech.t("calls-mail-suspended-open"),
                run.platform.config.url(&format!("/calls/{}/opening", call.id)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
