//! SQL over what is kept no longer: texts go first, the bare record later.

use crate::domain::id::ConsultationId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};

/// Consultations that ended until then and still hold their document, each locked.
pub async fn with_document(tx: &mut Tx, until: DateTime<Utc>, limit: i64) -> Result<Vec<ConsultationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select consultation_id as "id: ConsultationId" from consultations
            where stage not in ('preparing', 'ready', 'booked', 'in_session') and stage_since <= $1
              and (purged_at is null or purged_at < stage_since)
            order by stage_since, consultation_id limit $2 for update skip locked"#,
        until,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Says of consultations since when their texts are gone. The title came out of the text: the call lends its own.
pub async fn mark_purged(tx: &mut Tx, ids: &[ConsultationId]) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"update consultations s set purged_at = $2, title = c.title, cancel_reason = null
             from calls c where c.call_id = s.call_id and s.consultation_id = any($1)"#,
        ids as &[ConsultationId],
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Purged consultations in which nothing happened since then, each locked; none of those that stay.
pub async fn at_rest(
    tx: &mut Tx,
    until: DateTime<Utc>,
    staying: &[ConsultationId],
    limit: i64,
) -> Result<Vec<ConsultationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select consultation_id as "id: ConsultationId" from consultations
            where purged_at >= stage_since and last_activity_at <= $1 and consultation_id <> all($2)
            order by last_activity_at, consultation_id limit $3 for update skip locked"#,
        until,
        staying as &[ConsultationId],
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Deletes consultations with their people; later slices deleted theirs before.
pub async fn forget(tx: &mut Tx, ids: &[ConsultationId]) -> Result<(), AppError> {
    sqlx::query!("delete from invitations where consultation_id = any($1)", ids as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from former_participants where consultation_id = any($1)", ids as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from participants where consultation_id = any($1)", ids as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from emergency_readings where consultation_id = any($1)", ids as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("update consultations set former_id = null where former_id = any($1)", ids as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from consultations where consultation_id = any($1)", ids as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes invitations whose time is over; gives their number.
pub async fn sweep_invitations(tx: &mut Tx, limit: i64) -> Result<u64, AppError> {
    let now = tx.now();
    let gone = sqlx::query!(
        r#"delete from invitations where invitation_id in
                  (select invitation_id from invitations where expires_at <= $1 order by expires_at limit $2)"#,
        now,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    Ok(gone.rows_affected())
}
