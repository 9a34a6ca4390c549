//! The host's library beside an answer: a few entries to choose from, put into the text by one button.

use super::store::{self, Entry};
use crate::domain::id::{EntryId, PersonId};
use crate::domain::library::appended;
use crate::domain::search::Query;
use crate::features::consultations::Room;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use sqlx::PgConnection;

/// Entries beside an answer.
const MOST: i64 = 6;

/// What can be put into the text now.
pub struct Shelf {
    pub entries: Vec<Entry>,
    pub is_looked_through: bool,
}

/// The reader's own entries that hold what is looked for; `None` for whoever has no library.
pub async fn of(
    conn: &mut PgConnection,
    frame: &Frame,
    room: &Room,
    looked_for: &str,
) -> Result<Option<Shelf>, AppError> {
    let has_library = room.part.is_host() && frame.person().is_some_and(|person| person.is_host);
    if !has_library || !room.stage().takes_writing() {
        return Ok(None);
    }
    let entries = store::library(conn, room.me, Query::parse(looked_for).as_ref(), MOST).await?;
    Ok(Some(Shelf { entries, is_looked_through: !looked_for.trim().is_empty() }))
}

/// Puts an entry of a person's own under what is typed.
pub async fn insert(tx: &mut Tx, person: PersonId, entry: EntryId, fields: &mut Fields) -> Result<(), AppError> {
    let entry = store::entry(tx, person, entry).await?;
    let body = appended(fields.value("body"), &entry.markdown());
    for done in ["insert", "look_for"] {
        fields.set(done, "");
    }
    fields.set("body", body);
    Ok(())
}
