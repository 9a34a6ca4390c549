//! `/bookings/{booking}/confirmation`: the host says yes or no to a time that somebody asked for.

use super::bearer::Bearer;
use super::new::{Query, locked_picture_of};
use super::{holds, store};
use crate::domain::access::Act;
use crate::domain::id::BookingId;
use crate::domain::text::Text;
use crate::features::consultations;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "bookings/confirmation.html")]
struct Confirmation {
    frame: Frame,
    bearer: Bearer,
    fields: Fields,
}

impl Confirmation {
    fn is_possible(&self) -> bool {
        self.bearer.booking.is_request(self.frame.now)
    }

    fn asked_by(&self) -> &str {
        let lead = self.bearer.people.iter().find(|a| !a.part.is_host());
        lead.map_or("", |a| a.name.as_str())
    }
}

/// Shows what was asked for.
pub async fn get(frame: Frame, id: Path<BookingId>) -> Answer {
    let mut read = frame.read().await?;
    let bearer = Bearer::of(&mut read, *id, &frame, &Query::of(&frame).key).await?;
    bearer.require(Act::ConfirmBooking)?;
    let frame = bearer.framed(frame);
    show(&Confirmation { frame, bearer, fields: Fields::default() })
}

/// Confirms, or frees the time with a reason that the page shows.
pub async fn post(frame: Frame, id: Path<BookingId>, mut fields: Fields) -> Answer {
    let reason = fields.optional::<Text<1000>>("reason");
    let mut tx = frame.begin(&fields).await?;
    let room = store::system(&mut tx, *id).await?.consultation;
    consultations::lock(&mut tx, room).await?;
    let bearer = Bearer::of(&mut tx, *id, &frame, &Query::of(&frame).key).await?;
    bearer.require(Act::ConfirmBooking)?;
    if fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Confirmation { frame, bearer, fields });
    }
    let booking = bearer.booking.clone();
    if !booking.is_request(tx.now()) {
        fields.refuse("reason", Message::new("bookings-confirmation-not_now"));
        return show_with(StatusCode::CONFLICT, &Confirmation { frame, bearer, fields });
    }
    match fields.value("act") {
        "decline" => {
            let moved = booking.release().map_err(|_| AppError::NotNow("declining"))?;
            store::release_hold(&mut tx, moved).await?;
            store::give_reason(&mut tx, *id, reason.as_ref().map(Text::as_str)).await?;
            tx.enqueue_now(super::mails::RequestMails { booking: *id, what: super::mails::Asked::Declined }).await?;
            tx.see_other(bearer.path_saying("done")).await
        }
        _ => {
            let picture = locked_picture_of(&mut tx, &bearer.consultation, None).await?;
            let booked = holds::take(&mut tx, &bearer.consultation, &picture, booking).await?;
            tx.see_other(format!("/bookings/{}?said=done", booked.id)).await
        }
    }
}
