//! What everyone may read: published reports and the lists of them; and a person's own approvals.

use super::{OwnApproval, Series};
use crate::domain::id::{CallId, ConsultationId, PersonId, ReportId};
use crate::domain::person::Locale;
use crate::domain::report::{Stage, parse_month};
use crate::platform::error::AppError;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A published report as lists show it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub series_slug: String,
    pub prefix: String,
    pub number: i32,
    pub title: String,
    pub locale: Locale,
    /// The first day of the month that it tells, where it tells one.
    pub month: Option<NaiveDate>,
}

impl Listed {
    /// Its page.
    pub fn path(&self) -> String {
        format!("/reports/{}/{}", self.series_slug, self.number)
    }
}

pub(super) struct Row {
    pub series_slug: String,
    pub prefix: String,
    pub number: i32,
    pub title: String,
    pub locale: String,
    pub month: String,
}

impl From<Row> for Listed {
    fn from(row: Row) -> Self {
        Self {
            series_slug: row.series_slug,
            prefix: row.prefix,
            number: row.number,
            title: row.title,
            locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
            month: parse_month(&row.month),
        }
    }
}

/// The latest published reports of the instance, the newest first.
pub async fn latest(conn: &mut PgConnection, limit: i64) -> Result<Vec<Listed>, AppError> {
    listed(conn, None, None, None, limit).await
}

/// The published reports of a call, the newest first.
pub async fn of_call(conn: &mut PgConnection, call: CallId) -> Result<Vec<Listed>, AppError> {
    listed(conn, None, Some(call), None, 100).await
}

/// The published reports of a host's calls, the newest first.
pub async fn of_host(conn: &mut PgConnection, host: PersonId, limit: i64) -> Result<Vec<Listed>, AppError> {
    listed(conn, None, None, Some(host), limit).await
}

/// The published reports of a series, the newest first.
pub(in crate::features::reports) async fn of_series(
    conn: &mut PgConnection,
    series: &Series,
) -> Result<Vec<Listed>, AppError> {
    listed(conn, Some(series.id), None, None, 1000).await
}

/// The published reports before and after a number of a series.
pub(in crate::features::reports) async fn neighbours(
    conn: &mut PgConnection,
    series: &Series,
    number: i32,
) -> Result<(Option<Listed>, Option<Listed>), AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.slug as series_slug, s.prefix, r.number as "number!", r.title, r.locale, r.month
             from reports r
             join report_series s using (series_id)
            where r.series_id = $1 and r.stage = 'published'
              and r.number in ((select max(number) from reports where series_id = $1 and stage = 'published' and number < $2),
                               (select min(number) from reports where series_id = $1 and stage = 'published' and number > $2))"#,
        series.id,
        number,
    )
    .fetch_all(conn)
    .await?;
    let (before, after): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.number < number);
    let first = |rows: Vec<Row>| rows.into_iter().next().map(Listed::from);
    Ok((first(before), first(after)))
}

/// A published report of the consultation before or after one, by its number alone.
pub struct Once {
    pub path: String,
    pub number: String,
    pub is_later: bool,
}

/// The published reports of the consultation that one goes on from, and of those that go on from it.
pub(in crate::features::reports) async fn before_and_after(
    conn: &mut PgConnection,
    id: ConsultationId,
) -> Result<Vec<Once>, AppError> {
    let rows = sqlx::query!(
        r#"select s.slug, s.prefix, r.number as "number!", c.former_id is not distinct from $1 as "is_later!"
             from reports r
             join report_series s using (series_id)
             join consultations c using (consultation_id)
            where r.stage = 'published'
              and (c.former_id = $1 or c.consultation_id = (select former_id from consultations where consultation_id = $1))
            order by c.opened_at, r.number"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    let once = rows.into_iter().map(|row| Once {
        path: format!("/reports/{}/{}", row.slug, row.number),
        number: format!("{}#{}", row.prefix, row.number),
        is_later: row.is_later,
    });
    Ok(once.collect())
}

async fn listed(
    conn: &mut PgConnection,
    series: Option<Uuid>,
    call: Option<CallId>,
    host: Option<PersonId>,
    limit: i64,
) -> Result<Vec<Listed>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.slug as series_slug, s.prefix, r.number as "number!", r.title, r.locale, r.month
             from reports r
             join report_series s using (series_id)
             join calls c using (call_id)
            where r.stage = 'published'
              and ($1::uuid is null or s.series_id = $1) and ($2::uuid is null or s.call_id = $2) and ($3::uuid is null or c.owner_id = $3)
            order by r.published_at desc, r.number desc
            limit $4"#,
        series,
        call as Option<CallId>,
        host as Option<PersonId>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

/// A published report with its text, for the feed.
pub struct Entry {
    pub prefix: String,
    pub number: i32,
    pub title: String,
    pub locale: Locale,
    pub html: String,
    /// When this version was published.
    pub published_at: DateTime<Utc>,
}

/// The latest published reports of a series with their texts, the newest first.
pub(in crate::features::reports) async fn entries(
    conn: &mut PgConnection,
    series: &Series,
    limit: i64,
) -> Result<Vec<Entry>, AppError> {
    let rows = sqlx::query!(
        r#"select number as "number!", title, locale, coalesce(published_html, '') as "html!", 
                  coalesce(version_published_at, published_at) as "published_at!"
             from reports
            where series_id = $1 and stage = 'published'
            order by published_at desc, number desc
            limit $2"#,
        series.id,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let entries = rows.into_iter().map(|row| Entry {
        prefix: series.prefix.clone(),
        number: row.number,
        title: row.title,
        locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
        html: row.html,
        published_at: row.published_at,
    });
    Ok(entries.collect())
}

/// Numbers of a series that were withdrawn and stay as gaps.
pub(in crate::features::reports) async fn gaps(conn: &mut PgConnection, series: &Series) -> Result<Vec<i32>, AppError> {
    let gaps = sqlx::query_scalar!(
        r#"select number as "number!" from reports where series_id = $1 and stage = 'withdrawn'
            union select number from report_gaps where series_id = $1
            order by 1 desc"#,
        series.id
    )
    .fetch_all(conn)
    .await?;
    Ok(gaps)
}

/// Whether a number was withdrawn so long ago that nothing else is known of it.
pub(in crate::features::reports) async fn is_gap(
    conn: &mut PgConnection,
    series: &Series,
    number: i32,
) -> Result<bool, AppError> {
    let is = sqlx::query_scalar!(
        r#"select exists (select from report_gaps where series_id = $1 and number = $2) as "is!""#,
        series.id,
        number,
    )
    .fetch_one(conn)
    .await?;
    Ok(is)
}

/// The series of an address.
pub(in crate::features::reports) async fn series_by_slug(
    conn: &mut PgConnection,
    slug: &str,
) -> Result<Option<Series>, AppError> {
    let series = sqlx::query_as!(
        Series,
        r#"select series_id as id, call_id as "call: CallId", slug, prefix from report_series where slug = $1"#,
        slug
    )
    .fetch_optional(conn)
    .await?;
    Ok(series)
}

/// A numbered report and whether it is shown.
pub struct Published {
    pub id: ReportId,
    pub consultation: ConsultationId,
    pub stage: Stage,
    pub html: String,
}

/// The report of a number, shown or not.
pub(in crate::features::reports) async fn published(
    conn: &mut PgConnection,
    series: &Series,
    number: i32,
) -> Result<Option<Published>, AppError> {
    let row = sqlx::query!(
        r#"select report_id as "id: ReportId", consultation_id as "consultation: ConsultationId", stage, coalesce(published_html, '') as "html!"
             from reports where series_id = $1 and number = $2"#,
        series.id,
        number,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|row| {
        Some(Published { id: row.id, consultation: row.consultation, stage: Stage::parse(&row.stage)?, html: row.html })
    }))
}

/// What everybody reads of a published report.
pub struct Public {
    pub id: ReportId,
    pub call: CallId,
    pub title: String,
    pub body: String,
}

/// A report that everybody may read now, by its address.
pub async fn in_public(conn: &mut PgConnection, series: &str, number: i32) -> Result<Option<Public>, AppError> {
    let report = sqlx::query_as!(
        Public,
        r#"select r.report_id as "id: ReportId", s.call_id as "call: CallId", r.title, r.body
             from reports r join report_series s using (series_id)
            where s.slug = $1 and r.number = $2 and r.stage = 'published'"#,
        series,
        number,
    )
    .fetch_optional(conn)
    .await?;
    Ok(report)
}

/// What a person approved and can take back.
pub(in crate::features::reports) async fn approvals_of_person(
    conn: &mut PgConnection,
    person: PersonId,
) -> Result<Vec<OwnApproval>, AppError> {
    let rows = sqlx::query!(
        r#"select r.report_id as "report: ReportId", r.title, r.stage, r.number, s.slug as "slug?", p.answered_at
             from report_previews p
             join reports r using (report_id)
             left join report_series s using (series_id)
            where p.person_id = $1 and p.revision = r.revision and p.answer = 'approved'
            order by p.answered_at desc, r.report_id"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    let own = rows.into_iter().map(|row| OwnApproval {
        report: row.report,
        title: row.title,
        answered_at: row.answered_at,
        path: match (row.stage.as_str(), row.slug, row.number) {
            ("published", Some(slug), Some(number)) => Some(format!("/reports/{slug}/{number}")),
            _ => None,
        },
    });
    Ok(own.collect())
}
