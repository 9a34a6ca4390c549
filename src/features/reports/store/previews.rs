//! Versions before their participants: who was asked, by which link, what they said.

use crate::domain::id::{ConsultationId, PersonId, ReportId};
use crate::domain::report::{Asked, PREVIEW_LASTS, Verdict};
use crate::platform::consents::{self, Consent};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random::{self, Hashed};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// One participant's answer to a version.
#[derive(Clone, Debug)]
pub struct Previewed {
    pub person: PersonId,
    pub name: String,
    pub must_approve: bool,
    pub verdict: Option<Verdict>,
    pub remark: String,
}

/// Puts a version before these participants; what they approved of exactly it stays approved. The
/// mails mint the links: until then the hash is that of a secret that nobody has.
pub async fn ask_everyone(
    tx: &mut Tx,
    id: ReportId,
    revision: i32,
    people: &[(PersonId, bool)],
) -> Result<(), AppError> {
    let now = tx.now();
    for (person, must_approve) in people {
        sqlx::query!(
            r#"insert into report_previews as p (report_id, revision, person_id, token_hash, must_approve, created_at, expires_at)
               values ($1, $2, $3, $4, $5, $6, $7)
               on conflict (report_id, revision, person_id) do update
                  set must_approve = excluded.must_approve, token_hash = excluded.token_hash, expires_at = excluded.expires_at,
                      answer = case when p.answer = 'approved' then p.answer end, remark = null"#,
            id as ReportId,
            revision,
            *person as PersonId,
            random::hashed(&random::token()),
            must_approve,
            now,
            now + PREVIEW_LASTS,
        )
        .execute(&mut **tx)
        .await?;
    }
    // Whoever was asked about the same version before and cannot read it any more is not waited for.
    let asked: Vec<PersonId> = people.iter().map(|(person, _)| *person).collect();
    sqlx::query!(
        "update report_previews set must_approve = false where report_id = $1 and revision = $2 and person_id <> all($3)",
        id as ReportId,
        revision,
        &asked as &[PersonId],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives the preview of somebody who may read it and did not answer yet a new link, which ends the
/// one before; false where nothing is asked of them.
pub async fn mint(tx: &mut Tx, id: ReportId, person: PersonId, token: Hashed) -> Result<bool, AppError> {
    let now = tx.now();
    let minted = sqlx::query!(
        r#"update report_previews p set token_hash = $3
             from reports r
            where p.report_id = $1 and p.person_id = $2 and p.answer is null and p.expires_at > $4
              and r.report_id = p.report_id and r.revision = p.revision and r.stage = 'in_preview'
              and exists (select from report_readers q where q.report_id = p.report_id and q.person_id = p.person_id)"#,
        id as ReportId,
        person as PersonId,
        token,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(minted.rows_affected() == 1)
}

/// Everyone who was asked about a version.
pub async fn previews(conn: &mut PgConnection, id: ReportId, revision: i32) -> Result<Vec<Previewed>, AppError> {
    let rows = sqlx::query!(
        r#"select p.person_id as "person: PersonId", q.name, p.must_approve, p.answer, p.remark
             from report_previews p
             join people q using (person_id)
            where p.report_id = $1 and p.revision = $2
            order by p.created_at, p.person_id"#,
        id as ReportId,
        revision,
    )
    .fetch_all(conn)
    .await?;
    let previewed = rows.into_iter().map(|row| Previewed {
        person: row.person,
        name: row.name,
        must_approve: row.must_approve,
        verdict: row.answer.as_deref().and_then(Verdict::parse),
        remark: row.remark.unwrap_or_default(),
    });
    Ok(previewed.collect())
}

/// Whose ok was needed when each was last asked, about whichever version.
pub async fn last_needed(conn: &mut PgConnection, id: ReportId) -> Result<Vec<PersonId>, AppError> {
    let needed = sqlx::query_scalar!(
        r#"select person_id as "person: PersonId"
             from (select distinct on (person_id) person_id, must_approve
                     from report_previews where report_id = $1 order by person_id, revision desc) as last
            where must_approve"#,
        id as ReportId,
    )
    .fetch_all(conn)
    .await?;
    Ok(needed)
}

/// What everyone said to a version, for the rules. The ok of whoever is quoted is needed, asked or not.
pub async fn asked(
    conn: &mut PgConnection,
    id: ReportId,
    revision: i32,
    quoted: &[PersonId],
) -> Result<Vec<Asked>, AppError> {
    let all = previews(conn, id, revision).await?;
    let unasked = quoted.iter().filter(|person| all.iter().all(|p| p.person != **person));
    let unasked: Vec<Asked> = unasked.map(|_| Asked { must_approve: true, verdict: None }).collect();
    let said = |p: Previewed| Asked { must_approve: p.must_approve || quoted.contains(&p.person), verdict: p.verdict };
    Ok(all.into_iter().map(said).chain(unasked).collect())
}

/// Whether somebody may read a version before it is public, and hears of it after.
pub async fn is_reader(conn: &mut PgConnection, id: ReportId, person: PersonId) -> Result<bool, AppError> {
    Ok(readers(conn, id).await?.contains(&person))
}

/// All guests, and whoever left and is quoted.
pub async fn readers(conn: &mut PgConnection, id: ReportId) -> Result<Vec<PersonId>, AppError> {
    let readers = sqlx::query_scalar!(
        r#"select person_id as "person!: PersonId" from report_readers where report_id = $1 order by person_id"#,
        id as ReportId,
    )
    .fetch_all(conn)
    .await?;
    Ok(readers)
}

/// A version that waits for somebody's word.
#[derive(Clone, Debug)]
pub struct Awaited {
    pub report: ReportId,
    pub consultation: ConsultationId,
    pub title: String,
    pub expires_at: DateTime<Utc>,
}

/// The versions that wait for a person's word, with the titles of their consultations.
pub async fn awaited(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<Vec<Awaited>, AppError> {
    let awaited = sqlx::query_as!(
        Awaited,
        r#"select p.report_id as "report: ReportId", s.consultation_id as "consultation: ConsultationId", s.title, p.expires_at
             from report_previews p
             join reports r using (report_id)
             join consultations s using (consultation_id)
            where p.person_id = $1 and p.answer is null and p.expires_at > $2 and p.revision = r.revision and r.stage = 'in_preview'
              and exists (select from report_readers q where q.report_id = p.report_id and q.person_id = p.person_id)
            order by p.expires_at, p.report_id"#,
        person as PersonId,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(awaited)
}

/// What a preview's link leads to.
pub struct OpenPreview {
    pub report: ReportId,
    pub consultation: ConsultationId,
    pub revision: i32,
    pub person: PersonId,
    pub verdict: Option<Verdict>,
    pub expires_at: DateTime<Utc>,
}

/// The preview of a link, while its version is the report's, its time is not over and its person may
/// still read it.
pub async fn open_preview(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<OpenPreview>, AppError> {
    let row = sqlx::query!(
        r#"select p.report_id as "report: ReportId", r.consultation_id as "consultation: ConsultationId", p.revision, p.person_id as "person: PersonId",
                  p.answer, p.expires_at
             from report_previews p
             join reports r using (report_id)
            where p.token_hash = $1 and p.revision = r.revision and p.expires_at > $2 and r.stage in ('in_preview', 'changes_wanted', 'approved')
              and exists (select from report_readers q where q.report_id = p.report_id and q.person_id = p.person_id)"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| OpenPreview {
        report: row.report,
        consultation: row.consultation,
        revision: row.revision,
        person: row.person,
        verdict: row.answer.as_deref().and_then(Verdict::parse),
        expires_at: row.expires_at,
    }))
}

/// Stores what a participant says to a version.
pub async fn answer(
    tx: &mut Tx,
    id: ReportId,
    revision: i32,
    person: PersonId,
    verdict: Verdict,
    remark: Option<&str>,
) -> Result<(), AppError> {
    match verdict {
        Verdict::Approved => approve(tx, id, revision, person).await?,
        Verdict::Revoked => consents::withdraw(tx, person, consents::Kind::Report, id).await?,
        Verdict::ChangesWanted => {}
    }
    let now = tx.now();
    sqlx::query!(
        "update report_previews set answer = $4, remark = $5, answered_at = $6 where report_id = $1 and revision = $2 and person_id = $3",
        id as ReportId,
        revision,
        person as PersonId,
        verdict.as_str(),
        remark,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes the yes with the hash of exactly what was read.
async fn approve(tx: &mut Tx, id: ReportId, revision: i32, person: PersonId) -> Result<(), AppError> {
    let text = sqlx::query!("select title, body from reports where report_id = $1", id as ReportId)
        .fetch_one(&mut **tx)
        .await?;
    let (subject, version) = (id.to_string(), revision.to_string());
    let text = format!("{}\0{}", text.title, text.body);
    consents::give(
        tx,
        person,
        Consent { kind: consents::Kind::Report, subject: &subject, version: &version, text: &text },
    )
    .await
}

/// Whether a person's approval of this version stands.
pub async fn revocable(
    conn: &mut PgConnection,
    id: ReportId,
    revision: i32,
    person: PersonId,
) -> Result<bool, AppError> {
    let stands = sqlx::query_scalar!(
        r#"select exists (select from report_previews where report_id = $1 and revision = $2 and person_id = $3 and answer = 'approved') as "stands!""#,
        id as ReportId,
        revision,
        person as PersonId,
    )
    .fetch_one(conn)
    .await?;
    Ok(stands)
}

/// An approval as its own person sees it.
#[derive(Clone, Debug)]
pub struct OwnApproval {
    pub report: ReportId,
    pub title: String,
    pub answered_at: Option<DateTime<Utc>>,
    /// The public page, while there is one.
    pub path: Option<String>,
}
