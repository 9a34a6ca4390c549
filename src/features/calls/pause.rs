//! `/calls/{call}/pause`: no new applications for a while; those that wait are still decided.

use super::store::{self, Call};
use crate::domain::call::Stage;
use crate::domain::id::CallId;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "calls/pause.html")]
struct Pause {
    frame: Frame,
    call: Call,
    is_refused: bool,
}

/// Shows what pausing means.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = store::for_host(&mut read, *id, &frame.asker).await?.call;
    show(&Pause { frame, call, is_refused: false })
}

/// Pauses the call.
pub async fn post(frame: Frame, id: Path<CallId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    hosted.require_decision()?;
    let Ok(moved) = hosted.call.stage.pause(hosted.call.id) else {
        return show_with(StatusCode::CONFLICT, &Pause { frame, call: hosted.call, is_refused: true });
    };
    store::save(&mut tx, *id, moved).await?;
    tx.see_other("/calls?said=done").await
}
