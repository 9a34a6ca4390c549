//! `/consultations/{consultation}/turn`: gives the turn to the other side, who get one mail.

use super::store;
use crate::domain::access::Act;
use crate::domain::id::ConsultationId;
use crate::domain::question::ROUNDS_UNTIL_TALK;
use crate::features::consultations::{self, Attendant, Head, Room};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::TimeTag;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::TimeDelta;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "questions/turn.html")]
struct Turn {
    frame: Frame,
    room: Room,
    /// Who gets the mail.
    others: Vec<Attendant>,
    open: i64,
    is_refused: bool,
}

impl Turn {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-turn-title"), "/turn")
    }

    /// A due date is the midnight after its last day.
    fn last_day(&self) -> TimeTag {
        let last = self.room.turn_ends(self.room.part.side().other(), self.frame.now) - TimeDelta::seconds(1);
        self.frame.day(&last)
    }

    fn is_time_to_talk(&self) -> bool {
        self.room.consultation.rounds >= ROUNDS_UNTIL_TALK
    }
}

/// Says what will happen.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room).await?)
}

/// Hands over.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::HandOver)?;
    let due_at = room.turn_ends(room.part.side().other(), frame.now);
    match room.consultation.clone().hand_over(room.part.side(), due_at, frame.now) {
        Ok(moved) => {
            consultations::save(&mut tx, moved).await?;
            tx.see_other(format!("{}?said=sent", room.path("/questions"))).await
        }
        Err(_) => {
            let page = page(&mut tx, frame, room).await?;
            show_with(StatusCode::CONFLICT, &Turn { is_refused: true, ..page })
        }
    }
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room) -> Result<Turn, AppError> {
    let side = room.part.side().other();
    let others =
        consultations::attendants(conn, room.id()).await?.into_iter().filter(|p| p.part.side() == side).collect();
    let open = store::open_count(conn, room.id()).await?;
    Ok(Turn { frame, room, others, open, is_refused: false })
}
