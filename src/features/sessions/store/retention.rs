//! SQL over what is kept no longer: the words of the day, and marks that somebody did not come.

use crate::domain::id::ConsultationId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};

/// Takes the words out of the sessions of these consultations. That there were actions stays: a host's
/// year counts it.
pub async fn purge(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    sqlx::query!("delete from run_blocks where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "update no_shows set contest_words = null where consultation_id = any($1)",
        rooms as &[ConsultationId]
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("update sessions set takeaways = '' where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "update actions set what = '', reason = case when reason is not null then '' end where consultation_id = any($1)",
        rooms as &[ConsultationId]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes the sessions of these consultations.
pub async fn forget(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    purge(tx, rooms).await?;
    sqlx::query!("delete from actions where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from no_shows where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from sessions where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes marks that were made until then; gives their number.
pub async fn sweep_no_shows(tx: &mut Tx, until: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    sqlx::query!(
        "update sessions set absent_side = null, no_show_by = null, no_show_at = null where no_show_at <= $1",
        until,
    )
    .execute(&mut **tx)
    .await?;
    let gone = sqlx::query!(
        r#"delete from no_shows where no_show_id in
                  (select no_show_id from no_shows where said_at <= $1 order by said_at limit $2)"#,
        until,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    Ok(gone.rows_affected())
}
