//! What time does to applications: reminders before the promise ends, expiry with an apology, lapse
//! without blame, places that become free.

use super::mails::{Notice, What};
use super::store;
use crate::domain::application::{
    DeclineKind, EXPIRES_DAYS, LAPSES_AFTER, REMINDED_DAYS, Stage, days_after, end_of_day,
};
use crate::domain::call;
use crate::domain::id::{ApplicationId, CallId, ConsultationId, PersonId};
use crate::features::calls::{self, Call};
use crate::features::consultations;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// An applicant who was asked is reminded this long before the application lapses.
const LAPSE_REMINDER: TimeDelta = TimeDelta::days(7);

/// Plans what follows when the host's time begins: two reminders and the end.
pub(super) async fn plan(tx: &mut Tx, id: ApplicationId) -> Result<(), AppError> {
    let application = store::system(tx, id).await?;
    let Some(due_at) = application.due_at else { return Ok(()) };
    let call = calls::find(tx, application.call).await?.ok_or(AppError::NotFound)?;
    let zone = call.host_zone.0;
    for at in [days_after(due_at, -REMINDED_DAYS, zone), due_at] {
        tx.enqueue(NewJob::at(DueReminder { application: id, due_at, at }, at)).await?;
    }
    tx.enqueue(NewJob::at(Expiry { application: id, due_at }, days_after(due_at, EXPIRES_DAYS, zone))).await
}

/// Plans what follows when the applicant was asked.
pub(super) async fn plan_lapse(tx: &mut Tx, id: ApplicationId) -> Result<(), AppError> {
    let since = store::system(tx, id).await?.stage_since;
    for at in [since + LAPSES_AFTER - LAPSE_REMINDER, since + LAPSES_AFTER] {
        tx.enqueue(NewJob::at(Lapse { application: id, since, at }, at)).await?;
    }
    Ok(())
}

/// Reminds the hosts of a promise that ends soon, or has ended.
#[derive(Serialize, Deserialize)]
pub struct DueReminder {
    pub application: ApplicationId,
    pub due_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

impl Job for DueReminder {
    const KIND: &'static str = "applications.due_reminder";
    const MAX_AGE: TimeDelta = TimeDelta::days(60);

    fn key(&self) -> Option<String> {
        Some(format!("applications.due_reminder {} {}", self.application, self.at.timestamp()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let application = store::system(&mut tx, self.application).await?;
        if application.stage != Stage::Submitted || application.due_at != Some(self.due_at) {
            return Ok(Outcome::Done);
        }
        for host in deciding(&mut tx, application.call).await? {
            tx.enqueue_now(Notice { application: self.application, what: What::Due, to: host }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Ends an application that nobody answered.
#[derive(Serialize, Deserialize)]
pub struct Expiry {
    pub application: ApplicationId,
    pub due_at: DateTime<Utc>,
}

impl Job for Expiry {
    const KIND: &'static str = "applications.expiry";
    const MAX_AGE: TimeDelta = TimeDelta::days(90);

    fn key(&self) -> Option<String> {
        Some(format!("applications.expiry {} {}", self.application, self.due_at.timestamp()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        store::lock(&mut tx, self.application).await?;
        let application = store::system(&mut tx, self.application).await?;
        if application.due_at != Some(self.due_at) {
            return Ok(Outcome::Done);
        }
        let call = calls::find(&mut tx, application.call).await?.ok_or(AppError::NotFound)?;
        match application.expire(call.host_zone.0, run.now) {
            Ok(moved) => {
                store::save(&mut tx, moved).await?;
                Ok(Outcome::DoneWith(tx))
            }
            Err(_) => Ok(Outcome::Done),
        }
    }
}

/// Reminds an applicant who was asked, and ends the application when they stay silent.
#[derive(Serialize, Deserialize)]
pub struct Lapse {
    pub application: ApplicationId,
    pub since: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

impl Job for Lapse {
    const KIND: &'static str = "applications.lapse";
    const MAX_AGE: TimeDelta = TimeDelta::days(60);

    fn key(&self) -> Option<String> {
        Some(format!("applications.lapse {} {}", self.application, self.at.timestamp()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        store::lock(&mut tx, self.application).await?;
        let application = store::system(&mut tx, self.application).await?;
        if application.stage != Stage::Asked || application.stage_since != self.since {
            return Ok(Outcome::Done);
        }
        let to = application.applicant;
        match application.lapse(run.now) {
            Ok(moved) => {
                store::save(&mut tx, moved).await?;
            }
            Err(_) => tx.enqueue_now(Notice { application: self.application, what: What::StillAsked, to }).await?,
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// A consultation ended or came back: its application follows, and who waits longest gets a place
/// that became free.
#[derive(Serialize, Deserialize)]
pub struct PlaceCheck {
    pub consultation: ConsultationId,
}

impl Job for PlaceCheck {
    const KIND: &'static str = "applications.place_check";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let call = consultations::system(&mut tx, self.consultation).await?.call;
        let call = calls::locked(&mut tx, call).await?;
        store::follow(&mut tx, self.consultation).await?;
        give_places(&mut tx, &call).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// A call was changed: where it has more places than before, who waits longest gets them.
#[derive(Serialize, Deserialize)]
pub struct CapacityCheck {
    pub call: CallId,
}

impl Job for CapacityCheck {
    const KIND: &'static str = "applications.capacity_check";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let call = calls::locked(&mut tx, self.call).await?;
        give_places(&mut tx, &call).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Takes up as many of those who wait as there are places that nobody else may get. The caller
/// locked the call.
pub(super) async fn give_places(tx: &mut Tx, call: &Call) -> Result<(), AppError> {
    let (active, now) = (consultations::active_of_call(tx, call.id).await?, tx.now());
    let free = store::unpromised(tx, call, active).await?;
    let due = end_of_day(now, call.reply_days.into(), call.host_zone.0);
    for id in store::waitlisted(tx, call.id, free.max(0)).await? {
        if let Ok(moved) = store::system(tx, id).await?.readmit(due, now) {
            store::save(tx, moved).await?;
        }
    }
    Ok(())
}

/// The call was closed or rests, and its host declines all who wait.
#[derive(Serialize, Deserialize)]
pub struct Dismissal {
    pub call: CallId,
}

impl Job for Dismissal {
    const KIND: &'static str = "applications.dismissal";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        // Whoever waited for a call that only rests may apply again later.
        let kind = match calls::locked(&mut tx, self.call).await?.stage {
            call::Stage::Paused | call::Stage::Open => DeclineKind::Time,
            _ => DeclineKind::Closed,
        };
        for id in store::undecided(&mut tx, self.call).await? {
            if let Ok(moved) = store::system(&mut tx, id).await?.decline(kind, None, run.now) {
                store::save(&mut tx, moved).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// The call rests as its hosts are away: whoever waits is told, and may go elsewhere.
#[derive(Serialize, Deserialize)]
pub struct Rested {
    pub call: CallId,
}

impl Job for Rested {
    const KIND: &'static str = "applications.rested";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for application in store::undecided(&mut tx, self.call).await? {
            let to = store::system(&mut tx, application).await?.applicant;
            tx.enqueue_now(Notice { application, what: What::Rested, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// The hosts of a call who may decide.
pub(super) async fn deciding(tx: &mut Tx, call: CallId) -> Result<Vec<PersonId>, AppError> {
    Ok(calls::hosts(tx, call).await?.into_iter().filter(|h| h.may_decide).map(|h| h.person).collect())
}
