//! `/calendars/{calendar}/removal`: forgets a calendar with its address and its busy time.

use super::store::{self, Calendar};
use crate::domain::id::CalendarId;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "calendars/removal.html")]
struct Removal {
    frame: Frame,
    calendar: Calendar,
    /// Whether sessions are written to it.
    is_target: bool,
}

/// Says what removing means.
pub async fn get(frame: Frame, id: Path<CalendarId>) -> Answer {
    let mut read = frame.read().await?;
    let calendar = store::for_owner(&mut read, *id, &frame.asker).await?;
    let is_target = store::collections(&mut read, *id).await?.iter().any(|collection| collection.is_target);
    show(&Removal { frame, calendar, is_target })
}

/// Removes it.
pub async fn post(frame: Frame, id: Path<CalendarId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let calendar = store::for_owner(&mut tx, *id, &frame.asker).await?;
    store::remove(&mut tx, calendar.id).await?;
    tx.see_other("/calendars?said=done").await
}
