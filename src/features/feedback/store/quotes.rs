//! Quotes that hosts ask for: the exact words, from which answer, and what was said to it.

use crate::domain::id::{ConsultationId, FeedbackId, PersonId, QuoteId};
use crate::domain::person::Locale;
use crate::domain::quote::QuoteStage;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// A quote as its consultation sees it.
#[derive(Clone, Debug)]
pub struct Quoted {
    pub id: QuoteId,
    pub feedback: FeedbackId,
    pub person: PersonId,
    pub name: String,
    pub version: i32,
    /// What the call asked instead, where it has words of its own.
    pub wording: Option<Vec<String>>,
    pub question: i32,
    pub excerpt: String,
    pub locale: Locale,
    pub stage: QuoteStage,
    /// Whether a host asked for it, rather than the participant ticking it.
    pub was_requested: bool,
}

/// All quotes of a consultation, the newest last. For its hosts and for jobs: participants see their own.
pub async fn quotes(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Quoted>, AppError> {
    let rows = sqlx::query!(
        r#"select q.quote_id as "id: QuoteId", q.feedback_id as "feedback: FeedbackId", f.person_id as "person: PersonId", p.name,
                  f.form_version, w.questions as "wording?", q.question, q.excerpt, f.locale, q.stage, q.requested_at is not null as "was_requested!"
             from quotes q
             join feedback f using (feedback_id)
             join people p using (person_id)
             left join feedback_wordings w using (wording_id)
            where f.consultation_id = $1
            order by coalesce(q.requested_at, q.granted_at), q.quote_id"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    let quoted = rows.into_iter().filter_map(|row| {
        Some(Quoted {
            id: row.id,
            feedback: row.feedback,
            person: row.person,
            name: row.name,
            version: row.form_version,
            wording: row.wording,
            question: row.question,
            excerpt: row.excerpt,
            locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
            stage: QuoteStage::parse(&row.stage)?,
            was_requested: row.was_requested,
        })
    });
    Ok(quoted.collect())
}

/// Consultations in which a host asked for words of this person who takes part still, with their titles.
pub async fn asked_for(conn: &mut PgConnection, person: PersonId) -> Result<Vec<(ConsultationId, String)>, AppError> {
    let rows = sqlx::query!(
        r#"select s.consultation_id as "id: ConsultationId", s.title
             from quotes q
             join feedback f using (feedback_id)
             join consultations s using (consultation_id)
             join participants p on p.consultation_id = f.consultation_id and p.person_id = f.person_id
            where f.person_id = $1 and q.stage = 'requested'
            group by s.consultation_id, s.title
            order by min(q.requested_at)"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}

/// Asks for an excerpt of an answer; false where another quote of it is asked for or granted.
pub async fn request(
    tx: &mut Tx,
    id: QuoteId,
    of: (FeedbackId, i32),
    excerpt: &str,
    answer: &str,
) -> Result<bool, AppError> {
    let now = tx.now();
    let asked = sqlx::query!(
        r#"insert into quotes (quote_id, feedback_id, question, excerpt, stage, answer, requested_at)
           values ($1, $2, $3, $4, 'requested', $5, $6)
           on conflict (feedback_id, question) where stage in ('offered', 'requested', 'granted') do nothing"#,
        id as QuoteId,
        of.0 as FeedbackId,
        of.1,
        excerpt,
        answer,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(asked.rows_affected() == 1)
}

/// Stores what the participant said.
pub async fn answer(tx: &mut Tx, id: QuoteId, stage: QuoteStage) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update quotes set stage = $2, granted_at = case when $2 = 'granted' then $3 else granted_at end where quote_id = $1",
        id as QuoteId,
        stage.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    match stage {
        QuoteStage::Granted => super::agree(tx, id).await,
        _ => Ok(()),
    }
}
