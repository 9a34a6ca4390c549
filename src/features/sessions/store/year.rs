//! SQL over the sessions of a host's year.

use crate::domain::id::ConsultationId;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A session as a year counts it.
pub struct Counted {
    pub ended_at: DateTime<Utc>,
    pub minutes: i64,
    /// Whether somebody took a next action from it that they did not drop.
    pub has_action: bool,
}

/// Sessions of these consultations that were held since an instant.
pub async fn counted(
    conn: &mut PgConnection,
    rooms: &[ConsultationId],
    since: DateTime<Utc>,
) -> Result<Vec<Counted>, AppError> {
    let counted = sqlx::query_as!(
        Counted,
        r#"select ended_at as "ended_at!", coalesce(actual_minutes, planned_minutes, 0)::bigint as "minutes!",
                  exists (select from actions a where a.consultation_id = s.consultation_id and a.stage <> 'dropped') as "has_action!"
             from sessions s
            where consultation_id = any($1) and ended_at >= $2 and absent_side is null"#,
        rooms as &[ConsultationId],
        since,
    )
    .fetch_all(conn)
    .await?;
    Ok(counted)
}
