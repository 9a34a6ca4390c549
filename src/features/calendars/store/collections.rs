//! The calendars of an account, which of them are read, and the one that sessions are written to.

use super::Calendar;
use crate::domain::fact::Fact;
use crate::domain::id::{CalendarId, CollectionId, PersonId};
use crate::platform::dav::Listed;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use sqlx::PgConnection;

/// One calendar of a CalDAV account.
#[derive(Clone, Debug)]
pub struct Collection {
    pub id: CollectionId,
    pub path: String,
    name: String,
    pub is_read: bool,
    /// Whether sessions are written to it; then it is read as well.
    pub is_target: bool,
}

impl Collection {
    /// Its name, or the end of its path where the server has none.
    pub fn name(&self) -> &str {
        match self.name.is_empty() {
            true => self.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default(),
            false => &self.name,
        }
    }

    /// Whether what is in it takes the host's time.
    pub fn counts(&self) -> bool {
        self.is_read || self.is_target
    }
}

/// The calendars of an account in the order of their names.
pub async fn collections(conn: &mut PgConnection, calendar: CalendarId) -> Result<Vec<Collection>, AppError> {
    let collections = sqlx::query_as!(
        Collection,
        r#"select c.collection_id as "id: CollectionId", c.path, c.name, c.is_read, t.collection_id is not null as "is_target!"
             from calendar_collections c left join calendar_targets t using (collection_id)
            where c.calendar_id = $1 order by c.name, c.path"#,
        calendar as CalendarId,
    )
    .fetch_all(conn)
    .await?;
    Ok(collections)
}

/// Keeps what a server listed. One that it lists no longer stays: it may come back, and what was
/// written to it still belongs to its bookings.
pub(super) async fn list(tx: &mut Tx, calendar: &Calendar, listed: &[Listed]) -> Result<(), AppError> {
    let now = tx.now();
    for found in listed {
        sqlx::query!(
            r#"insert into calendar_collections (collection_id, calendar_id, path, name, is_writable, listed_at)
               values ($1, $2, $3, $4, $5, $6)
               on conflict on constraint collections_are_listed_once
               do update set name = excluded.name, is_writable = excluded.is_writable, listed_at = excluded.listed_at"#,
            random::id::<CollectionId>() as CollectionId,
            calendar.id as CalendarId,
            found.path,
            found.name,
            found.is_writable,
            now,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Stores which calendars of an account take the host's time.
pub async fn choose(tx: &mut Tx, calendar: CalendarId, read: &[CollectionId]) -> Result<(), AppError> {
    sqlx::query!(
        "update calendar_collections set is_read = collection_id = any($2) where calendar_id = $1",
        calendar as CalendarId,
        read as &[CollectionId],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets the calendars of an account that is not asked any more, and what was written there.
pub(super) async fn forget(tx: &mut Tx, calendar: CalendarId) -> Result<(), AppError> {
    sqlx::query!("delete from calendar_collections where calendar_id = $1", calendar as CalendarId)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A calendar that sessions can be written to.
#[derive(Debug)]
pub struct Writable {
    pub account: String,
    pub collection: Collection,
}

/// All of a person's calendars that can be written to, and the chosen one in any case.
pub async fn writable(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Writable>, AppError> {
    let rows = sqlx::query!(
        r#"select a.name as account, c.collection_id as "id: CollectionId", c.path, c.name, c.is_read,
                  t.collection_id is not null as "is_target!"
             from calendar_collections c join calendars a using (calendar_id) left join calendar_targets t using (collection_id)
            where a.person_id = $1 and (c.is_writable or t.collection_id is not null)
            order by a.created_at, c.name, c.path"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    let writable = rows.into_iter().map(|row| Writable {
        account: row.account,
        collection: Collection {
            id: row.id,
            path: row.path,
            name: row.name,
            is_read: row.is_read,
            is_target: row.is_target,
        },
    });
    Ok(writable.collect())
}

/// Stores where a person's sessions are written from now on; those ahead follow.
pub async fn set_target(tx: &mut Tx, person: PersonId, target: Option<CollectionId>) -> Result<(), AppError> {
    let now = tx.now();
    match target {
        Some(collection) => {
            sqlx::query!(
                r#"insert into calendar_targets (person_id, collection_id, chosen_at) values ($1, $2, $3)
                   on conflict (person_id) do update set collection_id = excluded.collection_id, chosen_at = excluded.chosen_at"#,
                person as PersonId,
                collection as CollectionId,
                now,
            )
            .execute(&mut **tx)
            .await?;
        }
        None => {
            sqlx::query!("delete from calendar_targets where person_id = $1", person as PersonId)
                .execute(&mut **tx)
                .await?;
        }
    }
    tx.record(Fact::CalendarTargetChosen { person }).await
}
