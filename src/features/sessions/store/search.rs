//! SQL that finds what was taken away from sessions.

use crate::domain::id::ConsultationId;
use crate::domain::search::Query;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// Takeaways of a consultation that have what somebody looks for.
pub struct Taken {
    pub consultation: ConsultationId,
    pub takeaways: String,
}

/// Takeaways of these consultations with all words, the newest first.
pub async fn search(conn: &mut PgConnection, rooms: &[ConsultationId], query: &Query) -> Result<Vec<Taken>, AppError> {
    let taken = sqlx::query_as!(
        Taken,
        r#"select consultation_id as "consultation: ConsultationId", takeaways
             from sessions
            where consultation_id = any($1) and folded(takeaways) like all($2)
            order by coalesce(ended_at, started_at) desc nulls last, consultation_id"#,
        rooms as &[ConsultationId],
        &query.patterns(),
    )
    .fetch_all(conn)
    .await?;
    Ok(taken)
}
