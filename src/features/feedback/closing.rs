//! `/consultations/{consultation}/closing`: all is done. Not while something is owed in writing, or an
//! answer asks for more and nobody said what becomes of it.

use super::store::{self, Suggested};
use crate::domain::access::Act;
use crate::domain::consultation::{Moved, NotNow, Stage};
use crate::domain::id::ConsultationId;
use crate::features::consultations::{self, Head, Room};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "feedback/closing.html")]
struct Closing {
    frame: Frame,
    room: Room,
    owed: usize,
    /// What answers ask for, and the host did nothing about yet.
    suggested: Vec<Suggested>,
    is_refused: bool,
}

impl Closing {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("feedback-closing-title"), "/closing")
    }

    fn is_possible(&self) -> bool {
        close(&self.room, self.open(), self.frame.now).is_ok()
    }

    /// How much is still to be written, or to be let go with a reason.
    fn open(&self) -> usize {
        self.owed + self.suggested.len()
    }
}

/// A missed session is not closed here: that is for the side that was there.
fn close(room: &Room, open: usize, now: DateTime<Utc>) -> Moved {
    match room.stage() {
        stage @ Stage::NoShow => Err(NotNow { act: "close", stage }),
        _ => room.consultation.clone().close(open, now),
    }
}

/// Says what closing means, and what is still to be written.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room).await?)
}

/// Closes.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let page = page(&mut tx, frame, room).await?;
    match close(&page.room, page.open(), page.frame.now) {
        Ok(moved) => {
            consultations::save(&mut tx, moved).await?;
            tx.see_other(format!("{}?said=done", page.room.path(""))).await
        }
        Err(_) => show_with(StatusCode::CONFLICT, &Closing { is_refused: true, ..page }),
    }
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room) -> Result<Closing, AppError> {
    room.require(Act::Close)?;
    let owed = store::count_owed(conn, room.id()).await?;
    let suggested = store::suggested(conn, room.id()).await?;
    Ok(Closing { frame, room, owed, suggested, is_refused: false })
}
