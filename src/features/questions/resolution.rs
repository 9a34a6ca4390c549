//! `/consultations/{consultation}/resolution`: writing was enough. The host proposes it, the lead
//! confirms, goes on instead, or would like to talk after all.

use super::store;
use crate::domain::access::Act;
use crate::domain::consultation::{Moved, Side, Stage as ConsultationStage};
use crate::domain::id::ConsultationId;
use crate::domain::question::Stage;
use crate::features::consultations::{self, Head, News, Room};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "questions/resolution.html")]
struct Resolution {
    frame: Frame,
    room: Room,
    /// Items that wait for an answer or for the session.
    open: usize,
    is_refused: bool,
}

impl Resolution {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-resolution-title"), "/resolution")
    }

    fn path(&self) -> String {
        self.room.path("/resolution")
    }

    fn is_proposed(&self) -> bool {
        self.is_writing() && self.room.consultation.resolution_proposed_at.is_some()
    }

    fn is_writing(&self) -> bool {
        matches!(self.room.stage(), ConsultationStage::Preparing | ConsultationStage::Ready)
    }

    fn is_resolved(&self) -> bool {
        self.room.stage() == ConsultationStage::ResolvedInWriting
    }

    fn may_propose(&self) -> bool {
        self.room.may(Act::ProposeResolution)
            && self.room.consultation.clone().propose_resolution(self.open, self.frame.now).is_ok()
    }

    fn may_confirm(&self) -> bool {
        self.may_decide() && self.open == 0
    }

    /// Whether it is for the reader to say yes or no to the proposal.
    fn may_decide(&self) -> bool {
        self.is_proposed() && self.room.may(Act::ConfirmResolution)
    }

    fn may_talk(&self) -> bool {
        self.room.may(Act::ConfirmResolution)
            && self.room.consultation.clone().talk_after_all(self.frame.now, self.frame.now).is_ok()
    }
}

/// Says what it means and where it stands.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let open = open(&mut read, *id).await?;
    show(&Resolution { frame, room, open, is_refused: false })
}

/// Proposes, confirms, goes on, talks after all.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let open = open(&mut tx, *id).await?;
    let (moved, news): (Moved, Option<News>) = match fields.value("act") {
        "propose" => {
            room.require(Act::ProposeResolution)?;
            (room.consultation.clone().propose_resolution(open, frame.now), None)
        }
        "confirm" => {
            room.require(Act::ConfirmResolution)?;
            (room.consultation.clone().resolve_in_writing(open, frame.now), Some(News::Resolved))
        }
        "talk" => {
            room.require(Act::ConfirmResolution)?;
            let due_at = room.turn_ends(Side::Guest, frame.now);
            (room.consultation.clone().talk_after_all(due_at, frame.now), Some(News::TalkAfterAll))
        }
        "refuse" => {
            room.require(Act::ConfirmResolution)?;
            (room.consultation.clone().refuse_resolution(), Some(News::GoOn))
        }
        _ => return Err(AppError::Unprocessable("this cannot be done here")),
    };
    match moved {
        Ok(moved) => {
            consultations::save(&mut tx, moved).await?;
            if let Some(news) = news {
                consultations::tell(&mut tx, *id, Side::Host, news).await?;
            }
            tx.see_other(format!("{}?said=done", room.path("/resolution"))).await
        }
        Err(_) => show_with(StatusCode::CONFLICT, &Resolution { frame, room, open, is_refused: true }),
    }
}

/// What is kept for the session is open as well: nobody answered it in writing.
async fn open(conn: &mut PgConnection, id: ConsultationId) -> Result<usize, AppError> {
    let is_open = |stage: Stage| matches!(stage, Stage::Asked | Stage::BackgroundWanted | Stage::ForSession);
    Ok(store::items(conn, id).await?.into_iter().filter(|i| is_open(i.stage)).count())
}
