//! `/admin/emergency` and `/admin/consultations/{consultation}`: reading what is written in confidence, for a
//! reason that everybody concerned is told, for half an hour, and without changing anything.

use super::typed::id_in;
use crate::domain::id::ConsultationId;
use crate::domain::text::Text;
use crate::features::consultations::{self, Attendant, EmergencyReading};
use crate::features::questions;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::EMERGENCY_READINGS;
use crate::platform::markdown::{self, Html};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// Rows of the list.
const MOST: i64 = 50;
/// Characters that say why.
const SHORTEST: usize = 20;

#[derive(Template)]
#[template(path = "admin/emergency.html")]
struct Emergency {
    frame: Frame,
    readings: Vec<EmergencyReading>,
    fields: Fields,
}

impl Emergency {
    fn is_open(&self, reading: &EmergencyReading) -> bool {
        reading.ends_at > self.frame.now
    }
}

#[derive(Template)]
#[template(path = "admin/consultation.html")]
struct Consultation {
    frame: Frame,
    reading: EmergencyReading,
    people: Vec<Attendant>,
    document: Html,
}

/// Says what an emergency is, and who read what.
pub async fn get_emergency(frame: Frame) -> Answer {
    let mut fields = Fields::default();
    fields.set("consultation", frame.asked("consultation"));
    page(frame, fields, StatusCode::OK).await
}

/// Begins a reading: hosts and participants are told.
pub async fn post_emergency(frame: Frame, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let reason = fields.required::<Text<1000>>("reason");
    if reason.as_ref().is_some_and(|reason| reason.as_str().chars().count() < SHORTEST) {
        fields.refuse("reason", Message::new("admin-emergency-reason_short"));
    }
    let consultation: Option<ConsultationId> = id_in(fields.value("consultation"), "/consultations/");
    if consultation.is_none() {
        fields.refuse("consultation", Message::new("admin-emergency-unknown"));
    }
    let (Some(reason), Some(consultation), false) = (reason, consultation, fields.is_refused()) else {
        return page(frame, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    EMERGENCY_READINGS.take(&frame.platform, &me.to_string()).await?;
    let mut tx = frame.begin(&fields).await?;
    match consultations::begin_emergency_reading(&mut tx, consultation, me, reason.as_str()).await? {
        Some(_) => tx.see_other(format!("/admin/consultations/{consultation}")).await,
        None => {
            drop(tx);
            fields.refuse("consultation", Message::new("admin-emergency-unknown"));
            page(frame, fields, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn page(frame: Frame, fields: Fields, status: StatusCode) -> Answer {
    let mut read = frame.read().await?;
    let readings = consultations::emergency_readings(&mut read, MOST).await?;
    show_with(status, &Emergency { frame, readings, fields })
}

/// The document, while the reading lasts; nothing otherwise, not even that it exists.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let me = frame.asker.id()?;
    let mut read = frame.read().await?;
    let reading = consultations::for_administrator(&mut read, *id, me, frame.now).await?;
    let people = consultations::attendants(&mut read, *id).await?;
    let document = questions::written(&mut read, *id, &frame.speech).await?;
    let document = markdown::render(&document);
    show(&Consultation { frame, reading, people, document })
}
