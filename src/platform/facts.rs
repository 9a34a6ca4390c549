//! History: one row for each fact, in the transaction that made it true. IDs only, no text.

use super::error::AppError;
use super::random;
use crate::domain::fact::Fact;
use crate::domain::id::{FactId, PersonId, RequestId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// When any of these people last did something.
pub async fn last_act(conn: &mut PgConnection, people: &[PersonId]) -> Result<Option<DateTime<Utc>>, AppError> {
    let at = sqlx::query_scalar!("select max(at) from facts where actor_id = any($1)", people as &[PersonId])
        .fetch_one(conn)
        .await?;
    Ok(at)
}

/// Whether a fact was recorded since then.
pub async fn is_recorded(conn: &mut PgConnection, fact: &Fact, since: DateTime<Utc>) -> Result<bool, AppError> {
    let value = serde_json::to_value(fact).map_err(|e| AppError::Unexpected(e.into()))?;
    let found = sqlx::query_scalar!(
        r#"select exists (select from facts where at >= $2 and fact = $1) as "found!""#,
        value,
        since,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// Deletes what happened until then; gives the number of rows.
pub async fn sweep(conn: &mut PgConnection, until: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query_scalar!(r#"select sweep_facts($1, $2) as "gone!""#, until, limit).fetch_one(conn).await?;
    Ok(gone.unsigned_abs())
}

/// Writes the history row; `Tx::record` adds the jobs.
pub(super) async fn insert(
    conn: &mut PgConnection,
    fact: &Fact,
    actor: Option<PersonId>,
    request: Option<RequestId>,
    at: DateTime<Utc>,
) -> Result<(), AppError> {
    let value = serde_json::to_value(fact).map_err(|e| AppError::Unexpected(e.into()))?;
    sqlx::query!(
        "insert into facts (fact_id, fact, actor_id, request_id, at) values ($1, $2, $3, $4, $5)",
        random::id::<FactId>() as FactId,
        value,
        actor as Option<PersonId>,
        request as Option<RequestId>,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
