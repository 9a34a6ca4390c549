//! `/bookings/{booking}/cancellation`: gives the time back; the consultation goes on.

use super::bearer::Bearer;
use super::new::Query;
use super::store::{self, Cancellation as How};
use crate::domain::access::Act;
use crate::domain::consultation::Side;
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
#[template(path = "bookings/cancellation.html")]
struct Cancellation {
    frame: Frame,
    bearer: Bearer,
    fields: Fields,
}

impl Cancellation {
    fn is_possible(&self) -> bool {
        let now = self.frame.now;
        self.bearer.is_ahead(now) || (self.bearer.waits(now) && !self.bearer.is_mine_to_answer(now))
    }

    fn is_mine_to_answer(&self) -> bool {
        self.bearer.is_mine_to_answer(self.frame.now)
    }

    fn is_offer(&self) -> bool {
        self.bearer.booking.answered_by() == Some(Side::Guest)
    }

    fn may_move(&self) -> bool {
        self.bearer.may_move(self.frame.now)
    }

    fn is_late(&self) -> bool {
        self.bearer.is_late(self.frame.now)
    }
}

/// Says what will happen and to whom mail goes.
pub async fn get(frame: Frame, id: Path<BookingId>) -> Answer {
    let mut read = frame.read().await?;
    let bearer = Bearer::of(&mut read, *id, &frame, &Query::of(&frame).key).await?;
    bearer.require(Act::CancelBooking)?;
    let frame = bearer.framed(frame);
    show(&Cancellation { frame, bearer, fields: Fields::default() })
}

/// Gives the time back.
pub async fn post(frame: Frame, id: Path<BookingId>, mut fields: Fields) -> Answer {
    let reason = fields.optional::<Text<1000>>("reason");
    let mut tx = frame.begin(&fields).await?;
    let bearer = Bearer::locked(&mut tx, *id, &frame, &Query::of(&frame).key).await?;
    bearer.require(Act::CancelBooking)?;
    if fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Cancellation { frame, bearer, fields });
    }
    if bearer.was_moved_since(&fields)? {
        fields.refuse("act", Message::new("bookings-show-moved_meanwhile"));
        return show_with(StatusCode::CONFLICT, &Cancellation { frame, bearer, fields });
    }
    // Whoever is asked answers under `/confirmation`, where the other side is told.
    if bearer.is_mine_to_answer(frame.now) {
        fields.refuse("act", Message::new("bookings-cancellation-answer"));
        return show_with(StatusCode::CONFLICT, &Cancellation { frame, bearer, fields });
    }
    if bearer.waits(frame.now) {
        // What is offered is the guests'; given back, it would be offered to them again.
        if bearer.booking.answered_by() == Some(Side::Guest) {
            return Err(AppError::NotAllowed);
        }
        let moved = bearer.booking.clone().release().map_err(|_| AppError::NotNow("taking the request back"))?;
        store::release_hold(&mut tx, moved).await?;
        store::give_reason(&mut tx, *id, reason.as_ref().map(Text::as_str)).await?;
        return tx.see_other(bearer.path_saying("cancelled")).await;
    }
    let moved = bearer.booking.clone().cancel(frame.now).ok().filter(|_| bearer.is_ahead(frame.now));
    let Some(moved) = moved else {
        fields.refuse("act", Message::new("bookings-cancellation-not_now"));
        return show_with(StatusCode::CONFLICT, &Cancellation { frame, bearer, fields });
    };
    let was_late = bearer.is_late(frame.now);
    let fact = moved.1;
    let how = How { by: Some(bearer.me.person), reason: reason.as_ref().map(Text::as_str), was_late };
    store::cancel(&mut tx, moved, how).await?;
    let unbooked = bearer.consultation.clone().unbook(fact, frame.now);
    let (consultation, _) = unbooked.map_err(|_| AppError::NotNow("giving the time back"))?;
    consultations::keep(&mut tx, &consultation).await?;
    consultations::set_start(&mut tx, bearer.booking.consultation, None).await?;
    tx.see_other(bearer.path_saying("cancelled")).await
}
