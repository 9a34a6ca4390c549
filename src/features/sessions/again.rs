//! `/consultations/{consultation}/again`: once more, with what was left for the next time. A host opens
//! it at once; a guest applies, and the application names the former consultation.

use crate::domain::access::Act;
use crate::domain::call::Stage as CallStage;
use crate::domain::consultation::{Part, Stage};
use crate::domain::fact::Fact;
use crate::domain::id::ConsultationId;
use crate::domain::text::Text;
use crate::features::applications::{self, Resumption};
use crate::features::calls::{self, Call};
use crate::features::consultations::{self, Head, Opening, Room};
use crate::features::questions;
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// The name of the drafts of what is applied for again; their subject is the former consultation.
const FORM: &str = "again";

#[derive(Template)]
#[template(path = "sessions/again.html")]
struct Again {
    frame: Frame,
    room: Room,
    call: Call,
    /// Titles that come along.
    left: Vec<String>,
    /// Consultations that take a place of the call now.
    active: i64,
    /// Whether administrators let the call take on somebody.
    is_let: bool,
    /// One that goes on from this and is not over.
    child: Option<ConsultationId>,
    fields: Fields,
    is_unsent: bool,
}

impl Again {
    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.room.id())
    }

    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("sessions-again-title"), "/again")
    }

    fn is_over(&self) -> bool {
        self.room.stage() == Stage::Closed
    }

    /// Whether the reader can close it first.
    fn may_close(&self) -> bool {
        matches!(self.room.stage(), Stage::Held | Stage::ResolvedInWriting) && self.room.may(Act::Close)
    }

    fn is_full(&self) -> bool {
        self.active >= self.call.capacity.into()
    }

    fn is_open(&self) -> bool {
        self.call.stage == CallStage::Open
    }

    fn is_chosen(&self, minutes: &i32) -> bool {
        match self.fields.value("minutes") {
            "" => *minutes == self.room.consultation.wished_minutes,
            typed => typed == minutes.to_string(),
        }
    }
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<Again, AppError> {
    let call = calls::find(conn, room.consultation.call).await?.ok_or(AppError::NotFound)?;
    let left = questions::left_for_next_time(conn, room.id()).await?;
    let active = consultations::active_of_call(conn, call.id).await?;
    let child = consultations::open_child_of(conn, room.id()).await?;
    let is_let = calls::is_let(conn, &call, frame.now).await?;
    Ok(Again { frame, room, call, left, active, is_let, child, fields, is_unsent: false })
}

/// Says what happens, and what comes along.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    room.require(Act::Again)?;
    let draft = drafts::find(&mut read, room.me, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map(|draft| draft.fields).unwrap_or_default();
    let mut page = page(&mut read, frame, room, fields).await?;
    applications::forget_other_agreement(&mut page.fields, &page.call);
    show(&Again { is_unsent, ..page })
}

/// Opens it, or applies for it. The call is locked, so that two hosts do not open two.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_participant(&mut tx, *id, &frame.asker).await?;
    room.require(Act::Again)?;
    let call = calls::locked(&mut tx, room.consultation.call).await?;
    let is_open = consultations::open_child_of(&mut tx, room.id()).await?.is_some();
    if room.stage() != Stage::Closed || is_open {
        let key = if is_open { "sessions-again-is_open" } else { "sessions-again-not_over" };
        return not_now(frame, tx, room, fields, Message::new(key)).await;
    }
    match room.part.is_host() {
        true if !calls::is_let(&mut tx, &call, frame.now).await? => {
            not_now(frame, tx, room, fields, Message::new("sessions-again-not_let")).await
        }
        true => open(tx, room).await,
        false => apply(frame, tx, room, call, fields).await,
    }
}

async fn open(mut tx: Tx, room: Room) -> Answer {
    let former = &room.consultation;
    let (lead, confidentiality_version) =
        consultations::lead_of(&mut tx, room.id()).await?.ok_or(AppError::NotNow("nobody is left to talk with"))?;
    let opening = Opening {
        call: former.call,
        former: Some(former.id),
        title: &former.title,
        lead,
        confidentiality_version,
        wished_minutes: former.wished_minutes,
    };
    let child = consultations::open(&mut tx, opening).await?;
    questions::carry(&mut tx, former.id, child).await?;
    tx.record(Fact::ConsultationContinued { consultation: child, former: former.id }).await?;
    tx.see_other(format!("/consultations/{child}?said=done")).await
}

async fn apply(frame: Frame, mut tx: Tx, room: Room, call: Call, mut fields: Fields) -> Answer {
    let summary = fields.required::<Text<4000>>("summary");
    let wished = call.durations().into_iter().find(|minutes| minutes.to_string() == fields.value("minutes"));
    if wished.is_none() {
        fields.refuse("minutes", Message::new("field-choice"));
    }
    applications::require_agreement(&mut fields, &call);
    let (Some(summary), Some(wished_minutes), false) = (summary, wished, fields.is_refused()) else {
        return refused(frame, tx, room, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let again = Resumption {
        call: &call,
        applicant: room.me,
        former: room.id(),
        summary: summary.as_str(),
        wished_minutes,
        locale: frame.speech.locale,
    };
    match applications::resume(&mut tx, again).await? {
        Ok(application) => {
            drafts::delete(&mut tx, room.me, FORM, &room.id().to_string()).await?;
            tx.see_other(format!("/applications/{application}?said=sent")).await
        }
        Err(hindrance) => not_now(frame, tx, room, fields, hindrance).await,
    }
}

async fn not_now(frame: Frame, tx: Tx, room: Room, mut fields: Fields, why: Message) -> Answer {
    fields.refuse("summary", why);
    refused(frame, tx, room, fields, StatusCode::CONFLICT).await
}

async fn refused(frame: Frame, mut tx: Tx, room: Room, fields: Fields, status: StatusCode) -> Answer {
    let page = page(&mut tx, frame, room, fields).await?;
    show_with(status, &page)
}

/// Brings along what was left for the next time, when an application that names a former
/// consultation was accepted.
#[derive(Serialize, Deserialize)]
pub struct CarryItems {
    pub consultation: ConsultationId,
}

impl Job for CarryItems {
    const KIND: &'static str = "sessions.carry_items";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        consultations::lock(&mut tx, self.consultation).await?;
        let Some(former) = consultations::former_of(&mut tx, self.consultation).await? else {
            return Ok(Outcome::Done);
        };
        questions::carry(&mut tx, former, self.consultation).await?;
        Ok(Outcome::DoneWith(tx))
    }
}
