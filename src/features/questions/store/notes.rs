//! SQL over what a guest tells the hosts alone, and over what the hosts note for themselves.

use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A revision of a note, with whoever wrote it.
#[derive(Clone, Debug)]
pub struct Note {
    pub author: String,
    pub revision: i32,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// All texts that one guest's note had, the newest first.
pub async fn private_note(
    conn: &mut PgConnection,
    id: ConsultationId,
    person: PersonId,
) -> Result<Vec<Note>, AppError> {
    let notes = sqlx::query_as!(
        Note,
        r#"select q.name as author, n.revision, n.body, n.at
             from private_notes n join people q using (person_id)
            where n.consultation_id = $1 and n.person_id = $2
            order by n.revision desc"#,
        id as ConsultationId,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(notes)
}

/// What the guests tell the hosts now, one text each; what was emptied is left out.
pub async fn private_notes(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Note>, AppError> {
    let notes = sqlx::query_as!(
        Note,
        r#"select * from (
               select distinct on (n.person_id) q.name as "author!", n.revision as "revision!", n.body as "body!", n.at as "at!"
                 from private_notes n join people q using (person_id)
                where n.consultation_id = $1
                order by n.person_id, n.revision desc) as last
            where "body!" <> ''
            order by "at!""#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(notes)
}

/// Keeps the next text of a guest's note.
pub async fn keep_private_note(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
    revision: i32,
    body: &str,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into private_notes (consultation_id, person_id, revision, body, at) values ($1, $2, $3, $4, $5)",
        id as ConsultationId,
        person as PersonId,
        revision,
        body,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::PrivateNoteWritten { consultation: id, person }).await
}

/// All texts that the hosts' note had, the newest first.
pub async fn host_note(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Note>, AppError> {
    let notes = sqlx::query_as!(
        Note,
        r#"select q.name as author, n.revision, n.body, n.at
             from host_notes n join people q on q.person_id = n.author_id
            where n.consultation_id = $1
            order by n.revision desc"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(notes)
}

/// Keeps the next text of the hosts' note.
pub async fn keep_host_note(
    tx: &mut Tx,
    id: ConsultationId,
    author: PersonId,
    revision: i32,
    body: &str,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into host_notes (consultation_id, revision, body, author_id, at) values ($1, $2, $3, $4, $5)",
        id as ConsultationId,
        revision,
        body,
        author as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::HostNoteWritten { consultation: id }).await
}
