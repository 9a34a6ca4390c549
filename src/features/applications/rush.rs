//! Many applications to one call within an hour: the first few are told one by one, the rest in one mail
//! when the hour is over.

use super::{store, times};
use crate::domain::application::Application;
use crate::domain::id::{CallId, PersonId};
use crate::domain::notice::Topic;
use crate::features::{calls, people};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::Mail;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Applications of an hour that are told one by one.
pub const MOST: i64 = 5;

/// The beginning of the hour of an instant.
pub fn began(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at)
}

/// Lets a host have one mail for the rest of the hour; a second plan for the same hour is the same job.
pub async fn plan(tx: &mut Tx, application: &Application, to: PersonId) -> Result<(), AppError> {
    let hour = began(application.submitted_at);
    tx.enqueue(NewJob::at(RushMail { call: application.call, to, hour }, hour + TimeDelta::hours(1))).await
}

/// Says how many came in an hour, and where they are.
#[derive(Serialize, Deserialize)]
pub struct RushMail {
    pub call: CallId,
    pub to: PersonId,
    pub hour: DateTime<Utc>,
}

impl Job for RushMail {
    const KIND: &'static str = "applications.rush_mail";

    fn key(&self) -> Option<String> {
        Some(format!("rush {} {} {}", self.call, self.to, self.hour.timestamp()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let count = store::arrived(&mut tx, self.call, self.hour).await?;
        let Some(call) = calls::find(&mut tx, self.call).await? else { return Ok(Outcome::Done) };
        if !times::deciding(&mut tx, self.call).await?.contains(&self.to) {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("applications-mail-rush-subject").saying("call", &call.title))
            .line(
                speech
                    .t("applications-mail-rush-text")
                    .saying("call", &call.title)
                    .with("count", count)
                    .with("most", MOST),
            )
            .action(speech.t("applications-mail-rush-open"), run.platform.config.url("/applications"));
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Turn))))
    }
}
