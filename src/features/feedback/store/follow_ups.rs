//! What the host still owes in writing.

use crate::domain::feedback::FollowUpStage;
use crate::domain::id::{ConsultationId, FeedbackId, FollowUpId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
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
                  q.name as recipient_name, f.what, f.stage, f.html, f.reason, f.stage_since
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
                  q.name as recipient_name, f.what, f.stage, f.html, f.reason, f.stage_since
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

/// Owes one for somebody's words. `None` where it is owed, or was written, already; the caller
/// holds the consultation's lock.
pub async fn owe(
    tx: &mut Tx,
    id: ConsultationId,
    recipient: PersonId,
    feedback: FeedbackId,
    what: &str,
) -> Result<Option<FollowUpId>, AppError> {
    let now = tx.now();
    let owed = sqlx::query_scalar!(
        r#"insert into follow_ups (follow_up_id, consultation_id, recipient_id, feedback_id, what, stage, created_at, stage_since)
           select $1, $2, $3, $4, $5, 'owed', $6, $6
            where not exists (select from follow_ups where feedback_id = $4 and stage <> 'dropped')
        returning follow_up_id as "id: FollowUpId""#,
        random::id::<FollowUpId>() as FollowUpId,
        id as ConsultationId,
        recipient as PersonId,
        feedback as FeedbackId,
        what,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(owed)
}

/// Owes one that no answer asked for.
pub async fn promise(tx: &mut Tx, id: ConsultationId, recipient: PersonId, what: &str) -> Result<FollowUpId, AppError> {
    let (follow_up, now): (FollowUpId, _) = (random::id(), tx.now());
    sqlx::query!(
        r#"insert into follow_ups (follow_up_id, consultation_id, recipient_id, what, stage, created_at, stage_since)
           values ($1, $2, $3, $4, 'owed', $5, $5)"#,
        follow_up as FollowUpId,
        id as ConsultationId,
        recipient as PersonId,
        what,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(follow_up)
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
