//! SQL over second factors: the sealed key of an app, recovery codes, and sign-ins that wait for one of them.

use super::CODE_TRIES;
use crate::domain::id::{PersonId, SignInId, SignInRequestId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random::Hashed;
use crate::platform::seal::Keys;
use crate::platform::way::Way;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How long a sign-in waits for the code of the app.
const ATTEMPT_LASTS: TimeDelta = TimeDelta::minutes(10);

/// The app of a person.
pub struct Factor {
    pub sealed: Vec<u8>,
    /// The step of the last code that was used.
    pub last_step: i64,
    /// Until a first code showed that the app has the key, it counts for nothing.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// A person's app.
pub async fn factor(conn: &mut PgConnection, person: PersonId) -> Result<Option<Factor>, AppError> {
    let factor = sqlx::query_as!(
        Factor,
        "select sealed, last_step, confirmed_at from second_factors where person_id = $1",
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(factor)
}

/// What a person has beside their mail account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    pub has_app: bool,
    pub has_passkeys: bool,
    /// Recovery codes that are left.
    pub codes: i64,
}

impl Factors {
    /// Whether the person is asked for more than their mail.
    pub fn any(self) -> bool {
        self.has_app || self.has_passkeys
    }
}

/// All that a person has.
pub async fn factors(conn: &mut PgConnection, person: PersonId) -> Result<Factors, AppError> {
    let factors = sqlx::query_as!(
        Factors,
        r#"select exists (select from second_factors where person_id = $1 and confirmed_at is not null) as "has_app!",
                  exists (select from passkeys where person_id = $1) as "has_passkeys!",
                  (select count(*) from recovery_codes where person_id = $1 and spent_at is null) as "codes!""#,
        person as PersonId,
    )
    .fetch_one(conn)
    .await?;
    Ok(factors)
}

/// Whether a person is asked for more than their mail.
pub async fn has_factor(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    Ok(factors(conn, person).await?.any())
}

/// Begins to set a factor up, anew where it was begun before; false where one is in force.
pub async fn begin_factor(
    conn: &mut PgConnection,
    person: PersonId,
    sealed: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, AppError> {
    let begun = sqlx::query!(
        r#"insert into second_factors (person_id, sealed, created_at) values ($1, $2, $3)
           on conflict (person_id) do update set sealed = excluded.sealed, last_step = 0, created_at = excluded.created_at
            where second_factors.confirmed_at is null"#,
        person as PersonId,
        sealed,
        now,
    )
    .execute(conn)
    .await?;
    Ok(begun.rows_affected() == 1)
}

/// Uses up a step and all before it; false when somebody was faster with the same code.
pub async fn take_step(conn: &mut PgConnection, person: PersonId, step: i64) -> Result<bool, AppError> {
    let taken = sqlx::query!(
        "update second_factors set last_step = $2 where person_id = $1 and last_step < $2",
        person as PersonId,
        step
    )
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Puts a factor in force.
pub async fn confirm_factor(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<(), AppError> {
    sqlx::query!("update second_factors set confirmed_at = $2 where person_id = $1", person as PersonId, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the app away.
pub async fn remove_factor(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let gone =
        sqlx::query!("delete from second_factors where person_id = $1", person as PersonId).execute(&mut *conn).await?;
    drop_lone_codes(conn, person).await?;
    Ok(gone.rows_affected() == 1)
}

/// Takes all away that a person has; false where that is nothing.
pub async fn remove_factors(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let passkeys =
        sqlx::query!("delete from passkeys where person_id = $1", person as PersonId).execute(&mut *conn).await?;
    Ok(remove_factor(conn, person).await? || passkeys.rows_affected() > 0)
}

/// Recovery codes go with the last of what they stand for.
pub async fn drop_lone_codes(conn: &mut PgConnection, person: PersonId) -> Result<(), AppError> {
    sqlx::query!(
        r#"delete from recovery_codes where person_id = $1
              and not exists (select from second_factors where person_id = $1 and confirmed_at is not null)
              and not exists (select from passkeys where person_id = $1)"#,
        person as PersonId,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores new recovery codes; those before die.
pub async fn replace_codes(
    conn: &mut PgConnection,
    person: PersonId,
    codes: &[Hashed],
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!("delete from recovery_codes where person_id = $1", person as PersonId).execute(&mut *conn).await?;
    sqlx::query!(
        "insert into recovery_codes (person_id, code_hash, created_at) select $1, unnest($2::bytea[]), $3",
        person as PersonId,
        codes,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Spends a recovery code beside a factor in force; false when it is none or was spent.
pub async fn spend_code(
    conn: &mut PgConnection,
    person: PersonId,
    code: &Hashed,
    now: DateTime<Utc>,
) -> Result<bool, AppError> {
    let spent = sqlx::query!(
        r#"update recovery_codes set spent_at = $3 where person_id = $1 and code_hash = $2 and spent_at is null
              and (exists (select from second_factors where person_id = $1 and confirmed_at is not null)
                   or exists (select from passkeys where person_id = $1))"#,
        person as PersonId,
        code,
        now,
    )
    .execute(conn)
    .await?;
    Ok(spent.rows_affected() == 1)
}

/// A sign-in whose address is proven, and which waits for the second factor.
pub struct Attempt {
    pub person: PersonId,
    pub request: SignInRequestId,
    pub is_elsewhere: bool,
    pub way: Way,
}

/// Lets a sign-in wait for the second factor.
pub async fn insert_attempt(
    conn: &mut PgConnection,
    token: &Hashed,
    person: PersonId,
    request: SignInRequestId,
    is_elsewhere: bool,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into factor_attempts (attempt_hash, person_id, sign_in_request_id, is_elsewhere, expires_at)
           values ($1, $2, $3, $4, $5)"#,
        token,
        person as PersonId,
        request as SignInRequestId,
        is_elsewhere,
        now + ATTEMPT_LASTS,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The sign-in that a browser waits with.
pub async fn attempt(conn: &mut PgConnection, token: &Hashed, now: DateTime<Utc>) -> Result<Option<Attempt>, AppError> {
    let row = sqlx::query!(
        r#"select a.person_id as "person: PersonId", a.sign_in_request_id as "request: SignInRequestId", a.is_elsewhere, r.next_path, r.next_sealed
             from factor_attempts a join sign_in_requests r using (sign_in_request_id)
            where a.attempt_hash = $1 and a.expires_at > $2 and a.tries < $3"#,
        token,
        now,
        CODE_TRIES,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Attempt {
        person: row.person,
        request: row.request,
        is_elsewhere: row.is_elsewhere,
        way: Way { path: row.next_path, sealed: row.next_sealed },
    }))
}

/// Counts a try before it is looked at, so that tries at once are counted as well; how many are left after
/// it, none where there was none any more.
pub async fn count_try(conn: &mut PgConnection, token: &Hashed) -> Result<Option<i32>, AppError> {
    let tries = sqlx::query_scalar!(
        "update factor_attempts set tries = tries + 1 where attempt_hash = $1 and tries < $2 returning tries",
        token,
        CODE_TRIES,
    )
    .fetch_optional(conn)
    .await?;
    Ok(tries.map(|tries| CODE_TRIES - tries))
}

/// Ends the waiting; false when somebody was faster.
pub async fn delete_attempt(conn: &mut PgConnection, token: &Hashed) -> Result<bool, AppError> {
    let gone = sqlx::query!("delete from factor_attempts where attempt_hash = $1", token).execute(conn).await?;
    Ok(gone.rows_affected() == 1)
}

/// Ends all other sign-ins of a person.
pub async fn end_others(conn: &mut PgConnection, person: PersonId, kept: SignInId) -> Result<Vec<SignInId>, AppError> {
    let ended = sqlx::query_scalar!(
        r#"delete from sign_ins where person_id = $1 and sign_in_id <> $2 returning sign_in_id as "id: SignInId""#,
        person as PersonId,
        kept as SignInId,
    )
    .fetch_all(conn)
    .await?;
    Ok(ended)
}

/// Seals under the newest key some of the keys of apps of people after one that stand under a former key; gives
/// the last of them.
pub async fn seal_anew(
    tx: &mut Tx,
    keys: &Keys,
    after: Option<PersonId>,
    limit: i64,
) -> Result<Option<PersonId>, AppError> {
    let Some(mark) = keys.mark() else { return Ok(None) };
    let rows = sqlx::query!(
        r#"select person_id as "person: PersonId", sealed from second_factors
            where substring(sealed from 1 for length($1::bytea)) <> $1 and ($2::uuid is null or person_id > $2)
            order by person_id limit $3 for no key update"#,
        mark,
        after as Option<PersonId>,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        if let Some(sealed) = keys.anew(&row.sealed, &factor_bound(row.person)) {
            sqlx::query!("update second_factors set sealed = $2 where person_id = $1", row.person as PersonId, sealed)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(rows.last().map(|row| row.person))
}

/// What the sealed key of an app is bound to.
pub fn factor_bound(person: PersonId) -> String {
    format!("second factor of {person}")
}
