//! SQL over what is kept no longer.

use crate::domain::id::{ConsultationId, FeedbackId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};

/// Lets follow-ups of these consultations go on without the item that they are about.
pub async fn let_go_of_items(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    sqlx::query!("update follow_ups set item_id = null where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Feedback that was given or asked for until then, except what is quoted.
pub async fn over(
    tx: &mut Tx,
    until: DateTime<Utc>,
    quoted: &[FeedbackId],
    limit: i64,
) -> Result<Vec<FeedbackId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select feedback_id as "id: FeedbackId" from feedback
            where coalesce(submitted_at, invited_at) <= $1 and feedback_id <> all($2)
            order by invited_at, feedback_id limit $3 for update skip locked"#,
        until,
        quoted as &[FeedbackId],
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Deletes feedback with what followed from it. Improvements are the call's, and stay.
pub async fn delete(tx: &mut Tx, ids: &[FeedbackId]) -> Result<(), AppError> {
    sqlx::query!("update improvements set feedback_id = null where feedback_id = any($1)", ids as &[FeedbackId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from follow_ups where feedback_id = any($1)", ids as &[FeedbackId]).execute(&mut **tx).await?;
    sqlx::query!("delete from quotes where feedback_id = any($1)", ids as &[FeedbackId]).execute(&mut **tx).await?;
    sqlx::query!("delete from feedback_answers where feedback_id = any($1)", ids as &[FeedbackId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from feedback where feedback_id = any($1)", ids as &[FeedbackId]).execute(&mut **tx).await?;
    Ok(())
}

/// Feedback of these consultations.
pub async fn of_rooms(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<Vec<FeedbackId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select feedback_id as "id: FeedbackId" from feedback where consultation_id = any($1)"#,
        rooms as &[ConsultationId],
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Deletes what came after these consultations.
pub async fn forget(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    let ids = of_rooms(tx, rooms).await?;
    delete(tx, &ids).await?;
    sqlx::query!("delete from follow_ups where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    super::forget_gifts(tx, rooms).await
}
