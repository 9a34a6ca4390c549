//! One-time form keys: double click, back button and a retry after a time-out all get the first
//! answer. The key is stored in the transaction that does the work, so it is spent exactly when the
//! work is done.

use super::db::Tx;
use super::error::AppError;
use super::form::Fields;
use super::seal::Keys;
use super::way::{Bound, Way};
use super::work;
use crate::domain::id::PersonId;
use crate::domain::retention;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::time::Duration;
use uuid::Uuid;

/// A claimed key, to be settled with where the answer led.
#[derive(Clone, Copy)]
pub struct OnceKey(Uuid);

impl Bound for OnceKey {
    fn bound(self) -> String {
        format!("once key {}", self.0)
    }
}

/// Claims the form's key inside the transaction. A spent key ends the request with its first
/// answer; a key in use elsewhere with 409; a key with other content with 422. A form without a key
/// is worked on as it is.
pub(super) async fn claim(
    tx: &mut Tx,
    fields: &Fields,
    path: &str,
    asker: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let Ok(key) = Uuid::parse_str(fields.value("once")) else { return Ok(()) };
    let digest = digest(fields, path, asker);
    let lock = i64::from_be_bytes(key.as_bytes()[..8].try_into().expect("a UUID has 16 bytes"));
    if !is_free(tx, lock).await? {
        return Err(AppError::BeingDone);
    }
    let spent = sqlx::query!("select digest, location, location_sealed from once_keys where once_key = $1", key)
        .fetch_optional(&mut **tx)
        .await?;
    match spent {
        Some(spent) if spent.digest != digest => {
            Err(AppError::Unprocessable("the form's key was used for other content"))
        }
        Some(spent) => {
            let way = Way { path: spent.location, sealed: spent.location_sealed };
            Err(AppError::SeeOther { location: way.open(OnceKey(key), &tx.platform().keys) })
        }
        None => {
            sqlx::query!(
                "insert into once_keys (once_key, digest, location, spent_at) values ($1, $2, '', $3)",
                key,
                digest,
                now
            )
            .execute(&mut **tx)
            .await?;
            tx.remember(OnceKey(key));
            Ok(())
        }
    }
}

/// Takes the lock of a key. A refused form rolls back just after its answer, so that whoever sends the
/// mended form at once waits for that moment.
async fn is_free(tx: &mut Tx, lock: i64) -> Result<bool, AppError> {
    for wait in [0, 10, 40, 150, 300] {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let free = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "free!""#, lock);
        if free.fetch_one(&mut **tx).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Stores where the answer led.
pub(super) async fn settle(
    conn: &mut PgConnection,
    once: OnceKey,
    location: &str,
    keys: &Keys,
) -> Result<(), AppError> {
    let way = Way::of(once, location, keys);
    let settled = sqlx::query!(
        "update once_keys set location = $2, location_sealed = $3 where once_key = $1",
        once.0,
        way.path,
        way.sealed,
    );
    settled.execute(conn).await?;
    Ok(())
}

/// Gives a key back: the answer is a page, which is not kept, so that the same form sent again is worked
/// on again.
pub(super) async fn release(conn: &mut PgConnection, once: &OnceKey) -> Result<(), AppError> {
    sqlx::query!("delete from once_keys where once_key = $1", once.0).execute(conn).await?;
    Ok(())
}

/// Deletes keys of forms that nobody sends again; gives their number.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from once_keys where once_key in
                  (select once_key from once_keys where spent_at <= $1 order by spent_at limit $2)"#,
        now - retention::DRAFTS,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}

/// What a form holds beside its content. A browser that sends again may have done new work.
const UNTYPED: [&str; 3] = ["once", work::CHALLENGE, work::NUMBER];

fn digest(fields: &Fields, path: &str, asker: Option<PersonId>) -> Vec<u8> {
    let mut sha = Sha256::new();
    sha.update(path);
    sha.update(asker.map(|p| p.to_string()).unwrap_or_default());
    for (name, value) in fields.all().iter().filter(|(name, _)| !UNTYPED.contains(&name.as_str())) {
        sha.update(name);
        sha.update([0]);
        sha.update(value);
        sha.update([0]);
    }
    sha.finalize().to_vec()
}
