//! A call whose hosts are away for 30 days pauses by itself, so that nobody applies to an empty room.
//! It is opened again like any other.

use super::store::{self, Call};
use crate::domain::call::{IDLE_AFTER, Stage, Waiting};
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, PersonId};
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::facts;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::Mail;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Looks whether anybody who decides about a call was here, and again when that could have changed.
#[derive(Serialize, Deserialize)]
pub struct IdleCheck {
    pub call: CallId,
    /// The day that it looks on; none at first.
    pub day: Option<NaiveDate>,
}

impl Job for IdleCheck {
    const KIND: &'static str = "calls.idle_check";
    const MAX_AGE: TimeDelta = TimeDelta::days(60);

    /// A call that was paused and opened again is not looked at twice.
    fn key(&self) -> Option<String> {
        self.day.map(|day| format!("calls.idle_check {} {day}", self.call))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let call = match store::locked(&mut tx, self.call).await {
            Err(AppError::NotFound) => return Ok(Outcome::Done),
            call => call?,
        };
        if call.stage != Stage::Open {
            return Ok(Outcome::Done);
        }
        let hosts = deciding(&mut tx, call.id).await?;
        let ends = last_here(&mut tx, &call, &hosts).await? + IDLE_AFTER;
        match run.now >= ends {
            true => rest(&mut tx, &call, &hosts).await?,
            false => {
                let again = Self { call: call.id, day: Some(ends.date_naive()) };
                tx.enqueue(NewJob::at(again, ends)).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

async fn deciding(tx: &mut Tx, call: CallId) -> Result<Vec<PersonId>, AppError> {
    Ok(store::hosts(tx, call).await?.into_iter().filter(|host| host.may_decide).map(|host| host.person).collect())
}

/// When somebody who decides was last here: opened the call, did anything, or looked at a page.
async fn last_here(tx: &mut Tx, call: &Call, hosts: &[PersonId]) -> Result<DateTime<Utc>, AppError> {
    let acted = facts::last_act(tx, hosts).await?;
    let seen = people::last_seen(tx, hosts).await?;
    Ok([Some(call.stage_since), acted, seen].into_iter().flatten().max().unwrap_or(call.stage_since))
}

async fn rest(tx: &mut Tx, call: &Call, hosts: &[PersonId]) -> Result<(), AppError> {
    store::pause(tx, call, Waiting::Finish).await?;
    tx.record(Fact::CallRested { call: call.id }).await?;
    for host in hosts {
        tx.enqueue_now(RestedMail { call: call.id, to: *host }).await?;
    }
    Ok(())
}

/// Tells a host that their call rests.
#[derive(Serialize, Deserialize)]
pub struct RestedMail {
    pub call: CallId,
    pub to: PersonId,
}

impl Job for RestedMail {
    const KIND: &'static str = "calls.rested_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let call = store::find(&mut tx, self.call).await?.filter(|call| call.stage == Stage::Paused);
        let Some(call) = call else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("calls-mail-rested-subject").saying("call", &call.title))
            .line(speech.t("calls-mail-rested-text").saying("call", &call.title).with("days", IDLE_AFTER.num_days()))
            .action(
                speech.t("calls-mail-rested-open"),
                run.platform.config.url(&format!("/calls/{}/opening", call.id)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
