//! `/admin/complaints`: what people reported of one another's words, as it stood then, and the decision over it. The
//! consultation in which it stands is not opened here.

use crate::domain::abuse::{Decision, Refused, Stage};
use crate::domain::complaint::Object;
use crate::domain::id::ComplaintId;
use crate::domain::text::Text;
use crate::features::complaints::{self, Complaint};
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
#[template(path = "admin/complaints.html")]
struct Complaints {
    frame: Frame,
    complaints: Vec<Complaint>,
    fields: Fields,
    /// The complaint whose decision was refused, for its form alone.
    refused: Option<ComplaintId>,
}

impl Complaints {
    fn is_open(&self, complaint: &Complaint) -> bool {
        complaint.report.stage.is_undecided()
    }

    fn is_new(&self, complaint: &Complaint) -> bool {
        complaint.report.stage == Stage::Open
    }

    fn is_appealed(&self, complaint: &Complaint) -> bool {
        matches!(complaint.report.stage, Stage::Appealed { .. })
    }

    /// Whether the appeal is against what the reader decided.
    fn is_own(&self, complaint: &Complaint) -> bool {
        let me = self.frame.person().map(|person| person.id);
        matches!(complaint.report.stage, Stage::Appealed { by, .. } if Some(by) == me)
    }

    /// Whether the reader complained themselves; what is about them they do not see.
    fn is_party(&self, complaint: &Complaint) -> bool {
        self.frame.person().is_some_and(|me| complaint.report.is_party(me.id))
    }

    fn has_form(&self, complaint: &Complaint) -> bool {
        let is_free = !self.is_party(complaint) && !self.is_own(complaint);
        is_free && (self.is_open(complaint) || self.is_appealed(complaint))
    }

    fn is_refused(&self, complaint: &Complaint) -> bool {
        self.refused == Some(complaint.report.id)
    }

    /// The form that was refused has the field that the errors lead to.
    fn field(&self, complaint: &Complaint) -> String {
        match self.is_refused(complaint) {
            true => "field-note".to_owned(),
            false => format!("note-{}", complaint.report.id),
        }
    }

    /// Its own words for a decision: those of applications speak of giving back.
    fn stage_key(&self, complaint: &Complaint) -> &'static str {
        match (complaint.report.stage, complaint.report.stage.decision()) {
            (Stage::Appealed { .. }, _) => "admin-abuse-appealed",
            (_, Some(Decision::Actioned)) => "admin-abuse-conclude_turn_away",
            (_, Some(Decision::Dismissed)) => "admin-abuse-conclude_give_back",
            (stage, None) => stage.key(),
        }
    }

    /// What was typed where there is no form any more.
    fn late_note(&self) -> Option<&str> {
        let is_late = self.complaints.iter().any(|one| self.is_refused(one) && !self.has_form(one));
        is_late.then(|| self.fields.value("note")).filter(|note| !note.is_empty())
    }

    /// Where something can be done about the thing itself, and what that is called.
    fn remedy(&self, complaint: &Complaint) -> Option<(String, &'static str)> {
        let id = complaint.object_id;
        match (complaint.object, complaint.consultation) {
            (Object::Material, _) => Some((format!("/admin/materials/{id}"), "admin-material-title")),
            (Object::Person, Some(room)) => {
                Some((format!("/admin/consultations/{room}/participants/{id}"), "admin-participant-title"))
            }
            (Object::Report, _) => Some((format!("{}/hiding", complaint.path), "reports-hiding-title")),
            (Object::Call, _) => Some((format!("/admin/calls/{id}"), "admin-complaints-to_call")),
            _ => None,
        }
    }
}

/// Lists them, those to be decided first.
pub async fn get(frame: Frame) -> Answer {
    let (me, mut read) = (frame.asker.id()?, frame.read().await?);
    let complaints = complaints::listed(&mut read, me, MOST).await?;
    show(&Complaints { frame, complaints, fields: Fields::default(), refused: None })
}

/// Takes a complaint up, decides over it, or has the last word after an appeal.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let id: ComplaintId = fields.value("complaint").parse().map_err(|_| AppError::NotFound)?;
    let words = ["take-up", "dismiss", "action", "conclude-dismiss", "conclude-action"];
    let act = fields.one_of("act", words)?;
    let (mut tx, me) = (frame.begin(&fields).await?, frame.asker.id()?);
    let reason = match act {
        "take-up" => None,
        _ => fields.required::<Text<2000>>("note").map(|reason| reason.as_str().to_owned()),
    };
    if fields.is_refused() {
        return refused(frame, tx, fields, id, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let reason = reason.unwrap_or_default();
    let to = if act.ends_with("action") { Decision::Actioned } else { Decision::Dismissed };
    let done = match act {
        "take-up" => complaints::take_up(&mut tx, id, me).await?,
        "dismiss" | "action" => complaints::decide(&mut tx, id, to, me, &reason).await?,
        _ => complaints::conclude(&mut tx, id, to, me, &reason).await?,
    };
    let why = match done {
        Ok(()) => return tx.see_other("/admin/complaints?said=done").await,
        Err(Refused::OwnDecision) => "admin-person-own_decision",
        Err(Refused::Party) => "admin-abuse-party",
        Err(_) => "admin-abuse-not_now",
    };
    fields.refuse("note", Message::new(why));
    refused(frame, tx, fields, id, StatusCode::CONFLICT).await
}

async fn refused(frame: Frame, mut tx: Tx, fields: Fields, id: ComplaintId, status: StatusCode) -> Answer {
    let complaints = complaints::listed(&mut tx, frame.asker.id()?, MOST).await?;
    show_with(status, &Complaints { frame, complaints, fields, refused: Some(id) })
}
