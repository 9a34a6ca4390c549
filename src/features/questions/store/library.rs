//! SQL over a host's library.

use crate::domain::fact::Fact;
use crate::domain::id::{EntryId, PersonId};
use crate::domain::library::{Kind, as_markdown};
use crate::domain::search::Query;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An entry of a library.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: EntryId,
    pub kind: Kind,
    pub title: String,
    pub link: String,
    pub body: String,
    pub revision: i32,
    pub changed_at: DateTime<Utc>,
}

impl Entry {
    /// As it is put into an answer.
    pub fn markdown(&self) -> String {
        as_markdown(self.kind, &self.title, &self.link, &self.body)
    }
}

struct Row {
    id: EntryId,
    kind: String,
    title: String,
    link: String,
    body: String,
    revision: i32,
    changed_at: DateTime<Utc>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        let Row { id, title, link, body, revision, changed_at, .. } = row;
        Self { kind: Kind::parse(&row.kind).unwrap_or(Kind::Answer), id, title, link, body, revision, changed_at }
    }
}

/// A person's entries that hold every word looked for, or all, the last changed first.
pub async fn library(
    conn: &mut PgConnection,
    person: PersonId,
    looked_for: Option<&Query>,
    limit: i64,
) -> Result<Vec<Entry>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select entry_id as "id: EntryId", kind, title, link, body, revision, changed_at from library_entries
            where person_id = $1 and folded(concat_ws(E'\n', title, link, body)) like all($2)
            order by changed_at desc, entry_id
            limit $3"#,
        person as PersonId,
        &looked_for.map(Query::patterns).unwrap_or_default(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// An entry of a person's own.
pub async fn entry(conn: &mut PgConnection, person: PersonId, entry: EntryId) -> Result<Entry, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select entry_id as "id: EntryId", kind, title, link, body, revision, changed_at from library_entries
            where person_id = $1 and entry_id = $2"#,
        person as PersonId,
        entry as EntryId,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Entry::from).ok_or(AppError::NotFound)
}

/// What is written into an entry.
pub struct Written<'a> {
    pub kind: Kind,
    pub title: &'a str,
    pub link: &'a str,
    pub body: &'a str,
}

/// Puts an entry into a person's library.
pub async fn add_entry(tx: &mut Tx, person: PersonId, written: &Written<'_>) -> Result<EntryId, AppError> {
    let (entry, now): (EntryId, _) = (random::id(), tx.now());
    sqlx::query!(
        "insert into library_entries (entry_id, person_id, kind, title, link, body, created_at, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $7)",
        entry as EntryId,
        person as PersonId,
        written.kind.as_str(),
        written.title,
        written.link,
        written.body,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::LibraryChanged { entry }).await?;
    Ok(entry)
}

/// Changes an entry that still stands at this revision; false where it does not.
pub async fn change_entry(tx: &mut Tx, entry: &Entry, written: &Written<'_>) -> Result<bool, AppError> {
    let now = tx.now();
    let changed = sqlx::query!(
        r#"update library_entries set title = $3, link = $4, body = $5, revision = revision + 1, changed_at = $6
            where entry_id = $1 and revision = $2"#,
        entry.id as EntryId,
        entry.revision,
        written.title,
        written.link,
        written.body,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::LibraryChanged { entry: entry.id }).await?;
    Ok(changed.rows_affected() == 1)
}

/// Takes an entry out of the library; answers into which it was put keep their text.
pub async fn delete_entry(tx: &mut Tx, entry: EntryId) -> Result<(), AppError> {
    sqlx::query!("delete from library_entries where entry_id = $1", entry as EntryId).execute(&mut **tx).await?;
    tx.record(Fact::LibraryChanged { entry }).await
}
