//! What became of answers, and everything that was answered to a call.

use crate::domain::fact::Fact;
use crate::domain::id::{CallId, ConsultationId, FeedbackId, ImprovementId, PersonId};
use crate::domain::improvement::{Place, Stage};
use crate::domain::person::Locale;
use crate::domain::run_sheet::Origin;
use crate::features::sessions::Change;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use sqlx::PgConnection;

/// A change that the hosts recorded. It does not say whose answer it came from.
#[derive(Clone, Debug)]
pub struct Improvement {
    pub id: ImprovementId,
    pub place: Place,
    pub change: String,
    pub because: String,
    pub is_public: bool,
    pub stage: Stage,
    /// What it did to the run sheet, where that was kept.
    pub sheet: Option<Change>,
}

/// All changes of a call, the newest first. For its hosts.
pub async fn improvements(conn: &mut PgConnection, call: CallId) -> Result<Vec<Improvement>, AppError> {
    let rows = sqlx::query!(
        r#"select improvement_id as "id: ImprovementId", place, change, because, is_public, stage,
                  adds_block, origin_before, because_before
             from improvements where call_id = $1 order by written_at desc, improvement_id"#,
        call as CallId,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let nonsense = || AppError::Unexpected(anyhow!("improvements {}: unknown word", row.id));
            let before =
                row.origin_before.as_deref().map(|word| Origin::parse(word).ok_or_else(nonsense)).transpose()?;
            let because_before = row.because_before.unwrap_or_default();
            let reasoned = before.map(|origin| Change::Reasoned { origin, because: because_before });
            Ok(Improvement {
                sheet: if row.adds_block { Some(Change::Added) } else { reasoned },
                place: Place::parse(&row.place).ok_or_else(nonsense)?,
                stage: Stage::parse(&row.stage).ok_or_else(nonsense)?,
                id: row.id,
                change: row.change,
                because: row.because,
                is_public: row.is_public,
            })
        })
        .collect()
}

/// What is shown to everyone on the page of the call.
pub async fn public_improvements(conn: &mut PgConnection, call: CallId) -> Result<Vec<Improvement>, AppError> {
    let is_shown = |i: &Improvement| i.place == Place::Process && i.is_public && i.stage == Stage::Recorded;
    Ok(improvements(conn, call).await?.into_iter().filter(is_shown).collect())
}

/// Answers of a consultation that became a change, as form and question.
pub async fn improved(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<(FeedbackId, i32)>, AppError> {
    let rows = sqlx::query!(
        r#"select i.feedback_id as "feedback!: FeedbackId", i.question as "question!"
             from improvements i join feedback f using (feedback_id)
            where f.consultation_id = $1 and i.stage = 'recorded' and i.question is not null"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.feedback, row.question)).collect())
}

/// A change before it is stored.
pub struct NewImprovement<'a> {
    pub call: CallId,
    pub from: Option<(FeedbackId, i32)>,
    pub place: Place,
    pub change: &'a str,
    pub because: &'a str,
    pub is_public: bool,
    pub sheet: Option<Change>,
    pub by: PersonId,
}

/// Records a change.
pub async fn record(tx: &mut Tx, new: NewImprovement<'_>) -> Result<(), AppError> {
    let (improvement, now): (ImprovementId, _) = (random::id(), tx.now());
    let before = match &new.sheet {
        Some(Change::Reasoned { origin, because }) => Some((origin.as_str(), because.as_str())),
        Some(Change::Added) | None => None,
    };
    sqlx::query!(
        r#"insert into improvements (improvement_id, call_id, feedback_id, question, place, change, because, is_public, stage, written_by, written_at,
                                     adds_block, origin_before, because_before)
           values ($1, $2, $3, $4, $5, $6, $7, $8, 'recorded', $9, $10, $11, $12, $13)"#,
        improvement as ImprovementId,
        new.call as CallId,
        new.from.map(|(feedback, _)| feedback) as Option<FeedbackId>,
        new.from.map(|(_, question)| question),
        new.place.as_str(),
        new.change,
        new.because,
        new.is_public,
        new.by as PersonId,
        now,
        new.sheet == Some(Change::Added),
        before.map(|(origin, _)| origin),
        before.map(|(_, because)| because),
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::ImprovementRecorded { improvement }).await
}

/// Stores where a change is, and records the fact.
pub async fn save_improvement(tx: &mut Tx, id: ImprovementId, moved: (Stage, Fact)) -> Result<(), AppError> {
    sqlx::query!("update improvements set stage = $2 where improvement_id = $1", id as ImprovementId, moved.0.as_str())
        .execute(&mut **tx)
        .await?;
    tx.record(moved.1).await
}

/// An answer without whoever gave it.
#[derive(Clone, Debug)]
pub struct Voice {
    pub question: i32,
    pub version: i32,
    pub wording: Option<Vec<String>>,
    pub locale: Locale,
    pub body: String,
}

/// The most answers that are drawn at once.
const MOST_VOICES: i64 = 2000;

/// Everything that was answered to a call, in an order that is another each time: no row leads to
/// another row of the same person. Not what is for administrators alone.
pub async fn voices(conn: &mut PgConnection, call: CallId) -> Result<Vec<Voice>, AppError> {
    let rows = sqlx::query!(
        r#"select a.question, a.body, f.form_version, f.locale, w.questions as "wording?"
             from feedback f
             join consultations s using (consultation_id)
             join feedback_answers a using (feedback_id)
             left join feedback_wordings w using (wording_id)
            where s.call_id = $1 and not a.administrators_only and f.stage in ('submitted', 'amended', 'locked')
            order by gen_random_uuid()
            limit $2"#,
        call as CallId,
        MOST_VOICES,
    )
    .fetch_all(conn)
    .await?;
    let voices = rows.into_iter().map(|row| Voice {
        question: row.question,
        version: row.form_version,
        wording: row.wording,
        locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
        body: row.body,
    });
    Ok(voices.collect())
}

/// How many were asked, and how many answered, over all sessions of a call.
pub async fn turnout(conn: &mut PgConnection, call: CallId) -> Result<(i64, i64), AppError> {
    let row = sqlx::query!(
        r#"select count(*) as "asked!", count(*) filter (where f.stage in ('submitted', 'amended', 'locked')) as "answered!"
             from feedback f join consultations s using (consultation_id) where s.call_id = $1"#,
        call as CallId,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.asked, row.answered))
}
