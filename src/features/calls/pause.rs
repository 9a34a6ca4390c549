//! `/calls/{call}/pause`: no new applications for a while; the host says what becomes of those that wait.

use super::store::{self, Call};
use crate::domain::call::{Stage, Waiting};
use crate::domain::id::CallId;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "calls/pause.html")]
struct Pause {
    frame: Frame,
    call: Call,
    fields: Fields,
    is_refused: bool,
}

/// Shows what pausing means.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = store::for_host(&mut read, *id, &frame.asker).await?.call;
    show(&Pause { frame, call, fields: Fields::of(&[("waiting", "finish")]), is_refused: false })
}

/// Pauses the call.
pub async fn post(frame: Frame, id: Path<CallId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    hosted.require_decision()?;
    let call = hosted.call;
    if call.stage.pause(call.id).is_err() {
        return show_with(StatusCode::CONFLICT, &Pause { frame, call, fields, is_refused: true });
    }
    let Some(waiting) = Waiting::parse(fields.value("waiting")) else {
        fields.refuse("waiting", Message::new("field-choice"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Pause { frame, call, fields, is_refused: false });
    };
    store::pause(&mut tx, &call, waiting).await?;
    tx.see_other("/calls?said=done").await
}
