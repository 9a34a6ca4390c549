//! `/reports/{series}/feed.atom`: the series for readers' programs (RFC 4287). Titles and texts as
//! on the pages, without quotes: those can be taken back, and a feed reader keeps what it fetched.

use super::store::{self, Entry};
use crate::features::calls::{self, Call};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::Frame;
use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};

/// Entries of a feed.
const ENTRIES: i64 = 20;

#[derive(Template)]
#[template(path = "reports/feed.xml")]
struct Feed {
    frame: Frame,
    slug: String,
    call: Call,
    reports: Vec<Entry>,
}

impl Feed {
    fn url(&self, path: &str) -> String {
        self.frame.platform.config.url(path)
    }

    fn index_url(&self) -> String {
        self.url(&format!("/reports/{}", self.slug))
    }

    fn own_url(&self) -> String {
        self.url(&format!("/reports/{}/feed.atom", self.slug))
    }

    fn url_of(&self, report: &Entry) -> String {
        self.url(&format!("/reports/{}/{}", self.slug, report.number))
    }

    fn title_of(&self, report: &Entry) -> String {
        format!("{}#{} {}", report.prefix, report.number, report.title)
    }

    /// The day alone: a report tells no times.
    fn day(&self, at: &DateTime<Utc>) -> String {
        at.format("%Y-%m-%dT00:00:00Z").to_string()
    }

    fn updated(&self) -> String {
        let newest = self.reports.iter().map(|report| report.published_at).max();
        self.day(&newest.unwrap_or(self.call.stage_since))
    }
}

/// Draws the feed.
pub async fn get(frame: Frame, slug: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let series = store::series_by_slug(&mut read, &slug).await?.ok_or(AppError::NotFound)?;
    let reports = store::entries(&mut read, &series, ENTRIES).await?;
    let call = calls::find(&mut read, series.call).await?.ok_or(AppError::NotFound)?;
    let feed = Feed { frame, slug: series.slug, call, reports };
    let xml = feed.render().map_err(|e| AppError::Unexpected(e.into()))?;
    Ok(HttpResponse::Ok().content_type("application/atom+xml; charset=utf-8").body(xml))
}
