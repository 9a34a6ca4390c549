//! What the host still owes in writing.

use crate::domain::feedback::{ABOUT_GAPS, FollowUpStage};
use crate::domain::id::{ConsultationId, FeedbackId, FollowUpId, ItemId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Something owed, sent or dropped.
#[derive(Clone, Debug)]
pub struct FollowUp {
    pub id: FollowUpId,
    pub consultation: ConsultationId,
    pub recipient: PersonId,
    pub recipient_name: String,
    /// The form whose answer it is about, if any.
    pub feedback: Option<FeedbackId>,
    /// The item that it is about, if any.
    pub item: Option<ItemId>,
    /// The words that it follows up.
    pub what: String,
    pub stage: FollowUpStage,
    pub html: String,
    pub reason: String,
    pub stage_since: DateTime<Utc>,
}

struct Row {
    id: FollowUpId,
    consultation: ConsultationId,
    recipient: PersonId,
    recipient_name: String,
    feedback: Option<FeedbackId>,
    item: Option<ItemId>,
    what: String,
    stage: String,
    html: Option<String>,
    reason: Option<String>,
    stage_since: DateTime<Utc>,
}

impl TryFrom<Row> for FollowUp {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let stage = FollowUpStage::parse(&row.stage)
            .ok_or_else(|| AppError::Unexpected(anyhow!("follow_ups {}: unknown stage", row.id)))?;
        Ok(Self {
            id: row.id,
            consultation: row.consultation,
            recipient: row.recipient,
            recipient_name: row.recipient_name,
            feedback: row.feedback,
            item: row.item,
            what: row.what,
            stage,
            html: row.html.unwrap_or_default(),
            reason: row.reason.unwrap_or_default(),
            stage_since: row.stage_since,
        })
    }
}

/// Everything that was ever owed in a consultation, the oldest first. For its hosts.
pub async fn follow_ups(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<FollowUp>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select f.follow_up_id as "id: FollowUpId", f.consultation_id as "consultation: ConsultationId", f.recipient_id as "recipient: PersonId",
                  q.name as recipient_name, f.feedback_id as "feedback: FeedbackId", f.item_id as "item: ItemId", f.what, f.stage, f.html, f.reason, f.stage_since
             from follow_ups f
             join people q on q.person_id = f.recipient_id
            where f.consultation_id = $1
            order by f.created_at, f.follow_up_id"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(FollowUp::try_from).collect()
}

/// One of them, for the job about it.
pub async fn follow_up(conn: &mut PgConnection, id: FollowUpId) -> Result<Option<FollowUp>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select f.follow_up_id as "id: FollowUpId", f.consultation_id as "consultation: ConsultationId", f.recipient_id as "recipient: PersonId",
                  q.name as recipient_name, f.feedback_id as "feedback: FeedbackId", f.item_id as "item: ItemId", f.what, f.stage, f.html, f.reason, f.stage_since
             from follow_ups f
             join people q on q.person_id = f.recipient_id
            where f.follow_up_id = $1"#,
        id as FollowUpId,
    )
    .fetch_optional(conn)
    .await?;
    row.map(FollowUp::try_from).transpose()
}

/// How many the host still owes.
pub async fn count_owed(conn: &mut PgConnection, id: ConsultationId) -> Result<usize, AppError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from follow_ups where consultation_id = $1 and stage = 'owed'"#,
        id as ConsultationId
    )
    .fetch_one(conn)
    .await?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// An answer about what was missing that the hosts neither took up nor let go: what they could write
/// about.
#[derive(Clone, Debug)]
pub struct Suggested {
    pub feedback: FeedbackId,
    pub recipient: PersonId,
    pub recipient_name: String,
    pub what: String,
}

/// What answers suggest in a consultation, the oldest first. One that was sent before the answers
/// were asked for anew stands for the words of that time alone.
pub async fn suggested(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Suggested>, AppError> {
    let suggested = sqlx::query_as!(
        Suggested,
        r#"select f.feedback_id as "feedback: FeedbackId", f.person_id as "recipient: PersonId", q.name as recipient_name, a.body as what
             from feedback f
             join feedback_answers a on a.feedback_id = f.feedback_id and a.question = $2 and not a.administrators_only
             join people q using (person_id)
            where f.consultation_id = $1 and f.stage in ('submitted', 'amended', 'locked')
              and not exists (select from follow_ups u
                               where u.feedback_id = f.feedback_id and (u.what = a.body or u.created_at >= f.submitted_at))
            order by f.submitted_at, f.feedback_id"#,
        id as ConsultationId,
        ABOUT_GAPS,
    )
    .fetch_all(conn)
    .await?;
    Ok(suggested)
}

/// Something that will be owed, or is let go at once.
pub struct NewFollowUp<'a> {
    pub id: FollowUpId,
    pub recipient: PersonId,
    pub what: &'a str,
}

/// Owes one for somebody's answer. False where it is owed, or was written, already; the caller holds
/// the consultation's lock.
pub async fn owe(
    tx: &mut Tx,
    id: ConsultationId,
    feedback: FeedbackId,
    new: &NewFollowUp<'_>,
) -> Result<bool, AppError> {
    let now = tx.now();
    let owed = sqlx::query!(
        r#"insert into follow_ups (follow_up_id, consultation_id, recipient_id, feedback_id, what, stage, created_at, stage_since)
           select $1, $2, $3, $4, $5, 'owed', $6, $6
            where not exists (select from follow_ups u join feedback f using (feedback_id)
                               where u.feedback_id = $4 and u.stage <> 'dropped' and (u.what = $5 or u.created_at >= f.submitted_at))"#,
        new.id as FollowUpId,
        id as ConsultationId,
        new.recipient as PersonId,
        feedback as FeedbackId,
        new.what,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(owed.rows_affected() == 1)
}

/// Owes one for an item that stayed open. False where it is owed, or was written, already; the caller
/// holds the consultation's lock.
pub async fn owe_item(tx: &mut Tx, id: ConsultationId, item: ItemId, new: &NewFollowUp<'_>) -> Result<bool, AppError> {
    let now = tx.now();
    let owed = sqlx::query!(
        r#"insert into follow_ups (follow_up_id, consultation_id, recipient_id, item_id, what, stage, created_at, stage_since)
           select $1, $2, $3, $4, $5, 'owed', $6, $6
            where not exists (select from follow_ups where item_id = $4 and stage <> 'dropped')"#,
        new.id as FollowUpId,
        id as ConsultationId,
        new.recipient as PersonId,
        item as ItemId,
        new.what,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(owed.rows_affected() == 1)
}

/// Owes one that nothing asked for. False where the same words are owed already; the caller holds the
/// consultation's lock.
pub async fn promise(tx: &mut Tx, id: ConsultationId, new: &NewFollowUp<'_>) -> Result<bool, AppError> {
    let now = tx.now();
    let owed = sqlx::query!(
        r#"insert into follow_ups (follow_up_id, consultation_id, recipient_id, what, stage, created_at, stage_since)
           select $1, $2, $3, $4, 'owed', $5, $5
            where not exists (select from follow_ups
                               where consultation_id = $2 and recipient_id = $3 and what = $4 and stage = 'owed')"#,
        new.id as FollowUpId,
        id as ConsultationId,
        new.recipient as PersonId,
        new.what,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(owed.rows_affected() == 1)
}

/// Stores why what an answer suggests will not come.
pub async fn let_go(
    tx: &mut Tx,
    id: ConsultationId,
    feedback: FeedbackId,
    new: &NewFollowUp<'_>,
    reason: &str,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into follow_ups (follow_up_id, consultation_id, recipient_id, feedback_id, what, stage, reason, created_at, stage_since)
           values ($1, $2, $3, $4, $5, 'dropped', $6, $7, $7)"#,
        new.id as FollowUpId,
        id as ConsultationId,
        new.recipient as PersonId,
        feedback as FeedbackId,
        new.what,
        reason,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stores what was written.
pub async fn send(tx: &mut Tx, id: FollowUpId, body: &str, html: &str) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update follow_ups set stage = 'sent', body = $2, html = $3, stage_since = $4 where follow_up_id = $1",
        id as FollowUpId,
        body,
        html,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stores why it will not come.
pub async fn drop_one(tx: &mut Tx, id: FollowUpId, reason: &str) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update follow_ups set stage = 'dropped', reason = $2, stage_since = $3 where follow_up_id = $1",
        id as FollowUpId,
        reason,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stores that it arrived.
pub async fn mark_read(tx: &mut Tx, id: FollowUpId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update follow_ups set stage = 'read', stage_since = $2 where follow_up_id = $1",
        id as FollowUpId,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
