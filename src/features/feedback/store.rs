//! All SQL over feedback, answers, quotes and follow-ups.

mod exports;
mod follow_ups;
mod gifts;
mod improvements;
pub mod privacy;
pub mod retention;
mod wordings;
mod quotes;

pub use exports::{
    Granted, OwnAnswers, OwnQuote, all_words, answers_of, consultation_of, granted, is_wanted, lock_quoted, owed,
    quotes_of, revoke, suggested_to, waiting,
};
pub(super) use follow_ups::{
    FollowUp, NewFollowUp, Suggested, count_owed, drop_one, follow_up, follow_ups, let_go, mark_read, owe, owe_item,
    promise, send, suggested,
};
pub(super) use gifts::*;
pub use improvements::{Improvement, public_improvements};
pub(super) use improvements::{
    NewImprovement, Voice, improved, improvements, record, save_improvement, turnout, voices,
};
pub use quotes::asked_for;
pub(super) use quotes::{Quoted, answer as answer_quote, quotes, request};
pub(super) use wordings::{Stale, Wording, current, wording, write_wording};

use crate::domain::feedback::{FORM_VERSION, Feedback, Stage};
use crate::domain::id::{ConsultationId, FeedbackId, PersonId, QuoteId};
use crate::domain::person::Locale;
use crate::platform::consents::{self, Consent};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// One participant's form with their answers.
#[derive(Clone, Debug)]
pub struct Form {
    pub feedback: Feedback,
    pub person: PersonId,
    pub name: String,
    pub version: i32,
    /// The questions in the call's own words, where it had any when this was asked.
    pub wording: Option<Vec<String>>,
    pub locale: Locale,
    pub revision: i32,
    pub answers: Vec<Given>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub question: i32,
    pub body: String,
    pub administrators_only: bool,
    /// Whether its exact words may be quoted.
    pub is_quoted: bool,
}

struct Row {
    id: FeedbackId,
    consultation: ConsultationId,
    person: PersonId,
    name: String,
    form_version: i32,
    wording: Option<Vec<String>>,
    locale: String,
    stage: String,
    invited_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    revision: i32,
}

impl Row {
    fn with(self, answers: Vec<Given>) -> Result<Form, AppError> {
        let stage = Stage::parse(&self.stage)
            .ok_or_else(|| AppError::Unexpected(anyhow!("feedback {}: unknown stage", self.id)))?;
        Ok(Form {
            feedback: Feedback {
                id: self.id,
                consultation: self.consultation,
                stage,
                invited_at: self.invited_at,
                submitted_at: self.submitted_at,
            },
            person: self.person,
            name: self.name,
            version: self.form_version,
            wording: self.wording,
            locale: Locale::parse(&self.locale).unwrap_or(Locale::Ja),
            revision: self.revision,
            answers,
        })
    }
}

/// Everybody's forms in a consultation, in the order of asking. For its hosts and for jobs: a
/// participant reads their own by [`mine`].
pub(super) async fn forms(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Form>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select f.feedback_id as "id: FeedbackId", f.consultation_id as "consultation: ConsultationId", f.person_id as "person: PersonId",
                  q.name, f.form_version, w.questions as "wording?", f.locale, f.stage, f.invited_at, f.submitted_at, f.revision
             from feedback f
             join people q using (person_id)
             left join feedback_wordings w using (wording_id)
            where f.consultation_id = $1
            order by f.invited_at, f.feedback_id"#,
        id as ConsultationId,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut answers = answers(conn, id).await?;
    rows.into_iter()
        .map(|row| {
            let (own, others) = answers.drain(..).partition(|(feedback, _)| *feedback == row.id);
            answers = others;
            row.with((own as Vec<(FeedbackId, Given)>).into_iter().map(|(_, given)| given).collect())
        })
        .collect()
}

async fn answers(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<(FeedbackId, Given)>, AppError> {
    let rows = sqlx::query!(
        r#"select a.feedback_id as "id: FeedbackId", a.question, a.body, a.administrators_only, q.quote_id is not null as "is_quoted!"
             from feedback f
             join feedback_answers a using (feedback_id)
             left join quotes q on q.feedback_id = a.feedback_id and q.question = a.question and q.stage = 'granted'
            where f.consultation_id = $1
            order by a.question"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    let given = rows.into_iter().map(|row| {
        let given = Given {
            question: row.question,
            body: row.body,
            administrators_only: row.administrators_only,
            is_quoted: row.is_quoted,
        };
        (row.id, given)
    });
    Ok(given.collect())
}

/// A participant's own form.
pub(super) async fn mine(
    conn: &mut PgConnection,
    id: ConsultationId,
    person: PersonId,
) -> Result<Option<Form>, AppError> {
    Ok(forms(conn, id).await?.into_iter().find(|form| form.person == person))
}

/// A form for the jobs about it.
pub(super) async fn system(conn: &mut PgConnection, id: FeedbackId) -> Result<Option<Form>, AppError> {
    let of = sqlx::query_scalar!(
        r#"select consultation_id as "id: ConsultationId" from feedback where feedback_id = $1"#,
        id as FeedbackId
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(of) = of else { return Ok(None) };
    Ok(forms(conn, of).await?.into_iter().find(|form| form.feedback.id == id))
}

/// Asks a participant for feedback on what ended `since` then: a new form, or an unanswered one of
/// before from its beginning. What was answered to an earlier end is asked again with its words and
/// its questions kept. `None` where they answered, or declined, this time.
pub(super) async fn ask(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
    locale: Locale,
    since: DateTime<Utc>,
) -> Result<Option<FeedbackId>, AppError> {
    let now = tx.now();
    let asked = sqlx::query_scalar!(
        r#"insert into feedback as f (feedback_id, consultation_id, person_id, form_version, locale, stage, invited_at, wording_id)
           values ($1, $2, $3, $4, $5, 'invited', $6,
                   (select w.wording_id from feedback_wordings w join consultations s using (call_id)
                     where s.consultation_id = $2 and w.locale = $5 order by w.version desc limit 1))
           on conflict (consultation_id, person_id) do update
              set stage = case when f.invited_at >= $7 then f.stage when f.submitted_at is null then 'invited' else 'amended' end,
                  invited_at = case when f.invited_at < $7 then excluded.invited_at else f.invited_at end,
                  form_version = case when f.invited_at < $7 and f.submitted_at is null then excluded.form_version else f.form_version end,
                  locale = case when f.invited_at < $7 and f.submitted_at is null then excluded.locale else f.locale end,
                  wording_id = case when f.invited_at < $7 and f.submitted_at is null then excluded.wording_id else f.wording_id end
            where f.stage in ('invited', 'draft')
               or (f.invited_at < $7 and (f.stage in ('skipped', 'expired') or f.submitted_at < $7))
        returning feedback_id as "id: FeedbackId""#,
        random::id::<FeedbackId>() as FeedbackId,
        id as ConsultationId,
        person as PersonId,
        FORM_VERSION,
        locale.as_str(),
        now,
        since,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(asked)
}

/// Stores where a form is; a new revision each time.
pub(super) async fn save(tx: &mut Tx, feedback: &Feedback) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update feedback set stage = $2, submitted_at = $3, changed_at = $4, revision = revision + 1 where feedback_id = $1",
        feedback.id as FeedbackId,
        feedback.stage.as_str(),
        feedback.submitted_at,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Replaces the answers of a form.
pub(super) async fn replace_answers(tx: &mut Tx, id: FeedbackId, answers: &[Given]) -> Result<(), AppError> {
    sqlx::query!("delete from feedback_answers where feedback_id = $1", id as FeedbackId).execute(&mut **tx).await?;
    for answer in answers {
        sqlx::query!(
            "insert into feedback_answers (feedback_id, question, body, administrators_only) values ($1, $2, $3, $4)",
            id as FeedbackId,
            answer.question,
            answer.body,
            answer.administrators_only,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// What was granted or asked for an answer that reads differently now is for other words: stale. An
/// excerpt too, where the answer around it changed.
pub(super) async fn outdate_quotes(tx: &mut Tx, id: FeedbackId) -> Result<(), AppError> {
    sqlx::query!(
        r#"update quotes q set stage = 'stale'
            where q.feedback_id = $1 and q.stage in ('offered', 'requested', 'granted')
              and not exists (select from feedback_answers a
                               where a.feedback_id = q.feedback_id and a.question = q.question
                                 and a.body = coalesce(q.answer, q.excerpt) and not a.administrators_only)"#,
        id as FeedbackId,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stores the consent to quote an answer, word for word. `None` where it is granted already.
pub(super) async fn grant(tx: &mut Tx, id: FeedbackId, answer: &Given) -> Result<Option<QuoteId>, AppError> {
    let now = tx.now();
    let granted = sqlx::query_scalar!(
        r#"insert into quotes (quote_id, feedback_id, question, excerpt, stage, granted_at)
           values ($1, $2, $3, $4, 'granted', $5)
           on conflict (feedback_id, question) where stage in ('offered', 'requested', 'granted') do nothing
        returning quote_id as "id: QuoteId""#,
        random::id::<QuoteId>() as QuoteId,
        id as FeedbackId,
        answer.question,
        answer.body,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(quote) = granted {
        agree(tx, quote).await?;
    }
    Ok(granted)
}

/// Notes the yes to a quote with the hash of exactly its words.
pub(super) async fn agree(tx: &mut Tx, quote: QuoteId) -> Result<(), AppError> {
    let row = sqlx::query!(
        r#"select f.person_id as "person: PersonId", q.excerpt from quotes q join feedback f using (feedback_id) where q.quote_id = $1"#,
        quote as QuoteId
    )
    .fetch_one(&mut **tx)
    .await?;
    consents::give(tx, row.person, Consent::to(consents::Kind::Quote, &quote.to_string(), &row.excerpt)).await
}
