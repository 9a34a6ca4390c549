//! SQL over what the hosts of a call note on an application.

use crate::domain::fact::Fact;
use crate::domain::id::{ApplicationId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A text that the note had, with whoever wrote it.
#[derive(Clone, Debug)]
pub struct Note {
    pub author: String,
    pub revision: i32,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// All texts that the note had, the newest first.
pub async fn notes(conn: &mut PgConnection, id: ApplicationId) -> Result<Vec<Note>, AppError> {
    let notes = sqlx::query_as!(
        Note,
        r#"select q.name as author, n.revision, n.body, n.at
             from application_notes n join people q on q.person_id = n.author_id
            where n.application_id = $1
            order by n.revision desc"#,
        id as ApplicationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(notes)
}

/// Keeps the next text of the note.
pub async fn keep_note(
    tx: &mut Tx,
    id: ApplicationId,
    author: PersonId,
    revision: i32,
    body: &str,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into application_notes (application_id, revision, body, author_id, at) values ($1, $2, $3, $4, $5)",
        id as ApplicationId,
        revision,
        body,
        author as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::ApplicationNoted { application: id }).await
}
