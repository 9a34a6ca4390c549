//! SQL over the queue, which has no slice of its own, and what administrators read of several slices.

use crate::domain::id::JobId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;

/// A job that was given up.
pub struct Failed {
    pub id: JobId,
    pub kind: String,
    pub attempt: i32,
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// Jobs that were given up, the newest first. What they were about is not told.
pub async fn failed(conn: &mut PgConnection, limit: i64) -> Result<Vec<Failed>, AppError> {
    let failed = sqlx::query_as!(
        Failed,
        r#"select job_id as "id: JobId", kind, attempt, last_error, created_at, finished_at
             from jobs where stage = 'failed' order by finished_at desc, job_id limit $1"#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(failed)
}

/// How much work waits, and since when the oldest of it is due.
pub struct Backlog {
    pub due: i64,
    pub oldest: Option<DateTime<Utc>>,
}

/// Work that should have been done by now.
pub async fn backlog(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Backlog, AppError> {
    let backlog = sqlx::query_as!(
        Backlog,
        r#"select count(*) as "due!", min(run_at) as oldest from jobs where stage = 'waiting' and run_at <= $1"#,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(backlog)
}

/// Lets a job that was given up be tried again for two days; false where it is none.
pub async fn retry(tx: &mut Tx, id: JobId) -> Result<bool, AppError> {
    let now = tx.now();
    let again = sqlx::query!(
        r#"update jobs set stage = 'waiting', run_at = $2, give_up_at = $3, crashes = 0, lease_until = null, finished_at = null
            where job_id = $1 and stage = 'failed'"#,
        id as JobId,
        now,
        now + TimeDelta::days(2),
    )
    .execute(&mut **tx)
    .await?;
    Ok(again.rows_affected() == 1)
}

/// Takes a job that was given up out of the list for good; false where it is none.
pub async fn discard(tx: &mut Tx, id: JobId) -> Result<bool, AppError> {
    let gone = sqlx::query!("delete from jobs where job_id = $1 and stage = 'failed'", id as JobId);
    Ok(gone.execute(&mut **tx).await?.rows_affected() == 1)
}

/// An answer that its author kept from the hosts.
pub struct ForAdministrators {
    pub call_title: String,
    pub host: String,
    pub author: String,
    pub body: String,
    /// The language of the form, as a BCP 47 tag.
    pub lang: String,
    pub submitted_at: Option<DateTime<Utc>>,
}

/// Answers for administrators alone, the newest first. One join over four owners, as administration
/// may read, since a list of names and titles by ID would be four lists.
pub async fn for_administrators(conn: &mut PgConnection) -> Result<Vec<ForAdministrators>, AppError> {
    let answers = sqlx::query_as!(
        ForAdministrators,
        r#"select c.title as call_title, h.name as host, p.name as author, a.body, f.locale as lang, f.submitted_at
             from feedback_answers a
             join feedback f using (feedback_id)
             join consultations s using (consultation_id)
             join calls c using (call_id)
             join people h on h.person_id = c.owner_id
             join people p on p.person_id = f.person_id
            where a.administrators_only and f.submitted_at is not null
            order by f.submitted_at desc, f.feedback_id
            limit 200"#,
    )
    .fetch_all(conn)
    .await?;
    Ok(answers)
}

/// About how many rows each table has, as the database estimates: counting would read them all.
pub async fn rows(conn: &mut PgConnection) -> Result<HashMap<String, i64>, AppError> {
    let rows = sqlx::query!(r#"select relname::text as "table!", n_live_tup as "rows!" from pg_stat_user_tables"#)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.table, row.rows)).collect())
}
