//! `/consultations/{consultation}/closing`: all is done. Not while something is owed in writing.

use super::store;
use crate::domain::access::Act;
use crate::domain::consultation::{Moved, NotNow, Stage};
use crate::domain::id::ConsultationId;
use crate::features::consultations::{self, Head, Room};
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};

#[derive(Template)]
#[template(path = "feedback/closing.html")]
struct Closing {
    frame: Frame,
    room: Room,
    owed: usize,
    is_refused: bool,
}

impl Closing {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("feedback-closing-title"), "/closing")
    }

    fn is_possible(&self) -> bool {
        close(&self.room, self.owed, self.frame.now).is_ok()
    }
}

/// A missed session is not closed here: that is for the side that was there.
fn close(room: &Room, owed: usize, now: DateTime<Utc>) -> Moved {
    match room.stage() {
        stage @ Stage::NoShow => Err(NotNow { act: "close", stage }),
        _ => room.consultation.clone().close(owed, now),
    }
}

/// Says what closing means, and what is still owed.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    room.require(Act::Close)?;
    let owed = store::count_owed(&mut read, *id).await?;
    show(&Closing { frame, room, owed, is_refused: false })
}

/// Closes.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::Close)?;
    let owed = store::count_owed(&mut tx, *id).await?;
    match close(&room, owed, frame.now) {
        Ok(moved) => {
            consultations::save(&mut tx, moved).await?;
            tx.see_other(format!("{}?said=done", room.path(""))).await
        }
        Err(_) => show_with(StatusCode::CONFLICT, &Closing { frame, room, owed, is_refused: true }),
    }
}
