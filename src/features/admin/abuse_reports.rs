//! `/admin/abuse-reports`: what hosts reported, as it stood then, and the decision over it.

use crate::domain::abuse::{Decision, Refused, Stage};
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
        report.report.stage.is_undecided()
    }

    fn is_new(&self, report: &Reported) -> bool {
        report.report.stage == Stage::Open
    }

    fn is_appealed(&self, report: &Reported) -> bool {
        matches!(report.report.stage, Stage::Appealed { .. })
    }

    /// Whether the appeal is against what the reader decided.
    fn is_own(&self, report: &Reported) -> bool {
        let me = self.frame.person().map(|person| person.id);
        matches!(report.report.stage, Stage::Appealed { by, .. } if Some(by) == me)
    }

    /// Whether the reader reported it themselves; what is about them they do not see.
    fn is_party(&self, report: &Reported) -> bool {
        self.frame.person().is_some_and(|me| report.report.is_party(me.id))
    }

    fn has_form(&self, report: &Reported) -> bool {
        let is_free = !self.is_party(report) && !self.is_own(report);
        is_free && (self.is_open(report) || self.is_appealed(report))
    }

    fn is_refused(&self, report: &Reported) -> bool {
        self.refused == Some(report.report.id)
    }

    /// The form that was refused has the field that the errors lead to.
    fn field(&self, report: &Reported) -> String {
        match self.is_refused(report) {
            true => "field-note".to_owned(),
            false => format!("note-{}", report.report.id),
        }
    }

    /// What was typed about a report that another decided over meanwhile: it has no form any more.
    fn late_note(&self) -> Option<&str> {
        let is_late = self.reports.iter().any(|report| self.is_refused(report) && !self.has_form(report));
        is_late.then(|| self.fields.value("note")).filter(|note| !note.is_empty())
    }
}

/// Lists them, those to be decided first.
pub async fn get(frame: Frame) -> Answer {
    let (me, mut read) = (frame.asker.id()?, frame.read().await?);
    let reports = applications::reported(&mut read, me, MOST).await?;
    show(&AbuseReports { frame, reports, fields: Fields::default(), refused: None })
}

/// Takes a report up, gives the application back or turns it away; the last word after an appeal.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let id: AbuseReportId = fields.value("report").parse().map_err(|_| AppError::NotFound)?;
    let act = fields.one_of("act", ["give-back", "turn-away", "take-up", "dismiss", "uphold"])?.to_owned();
    let (mut tx, me) = (frame.begin(&fields).await?, frame.asker.id()?);
    let is_final = matches!(act.as_str(), "dismiss" | "uphold");
    let note = match is_final {
        true => fields.required::<Text<2000>>("note"),
        false => fields.optional::<Text<2000>>("note"),
    };
    let note = note.map(|note| note.as_str().to_owned());
    if fields.is_refused() {
        return refused(frame, tx, fields, id, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let to = if matches!(act.as_str(), "turn-away" | "uphold") { Decision::Actioned } else { Decision::Dismissed };
    let done = match act.as_str() {
        "take-up" => applications::take_up_abuse_report(&mut tx, id, me).await,
        _ if is_final => {
            applications::conclude_abuse_report(&mut tx, id, to, me, note.as_deref().unwrap_or_default()).await
        }
        _ => applications::decide_abuse_report(&mut tx, id, to, me, note.as_deref()).await,
    };
    let why = match done {
        Ok(Ok(())) => return tx.see_other("/admin/abuse-reports?said=done").await,
        Ok(Err(Refused::OwnDecision)) => "admin-person-own_decision",
        Ok(Err(Refused::Party)) => "admin-abuse-party",
        Ok(Err(_)) | Err(AppError::NotNow(_)) => "admin-abuse-not_now",
        Err(error) => return Err(error),
    };
    fields.refuse("note", Message::new(why));
    refused(frame, tx, fields, id, StatusCode::CONFLICT).await
}

async fn refused(frame: Frame, mut tx: Tx, fields: Fields, id: AbuseReportId, status: StatusCode) -> Answer {
    let reports = applications::reported(&mut tx, frame.asker.id()?, MOST).await?;
    show_with(status, &AbuseReports { frame, reports, fields, refused: Some(id) })
}
