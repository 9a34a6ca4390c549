//! `/calls/{call}/opening`: says what will be public and what is missing; opens the call.

use super::closure::closure;
use super::store::{self, Call, Suspension};
use crate::domain::call::Stage;
use crate::domain::id::CallId;
use crate::features::people::{self, Measure};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "calls/opening.html")]
struct Opening {
    frame: Frame,
    call: Call,
    /// Why administrators keep it from the public.
    suspension: Option<Suspension>,
    /// Why an administrator closed it.
    closure: Option<Measure>,
    /// Whether the owner holds the grant that opening needs.
    is_granted: bool,
    is_refused: bool,
}

impl Opening {
    async fn of(conn: &mut PgConnection, frame: Frame, call: Call, is_refused: bool) -> Result<Self, AppError> {
        let suspension = store::suspension(&mut *conn, call.id).await?;
        let closure = closure(&mut *conn, &call).await?;
        let is_granted = people::holds_grant(conn, call.owner).await?;
        Ok(Self { frame, call, suspension, closure, is_granted, is_refused })
    }

    fn is_possible(&self) -> bool {
        self.suspension.is_none() && self.is_granted && self.call.stage.open(self.call.id).is_ok()
    }
}

/// Shows what opening means.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = store::for_host(&mut read, *id, &frame.asker).await?.call;
    show(&Opening::of(&mut read, frame, call, false).await?)
}

/// Opens the call, for the first time or again.
pub async fn post(frame: Frame, id: Path<CallId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    hosted.require_decision()?;
    let page = Opening::of(&mut tx, frame, hosted.call, true).await?;
    if page.suspension.is_some() {
        return show_with(StatusCode::CONFLICT, &page);
    }
    if !page.is_granted {
        return show_with(StatusCode::FORBIDDEN, &page);
    }
    if !page.call.missing().is_empty() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let Ok(moved) = page.call.stage.open(page.call.id) else {
        return show_with(StatusCode::CONFLICT, &page);
    };
    store::save(&mut tx, page.call.id, moved).await?;
    tx.see_other(format!("{}?said=published", page.call.path())).await
}
