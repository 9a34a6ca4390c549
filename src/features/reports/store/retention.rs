//! SQL over what is kept no longer, and what stays because it is public.

use crate::domain::id::{ConsultationId, FeedbackId, ReportId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;

/// Consultations with a report that has a number, unless it was withdrawn: published or hidden its people can
/// still revoke it.
pub async fn numbered(tx: &mut Tx) -> Result<Vec<ConsultationId>, AppError> {
    let ids =
        sqlx::query_scalar!(r#"select consultation_id as "id: ConsultationId" from reports where number is not null and stage <> 'withdrawn'"#)
            .fetch_all(&mut **tx)
            .await?;
    Ok(ids)
}

/// Feedback that a report quotes which is public, or may be again.
pub async fn quoted_feedback(tx: &mut Tx) -> Result<Vec<FeedbackId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select distinct q.feedback_id as "id: FeedbackId"
             from report_quotes u join quotes q using (quote_id) join reports r using (report_id)
            where r.stage in ('published', 'hidden') or r.published_html is not null and r.stage <> 'withdrawn'"#
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Lets reports that are not public go on without quotes out of this feedback.
pub async fn let_go_of_quotes(tx: &mut Tx, feedback: &[FeedbackId]) -> Result<(), AppError> {
    sqlx::query!(
        "delete from report_quotes where quote_id in (select quote_id from quotes where feedback_id = any($1))",
        feedback as &[FeedbackId],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes what was written for a report of these consultations and is not public. A number that was withdrawn
/// stays a gap.
pub async fn forget(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    let ids = sqlx::query_scalar!(
        r#"select report_id as "id: ReportId" from reports where consultation_id = any($1)"#,
        rooms as &[ConsultationId],
    )
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query!("delete from report_quotes where report_id = any($1)", &ids as &[ReportId]).execute(&mut **tx).await?;
    sqlx::query!("delete from report_previews where report_id = any($1)", &ids as &[ReportId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from report_passages where report_id = any($1)", &ids as &[ReportId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from report_kept_marks where report_id = any($1)", &ids as &[ReportId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        r#"insert into report_gaps (series_id, number)
           select series_id, number from reports where report_id = any($1) and stage = 'withdrawn'"#,
        &ids as &[ReportId],
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from reports where report_id = any($1)", &ids as &[ReportId]).execute(&mut **tx).await?;
    sqlx::query!("delete from report_terms where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}
