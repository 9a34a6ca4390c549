//! SQL over who people are at providers, and over tries to show it.

use crate::domain::id::{IdentityId, PersonId, ProviderAttemptId};
use crate::domain::person::EmailAddress;
use crate::platform::error::AppError;
use crate::platform::random::{self, Hashed};
use crate::platform::seal::Keys;
use crate::platform::way::Way;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How long somebody may be away at a provider.
const ATTEMPT_LASTS: TimeDelta = TimeDelta::minutes(10);

/// A try that begins.
pub struct NewAttempt<'a> {
    pub issuer: &'a str,
    pub state: Hashed,
    /// Of the browser.
    pub attempt: Hashed,
    pub nonce: &'a str,
    pub verifier: &'a str,
    pub next: &'a str,
    /// Who wants to link; nobody where somebody wants to sign in.
    pub linking: Option<PersonId>,
}

/// A try whose browser came back.
pub struct ProviderAttempt {
    pub id: ProviderAttemptId,
    pub nonce: String,
    sealed: Vec<u8>,
    way: Way,
    pub linking: Option<PersonId>,
}

impl ProviderAttempt {
    /// The PKCE verifier, where its seal still opens.
    pub fn verifier(&self, keys: &Keys) -> Option<String> {
        keys.open(&self.sealed, &bound(self.id))
    }

    /// Where it leads afterwards.
    pub fn next(&self, keys: &Keys) -> String {
        self.way.open(self.id, keys)
    }
}

fn bound(id: ProviderAttemptId) -> String {
    format!("verifier of {id}")
}

/// Stores a try; none where nothing can be sealed.
pub async fn insert_provider_attempt(
    conn: &mut PgConnection,
    new: NewAttempt<'_>,
    keys: &Keys,
    now: DateTime<Utc>,
) -> Result<Option<ProviderAttemptId>, AppError> {
    let id: ProviderAttemptId = random::id();
    let Some(sealed) = keys.seal(new.verifier, &bound(id)) else { return Ok(None) };
    let way = Way::of(id, new.next, keys);
    sqlx::query!(
        r#"insert into provider_attempts
                  (provider_attempt_id, issuer, state_hash, attempt_hash, nonce, sealed, next_path, next_sealed, linking_id, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"#,
        id as ProviderAttemptId,
        new.issuer,
        new.state,
        new.attempt,
        new.nonce,
        sealed,
        way.path,
        way.sealed,
        new.linking as Option<PersonId>,
        now,
        now + ATTEMPT_LASTS,
    )
    .execute(conn)
    .await?;
    Ok(Some(id))
}

/// Spends the try that a browser comes back from; none where it is another's, dead or spent.
pub async fn spend_provider_attempt(
    conn: &mut PgConnection,
    issuer: &str,
    state: &Hashed,
    attempt: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<ProviderAttempt>, AppError> {
    let row = sqlx::query!(
        r#"update provider_attempts set spent_at = $4
            where issuer = $1 and state_hash = $2 and attempt_hash = $3 and spent_at is null and expires_at > $4
        returning provider_attempt_id as "id: ProviderAttemptId", nonce, sealed, next_path, next_sealed, linking_id as "linking: PersonId""#,
        issuer,
        state,
        attempt,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| ProviderAttempt {
        id: row.id,
        nonce: row.nonce,
        sealed: row.sealed,
        way: Way { path: row.next_path, sealed: row.next_sealed },
        linking: row.linking,
    }))
}

/// Who somebody is at a provider.
pub struct Identity {
    pub id: IdentityId,
    pub issuer: String,
    pub linked_at: DateTime<Utc>,
}

/// All that a person linked.
pub async fn identities(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Identity>, AppError> {
    let identities = sqlx::query_as!(
        Identity,
        r#"select identity_id as "id: IdentityId", issuer, linked_at from identities where person_id = $1 order by linked_at, identity_id"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(identities)
}

/// The issuer of something linked, while it is.
pub async fn issuer_of(conn: &mut PgConnection, id: IdentityId) -> Result<Option<String>, AppError> {
    let issuer = sqlx::query_scalar!("select issuer from identities where identity_id = $1", id as IdentityId)
        .fetch_optional(conn)
        .await?;
    Ok(issuer)
}

/// Whom an issuer's subject is here.
pub async fn person_of(conn: &mut PgConnection, issuer: &str, subject: &str) -> Result<Option<PersonId>, AppError> {
    let person = sqlx::query_scalar!(
        r#"select person_id as "person: PersonId" from identities where issuer = $1 and subject = $2"#,
        issuer,
        subject,
    )
    .fetch_optional(conn)
    .await?;
    Ok(person)
}

/// Links; nothing where somebody has it already.
pub async fn link(
    conn: &mut PgConnection,
    person: PersonId,
    issuer: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<Option<IdentityId>, AppError> {
    let id = sqlx::query_scalar!(
        r#"insert into identities (identity_id, person_id, issuer, subject, linked_at) values ($1, $2, $3, $4, $5)
           on conflict on constraint identities_are_of_one_person do nothing returning identity_id as "id: IdentityId""#,
        random::id::<IdentityId>() as IdentityId,
        person as PersonId,
        issuer,
        subject,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id)
}

/// Unlinks what is the person's; false where it is not.
pub async fn unlink(conn: &mut PgConnection, person: PersonId, id: IdentityId) -> Result<bool, AppError> {
    let gone = sqlx::query!(
        "delete from identities where identity_id = $1 and person_id = $2",
        id as IdentityId,
        person as PersonId
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected() == 1)
}

/// Whether an account has the address.
pub async fn is_taken(conn: &mut PgConnection, address: &EmailAddress) -> Result<bool, AppError> {
    let taken = sqlx::query_scalar!(
        r#"select exists (select from people where lower(email) = $1) as "taken!""#,
        address.folded()
    )
    .fetch_one(conn)
    .await?;
    Ok(taken)
}
