//! The six questions in a call's own words. A wording is written once and never changed.

use crate::domain::feedback::QUESTIONS;
use crate::domain::id::{CallId, ConsultationId, PersonId, WordingId};
use crate::domain::person::Locale;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use sqlx::PgConnection;

/// The newest wording of a call in a language; version 0 is the program's own.
#[derive(Clone, Debug, Default)]
pub struct Wording {
    pub version: i32,
    /// Empty where the program's own words are asked.
    pub questions: Vec<String>,
}

/// How a call asks in a language from now on.
pub async fn wording(conn: &mut PgConnection, call: CallId, locale: Locale) -> Result<Wording, AppError> {
    let newest = sqlx::query_as!(
        Wording,
        "select version, questions from feedback_wordings where call_id = $1 and locale = $2 order by version desc limit 1",
        call as CallId,
        locale.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(newest.unwrap_or_else(|| Wording { version: 0, questions: vec![String::new(); QUESTIONS as usize] }))
}

/// There is a newer one already.
pub struct Stale;

/// Writes the next version beside the earlier ones. The caller locked the call.
pub async fn write_wording(
    tx: &mut Tx,
    call: CallId,
    locale: Locale,
    by: PersonId,
    questions: &[String],
    after: i32,
) -> Result<Result<(), Stale>, AppError> {
    if wording(tx, call, locale).await?.version != after {
        return Ok(Err(Stale));
    }
    let (id, now): (WordingId, _) = (random::id(), tx.now());
    sqlx::query!(
        r#"insert into feedback_wordings (wording_id, call_id, locale, version, questions, written_by, written_at)
           values ($1, $2, $3, $4, $5, $6, $7)"#,
        id as WordingId,
        call as CallId,
        locale.as_str(),
        after + 1,
        questions,
        by as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(Ok(()))
}

/// How a consultation's form would be asked now, in a language.
pub async fn current(
    conn: &mut PgConnection,
    id: ConsultationId,
    locale: Locale,
) -> Result<Option<Vec<String>>, AppError> {
    let questions = sqlx::query_scalar!(
        r#"select w.questions from feedback_wordings w join consultations s using (call_id)
            where s.consultation_id = $1 and w.locale = $2
            order by w.version desc limit 1"#,
        id as ConsultationId,
        locale.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(questions)
}
