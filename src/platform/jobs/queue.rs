//! The queue's rows.

use super::{CRASHES, JobRun, Lane, NewJob};
use crate::domain::id::{JobId, RequestId};
use crate::domain::retention;
use crate::platform::Platform;
use crate::platform::error::AppError;
use crate::platform::random;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, PgPool};

/// A job that this worker holds until its lease ends.
pub(super) struct Claimed {
    pub id: JobId,
    pub kind: String,
    pub payload: serde_json::Value,
    pub attempt: i32,
    pub crashes: i32,
    pub give_up_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub request: Option<RequestId>,
}

impl Claimed {
    pub fn run(&self, platform: &Platform, lane: Lane) -> JobRun {
        JobRun {
            platform: platform.clone(),
            id: self.id,
            lane,
            give_up_at: self.give_up_at,
            now: platform.clock.now(),
            created_at: self.created_at,
            request: self.request,
            attempt: self.attempt,
            crashed: self.crashes > 0,
        }
    }

    pub fn is_poison(&self) -> bool {
        self.crashes >= CRASHES
    }
}

/// Stores a job in the caller's transaction; a second one of the same key is nothing.
pub(in crate::platform) async fn insert(
    conn: &mut PgConnection,
    job: NewJob,
    request: Option<RequestId>,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let payload =
        job.payload.map_err(|e| AppError::Unexpected(anyhow::anyhow!("writing the job {}: {e}", job.kind)))?;
    let run_at = job.at.unwrap_or(now).max(now);
    sqlx::query!(
        r#"insert into jobs (job_id, kind, lane, dedupe_key, payload, run_at, give_up_at, created_at, request_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (dedupe_key) do nothing"#,
        random::id::<JobId>() as JobId,
        job.kind,
        job.lane.as_str(),
        job.key,
        payload,
        run_at,
        run_at + job.max_age,
        now,
        request as Option<RequestId>,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Claims due jobs of known kinds. An expired lease means that the worker before died: a crash. After the
/// clock jumped nobody is reminded by it: what was planned waits until the clock can be trusted again, and so
/// does what seems too old to be told.
pub(super) async fn claim(platform: &Platform, lane: Lane, limit: i64) -> Result<Vec<Claimed>, sqlx::Error> {
    let now = platform.clock.now();
    sqlx::query_as!(
        Claimed,
        r#"update jobs
              set attempt = attempt + 1,
                  crashes = crashes + case when lease_until is null then 0 else 1 end,
                  lease_until = $1
            where job_id in (
                  select job_id from jobs
                   where stage = 'waiting' and lane = $2 and kind = any($3)
                     and run_at <= $4 and (lease_until is null or lease_until <= $4)
                     and ($6 or (run_at = created_at and give_up_at > $4))
                   order by run_at, job_id
                     for update skip locked
                   limit $5)
        returning job_id as "id: JobId", kind, payload, attempt, crashes, give_up_at, created_at, request_id as "request: RequestId""#,
        now + TimeDelta::from_std(platform.config.lease).unwrap_or(TimeDelta::seconds(60)),
        lane.as_str(),
        &platform.registry.kinds(),
        now,
        limit,
        platform.clock.is_steady(),
    )
    .fetch_all(&platform.db)
    .await
}

/// Ends a job as done; false when another worker holds it by now.
pub(super) async fn finish(
    conn: &mut PgConnection,
    id: JobId,
    attempt: i32,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update jobs set stage = 'done', finished_at = $3, lease_until = null where job_id = $1 and attempt = $2 and stage = 'waiting'",
        id as JobId,
        attempt,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Carries the lease on; false when another worker holds the job by now.
pub(super) async fn extend(db: &PgPool, id: JobId, attempt: i32, until: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let held = sqlx::query!(
        "update jobs set lease_until = $3 where job_id = $1 and attempt = $2 and stage = 'waiting'",
        id as JobId,
        attempt,
        until
    )
    .execute(db)
    .await?;
    Ok(held.rows_affected() == 1)
}

/// Puts a failed attempt back for later.
pub(super) async fn retry(
    db: &PgPool,
    id: JobId,
    attempt: i32,
    at: DateTime<Utc>,
    why: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update jobs set lease_until = null, run_at = $3, last_error = $4 where job_id = $1 and attempt = $2 and stage = 'waiting'",
        id as JobId,
        attempt,
        at,
        why,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Puts a job back as if it had not been claimed: the process stops.
pub(super) async fn release(db: &PgPool, id: JobId, attempt: i32) -> Result<(), sqlx::Error> {
    sqlx::query!("update jobs set lease_until = null, attempt = attempt - 1 where job_id = $1 and attempt = $2 and stage = 'waiting'", id as JobId, attempt)
        .execute(db)
        .await?;
    Ok(())
}

/// Puts a job back until then, as if it had not been claimed.
pub(super) async fn postpone(db: &PgPool, id: JobId, attempt: i32, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update jobs set lease_until = null, attempt = attempt - 1, run_at = $3 where job_id = $1 and attempt = $2 and stage = 'waiting'",
        id as JobId,
        attempt,
        at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Puts a job aside for an administrator.
pub(super) async fn give_up(
    db: &PgPool,
    id: JobId,
    attempt: i32,
    now: DateTime<Utc>,
    why: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update jobs set stage = 'failed', lease_until = null, finished_at = $3, last_error = $4 where job_id = $1 and attempt = $2 and stage = 'waiting'",
        id as JobId,
        attempt,
        now,
        why,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes jobs that are done, with their keys; gives their number. What was put aside waits for an
/// administrator.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from jobs where job_id in
                  (select job_id from jobs where stage = 'done' and finished_at <= $1 order by finished_at limit $2)"#,
        now - retention::JOBS,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}
