//! SQL over what is kept no longer: what applications said goes first, that there were any later. A
//! host's year and the promise count the latter.

use crate::domain::id::{ApplicationId, ConsultationId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};

/// Empties applications that came to nothing until then; gives their number. What was reported stays
/// with the administrators.
pub async fn sweep(tx: &mut Tx, until: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications
            where stage in ('declined', 'withdrawn', 'expired', 'lapsed') and stage_since <= $1 and purged_at is null
            order by stage_since, application_id limit $2 for update skip locked"#,
        until,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    empty(tx, &ids).await?;
    Ok(ids.len() as u64)
}

/// Empties the applications that these consultations were opened from.
pub async fn purge(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    let ids = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications where consultation_id = any($1)"#,
        rooms as &[ConsultationId],
    )
    .fetch_all(&mut **tx)
    .await?;
    empty(tx, &ids).await
}

pub(super) async fn empty(tx: &mut Tx, ids: &[ApplicationId]) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!("delete from application_posts where application_id = any($1)", ids as &[ApplicationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from application_summaries where application_id = any($1)", ids as &[ApplicationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from application_notes where application_id = any($1)", ids as &[ApplicationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from application_kinds where application_id = any($1)", ids as &[ApplicationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "update applications set summary = '', note = null, purged_at = $2 where application_id = any($1)",
        ids as &[ApplicationId],
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes what is left of applications that came to nothing until then; gives their number.
pub async fn forget_old(tx: &mut Tx, until: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from applications where application_id in
                  (select application_id from applications
                    where consultation_id is null and purged_at is not null and stage_since <= $1
                    order by stage_since limit $2)"#,
        until,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    Ok(gone.rows_affected())
}

/// Deletes the applications that these consultations were opened from.
pub async fn forget(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    sqlx::query!("update applications set former_id = null where former_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from applications where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}
