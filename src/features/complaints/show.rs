//! `/complaints/{complaint}`: what became of a complaint, for whoever made it, and for whom it is about once
//! something was decided against them. POST has it looked at once more.

use super::store::{self, Complaint};
use crate::domain::abuse::{Decision, Refused, Stage};
use crate::domain::complaint::may_read;
use crate::domain::id::{ComplaintId, PersonId};
use crate::domain::text::Text;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Template)]
#[template(path = "complaints/show.html")]
struct Show {
    frame: Frame,
    me: PersonId,
    complaint: Complaint,
    fields: Fields,
}

impl Show {
    fn is_reporter(&self) -> bool {
        self.complaint.report.reporter == self.me
    }

    fn path(&self) -> String {
        format!("/complaints/{}", self.complaint.report.id)
    }

    /// The last whole day on which an appeal is possible.
    fn until(&self) -> Option<DateTime<Utc>> {
        let report = &self.complaint.report;
        report.appeal(self.me, self.frame.now).ok()?;
        report.appeal_until().map(|until| until - TimeDelta::days(1))
    }

    /// How it stands, in the reader's words.
    fn state(&self) -> &'static str {
        let report = &self.complaint.report;
        match (report.stage, self.is_reporter()) {
            (Stage::Open | Stage::Triaged, _) => "complaints-show-waits",
            (Stage::Appealed { .. }, _) if self.complaint.appealed_by == Some(self.me) => "applications-appeal-waits",
            (stage, true) if stage.decision() == Some(Decision::Dismissed) => "complaints-show-dismissed",
            (_, true) => "complaints-show-actioned",
            (stage, false) if stage.decision() == Some(Decision::Dismissed) => "complaints-show-right",
            (_, false) => "complaints-show-against",
        }
    }

    /// Why it was decided so, for whom that goes against.
    fn reason(&self) -> Option<&str> {
        let was_against = self.complaint.report.loser() == Some(self.me);
        let is_first = !matches!(self.complaint.report.stage, Stage::Final { .. });
        self.complaint.reason.as_deref().filter(|_| was_against && is_first)
    }

    /// For whoever appealed alone: it speaks of what they wrote.
    fn last_word(&self) -> Option<&str> {
        let has_appealed = self.complaint.appealed_by == Some(self.me);
        self.complaint.final_reason.as_deref().filter(|_| has_appealed)
    }
}

fn of_reader(complaint: Complaint, me: PersonId) -> Result<Complaint, AppError> {
    match may_read(&complaint.report, complaint.appealed_by, me) {
        true => Ok(complaint),
        false => Err(AppError::NotFound),
    }
}

/// Shows how it stands.
pub async fn get(frame: Frame, id: Path<ComplaintId>) -> Answer {
    let me = frame.asker.id()?;
    let mut read = frame.read().await?;
    let complaint = of_reader(store::one(&mut read, *id).await?, me)?;
    show(&Show { frame, me, complaint, fields: Fields::default() })
}

/// Appeals.
pub async fn post(frame: Frame, id: Path<ComplaintId>, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let complaint = of_reader(store::locked(&mut tx, *id).await?, me)?;
    let body = fields.required::<Text<4000>>("body");
    let moved = complaint.report.appeal(me, frame.now);
    let mut page = Show { frame, me, complaint, fields };
    match (moved, body) {
        (Ok(moved), Some(body)) => {
            store::save(&mut tx, moved, me, Some(body.as_str())).await?;
            tx.see_other(format!("{}?said=sent", page.path())).await
        }
        (Ok(_), None) => show_with(StatusCode::UNPROCESSABLE_ENTITY, &page),
        (Err(refused), _) => {
            page.fields.refuse("body", Message::new(key(refused, &page)));
            show_with(StatusCode::CONFLICT, &page)
        }
    }
}

fn key(refused: Refused, page: &Show) -> &'static str {
    match (refused, page.complaint.report.stage) {
        (Refused::TooLate, _) => "applications-appeal-too_late",
        (_, Stage::Appealed { .. }) => "applications-appeal-waits",
        (_, Stage::Final { .. }) => "applications-appeal-over",
        _ => "applications-appeal-none",
    }
}
