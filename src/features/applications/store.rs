//! All SQL over applications, their kinds, their posts and what they said before.

use crate::domain::id::CallId;
use crate::features::calls::Call;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// Whether a new application would have to wait: all places are taken, or somebody waits already.
pub async fn is_full(conn: &mut PgConnection, call: &Call, active: i64) -> Result<bool, AppError> {
    if active >= i64::from(call.capacity) {
        return Ok(true);
    }
    let waits = sqlx::query_scalar!(
        r#"select exists (select from applications where call_id = $1 and stage = 'waitlisted') as "waits!""#,
        call.id as CallId,
    )
    .fetch_one(conn)
    .await?;
    Ok(waits)
}

/// How many applications of each call wait for a decision; calls without one are left out.
pub async fn waiting_of_calls(conn: &mut PgConnection, calls: &[CallId]) -> Result<Vec<(CallId, i64)>, AppError> {
    let rows = sqlx::query!(
        r#"select call_id as "call: CallId", count(*) as "count!" from applications
            where call_id = any($1) and stage in ('submitted', 'asked', 'waitlisted') group by call_id"#,
        calls as &[CallId],
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.call, row.count)).collect())
}
