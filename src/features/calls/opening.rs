//! `/calls/{call}/opening`: says what will be public and what is missing; opens the call.

use super::store::{self, Call, Suspension};
use crate::domain::call::Stage;
use crate::domain::id::CallId;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "calls/opening.html")]
struct Opening {
    frame: Frame,
    call: Call,
    /// Why administrators keep it from the public.
    suspension: Option<Suspension>,
    is_refused: bool,
}

impl Opening {
    fn is_possible(&self) -> bool {
        self.suspension.is_none() && self.call.stage.open(self.call.id).is_ok()
    }
}

/// Shows what opening means.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = store::for_host(&mut read, *id, &frame.asker).await?.call;
    let suspension = store::suspension(&mut read, *id).await?;
    show(&Opening { frame, call, suspension, is_refused: false })
}

/// Opens the call, for the first time or again.
pub async fn post(frame: Frame, id: Path<CallId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    hosted.require_decision()?;
    let call = hosted.call;
    let suspension = store::suspension(&mut tx, *id).await?;
    if suspension.is_some() {
        return show_with(StatusCode::CONFLICT, &Opening { frame, call, suspension, is_refused: true });
    }
    if !call.missing().is_empty() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Opening { frame, call, suspension, is_refused: true });
    }
    let Ok(moved) = call.stage.open(call.id) else {
        return show_with(StatusCode::CONFLICT, &Opening { frame, call, suspension, is_refused: true });
    };
    store::save(&mut tx, call.id, moved).await?;
    tx.see_other(format!("{}?said=published", call.path())).await
}
