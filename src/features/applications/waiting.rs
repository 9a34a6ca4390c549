//! `/applications/{application}/waiting`: the host lets it wait for a place, or takes it up again.

use super::store::{self, Seen};
use crate::domain::application::{Stage, end_of_day};
use crate::domain::id::ApplicationId;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "applications/waiting.html")]
struct Waiting {
    frame: Frame,
    seen: Seen,
    is_refused: bool,
}

impl Waiting {
    fn is_waiting(&self) -> bool {
        self.seen.application.stage == Stage::Waitlisted
    }

    fn is_possible(&self) -> bool {
        matches!(self.seen.application.stage, Stage::Waitlisted | Stage::Submitted)
    }
}

/// Says what waiting means.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    seen.require_decision()?;
    show(&Waiting { frame, seen, is_refused: false })
}

/// Puts it on the list, or takes it off.
pub async fn post(frame: Frame, id: Path<ApplicationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_decision()?;
    let due = end_of_day(frame.now, seen.call.reply_days.into(), seen.call.host_zone.0);
    let moved = match fields.one_of("act", ["wait", "readmit"])? {
        "readmit" => seen.application.clone().readmit(due, frame.now),
        _ => seen.application.clone().waitlist(frame.now),
    };
    match moved {
        Ok(moved) => {
            store::save(&mut tx, moved).await?;
            tx.see_other(format!("{}?said=done", seen.path(""))).await
        }
        Err(_) => show_with(StatusCode::CONFLICT, &Waiting { frame, seen, is_refused: true }),
    }
}
