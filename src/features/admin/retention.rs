//! What is kept no longer goes, once a day: each class by a job of its own, in batches, each batch one
//! transaction. A job that died goes on where it was.

use super::rotation::SealAnew;
use crate::domain::fact::Fact;
use crate::domain::retention::{self, Class, months_before};
use crate::features::{
    applications, bookings, calls, complaints, consultations, feedback, home, people, questions, reports, sessions,
};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::{
    Platform, addresses, audit, drafts, facts, failpoint, jobs, limit, notices, once, reading, work,
};
use anyhow::anyhow;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// Rows of a batch: a batch must not hold its locks for long.
const ROWS: i64 = 500;
/// Consultations of a batch, which hold many rows each.
const ROOMS: i64 = 20;
/// In UTC: early in the morning where most hosts are, and in the evening or at night elsewhere.
const HOUR: u32 = 18;

/// Plans the next day's sweep, unless it is planned: whenever somebody begins to work.
pub async fn plan(platform: &Platform) -> Result<(), AppError> {
    let mut tx = Tx::begin(platform, None, platform.clock.now()).await?;
    let next = Daily::after(tx.now());
    tx.enqueue(next).await?;
    tx.commit().await
}

/// Begins the sweep of a day.
#[derive(Serialize, Deserialize)]
pub struct Daily {
    pub day: NaiveDate,
}

impl Daily {
    fn after(now: DateTime<Utc>) -> NewJob {
        let today = now.date_naive();
        let day = if at(today) > now { today } else { today + Days::new(1) };
        NewJob::at(Self { day }, at(day))
    }
}

fn at(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default()).and_utc()
}

impl Job for Daily {
    const KIND: &'static str = "admin.retention";

    fn key(&self) -> Option<String> {
        Some(format!("admin.retention {}", self.day))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for class in Class::ALL {
            tx.enqueue_now(Sweep { class, day: self.day }).await?;
        }
        // A restored database knows nothing of the archives that lie beside it.
        tx.enqueue(home::sweep::Sweep::after(run.now)).await?;
        tx.enqueue_now(SealAnew { day: self.day }).await?;
        tx.enqueue(Self::after(run.now)).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Deletes what is over of a class.
#[derive(Serialize, Deserialize)]
pub struct Sweep {
    pub class: Class,
    pub day: NaiveDate,
}

impl Job for Sweep {
    const KIND: &'static str = "admin.sweep";

    fn key(&self) -> Option<String> {
        Some(format!("admin.sweep {:?} {}", self.class, self.day))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let fact = Fact::ClassSwept { class: self.class, day: self.day };
        loop {
            // Put off like any failure, and a sweep that is given up is done the next day.
            if !run.platform.clock.is_steady() {
                return Err(AppError::Unavailable(anyhow!("the clock jumped")));
            }
            let mut tx = run.begin().await?;
            if batch(&mut tx, self.class).await? == 0 {
                return Ok(Outcome::DoneWith(tx));
            }
            if !facts::is_recorded(&mut tx, &fact, run.created_at).await? {
                tx.record(fact).await?;
            }
            tx.commit().await?;
            failpoint::reach("after_sweep").await;
        }
    }
}

/// Deletes one batch of a class; gives the number of what is gone.
async fn batch(tx: &mut Tx, class: Class) -> Result<u64, AppError> {
    let now = tx.now();
    match class {
        Class::VisitorDrafts => drafts::sweep_visitors(tx, now, ROWS).await,
        Class::Drafts => drafts::sweep(tx, now, ROWS).await,
        Class::Applications => applications::retention::sweep(tx, now - retention::APPLICATIONS, ROWS).await,
        Class::Documents => documents(tx).await,
        Class::Feedback => answers(tx).await,
        Class::Records => records(tx).await,
        Class::NoShows => sessions::retention::sweep_no_shows(tx, months_before(now, retention::NO_SHOWS), ROWS).await,
        Class::Invitations => invitations(tx).await,
        Class::Jobs => done(tx).await,
        Class::SignIns => people::retention::sweep_sign_ins(tx, ROWS).await,
        Class::OnceKeys => spent(tx).await,
        Class::Facts => facts::sweep(tx, months_before(now, retention::FACTS), ROWS).await,
        Class::Audit => audit::sweep(tx, months_before(now, retention::AUDIT), ROWS).await,
    }
}

/// Work that is done, and what it left of mails.
async fn done(tx: &mut Tx) -> Result<u64, AppError> {
    let now = tx.now();
    let done = jobs::sweep(tx, now, ROWS).await?;
    let mails = notices::sweep(tx, now, ROWS).await? + addresses::sweep(tx, now, ROWS).await?;
    Ok(done + mails + reading::sweep(tx, now, ROWS).await?)
}

/// What forms were opened with, and how often.
async fn spent(tx: &mut Tx) -> Result<u64, AppError> {
    let now = tx.now();
    let keys = once::sweep(tx, now, ROWS).await?;
    let work = work::sweep(tx, now, ROWS).await?;
    Ok(keys + work + limit::sweep(tx, now, ROWS).await?)
}

async fn invitations(tx: &mut Tx) -> Result<u64, AppError> {
    let hosts = calls::sweep_invitations(tx, ROWS).await?;
    Ok(hosts + consultations::retention::sweep_invitations(tx, ROWS).await?)
}

/// Later slices first: they refer to earlier ones.
async fn documents(tx: &mut Tx) -> Result<u64, AppError> {
    let until = tx.now() - retention::DOCUMENTS;
    let rooms = consultations::retention::with_document(tx, until, ROOMS).await?;
    feedback::retention::let_go_of_items(tx, &rooms).await?;
    sessions::retention::purge(tx, &rooms).await?;
    bookings::retention::purge(tx, &rooms).await?;
    questions::retention::purge(tx, &rooms).await?;
    applications::retention::purge(tx, &rooms).await?;
    consultations::retention::mark_purged(tx, &rooms).await?;
    Ok(rooms.len() as u64)
}

async fn answers(tx: &mut Tx) -> Result<u64, AppError> {
    let until = months_before(tx.now(), retention::FEEDBACK);
    let quoted = reports::retention::quoted_feedback(tx).await?;
    let over = feedback::retention::over(tx, until, &quoted, ROWS).await?;
    reports::retention::let_go_of_quotes(tx, &over).await?;
    feedback::retention::delete(tx, &over).await?;
    Ok(over.len() as u64)
}

async fn records(tx: &mut Tx) -> Result<u64, AppError> {
    let until = months_before(tx.now(), retention::RECORDS);
    let staying = reports::retention::numbered(tx).await?;
    let rooms = consultations::retention::at_rest(tx, until, &staying, ROOMS).await?;
    reports::retention::forget(tx, &rooms).await?;
    feedback::retention::forget(tx, &rooms).await?;
    sessions::retention::forget(tx, &rooms).await?;
    bookings::retention::forget(tx, &rooms).await?;
    questions::retention::forget(tx, &rooms).await?;
    applications::retention::forget(tx, &rooms).await?;
    consultations::retention::forget(tx, &rooms).await?;
    let bare = applications::retention::forget_old(tx, until, ROWS).await?;
    let complaints = complaints::retention::forget_old(tx, until, ROWS).await?;
    let decided = people::retention::forget_old(tx, until, ROWS).await?;
    let suspensions = calls::forget_suspensions(tx, until).await?;
    Ok(rooms.len() as u64 + bare + complaints + decided + suspensions)
}
