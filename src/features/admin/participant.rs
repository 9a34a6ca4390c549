//! `/admin/consultations/{consultation}/participants/{person}`: removes somebody from a consultation, without
//! reading what is written in it.

use super::removal::{Removal, reason};
use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::measure::Stays;
use crate::features::consultations::{self, Expelled, part_key};
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use actix_web::http::StatusCode;
use actix_web::web::Path;

fn page(frame: Frame, (room, person): (ConsultationId, PersonId), whom: Expelled, fields: Fields) -> Removal {
    let facts = vec![
        ("admin-participant-name", whom.name),
        ("admin-participant-part", frame.t(part_key(whom.part)).to_string()),
        ("admin-removal-call", whom.call_title),
    ];
    Removal {
        frame,
        title: "admin-participant-title",
        text: "admin-participant-text",
        facts,
        since: None,
        path: format!("/admin/consultations/{room}/participants/{person}"),
        back: format!("/admin/people/{person}"),
        hindrance: whom.stays.map(key),
        fields,
    }
}

fn key(stays: Stays) -> &'static str {
    match stays {
        Stays::Host => "admin-participant-host",
        Stays::Over => "admin-participant-over",
        Stays::Alone => "admin-participant-alone",
    }
}

/// Asks.
pub async fn get(frame: Frame, path: Path<(ConsultationId, PersonId)>) -> Answer {
    let mut read = frame.read().await?;
    let whom = consultations::expellable(&mut read, path.0, path.1).await?;
    page(frame, *path, whom, Fields::default()).answer(StatusCode::OK)
}

/// Removes them.
pub async fn post(frame: Frame, path: Path<(ConsultationId, PersonId)>, mut fields: Fields) -> Answer {
    let (room, person) = *path;
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let whom = consultations::expellable(&mut tx, room, person).await?;
    let Some(reason) = reason(&mut fields) else {
        return page(frame, *path, whom, fields).answer(StatusCode::UNPROCESSABLE_ENTITY);
    };
    match consultations::expel(&mut tx, room, person, me, &reason).await? {
        Ok(()) => tx.see_other(format!("/admin/people/{person}?said=done")).await,
        Err(stays) => {
            let mut page = page(frame, *path, whom, fields);
            page.hindrance = Some(key(stays));
            page.answer(StatusCode::CONFLICT)
        }
    }
}
