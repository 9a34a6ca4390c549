//! `/admin/abuse-reports`: what hosts reported, as it stood then, and the decision over it.

use crate::domain::abuse::Stage;
use crate::domain::id::AbuseReportId;
use crate::domain::text::Text;
use crate::features::applications::{self, Reported};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;

/// Rows of the list.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "admin/abuse_reports.html")]
struct AbuseReports {
    frame: Frame,
    reports: Vec<Reported>,
    fields: Fields,
    /// The report whose decision was refused, for its form alone.
    refused: Option<AbuseReportId>,
}

impl AbuseReports {
    fn is_open(&self, report: &Reported) -> bool {
        report.stage == Stage::Open
    }

    fn is_refused(&self, report: &Reported) -> bool {
        self.refused == Some(report.id)
    }
}

/// Lists them, those to be decided first.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let reports = applications::reported(&mut read, MOST).await?;
    show(&AbuseReports { frame, reports, fields: Fields::default(), refused: None })
}

/// Gives the application back, or turns it away.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let id: AbuseReportId = fields.value("report").parse().map_err(|_| AppError::NotFound)?;
    let to = match fields.one_of("act", ["give-back", "turn-away"])? {
        "turn-away" => Stage::Actioned,
        _ => Stage::Dismissed,
    };
    let (mut tx, me) = (frame.begin(&fields).await?, frame.asker.id()?);
    let note = fields.optional::<Text<2000>>("note").map(|note| note.as_str().to_owned());
    if fields.is_refused() {
        let reports = applications::reported(&mut tx, MOST).await?;
        let page = AbuseReports { frame, reports, fields, refused: Some(id) };
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    applications::decide_abuse_report(&mut tx, id, to, me, note.as_deref()).await?;
    tx.see_other("/admin/abuse-reports?said=done").await
}
