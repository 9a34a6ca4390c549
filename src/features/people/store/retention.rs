//! SQL over what is kept no longer.

use crate::domain::retention;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};

/// Deletes requests for a link with their links, tries to sign in by a provider, what browsers were asked about
/// passkeys, sign-ins, and changes of an address, when they are over; gives their number.
pub async fn sweep_sign_ins(tx: &mut Tx, limit: i64) -> Result<u64, AppError> {
    let now = tx.now();
    let requests = sqlx::query!(
        r#"delete from sign_in_requests where sign_in_request_id in
                  (select sign_in_request_id from sign_in_requests where expires_at <= $1 order by expires_at limit $2)"#,
        now - retention::SIGN_IN_REQUESTS,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    let attempts = sqlx::query!(
        r#"delete from provider_attempts where provider_attempt_id in
                  (select provider_attempt_id from provider_attempts where expires_at <= $1 order by expires_at limit $2)"#,
        now - retention::PROVIDER_ATTEMPTS,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    let ceremonies = sqlx::query!(
        r#"delete from passkey_ceremonies where passkey_ceremony_id in
                  (select passkey_ceremony_id from passkey_ceremonies where expires_at <= $1 order by expires_at limit $2)"#,
        now,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    let sign_ins = sqlx::query!(
        r#"delete from sign_ins where sign_in_id in
                  (select sign_in_id from sign_ins where expires_at <= $1 or seen_at <= $2 limit $3)"#,
        now,
        now - retention::SIGN_INS,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    let changes = sqlx::query!(
        r#"delete from address_changes where address_change_id in
                  (select address_change_id from address_changes
                    where coalesce(undo_until, expires_at) <= $1 order by asked_at limit $2)"#,
        now - retention::SIGN_INS,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    let asked = requests.rows_affected() + attempts.rows_affected() + ceremonies.rows_affected();
    Ok(asked + sign_ins.rows_affected() + changes.rows_affected())
}

/// Deletes what administrators decided until then and what is in force no more; gives their number.
pub async fn forget_old(tx: &mut Tx, until: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let sanctions = sqlx::query!(
        r#"delete from sanctions where sanction_id in
                  (select sanction_id from sanctions
                    where (appealed_at is null or concluded_at is not null)
                      and (coalesce(lifted_at, ends_at) <= $1 or kind = 'warning' and decided_at <= $1)
                    order by decided_at limit $2)"#,
        until,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    let measures = sqlx::query!(
        r#"delete from measures where measure_id in
                  (select measure_id from measures where taken_at <= $1 order by taken_at limit $2)"#,
        until,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    let now = tx.now();
    let bars = sqlx::query!("delete from bars where kept_until <= $1", now).execute(&mut **tx).await?;
    Ok(sanctions.rows_affected() + measures.rows_affected() + bars.rows_affected())
}
