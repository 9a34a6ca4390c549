//! Claims jobs and works on them, until it is told to stop.

use super::queue::{self, Claimed};
use super::{JobRun, Lane, Outcome};
use crate::platform::Platform;
use crate::platform::addresses;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::failpoint;
use crate::platform::mail::{Mail, SendError};
use crate::platform::notices::{self, Way};
use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;
use std::time::Duration;
use tokio::sync::watch;
use tracing::Instrument;

const POLL: Duration = Duration::from_millis(1000);
/// After the first, second, third … failure.
const BACK_OFF_MINUTES: [i64; 5] = [1, 5, 15, 60, 180];

/// Works until `stop` says so; jobs under way are finished, or released after ten seconds.
pub async fn run(platform: Platform, stop: watch::Receiver<bool>) {
    tokio::join!(
        lane(&platform, Lane::SignIn, stop.clone()),
        lane(&platform, Lane::Ordinary, stop.clone()),
        lane(&platform, Lane::Outside, stop)
    );
}

async fn lane(platform: &Platform, lane: Lane, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let woken = platform.wake.notified();
        match work_once(platform, lane, Some(stop.clone())).await {
            Ok(0) => {
                tokio::select! {
                    _ = woken => {}
                    _ = tokio::time::sleep(POLL) => {}
                    _ = stop.changed() => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "claiming jobs");
                tokio::select! {
                    _ = tokio::time::sleep(POLL) => {}
                    _ = stop.changed() => {}
                }
            }
        }
    }
}

/// Works on everything that is due now, in order, and returns how many jobs that were: tests and
/// the demo move time by hand and then call this.
pub async fn drain(platform: &Platform) -> Result<usize, sqlx::Error> {
    let mut worked = 0;
    loop {
        let mut now = 0;
        for lane in Lane::ALL {
            now += work_once(platform, lane, None).await?;
        }
        if now == 0 {
            return Ok(worked);
        }
        worked += now;
    }
}

async fn work_once(platform: &Platform, lane: Lane, stop: Option<watch::Receiver<bool>>) -> Result<usize, sqlx::Error> {
    let claimed = queue::claim(platform, lane, lane.at_once()).await?;
    let count = claimed.len();
    if count > 0 {
        failpoint::reach("after_claim").await;
    }
    let mut working = tokio::task::JoinSet::new();
    for job in claimed {
        working.spawn(attempt(platform.clone(), lane, job, stop.clone()));
    }
    while working.join_next().await.is_some() {}
    Ok(count)
}

async fn attempt(platform: Platform, lane: Lane, job: Claimed, stop: Option<watch::Receiver<bool>>) {
    if job.is_poison() {
        let why = "its process died five times";
        return logged(&job, queue::give_up(&platform.db, job.id, job.attempt, platform.clock.now(), why).await);
    }
    let run = job.run(&platform, lane);
    let request = job.request.map(tracing::field::display);
    let span = tracing::info_span!("job", id = %job.id, kind = job.kind, request);
    let work = guarded(platform.clone(), job.kind.clone(), job.payload.clone(), run.clone()).instrument(span);
    let work = tokio::spawn(work);
    let abort = work.abort_handle();
    tokio::select! {
        ended = work => settle(&platform, &job, ended.unwrap_or_else(|e| Err(cut_off(&e)))).await,
        _ = lease_lost(&platform, &job) => {
            abort.abort();
            tracing::warn!(job = %job.id, kind = job.kind, "another worker took the job over");
        }
        _ = stopped(stop) => {
            abort.abort();
            logged(&job, queue::release(&platform.db, job.id, job.attempt).await);
        }
    }
}

/// What a panic says may be what somebody wrote.
fn cut_off(error: &tokio::task::JoinError) -> Failure {
    let why = if error.is_panic() { "it panicked" } else { "it was cut off" };
    Failure::passing(why.into())
}

/// Why an attempt failed, and whether another may succeed.
struct Failure {
    why: String,
    is_final: bool,
}

impl Failure {
    fn passing(why: String) -> Self {
        Self { why, is_final: false }
    }
}

async fn guarded(platform: Platform, kind: String, payload: serde_json::Value, run: JobRun) -> Result<(), Failure> {
    failpoint::reach(&format!("job_{kind}")).await;
    let Some(runner) = platform.registry.0.get(kind.as_str()) else {
        return Err(Failure::passing("unknown kind".into()));
    };
    match runner(payload, run.clone()).await.map_err(failed)? {
        Outcome::Done => finish(&run).await,
        Outcome::GiveUp(why) => Err(Failure { why, is_final: true }),
        Outcome::DoneWith(tx) => finish_with(tx, &run).await,
        Outcome::Send(mut tx, mut mail) => {
            // The queue of a backup, or of a long outage: what is told late is told wrongly.
            if run.now > run.give_up_at {
                return Err(Failure { why: "older than mails of its kind may be".into(), is_final: true });
            }
            if mail.to.is_nobodys() {
                return finish_with(tx, &run).await;
            }
            if run.lane != Lane::SignIn && addresses::is_suspended(&mut tx, &mail.to).await.map_err(failed)? {
                metrics::counter!("kabeuchi_mails_withheld_total").increment(1);
                return finish_with(tx, &run).await;
            }
            match notices::decide(&mut tx, &run, &mut mail).await.map_err(failed)? {
                Way::Send => {}
                Way::Keep => return finish_with(tx, &run).await,
                Way::Later(at) => {
                    drop(tx);
                    let postponed = queue::postpone(&run.platform.db, run.id, run.attempt, at).await;
                    return postponed.map_err(|e| Failure::passing(e.to_string()));
                }
            }
            tx.commit().await.map_err(failed)?;
            // A worker that slept past its lease must not send what another has sent.
            if !extended(&run).await? {
                return Ok(());
            }
            if run.crashed {
                metrics::counter!("kabeuchi_mail_possible_duplicates_total").increment(1);
            }
            let sent = platform.mailer.send(&platform, &mail, run.id, run.now).await;
            count(&run, &mail, sent).await.map_err(failed)?;
            sent.map_err(|e| Failure { is_final: e.is_final(), why: e.to_string() })?;
            metrics::counter!("kabeuchi_mails_sent_total").increment(1);
            failpoint::reach("after_smtp_250").await;
            finish(&run).await
        }
    }
}

/// Counts what the server of an address said.
async fn count(run: &JobRun, mail: &Mail, sent: Result<(), SendError>) -> Result<(), AppError> {
    match sent {
        Ok(()) => addresses::took(&mut *run.platform.db.acquire().await?, &mail.to).await,
        Err(SendError::AddressRefused(_)) => {
            let mut tx = run.begin().await?;
            addresses::refused(&mut tx, &mail.to).await?;
            tx.commit().await
        }
        Err(_) => Ok(()),
    }
}

async fn finish_with(mut tx: Tx, run: &JobRun) -> Result<(), Failure> {
    match queue::finish(&mut tx, run.id, run.attempt, run.now).await {
        Ok(true) => tx.commit().await.map_err(failed),
        Ok(false) => Ok(()),
        Err(error) => Err(Failure::passing(error.to_string())),
    }
}

fn failed(error: AppError) -> Failure {
    Failure::passing(format!("{error:#}"))
}

async fn extended(run: &JobRun) -> Result<bool, Failure> {
    queue::extend(&run.platform.db, run.id, run.attempt, lease_end(&run.platform))
        .await
        .map_err(|e| Failure::passing(e.to_string()))
}

async fn finish(run: &JobRun) -> Result<(), Failure> {
    let now = run.platform.clock.now();
    let mut conn = run.platform.db.acquire().await.map_err(|e| Failure::passing(e.to_string()))?;
    queue::finish(&mut conn, run.id, run.attempt, now).await.map_err(|e| Failure::passing(e.to_string()))?;
    Ok(())
}

async fn settle(platform: &Platform, job: &Claimed, ended: Result<(), Failure>) {
    let Err(failure) = ended else {
        metrics::counter!("kabeuchi_jobs_total", "outcome" => "done").increment(1);
        return;
    };
    let now = platform.clock.now();
    let at = now + back_off(job.attempt);
    metrics::counter!("kabeuchi_jobs_total", "outcome" => "failed").increment(1);
    tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempt, error = failure.why, "a job failed");
    match failure.is_final || at > job.give_up_at {
        true => logged(job, queue::give_up(&platform.db, job.id, job.attempt, now, &failure.why).await),
        false => logged(job, queue::retry(&platform.db, job.id, job.attempt, at, &failure.why).await),
    }
}

fn back_off(attempt: i32) -> TimeDelta {
    let index = usize::try_from(attempt - 1).unwrap_or(0).min(BACK_OFF_MINUTES.len() - 1);
    let seconds = BACK_OFF_MINUTES[index] * 60;
    #[expect(clippy::disallowed_methods, reason = "jitter decides nothing that a test could see")]
    let jitter = rand::rng().random_range(0..=seconds / 10);
    TimeDelta::seconds(seconds + jitter)
}

fn lease_end(platform: &Platform) -> DateTime<Utc> {
    platform.clock.now() + TimeDelta::from_std(platform.config.lease).unwrap_or(TimeDelta::seconds(60))
}

/// Carries the lease on at a third of its length; ends when somebody else holds the job.
async fn lease_lost(platform: &Platform, job: &Claimed) {
    loop {
        tokio::time::sleep(platform.config.lease / 3).await;
        match queue::extend(&platform.db, job.id, job.attempt, lease_end(platform)).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, job = %job.id, "carrying a lease on"),
        }
    }
}

async fn stopped(stop: Option<watch::Receiver<bool>>) {
    let Some(mut stop) = stop else { return std::future::pending().await };
    if stop.wait_for(|stop| *stop).await.is_err() {
        return std::future::pending().await;
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
}

fn logged(job: &Claimed, result: Result<(), sqlx::Error>) {
    if let Err(error) = result {
        tracing::error!(%error, job = %job.id, kind = job.kind, "writing what became of a job");
    }
}
