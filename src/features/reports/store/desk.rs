//! What lies beside a report while it is written: words never printed, marks let stand, passages
//! that participants marked.

use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, PassageId, PersonId, ReportId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use sqlx::PgConnection;

/// Words that shall never be printed.
pub async fn terms(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<String>, AppError> {
    let words = sqlx::query_scalar!(
        "select word from report_terms where consultation_id = $1 order by created_at, word",
        id as ConsultationId
    )
    .fetch_all(conn)
    .await?;
    Ok(words)
}

/// Adds a word that shall never be printed.
pub async fn add_term(tx: &mut Tx, id: ConsultationId, person: PersonId, word: &str) -> Result<(), AppError> {
    let now = tx.now();
    let added = sqlx::query!(
        "insert into report_terms (consultation_id, word, person_id, created_at) values ($1, $2, $3, $4) on conflict do nothing",
        id as ConsultationId,
        word,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    match added.rows_affected() {
        0 => Ok(()),
        _ => tx.record(Fact::ReportTermAdded { consultation: id }).await,
    }
}

/// Words of marks that the hosts let stand.
pub async fn kept_marks(conn: &mut PgConnection, id: ReportId) -> Result<Vec<String>, AppError> {
    let words = sqlx::query_scalar!("select words from report_kept_marks where report_id = $1", id as ReportId)
        .fetch_all(conn)
        .await?;
    Ok(words)
}

/// Lets a mark stand, in this report and in these words.
pub async fn keep_mark(tx: &mut Tx, id: ReportId, words: &str) -> Result<(), AppError> {
    let now = tx.now();
    let kept = sqlx::query!(
        "insert into report_kept_marks (report_id, words, kept_at) values ($1, $2, $3) on conflict do nothing",
        id as ReportId,
        words,
        now,
    )
    .execute(&mut **tx)
    .await?;
    match kept.rows_affected() {
        0 => Ok(()),
        _ => tx.record(Fact::ReportMarkKept { report: id }).await,
    }
}

/// A passage that a participant marked, with what the hosts said to it.
#[derive(Clone, Debug)]
pub struct Passage {
    pub id: PassageId,
    pub person: PersonId,
    pub name: String,
    pub passage: String,
    pub remark: String,
    pub reply: String,
    pub is_solved: bool,
}

/// Everything that was marked in a report, in whichever version; what is open first.
pub async fn passages(conn: &mut PgConnection, id: ReportId) -> Result<Vec<Passage>, AppError> {
    let rows = sqlx::query_as!(
        Passage,
        r#"select p.passage_id as "id: PassageId", p.person_id as "person: PersonId", q.name, p.passage, p.remark,
                  coalesce(p.reply, '') as "reply!", p.solved_at is not null as "is_solved!"
             from report_passages p
             join people q using (person_id)
            where p.report_id = $1
            order by p.solved_at is not null, p.created_at, p.position, p.passage_id"#,
        id as ReportId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Stores what a participant marked in a version: place, passage, what is to be changed.
pub async fn mark_passages(
    tx: &mut Tx,
    id: ReportId,
    revision: i32,
    person: PersonId,
    marked: &[(i32, String, String)],
) -> Result<(), AppError> {
    let now = tx.now();
    for (position, passage, remark) in marked {
        sqlx::query!(
            r#"insert into report_passages (passage_id, report_id, revision, person_id, position, passage, remark, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
            random::id::<PassageId>() as PassageId,
            id as ReportId,
            revision,
            person as PersonId,
            position,
            passage,
            remark,
            now,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Ends what was marked, with a word to whoever marked it; false where there is nothing to end.
pub async fn solve(tx: &mut Tx, id: ReportId, passage: PassageId, reply: Option<&str>) -> Result<bool, AppError> {
    let now = tx.now();
    let solved = sqlx::query!(
        "update report_passages set solved_at = $3, reply = $4 where report_id = $1 and passage_id = $2 and solved_at is null",
        id as ReportId,
        passage as PassageId,
        now,
        reply,
    )
    .execute(&mut **tx)
    .await?;
    let is_solved = solved.rows_affected() == 1;
    if is_solved {
        tx.record(Fact::PassageSolved { report: id, passage }).await?;
    }
    Ok(is_solved)
}
