//! All SQL over reports, their series, the quotes they use and what participants said to them.

mod desk;
mod previews;
mod public;
pub mod privacy;
pub mod retention;
mod search;

pub(super) use desk::{Passage, add_term, keep_mark, kept_marks, mark_passages, passages, solve, terms};
pub use previews::{Awaited, OwnApproval, awaited};
pub(super) use previews::{
    OpenPreview, Previewed, answer, ask_everyone, asked, is_reader, last_needed, mint, open_preview, previews, readers,
    revocable,
};
pub(super) use public::{
    Entry, Once, Published, approvals_of_person, before_and_after, entries, gaps, is_gap, neighbours, of_series,
    published, series_by_slug,
};
pub use public::{Listed, Public, in_public, latest, of_call, of_host};
pub use search::{search, search_own};

use crate::domain::fact::Fact;
use crate::domain::id::{CallId, ConsultationId, QuoteId, ReportId};
use crate::domain::person::{Locale, Slug};
use crate::domain::report::{Report, Stage};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A report as its hosts write it.
#[derive(Clone, Debug)]
pub struct Written {
    pub report: Report,
    pub consultation: ConsultationId,
    pub locale: Locale,
    pub title: String,
    pub body: String,
    /// `2027-01`, or empty.
    pub month: String,
    /// Kinds of people, as `domain::report::KINDS` has them.
    pub kinds: Vec<String>,
    /// When it shall be published, where that was put off.
    pub publish_at: Option<DateTime<Utc>>,
    pub quotes: Vec<Used>,
}

/// A quote that a report uses, in the words that were granted when it was ticked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    pub quote: QuoteId,
    pub excerpt: String,
    pub role: String,
}

struct Row {
    id: ReportId,
    consultation: ConsultationId,
    number: Option<i32>,
    stage: String,
    stage_since: DateTime<Utc>,
    locale: String,
    title: String,
    body: String,
    month: String,
    kinds: Vec<String>,
    publish_at: Option<DateTime<Utc>>,
    revision: i32,
    barred_revision: Option<i32>,
}

impl Row {
    fn with(self, quotes: Vec<Used>) -> Result<Written, AppError> {
        let stage = Stage::parse(&self.stage)
            .ok_or_else(|| AppError::Unexpected(anyhow!("reports {}: unknown stage", self.id)))?;
        Ok(Written {
            report: Report {
                id: self.id,
                stage,
                stage_since: self.stage_since,
                revision: self.revision,
                number: self.number,
                barred: self.barred_revision,
            },
            consultation: self.consultation,
            locale: Locale::parse(&self.locale).unwrap_or(Locale::Ja),
            title: self.title,
            body: self.body,
            month: self.month,
            kinds: self.kinds,
            publish_at: self.publish_at,
            quotes,
        })
    }
}

/// The report of a consultation. The caller holds the consultation's lock before changing it.
pub(super) async fn of_consultation(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<Written>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select report_id as "id: ReportId", consultation_id as "consultation: ConsultationId", number, stage, stage_since,
                  locale, title, body, month, kinds, publish_at, revision, barred_revision
             from reports where consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let quotes = used(conn, row.id).await?;
    row.with(quotes).map(Some)
}

/// A report for jobs and public pages, which found it by something else.
pub(super) async fn system(conn: &mut PgConnection, id: ReportId) -> Result<Option<Written>, AppError> {
    match consultation_of(&mut *conn, id).await? {
        Some(consultation) => of_consultation(conn, consultation).await,
        None => Ok(None),
    }
}

/// The consultation that a report is about, to be locked first.
pub(super) async fn consultation_of(conn: &mut PgConnection, id: ReportId) -> Result<Option<ConsultationId>, AppError> {
    let of = sqlx::query_scalar!(
        r#"select consultation_id as "id: ConsultationId" from reports where report_id = $1"#,
        id as ReportId
    )
    .fetch_optional(conn)
    .await?;
    Ok(of)
}

/// Reports that use a quote.
pub(super) async fn using(conn: &mut PgConnection, quote: QuoteId) -> Result<Vec<ReportId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select report_id as "id: ReportId" from report_quotes where quote_id = $1"#,
        quote as QuoteId
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

async fn used(conn: &mut PgConnection, id: ReportId) -> Result<Vec<Used>, AppError> {
    let used = sqlx::query_as!(
        Used,
        r#"select quote_id as "quote: QuoteId", excerpt, role from report_quotes where report_id = $1 order by quote_id"#,
        id as ReportId
    )
    .fetch_all(conn)
    .await?;
    Ok(used)
}

/// Begins a report.
pub(super) async fn draft(
    tx: &mut Tx,
    id: ConsultationId,
    locale: Locale,
    title: &str,
    body: &str,
) -> Result<(), AppError> {
    let (report, now): (ReportId, _) = (random::id(), tx.now());
    sqlx::query!(
        r#"insert into reports (report_id, consultation_id, stage, stage_since, locale, title, body, created_at)
           values ($1, $2, 'draft', $3, $4, $5, $6, $3)"#,
        report as ReportId,
        id as ConsultationId,
        now,
        locale.as_str(),
        title,
        body,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::ReportDrafted { report }).await
}

/// Stores where a report is, and records the fact.
pub(super) async fn save(tx: &mut Tx, moved: (Report, Fact)) -> Result<Report, AppError> {
    let (report, fact) = moved;
    sqlx::query!(
        r#"update reports set stage = $2, stage_since = $3, revision = $4, number = $5, barred_revision = $6,
                              publish_at = case when $2 = 'approved' then publish_at end
            where report_id = $1"#,
        report.id as ReportId,
        report.stage.as_str(),
        report.stage_since,
        report.revision,
        report.number,
        report.barred,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(fact).await?;
    Ok(report)
}

/// Stores the text of a new version with the quotes that it uses.
pub(super) async fn write(
    tx: &mut Tx,
    id: ReportId,
    title: &str,
    body: &str,
    coarse: (&str, &[String]),
    quotes: &[Used],
) -> Result<(), AppError> {
    let (month, kinds) = coarse;
    sqlx::query!(
        "update reports set title = $2, body = $3, month = $4, kinds = $5 where report_id = $1",
        id as ReportId,
        title,
        body,
        month,
        kinds,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from report_quotes where report_id = $1", id as ReportId).execute(&mut **tx).await?;
    for used in quotes {
        sqlx::query!(
            "insert into report_quotes (report_id, quote_id, excerpt, role) values ($1, $2, $3, $4)",
            id as ReportId,
            used.quote as QuoteId,
            used.excerpt,
            used.role,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// A numbered series: one for each call.
#[derive(Clone, Debug)]
pub struct Series {
    pub id: Uuid,
    pub call: CallId,
    pub slug: String,
    pub prefix: String,
}

/// The series of a call, once something of it was published.
pub(super) async fn series_of(conn: &mut PgConnection, call: CallId) -> Result<Option<Series>, AppError> {
    let series = sqlx::query_as!(
        Series,
        r#"select series_id as id, call_id as "call: CallId", slug, prefix from report_series where call_id = $1"#,
        call as CallId
    )
    .fetch_optional(conn)
    .await?;
    Ok(series)
}

/// Another series has this word in its address.
pub(super) struct SlugTaken;

/// Begins the series of a call.
pub(super) async fn begin_series(
    tx: &mut Tx,
    call: CallId,
    slug: &Slug,
    prefix: &str,
) -> Result<Result<Series, SlugTaken>, AppError> {
    let id = random::key();
    sqlx::query!(
        "insert into report_series (series_id, call_id, slug, prefix) values ($1, $2, $3, $4) on conflict do nothing",
        id,
        call as CallId,
        slug.as_str(),
        prefix,
    )
    .execute(&mut **tx)
    .await?;
    Ok(series_of(tx, call).await?.ok_or(SlugTaken))
}

/// The next number of a series, never given twice: the row stays locked until the transaction ends.
pub(super) async fn next_number(tx: &mut Tx, series: Uuid) -> Result<i32, AppError> {
    let number = sqlx::query_scalar!(
        "update report_series set last_number = last_number + 1 where series_id = $1 returning last_number",
        series
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(number)
}

/// Puts the publication off, or takes that back.
pub(super) async fn put_off(tx: &mut Tx, id: ReportId, until: DateTime<Utc>) -> Result<(), AppError> {
    sqlx::query!("update reports set publish_at = $2 where report_id = $1", id as ReportId, until)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends what was put off.
pub(super) async fn stop_publication(tx: &mut Tx, id: ReportId) -> Result<(), AppError> {
    sqlx::query!("update reports set publish_at = null where report_id = $1", id as ReportId)
        .execute(&mut **tx)
        .await?;
    tx.record(Fact::PublicationStopped { report: id }).await
}

/// Stores what is shown from now on.
pub(super) async fn publish(tx: &mut Tx, id: ReportId, series: Uuid, html: &str) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"update reports set series_id = $2, published_html = $3, published_at = coalesce(published_at, $4), version_published_at = $4
            where report_id = $1"#,
        id as ReportId,
        series,
        html,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
