//! `/bookings/{booking}/calendar`: what a session that its host moved or deleted in their own calendar
//! is to mean: written there again, or left as it is. The booking itself stays until it is moved or
//! given back like any other.

use super::bearer::Bearer;
use super::new::Query;
use super::writing::Write;
use crate::domain::calendar_object::Strayed;
use crate::domain::id::BookingId;
use crate::features::calendars;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use actix_web::web::Path;

/// Writes it again, or keeps it out of the calendar.
pub async fn post(frame: Frame, id: Path<BookingId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let bearer = Bearer::locked(&mut tx, *id, &frame, &Query::of(&frame).key).await?;
    let me = bearer.me.person;
    if !bearer.me.part.is_host() {
        return Err(AppError::NotAllowed);
    }
    let Some(object) = calendars::object(&mut tx, *id, me).await?.filter(|object| object.strayed.is_some()) else {
        return tx.see_other(bearer.path_saying("done")).await;
    };
    match fields.value("act") {
        "write" => {
            calendars::unwrite(&mut tx, *id, me).await?;
            tx.enqueue_now(Write { booking: *id, person: me }).await?;
        }
        "leave" if object.strayed == Some(Strayed::Missing) => calendars::take_off(&mut tx, *id, me).await?,
        _ => return Err(AppError::Unprocessable("nothing that can be done in a calendar")),
    }
    tx.see_other(bearer.path_saying("done")).await
}
