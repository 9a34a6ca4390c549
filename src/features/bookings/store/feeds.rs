//! The private address from which a person's calendar reads their sessions.

use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random::Hashed;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// When the address of a person's feed was made.
pub async fn feed_made_at(conn: &mut PgConnection, person: PersonId) -> Result<Option<DateTime<Utc>>, AppError> {
    let at = sqlx::query_scalar!("select created_at from session_feeds where person_id = $1", person as PersonId)
        .fetch_optional(conn)
        .await?;
    Ok(at)
}

/// Keeps the hash of a new address; the one before dies.
pub async fn make_feed(tx: &mut Tx, person: PersonId, token: Hashed) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into session_feeds (person_id, token_hash, created_at) values ($1, $2, $3)
           on conflict (person_id) do update set token_hash = excluded.token_hash, created_at = excluded.created_at"#,
        person as PersonId,
        token,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::SessionFeedMade { person }).await
}

/// Ends the address of a person's feed.
pub async fn revoke_feed(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sqlx::query!("delete from session_feeds where person_id = $1", person as PersonId).execute(&mut **tx).await?;
    tx.record(Fact::SessionFeedRevoked { person }).await
}

/// Whose feed this is.
pub async fn feed_owner(conn: &mut PgConnection, token: &Hashed) -> Result<Option<PersonId>, AppError> {
    let person = sqlx::query_scalar!(
        r#"select person_id as "person: PersonId" from session_feeds where token_hash = $1"#,
        token
    )
    .fetch_optional(conn)
    .await?;
    Ok(person)
}
