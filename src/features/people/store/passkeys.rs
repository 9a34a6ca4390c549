//! SQL over passkeys, and over what browsers were asked a moment ago.

use crate::domain::id::{PasskeyId, PersonId, SignInId};
use crate::platform::error::AppError;
use crate::platform::passkeys::{LASTS, Stored};
use crate::platform::random::{self, Hashed};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A passkey, as its owner knows it.
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A person's passkeys, oldest first.
pub async fn passkeys(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Passkey>, AppError> {
    let passkeys = sqlx::query_as!(
        Passkey,
        r#"select passkey_id as "id: PasskeyId", name, created_at, last_used_at
             from passkeys where person_id = $1 order by created_at, passkey_id"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(passkeys)
}

/// What is known of a person's passkeys.
pub async fn stored_passkeys(conn: &mut PgConnection, person: PersonId) -> Result<Vec<(PasskeyId, Stored)>, AppError> {
    let rows = sqlx::query!(
        r#"select passkey_id as "id: PasskeyId", credential, public_key, state, counter, transports
             from passkeys where person_id = $1 order by place"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    let read = rows.into_iter().map(|row| {
        let (counter, transports) = (row.counter.try_into().ok()?, row.transports.try_into().ok()?);
        let (credential, public_key, state) = (row.credential, row.public_key, row.state);
        Some((row.id, Stored { credential, public_key, state, counter, transports }))
    });
    read.collect::<Option<_>>().ok_or_else(|| AppError::Unexpected(anyhow::anyhow!("a passkey is not readable")))
}

/// What became of a passkey that is to be added.
#[derive(Debug, PartialEq, Eq)]
pub enum Added {
    Yes(PasskeyId),
    /// Somebody has it, perhaps another person.
    Taken,
    Full,
}

/// Adds a passkey in the first free place.
pub async fn add_passkey(
    conn: &mut PgConnection,
    person: PersonId,
    name: &str,
    new: &Stored,
    now: DateTime<Utc>,
) -> Result<Added, AppError> {
    sqlx::query!("select person_id from people where person_id = $1 for update", person as PersonId)
        .fetch_one(&mut *conn)
        .await?;
    let place = sqlx::query_scalar!(
        r#"select free.place::smallint as "place!" from generate_series(1, 10) as free (place)
            where not exists (select from passkeys k where k.person_id = $1 and k.place = free.place) order by free.place limit 1"#,
        person as PersonId,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(place) = place else { return Ok(Added::Full) };
    let added = sqlx::query_scalar!(
        r#"insert into passkeys (passkey_id, person_id, place, name, credential, public_key, state, counter, transports, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           on conflict on constraint passkeys_are_of_one_person do nothing returning passkey_id as "id: PasskeyId""#,
        random::id::<PasskeyId>() as PasskeyId,
        person as PersonId,
        place,
        name,
        new.credential,
        new.public_key,
        new.state,
        i64::from(new.counter),
        i16::from(new.transports),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(added.map_or(Added::Taken, Added::Yes))
}

/// Notes that a passkey was used; false when it was meanwhile with the same count or a higher one.
pub async fn use_passkey(
    conn: &mut PgConnection,
    id: PasskeyId,
    used: &Stored,
    now: DateTime<Utc>,
) -> Result<bool, AppError> {
    let done = sqlx::query!(
        r#"update passkeys set state = $2, counter = $3, last_used_at = $4
            where passkey_id = $1 and (counter < $3 or counter = 0)"#,
        id as PasskeyId,
        used.state,
        i64::from(used.counter),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a passkey away; false where the person has none of this ID.
pub async fn remove_passkey(conn: &mut PgConnection, person: PersonId, id: PasskeyId) -> Result<bool, AppError> {
    let gone = sqlx::query!(
        "delete from passkeys where passkey_id = $1 and person_id = $2",
        id as PasskeyId,
        person as PersonId
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected() == 1)
}

/// What a browser is asked for, and which browser: a sign-in, or one that waits for its second factor.
#[derive(Clone, Copy)]
pub enum Ceremony<'a> {
    Adding(SignInId),
    Confirming(SignInId),
    SigningIn(&'a Hashed),
}

impl Ceremony<'_> {
    fn parts(&self) -> (&'static str, Option<SignInId>, Option<&Hashed>) {
        match self {
            Ceremony::Adding(sign_in) => ("adding", Some(*sign_in), None),
            Ceremony::Confirming(sign_in) => ("confirming", Some(*sign_in), None),
            Ceremony::SigningIn(attempt) => ("signing_in", None, Some(attempt)),
        }
    }
}

/// Keeps what a browser was asked; what it was asked before for the same is over.
pub async fn begin_ceremony(
    conn: &mut PgConnection,
    ceremony: Ceremony<'_>,
    person: PersonId,
    state: &[u8],
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let (kind, sign_in, attempt) = ceremony.parts();
    end_ceremony(&mut *conn, ceremony).await?;
    let begun = sqlx::query!(
        r#"insert into passkey_ceremonies (person_id, kind, sign_in_id, attempt_hash, state, expires_at)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing"#,
        person as PersonId,
        kind,
        sign_in as Option<SignInId>,
        attempt,
        state,
        now + LASTS,
    )
    .execute(conn)
    .await?;
    // The same browser asks twice at once.
    if begun.rows_affected() == 1 { Ok(()) } else { Err(AppError::BeingDone) }
}

async fn end_ceremony(conn: &mut PgConnection, ceremony: Ceremony<'_>) -> Result<(), AppError> {
    let (kind, sign_in, attempt) = ceremony.parts();
    sqlx::query!(
        "delete from passkey_ceremonies where kind = $1 and (sign_in_id = $2 or attempt_hash = $3)",
        kind,
        sign_in as Option<SignInId>,
        attempt,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Spends what a browser was asked; none where it was asked nothing, answered already, or took too long.
pub async fn take_ceremony(
    conn: &mut PgConnection,
    ceremony: Ceremony<'_>,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<Vec<u8>>, AppError> {
    let (kind, sign_in, attempt) = ceremony.parts();
    let state = sqlx::query_scalar!(
        r#"delete from passkey_ceremonies
            where kind = $1 and (sign_in_id = $2 or attempt_hash = $3) and person_id = $4 and expires_at > $5
        returning state"#,
        kind,
        sign_in as Option<SignInId>,
        attempt,
        person as PersonId,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(state)
}
