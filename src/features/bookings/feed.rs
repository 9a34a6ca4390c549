//! `/feeds/{token}.ics`: one's own sessions for a calendar that subscribes. Whoever holds the address
//! reads them, so it can be made anew at any time.

use super::event::Texts;
use super::store;
use crate::domain::booking::Booking;
use crate::domain::ical;
use crate::domain::id::ConsultationId;
use crate::features::{consultations, people};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::Frame;
use crate::platform::random;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use chrono::TimeDelta;

/// Past sessions stay in it for this long.
const KEPT: TimeDelta = TimeDelta::days(90);

/// All confirmed sessions of the person, without the others' addresses.
pub async fn get(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let person = store::feed_owner(&mut read, &random::hashed(&token)).await?.ok_or(AppError::Gone)?;
    if people::is_disabled(&mut read, person).await? {
        return Err(AppError::Gone);
    }
    let receiver = people::receiver(&mut read, person).await?;
    let titles = consultations::with_person(&mut read, person).await?;
    let ids: Vec<ConsultationId> = titles.keys().copied().collect();
    let sessions = store::ending_after(&mut read, &ids, frame.now - KEPT).await?;
    let title = |booking: &Booking| titles.get(&booking.consultation).map_or("", String::as_str);
    let events: Vec<Texts<'_>> =
        sessions.iter().map(|b| Texts::of(&frame.platform, receiver.speech, b, title(b), &[])).collect();
    let drawn: Vec<_> =
        events.iter().map(|texts| texts.event(frame.now, &receiver.name, receiver.address.as_str())).collect();
    let name = receiver.speech.t("bookings-feed-name").to_string();
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "private, max-age=900"))
        .body(ical::feed(&name, &drawn)))
}
