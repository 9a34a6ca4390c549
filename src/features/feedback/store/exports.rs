//! What later slices read: quotes that may be shown, one's own quotes and answers, what waits for whom.

use crate::domain::fact::Fact;
use crate::domain::feedback::{ABOUT_GAPS, Stage};
use crate::domain::id::{ConsultationId, FeedbackId, PersonId, QuoteId};
use crate::domain::person::Locale;
use crate::domain::quote::QuoteStage;
use crate::features::feedback::asked;
use crate::platform::consents;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Words that may be quoted, exactly these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub quote: QuoteId,
    pub question: i32,
    /// The form whose question it answers.
    pub version: i32,
    /// The question in the call's own words, where it was asked so.
    pub wording: Option<String>,
    pub excerpt: String,
    pub locale: Locale,
    pub person: PersonId,
}

/// The quotes of a consultation that may be shown at this moment.
pub async fn granted(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Granted>, AppError> {
    let rows = sqlx::query!(
        r#"select q.quote_id as "quote: QuoteId", q.question, q.excerpt, f.form_version, f.locale, f.person_id as "person: PersonId",
                  nullif(w.questions[q.question], '') as "wording?"
             from quotes q
             join feedback f using (feedback_id)
             left join feedback_wordings w using (wording_id)
            where f.consultation_id = $1 and q.stage = 'granted'
            order by q.question, q.quote_id"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    let granted = rows.into_iter().map(|row| Granted {
        quote: row.quote,
        question: row.question,
        version: row.form_version,
        wording: row.wording,
        excerpt: row.excerpt,
        locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
        person: row.person,
    });
    Ok(granted.collect())
}

/// All answers of a consultation, whole: what the text of a report is compared with. A quote stands
/// beside the text, where taking it back finds it.
pub async fn all_words(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<String>, AppError> {
    let words = sqlx::query_scalar!(
        "select a.body from feedback_answers a join feedback f using (feedback_id) where f.consultation_id = $1",
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(words)
}

/// A quote as its own person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnQuote {
    pub quote: QuoteId,
    pub consultation: ConsultationId,
    pub title: String,
    pub excerpt: String,
    pub stage: QuoteStage,
    pub granted_at: Option<DateTime<Utc>>,
}

/// Everything that a person ever let others quote, the newest first; also of consultations that
/// they left.
pub async fn quotes_of(conn: &mut PgConnection, person: PersonId) -> Result<Vec<OwnQuote>, AppError> {
    let rows = sqlx::query!(
        r#"select q.quote_id as "quote: QuoteId", f.consultation_id as "consultation: ConsultationId", s.title, q.excerpt, q.stage, q.granted_at
             from quotes q
             join feedback f using (feedback_id)
             join consultations s using (consultation_id)
            where f.person_id = $1 and q.stage in ('granted', 'revoked', 'stale') and q.granted_at is not null
            order by q.granted_at desc, q.quote_id"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    let own = rows.into_iter().filter_map(|row| {
        Some(OwnQuote {
            quote: row.quote,
            consultation: row.consultation,
            title: row.title,
            excerpt: row.excerpt,
            stage: QuoteStage::parse(&row.stage)?,
            granted_at: row.granted_at,
        })
    });
    Ok(own.collect())
}

/// What a person said of a consultation, as they themselves read it.
#[derive(Clone, Debug)]
pub struct OwnAnswers {
    pub title: String,
    pub locale: Locale,
    pub submitted_at: Option<DateTime<Utc>>,
    /// Question and answer.
    pub said: Vec<(String, String)>,
}

/// Everything that a person answered, the newest first; also of consultations that they left.
pub async fn answers_of(
    conn: &mut PgConnection,
    person: PersonId,
    speech: Speech,
) -> Result<Vec<OwnAnswers>, AppError> {
    let rows = sqlx::query!(
        r#"select f.feedback_id as "feedback: FeedbackId", s.title, f.locale, f.submitted_at, f.form_version, w.questions as "wording?",
                  a.question, a.body
             from feedback f
             join feedback_answers a using (feedback_id)
             join consultations s using (consultation_id)
             left join feedback_wordings w using (wording_id)
            where f.person_id = $1
            order by f.submitted_at desc, f.feedback_id, a.question"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    let forms = rows.chunk_by(|one, next| one.feedback == next.feedback).map(|form| OwnAnswers {
        title: form[0].title.clone(),
        locale: Locale::parse(&form[0].locale).unwrap_or(Locale::Ja),
        submitted_at: form[0].submitted_at,
        said: form
            .iter()
            .map(|row| (asked(speech, row.form_version, row.wording.as_deref(), row.question), row.body.clone()))
            .collect(),
    });
    Ok(forms.collect())
}

/// The consultation of a quote, whose row is locked before the quote's.
pub async fn consultation_of(conn: &mut PgConnection, quote: QuoteId) -> Result<Option<ConsultationId>, AppError> {
    let id = sqlx::query_scalar!(
        r#"select f.consultation_id as "id: ConsultationId" from quotes q join feedback f using (feedback_id) where q.quote_id = $1"#,
        quote as QuoteId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id)
}

/// Takes back a person's own consent; false where the quote is not theirs or not granted.
pub async fn revoke(tx: &mut Tx, person: PersonId, quote: QuoteId) -> Result<bool, AppError> {
    let now = tx.now();
    let revoked = sqlx::query!(
        r#"update quotes q set stage = 'revoked', revoked_at = $3
             from feedback f
            where q.quote_id = $1 and f.feedback_id = q.feedback_id and f.person_id = $2 and q.stage = 'granted'"#,
        quote as QuoteId,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    if revoked.rows_affected() == 0 {
        return Ok(false);
    }
    consents::withdraw(tx, person, consents::Kind::Quote, quote).await?;
    tx.record(Fact::QuoteRevoked { quote }).await?;
    Ok(true)
}

/// A quote was published: the answers around it stay as they are, unless they are asked for anew.
pub async fn lock_quoted(tx: &mut Tx, quotes: &[QuoteId]) -> Result<(), AppError> {
    let locked = sqlx::query_scalar!(
        r#"update feedback f set stage = $2
             from quotes q
            where q.quote_id = any($1) and q.feedback_id = f.feedback_id and f.stage in ('submitted', 'amended')
              and f.submitted_at >= f.invited_at
        returning f.feedback_id as "id: FeedbackId""#,
        quotes as &[QuoteId],
        Stage::Locked.as_str(),
    )
    .fetch_all(&mut **tx)
    .await?;
    for feedback in locked {
        tx.record(Fact::FeedbackLocked { feedback }).await?;
    }
    Ok(())
}

/// Whether an answer of a participant is waited for; `None` before they were asked.
pub async fn is_wanted(
    conn: &mut PgConnection,
    id: ConsultationId,
    person: PersonId,
) -> Result<Option<bool>, AppError> {
    let is_wanted = sqlx::query_scalar!(
        r#"select stage in ('invited', 'draft') or (stage = 'amended' and submitted_at < invited_at) as "is_wanted!"
             from feedback where consultation_id = $1 and person_id = $2"#,
        id as ConsultationId,
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(is_wanted)
}

/// Where a person who takes part still is asked for feedback, with the consultation's title.
pub async fn waiting(conn: &mut PgConnection, person: PersonId) -> Result<Vec<(ConsultationId, String)>, AppError> {
    let rows = sqlx::query!(
        r#"select s.consultation_id as "id: ConsultationId", s.title
             from feedback f
             join consultations s using (consultation_id)
             join participants p on p.consultation_id = f.consultation_id and p.person_id = f.person_id
            where f.person_id = $1 and (f.stage in ('invited', 'draft') or (f.stage = 'amended' and f.submitted_at < f.invited_at))
              and s.stage in ('held', 'resolved_in_writing', 'no_show', 'closed')
            order by f.invited_at, f.feedback_id"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}

/// What a host still owes in writing: consultation, title, how many.
pub async fn owed(conn: &mut PgConnection, host: PersonId) -> Result<Vec<(ConsultationId, String, i64)>, AppError> {
    let rows = sqlx::query!(
        r#"select s.consultation_id as "id: ConsultationId", s.title, count(*) as "count!"
             from follow_ups u
             join consultations s using (consultation_id)
             join call_hosts h on h.call_id = s.call_id and h.person_id = $1
            where u.stage = 'owed'
            group by s.consultation_id, s.title
            order by min(u.created_at)"#,
        host as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title, row.count)).collect())
}

/// Where answers of guests suggest that a host writes once more, with the title.
pub async fn suggested_to(conn: &mut PgConnection, host: PersonId) -> Result<Vec<(ConsultationId, String)>, AppError> {
    let rows = sqlx::query!(
        r#"select s.consultation_id as "id: ConsultationId", s.title
             from feedback f
             join feedback_answers a on a.feedback_id = f.feedback_id and a.question = $2 and not a.administrators_only
             join consultations s using (consultation_id)
             join call_hosts h on h.call_id = s.call_id and h.person_id = $1
            where f.stage in ('submitted', 'amended', 'locked') and s.stage in ('held', 'resolved_in_writing', 'closed')
              and not exists (select from follow_ups u
                               where u.feedback_id = f.feedback_id and (u.what = a.body or u.created_at >= f.submitted_at))
            group by s.consultation_id, s.title
            order by min(f.submitted_at), s.consultation_id"#,
        host as PersonId,
        ABOUT_GAPS,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}
