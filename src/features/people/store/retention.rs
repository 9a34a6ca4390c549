//! SQL over what is kept no longer.

use crate::domain::retention;
use crate::platform::db::Tx;
use crate::platform::error::AppError;

/// Deletes requests for a link with their links, tries to sign in by a provider, what browsers were asked about
/// passkeys, and sign-ins, when they are over; gives their number.
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
    let asked = requests.rows_affected() + attempts.rows_affected() + ceremonies.rows_affected();
    Ok(asked + sign_ins.rows_affected())
}
