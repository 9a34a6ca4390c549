//! SQL over the mailed codes by which a signed-in person is asked again who they are.

use super::CODE_TRIES;
use crate::domain::id::{PersonId, SignInId};
use crate::platform::error::AppError;
use crate::platform::random::Hashed;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How long a mailed code works.
const LASTS: TimeDelta = TimeDelta::minutes(10);

/// Asks for a code; the one before dies.
pub async fn ask_for_code(conn: &mut PgConnection, sign_in: SignInId, now: DateTime<Utc>) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into confirmations (sign_in_id, asked_at, expires_at) values ($1, $2, $3)
           on conflict (sign_in_id) do update
              set code_hash = null, tries = 0, asked_at = excluded.asked_at, expires_at = excluded.expires_at"#,
        sign_in as SignInId,
        now,
        now + LASTS,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a code is on its way or can still be typed.
pub async fn is_code_open(conn: &mut PgConnection, sign_in: SignInId, now: DateTime<Utc>) -> Result<bool, AppError> {
    let open = sqlx::query_scalar!(
        r#"select exists (select from confirmations where sign_in_id = $1 and expires_at > $2 and tries < $3) as "open!""#,
        sign_in as SignInId,
        now,
        CODE_TRIES,
    )
    .fetch_one(conn)
    .await?;
    Ok(open)
}

/// Stores the code of the mail, and says whose it is; none where nobody waits for it any more.
pub async fn set_confirmation_code(
    conn: &mut PgConnection,
    sign_in: SignInId,
    code: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<PersonId>, AppError> {
    let person = sqlx::query_scalar!(
        r#"update confirmations c set code_hash = $2 from sign_ins s
            where c.sign_in_id = $1 and s.sign_in_id = c.sign_in_id and c.expires_at > $3
        returning s.person_id as "person: PersonId""#,
        sign_in as SignInId,
        code,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(person)
}

/// What became of a code that was typed to confirm.
pub enum ConfirmationTry {
    Right,
    Wrong { left: i32 },
    Dead,
}

/// Compares a typed code with the mailed one, which is spent by it; a wrong try is counted.
pub async fn try_confirmation(
    conn: &mut PgConnection,
    sign_in: SignInId,
    code: &Hashed,
    now: DateTime<Utc>,
) -> Result<ConfirmationTry, AppError> {
    let row = sqlx::query!(
        "select code_hash, tries from confirmations where sign_in_id = $1 and expires_at > $2 for update",
        sign_in as SignInId,
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row.filter(|row| row.tries < CODE_TRIES) else { return Ok(ConfirmationTry::Dead) };
    if row.code_hash.as_ref() == Some(code) {
        sqlx::query!("delete from confirmations where sign_in_id = $1", sign_in as SignInId).execute(conn).await?;
        return Ok(ConfirmationTry::Right);
    }
    sqlx::query!("update confirmations set tries = tries + 1 where sign_in_id = $1", sign_in as SignInId)
        .execute(conn)
        .await?;
    match CODE_TRIES - row.tries - 1 {
        0 => Ok(ConfirmationTry::Dead),
        left => Ok(ConfirmationTry::Wrong { left }),
    }
}

/// Notes that the person of a sign-in showed who they are.
pub async fn confirm(
    conn: &mut PgConnection,
    sign_in: SignInId,
    by_factor: bool,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        "update sign_ins set confirmed_at = $2, factor_at = case when $3 then $2 else factor_at end where sign_in_id = $1",
        sign_in as SignInId,
        now,
        by_factor,
    )
    .execute(conn)
    .await?;
    Ok(())
}
