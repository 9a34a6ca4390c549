//! SQL over reports of abuse and people from whom a host takes no applications.

use super::{Former, Post, Seen};
use crate::domain::abuse::{Decision, Kind, Report, Stage, Stored};
use crate::domain::fact::Fact;
use crate::domain::id::{AbuseReportId, ApplicationId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// An application as it stood when it was reported.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Evidence {
    pub call_title: String,
    pub applicant: String,
    pub summary: String,
    /// What the summary said before, the oldest first.
    pub former: Vec<String>,
    pub posts: Vec<Said>,
}

/// A message of the thread.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Said {
    pub name: String,
    pub body: String,
    pub at: DateTime<Utc>,
}

impl Evidence {
    /// Keeps what the application says now.
    pub fn of(seen: &Seen, former: Vec<Former>, posts: Vec<Post>) -> Self {
        Self {
            call_title: seen.call.title.clone(),
            applicant: seen.applicant_name.clone(),
            summary: seen.summary.clone(),
            former: former.into_iter().map(|text| text.summary).collect(),
            posts: posts.into_iter().map(|post| Said { name: post.name, body: post.body, at: post.at }).collect(),
        }
    }
}

/// Stores a report; the caller blocked the application in the same transaction.
pub async fn report(
    tx: &mut Tx,
    seen: &Seen,
    kind: Kind,
    body: &str,
    evidence: &Evidence,
) -> Result<AbuseReportId, AppError> {
    let (id, now): (AbuseReportId, _) = (random::id(), tx.now());
    let evidence = serde_json::to_value(evidence).map_err(|error| AppError::Unexpected(error.into()))?;
    sqlx::query!(
        r#"insert into abuse_reports (abuse_report_id, application_id, reporter_id, subject_id, kind, body, evidence, stage, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, 'open', $8)"#,
        id as AbuseReportId,
        seen.application.id as ApplicationId,
        seen.me as PersonId,
        seen.application.applicant as PersonId,
        kind.as_str(),
        body,
        evidence,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::AbuseReported { report: id }).await?;
    Ok(id)
}

/// A report as administrators and its parties read it.
#[derive(Clone, Debug)]
pub struct Reported {
    pub report: Report,
    pub application: ApplicationId,
    pub kind: Kind,
    pub body: String,
    pub evidence: Evidence,
    pub reporter: String,
    pub created_at: DateTime<Utc>,
    pub decision_note: Option<String>,
    pub appealed_by: Option<PersonId>,
    pub appeal: Option<String>,
    pub final_reason: Option<String>,
}

struct Row {
    id: AbuseReportId,
    application: ApplicationId,
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
    decision_note: Option<String>,
    appealed_by: Option<PersonId>,
    appeal: Option<String>,
    final_reason: Option<String>,
}

impl TryFrom<Row> for Reported {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let nonsense = |what: &str| AppError::Unexpected(anyhow!("abuse_reports {}: {what}", row.id));
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
            kind: Kind::parse(&row.kind).ok_or_else(|| nonsense("unknown kind"))?,
            evidence: serde_json::from_value(row.evidence.clone()).map_err(|_| nonsense("unreadable evidence"))?,
            application: row.application,
            body: row.body,
            reporter: row.reporter,
            created_at: row.created_at,
            decision_note: row.decision_note,
            appealed_by: row.appealed_by,
            appeal: row.appeal,
            final_reason: row.final_reason,
        })
    }
}

/// Reports for an administrator, those to be decided first, then the newest. Who reported themselves is not
/// told.
pub async fn reported(conn: &mut PgConnection, reader: PersonId, limit: i64) -> Result<Vec<Reported>, AppError> {
    find_reports(conn, Which { reader: Some(reader), ..Which::default() }, limit).await
}

/// The last report of an application that was decided.
pub async fn decided_report(conn: &mut PgConnection, of: ApplicationId) -> Result<Option<Reported>, AppError> {
    let reports = find_reports(conn, Which { application: Some(of), ..Which::default() }, 100).await?;
    Ok(reports.into_iter().find(|reported| !reported.report.stage.is_undecided()))
}

/// One report; `NotFound` where there is none.
pub async fn one_report(conn: &mut PgConnection, id: AbuseReportId) -> Result<Reported, AppError> {
    find_reports(conn, Which { id: Some(id), ..Which::default() }, 1).await?.pop().ok_or(AppError::NotFound)
}

/// Which reports are looked for.
#[derive(Default)]
struct Which {
    id: Option<AbuseReportId>,
    application: Option<ApplicationId>,
    /// Who is not to read what is about them.
    reader: Option<PersonId>,
}

async fn find_reports(conn: &mut PgConnection, which: Which, limit: i64) -> Result<Vec<Reported>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select r.abuse_report_id as "id: AbuseReportId", r.application_id as "application: ApplicationId",
                  r.reporter_id as "reporter_id: PersonId", r.subject_id as "subject_id: PersonId", r.kind, r.body, r.evidence, r.stage,
                  q.name as reporter, r.created_at, r.triaged_at, r.decided_at, r.decided_by as "decided_by: PersonId", r.decision_note, r.appealed_by as "appealed_by: PersonId", r.appeal, r.final_reason
             from abuse_reports r join people q on q.person_id = r.reporter_id
            where ($1::uuid is null or r.abuse_report_id = $1) and ($2::uuid is null or r.application_id = $2)
              and ($3::uuid is null or r.subject_id <> $3)
            order by r.stage <> 'open' and (r.appealed_at is null or r.final_at is not null), r.created_at desc, r.abuse_report_id
            limit $4"#,
        which.id as Option<AbuseReportId>,
        which.application as Option<ApplicationId>,
        which.reader as Option<PersonId>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Reported::try_from).collect()
}

/// A report after its application, both locked until the transaction ends.
pub async fn report_for_update(tx: &mut Tx, id: AbuseReportId) -> Result<Reported, AppError> {
    let application = one_report(tx, id).await?.application;
    super::lock(tx, application).await?;
    sqlx::query!(
        "select abuse_report_id from abuse_reports where abuse_report_id = $1 for update",
        id as AbuseReportId
    )
    .fetch_optional(&mut **tx)
    .await?;
    one_report(tx, id).await
}

/// Stores where a report stands now, who did that and in which words, and records the fact.
pub async fn save_report(
    tx: &mut Tx,
    moved: (Report, Fact),
    by: PersonId,
    words: Option<&str>,
) -> Result<(), AppError> {
    let (now, report) = (tx.now(), moved.0);
    let decision = report.stage.decision().map(Decision::as_str);
    match report.stage {
        Stage::Open | Stage::Triaged => {
            sqlx::query!(
                "update abuse_reports set triaged_at = $2, triaged_by = $3 where abuse_report_id = $1",
                report.id as AbuseReportId,
                now,
                by as PersonId,
            )
            .execute(&mut **tx)
            .await?
        }
        Stage::Decided { .. } => {
            sqlx::query!(
                "update abuse_reports set stage = $2, decided_at = $3, decided_by = $4, decision_note = $5 where abuse_report_id = $1",
                report.id as AbuseReportId,
                decision,
                now,
                by as PersonId,
                words,
            )
            .execute(&mut **tx)
            .await?
        }
        Stage::Appealed { .. } => {
            sqlx::query!(
                "update abuse_reports set appealed_at = $2, appealed_by = $3, appeal = $4 where abuse_report_id = $1",
                report.id as AbuseReportId,
                now,
                by as PersonId,
                words,
            )
            .execute(&mut **tx)
            .await?
        }
        Stage::Final { .. } => {
            sqlx::query!(
                "update abuse_reports set stage = $2, final_at = $3, final_by = $4, final_reason = $5 where abuse_report_id = $1",
                report.id as AbuseReportId,
                decision,
                now,
                by as PersonId,
                words,
            )
            .execute(&mut **tx)
            .await?
        }
    };
    tx.record(moved.1).await
}

/// Takes no applications of a person to calls of a host from now on.
pub async fn block_person(tx: &mut Tx, host: PersonId, person: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    let blocked = sqlx::query!(
        "insert into blocked_people (host_id, person_id, since) values ($1, $2, $3) on conflict do nothing",
        host as PersonId,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    match blocked.rows_affected() {
        0 => Ok(()),
        _ => tx.record(Fact::PersonBlocked { host, person }).await,
    }
}

/// Lets a block count for somebody who left and came back.
pub async fn block_again(
    conn: &mut PgConnection,
    host: PersonId,
    person: PersonId,
    since: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        "insert into blocked_people (host_id, person_id, since) values ($1, $2, $3) on conflict do nothing",
        host as PersonId,
        person as PersonId,
        since,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes applications of a person again; false where none was blocked.
pub async fn unblock_person(tx: &mut Tx, host: PersonId, person: PersonId) -> Result<bool, AppError> {
    let unblocked = sqlx::query!(
        "delete from blocked_people where host_id = $1 and person_id = $2",
        host as PersonId,
        person as PersonId
    )
    .execute(&mut **tx)
    .await?;
    if unblocked.rows_affected() == 0 {
        return Ok(false);
    }
    tx.record(Fact::PersonUnblocked { host, person }).await?;
    Ok(true)
}

/// Whether a host takes no applications of a person.
pub async fn is_blocked(conn: &mut PgConnection, host: PersonId, person: PersonId) -> Result<bool, AppError> {
    let blocked = sqlx::query_scalar!(
        r#"select exists (select from blocked_people where host_id = $1 and person_id = $2) as "blocked!""#,
        host as PersonId,
        person as PersonId
    )
    .fetch_one(conn)
    .await?;
    Ok(blocked)
}

/// A person from whom a host takes no applications.
pub struct BlockedPerson {
    pub person: PersonId,
    pub name: String,
    pub since: DateTime<Utc>,
}

/// Everyone from whom a host takes no applications, the latest first.
pub async fn blocked_by(conn: &mut PgConnection, host: PersonId) -> Result<Vec<BlockedPerson>, AppError> {
    let people = sqlx::query_as!(
        BlockedPerson,
        r#"select b.person_id as "person: PersonId", q.name, b.since
             from blocked_people b join people q using (person_id)
            where b.host_id = $1 order by b.since desc, b.person_id"#,
        host as PersonId
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}
