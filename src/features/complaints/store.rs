//! All SQL over complaints.

pub mod privacy;
pub mod retention;

use super::seen::Seen;
use crate::domain::abuse::{Decision, Report, Stage, Stored};
use crate::domain::complaint::{Evidence, Kind, Object};
use crate::domain::fact::Fact;
use crate::domain::id::{ComplaintId, ConsultationId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A complaint as administrators and its parties read it.
#[derive(Clone, Debug)]
pub struct Complaint {
    pub report: Report<ComplaintId>,
    pub object: Object,
    pub object_id: Uuid,
    pub consultation: Option<ConsultationId>,
    /// The page on which it stands, or stood.
    pub path: String,
    pub kind: Kind,
    pub body: String,
    pub evidence: Evidence,
    pub reporter: String,
    pub created_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub appealed_by: Option<PersonId>,
    pub appeal: Option<String>,
    pub final_reason: Option<String>,
}

struct Row {
    id: ComplaintId,
    object: String,
    object_id: Uuid,
    consultation: Option<ConsultationId>,
    path: String,
    reporter_id: PersonId,
    subject_id: PersonId,
    kind: String,
    body: String,
    evidence: serde_json::Value,
    stage: String,
    reporter: String,
    created_at: DateTime<Utc>,
    triaged_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<PersonId>,
    reason: Option<String>,
    appealed_by: Option<PersonId>,
    appeal: Option<String>,
    final_reason: Option<String>,
}

impl TryFrom<Row> for Complaint {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let nonsense = |what: &str| AppError::Unexpected(anyhow!("complaints {}: {what}", row.id));
        let stored = Stored {
            word: &row.stage,
            is_triaged: row.triaged_at.is_some(),
            decided: row.decided_at.zip(row.decided_by),
            is_appealed: row.appeal.is_some(),
            is_final: row.final_reason.is_some(),
        };
        let stage = stored.stage().ok_or_else(|| nonsense("unknown stage"))?;
        Ok(Self {
            report: Report { id: row.id, reporter: row.reporter_id, subject: row.subject_id, stage },
            object: Object::parse(&row.object).ok_or_else(|| nonsense("unknown object"))?,
            kind: Kind::parse(&row.kind).ok_or_else(|| nonsense("unknown kind"))?,
            evidence: serde_json::from_value(row.evidence.clone()).map_err(|_| nonsense("unreadable evidence"))?,
            object_id: row.object_id,
            consultation: row.consultation,
            path: row.path,
            body: row.body,
            reporter: row.reporter,
            created_at: row.created_at,
            reason: row.reason,
            appealed_by: row.appealed_by,
            appeal: row.appeal,
            final_reason: row.final_reason,
        })
    }
}

/// A complaint before it is stored.
pub struct New<'a> {
    pub seen: &'a Seen,
    pub reporter: PersonId,
    pub kind: Kind,
    pub body: &'a str,
    pub evidence: &'a Evidence,
}

/// Stores a complaint, and records the fact; `None` where the reporter complained of the same before.
pub async fn complain(tx: &mut Tx, new: New<'_>) -> Result<Option<ComplaintId>, AppError> {
    let (id, now): (ComplaintId, _) = (random::id(), tx.now());
    let evidence = serde_json::to_value(new.evidence).map_err(|error| AppError::Unexpected(error.into()))?;
    let stored = sqlx::query!(
        r#"insert into complaints (complaint_id, object, object_id, consultation_id, path, reporter_id, subject_id, kind, body, evidence, stage, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11)
           on conflict on constraint complaints_are_made_once do nothing"#,
        id as ComplaintId,
        new.seen.object.as_str(),
        new.seen.id,
        new.seen.consultation as Option<ConsultationId>,
        new.seen.path,
        new.reporter as PersonId,
        new.seen.subject as PersonId,
        new.kind.as_str(),
        new.body,
        evidence,
        now,
    )
    .execute(&mut **tx)
    .await?;
    if stored.rows_affected() == 0 {
        return Ok(None);
    }
    tx.record(Fact::ComplaintMade { complaint: id }).await?;
    Ok(Some(id))
}

/// What somebody said before of what they see.
pub async fn earlier(conn: &mut PgConnection, by: PersonId, seen: &Seen) -> Result<Option<ComplaintId>, AppError> {
    let earlier = sqlx::query_scalar!(
        r#"select complaint_id as "id: ComplaintId" from complaints
            where reporter_id = $1 and object = $2 and object_id = $3 and consultation_id is not distinct from $4"#,
        by as PersonId,
        seen.object.as_str(),
        seen.id,
        seen.consultation as Option<ConsultationId>,
    )
    .fetch_optional(conn)
    .await?;
    Ok(earlier)
}

/// Complaints for an administrator, those to be decided first, then the newest. Who complained of themselves
/// is not told.
pub async fn listed(conn: &mut PgConnection, reader: PersonId, limit: i64) -> Result<Vec<Complaint>, AppError> {
    find(conn, None, Some(reader), limit).await
}

/// One complaint, for whoever looks next who reads it; `NotFound` where there is none.
pub(super) async fn one(conn: &mut PgConnection, id: ComplaintId) -> Result<Complaint, AppError> {
    find(conn, Some(id), None, 1).await?.pop().ok_or(AppError::NotFound)
}

/// The same, locked until the transaction ends.
pub(super) async fn locked(tx: &mut Tx, id: ComplaintId) -> Result<Complaint, AppError> {
    sqlx::query!("select complaint_id from complaints where complaint_id = $1 for update", id as ComplaintId)
        .fetch_optional(&mut **tx)
        .await?;
    one(tx, id).await
}

async fn find(
    conn: &mut PgConnection,
    id: Option<ComplaintId>,
    reader: Option<PersonId>,
    limit: i64,
) -> Result<Vec<Complaint>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select c.complaint_id as "id: ComplaintId", c.object, c.object_id, c.consultation_id as "consultation: ConsultationId", c.path,
                  c.reporter_id as "reporter_id: PersonId", c.subject_id as "subject_id: PersonId", c.kind, c.body, c.evidence, c.stage,
                  q.name as reporter, c.created_at, c.triaged_at, c.decided_at, c.decided_by as "decided_by: PersonId", c.reason,
                  c.appealed_by as "appealed_by: PersonId", c.appeal, c.final_reason
             from complaints c join people q on q.person_id = c.reporter_id
            where ($1::uuid is null or c.complaint_id = $1) and ($2::uuid is null or c.subject_id <> $2)
            order by c.stage <> 'open' and (c.appealed_at is null or c.final_at is not null), c.created_at desc, c.complaint_id
            limit $3"#,
        id as Option<ComplaintId>,
        reader as Option<PersonId>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Complaint::try_from).collect()
}

/// Stores where a complaint stands now, who did that and in which words, and records the fact.
pub(super) async fn save(
    tx: &mut Tx,
    moved: (Report<ComplaintId>, Fact),
    by: PersonId,
    words: Option<&str>,
) -> Result<(), AppError> {
    let (now, report) = (tx.now(), moved.0);
    let stage = report.stage.decision().map_or("open", Decision::as_str);
    let step = match report.stage {
        Stage::Open | Stage::Triaged => "triaged",
        Stage::Decided { .. } => "decided",
        Stage::Appealed { .. } => "appealed",
        Stage::Final { .. } => "final",
    };
    sqlx::query!(
        r#"update complaints
              set stage = $2,
                  triaged_at = case when $3 = 'triaged' then $4 else triaged_at end,
                  triaged_by = case when $3 = 'triaged' then $5 else triaged_by end,
                  decided_at = case when $3 = 'decided' then $4 else decided_at end,
                  decided_by = case when $3 = 'decided' then $5 else decided_by end,
                  reason = case when $3 = 'decided' then $6 else reason end,
                  appealed_at = case when $3 = 'appealed' then $4 else appealed_at end,
                  appealed_by = case when $3 = 'appealed' then $5 else appealed_by end,
                  appeal = case when $3 = 'appealed' then $6 else appeal end,
                  final_at = case when $3 = 'final' then $4 else final_at end,
                  final_by = case when $3 = 'final' then $5 else final_by end,
                  final_reason = case when $3 = 'final' then $6 else final_reason end
            where complaint_id = $1"#,
        report.id as ComplaintId,
        stage,
        step,
        now,
        by as PersonId,
        words,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(moved.1).await
}
