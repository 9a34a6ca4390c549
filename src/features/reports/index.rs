//! `/reports/{series}`: all reports of a call.

use super::store::{self, Listed};
use crate::features::calls::{self, Call};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "reports/index.html")]
struct Index {
    frame: Frame,
    slug: String,
    prefix: String,
    call: Call,
    reports: Vec<Listed>,
    /// Numbers that were withdrawn for good.
    gaps: Vec<i32>,
}

impl Index {
    fn call_path(&self) -> String {
        self.frame.carry(&self.call.path())
    }

    fn feed_path(&self) -> String {
        format!("/reports/{}/feed.atom", self.slug)
    }

    fn path_of(&self, listed: &Listed) -> String {
        self.frame.carry(&listed.path())
    }

    fn month(&self, listed: &Listed) -> String {
        listed.month.map(|month| self.frame.speech.month(month)).unwrap_or_default()
    }
}

/// Shows the list, the newest first.
pub async fn get(frame: Frame, slug: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let series = store::series_by_slug(&mut read, &slug).await?.ok_or(AppError::NotFound)?;
    let reports = store::of_series(&mut read, &series).await?;
    let gaps = store::gaps(&mut read, &series).await?;
    let call = calls::find(&mut read, series.call).await?.ok_or(AppError::NotFound)?;
    show(&Index { frame, slug: series.slug, prefix: series.prefix, call, reports, gaps })
}
