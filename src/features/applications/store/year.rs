//! SQL over how applications were answered, for hosts themselves and for the promise they give.

use crate::domain::id::{CallId, PersonId};
use crate::domain::year::answered_in_time;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An application as a year counts it.
pub struct Counted {
    pub submitted_at: DateTime<Utc>,
    /// Whether the first answer came in time; `None` while there still is time.
    pub is_in_time: Option<bool>,
}

/// Applications to these calls since an instant.
pub async fn counted(
    conn: &mut PgConnection,
    calls: &[CallId],
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Counted>, AppError> {
    let rows = sqlx::query!(
        r#"select submitted_at, promised_until, first_answer_at, stage in ('withdrawn', 'blocked') as "is_void!"
             from applications where call_id = any($1) and submitted_at >= $2"#,
        calls as &[CallId],
        since,
    )
    .fetch_all(conn)
    .await?;
    let counted = rows.into_iter().map(|row| {
        let in_time = row.promised_until.and_then(|until| answered_in_time(until, row.first_answer_at, now));
        // What was taken back or reported before an answer broke no promise.
        let is_in_time = in_time.filter(|_| !(row.is_void && row.first_answer_at.is_none()));
        Counted { submitted_at: row.submitted_at, is_in_time }
    });
    Ok(counted.collect())
}

/// How often a host kept the promise, and over how many applications to their own calls.
pub async fn promise(conn: &mut PgConnection, host: PersonId, now: DateTime<Utc>) -> Result<(i64, i64), AppError> {
    let row = sqlx::query!(
        r#"select count(*) filter (where a.first_answer_at <= a.promised_until) as "kept!", count(*) as "all!"
             from applications a join calls c using (call_id)
            where c.owner_id = $1 and a.promised_until is not null
              and (a.first_answer_at is not null or a.promised_until < $2 and a.stage not in ('withdrawn', 'blocked'))"#,
        host as PersonId,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.kept, row.all))
}
