//! SQL that finds published reports by pieces of what everyone may read of them.

use super::public::{Listed, Row};
use crate::domain::id::ConsultationId;
use crate::domain::search::Query;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// Rows that a page shows.
const MOST: i64 = 50;

/// A published report that has what somebody looks for, with its text.
pub struct FoundReport {
    pub report: Listed,
    /// What everyone may read, without markup.
    pub text: String,
}

/// Published reports with all words, the newest first.
pub async fn search(conn: &mut PgConnection, query: &Query) -> Result<Vec<FoundReport>, AppError> {
    let patterns = query.patterns();
    let rows = sqlx::query!(
        r#"select s.slug as series_slug, s.prefix, r.number as "number!", r.title, r.locale, r.month,
                  r.published_text as "text!"
             from reports r
             join report_series s using (series_id)
            where r.stage = 'published' and folded(r.title || ' ' || r.published_text) like $1
              and folded(r.title || ' ' || r.published_text) like all($2)
            order by r.published_at desc, r.number desc
            limit $3"#,
        &patterns[0],
        &patterns[1..] as &[String],
        MOST,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| FoundReport {
            text: row.text,
            report: Row {
                series_slug: row.series_slug,
                prefix: row.prefix,
                number: row.number,
                title: row.title,
                locale: row.locale,
                month: row.month,
            }
            .into(),
        })
        .collect())
}

/// A report of a consultation of one's own.
pub struct FoundOwn {
    pub consultation: ConsultationId,
    pub title: String,
    pub body: String,
}

/// Reports with all words: of consultations that one hosts at every stage, of those that one takes
/// part in when everyone may read them.
pub async fn search_own(
    conn: &mut PgConnection,
    hosted: &[ConsultationId],
    joined: &[ConsultationId],
    query: &Query,
) -> Result<Vec<FoundOwn>, AppError> {
    let patterns = query.patterns();
    let found = sqlx::query_as!(
        FoundOwn,
        r#"select consultation_id as "consultation: ConsultationId", title, body
             from reports
            where (consultation_id = any($1) or consultation_id = any($2) and stage = 'published')
              and folded(title || ' ' || body) like all($3)
            order by stage_since desc, report_id
            limit $4"#,
        hosted as &[ConsultationId],
        joined as &[ConsultationId],
        &patterns,
        MOST,
    )
    .fetch_all(conn)
    .await?;
    Ok(found)
}
