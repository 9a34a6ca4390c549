//! `/admin/abuse-reports`: what hosts reported, as it stood then, and the decision over it.

use crate::domain::abuse::Stage;
use crate::domain::id::AbuseReportId;
use crate::domain::text::Text;
use crate::features::applications::{self, Reported};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
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

    /// The form that was refused has the field that the errors lead to.
    fn field(&self, report: &Reported) -> String {
        match self.is_refused(report) {
            true => "field-note".to_owned(),
            false => format!("note-{}", report.id),
        }
    }

    /// What was typed about a report that another decided over meanwhile: it has no form any more.
    fn late_note(&self) -> Option<&str> {
        let is_late = self.reports.iter().any(|report| self.is_refused(report) && !self.is_open(report));
        is_late.then(|| self.fields.value("note")).filter(|note| !note.is_empty())
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
        return refused(frame, tx, fields, id, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    match applications::decide_abuse_report(&mut tx, id, to, me, note.as_deref()).await {
        Err(AppError::NotNow(_)) => {
            fields.refuse("note", Message::new("admin-abuse-not_now"));
            refused(frame, tx, fields, id, StatusCode::CONFLICT).await
        }
        decided => {
            decided?;
            tx.see_other("/admin/abuse-reports?said=done").await
        }
    }
}

async fn refused(frame: Frame, mut tx: Tx, fields: Fields, id: AbuseReportId, status: StatusCode) -> Answer {
    let reports = applications::reported(&mut tx, MOST).await?;
    show_with(status, &AbuseReports { frame, reports, fields, refused: Some(id) })
}
