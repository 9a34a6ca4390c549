//! `/consultations/{consultation}/cancellation`: either side ends it before the session.

use super::room::{Head, Room};
use super::store;
use crate::domain::access::Act;
use crate::domain::cancellation::CancelKind;
use crate::domain::consultation::LATE;
use crate::domain::id::ConsultationId;
use crate::domain::text::Text;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};

#[derive(Template)]
#[template(path = "consultations/cancellation.html")]
struct Cancellation {
    frame: Frame,
    room: Room,
    fields: Fields,
    starts_at: Option<DateTime<Utc>>,
}

impl Cancellation {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("consultations-cancellation-title"), "/cancellation")
    }

    fn kinds(&self) -> [CancelKind; 4] {
        CancelKind::ALL
    }

    fn is_late(&self) -> bool {
        self.starts_at.is_some_and(|start| start - self.frame.now < LATE)
    }

    fn is_possible(&self) -> bool {
        self.room.stage().takes_writing()
    }
}

/// Says what will happen and to whom mail goes.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = store::for_participant(&mut read, *id, &frame.asker).await?;
    room.require(Act::CancelConsultation)?;
    let starts_at = store::booked_start(&mut read, *id).await?;
    show(&Cancellation { frame, room, fields: Fields::default(), starts_at })
}

/// Cancels.
pub async fn post(frame: Frame, id: Path<ConsultationId>, mut fields: Fields) -> Answer {
    let reason = fields.optional::<Text<1000>>("reason");
    let mut tx = frame.begin(&fields).await?;
    let room = store::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::CancelConsultation)?;
    let starts_at = store::booked_start(&mut tx, *id).await?;
    let Ok(moved) = room.consultation.clone().cancel(starts_at, frame.now) else {
        fields.refuse("reason", Message::new("consultations-cancellation-not_now"));
        return show_with(StatusCode::CONFLICT, &Cancellation { frame, room, fields, starts_at });
    };
    let kind = CancelKind::parse(fields.value("kind"));
    if kind.is_none() {
        fields.refuse("kind", Message::new("field-choice"));
    }
    let (Some(kind), false) = (kind, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Cancellation { frame, room, fields, starts_at });
    };
    store::keep_reason(&mut tx, *id, room.me, kind, reason.as_ref().map(Text::as_str)).await?;
    store::save(&mut tx, moved).await?;
    tx.see_other(format!("{}?said=cancelled", room.path(""))).await
}
