//! `/bookings/{booking}/confirmation`: yes or no to a time that is held: the host to one that somebody
//! asked for, a guest who waits to one that became free.

use super::bearer::Bearer;
use super::mails::{Asked, RequestMails};
use super::new::{Query, locked_picture_of};
use super::rules::Picture;
use super::{holds, store};
use crate::domain::access::Act;
use crate::domain::booking::Booking;
use crate::domain::consultation::Side;
use crate::domain::id::BookingId;
use crate::domain::text::Text;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "bookings/confirmation.html")]
struct Confirmation {
    frame: Frame,
    bearer: Bearer,
    /// Why another time is asked for.
    move_reason: Option<String>,
    fields: Fields,
}

impl Confirmation {
    fn is_possible(&self) -> bool {
        self.bearer.waits(self.frame.now)
    }

    fn is_offer(&self) -> bool {
        self.bearer.booking.answered_by() == Some(Side::Guest)
    }

    fn asked_by(&self) -> &str {
        let lead = self.bearer.people.iter().find(|a| !a.part.is_host());
        lead.map_or("", |a| a.name.as_str())
    }
}

/// A request is answered by the hosts, an offer by the guests who may book.
pub(super) fn may_answer(bearer: &Bearer) -> bool {
    match bearer.booking.answered_by() {
        Some(Side::Guest) => bearer.may(Act::Book) && !bearer.me.part.is_host(),
        Some(Side::Host) | None => bearer.may(Act::ConfirmBooking),
    }
}

fn require(bearer: &Bearer) -> Result<(), AppError> {
    may_answer(bearer).then_some(()).ok_or(AppError::NotAllowed)
}

/// Shows what was asked for.
pub async fn get(frame: Frame, id: Path<BookingId>) -> Answer {
    let mut read = frame.read().await?;
    let bearer = Bearer::of(&mut read, *id, &frame, &Query::of(&frame).key).await?;
    require(&bearer)?;
    let frame = bearer.framed(frame);
    let move_reason = store::said(&mut read, *id).await?.move_reason;
    show(&Confirmation { frame, bearer, move_reason, fields: Fields::default() })
}

/// Confirms, or frees the time with a reason that the page shows.
pub async fn post(frame: Frame, id: Path<BookingId>, mut fields: Fields) -> Answer {
    let reason = fields.optional::<Text<1000>>("reason");
    let mut tx = frame.begin(&fields).await?;
    let bearer = Bearer::locked(&mut tx, *id, &frame, &Query::of(&frame).key).await?;
    require(&bearer)?;
    let move_reason = store::said(&mut tx, *id).await?.move_reason;
    if fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Confirmation { frame, bearer, move_reason, fields });
    }
    let booking = bearer.booking.clone();
    if !bearer.waits(tx.now()) {
        fields.refuse("act", Message::new("bookings-confirmation-not_now"));
        return show_with(StatusCode::CONFLICT, &Confirmation { frame, bearer, move_reason, fields });
    }
    match fields.one_of("act", ["", "confirm", "decline"])? {
        "decline" => {
            let (start, side) = (booking.starts_at, booking.answered_by());
            let moved = booking.release().map_err(|_| AppError::NotNow("declining"))?;
            store::release_hold(&mut tx, moved).await?;
            store::give_reason(&mut tx, *id, reason.as_ref().map(Text::as_str)).await?;
            match side {
                Some(Side::Guest) => store::pass(&mut tx, bearer.booking.consultation, start).await?,
                _ => tx.enqueue_now(RequestMails { booking: *id, what: Asked::Declined }).await?,
            }
            tx.see_other(bearer.path_saying("done")).await
        }
        _ => {
            let picture = locked_picture_of(&mut tx, &bearer.consultation, None).await?;
            let said = if picture.asks_host(bearer.me.part, booking.interval()) { "sent" } else { "done" };
            match accept(&mut tx, &bearer, &picture, booking).await? {
                Ok(booked) => {
                    let path = bearer.path_of(&mut tx, booked.id, said).await?;
                    tx.see_other(path).await
                }
                Err(message) => {
                    drop(tx);
                    fields.refuse("act", message);
                    show_with(StatusCode::CONFLICT, &Confirmation { frame, bearer, move_reason, fields })
                }
            }
        }
    }
}

/// A time that is offered while the host is asked about new times becomes one that was asked for: the
/// guest's word alone books nothing then.
async fn accept(
    tx: &mut Tx,
    bearer: &Bearer,
    picture: &Picture,
    hold: Booking,
) -> Result<Result<Booking, Message>, AppError> {
    if !picture.asks_host(bearer.me.part, hold.interval()) {
        let taken = holds::take(tx, &bearer.consultation, picture, hold).await?;
        return Ok(taken.map_err(|_| Message::new("bookings-confirmation-not_now")));
    }
    store::release_holds(tx, hold.consultation).await?;
    let asked = hold.anew(random::id(), tx.platform().config.instance());
    holds::request(tx, picture, asked, bearer.me.person).await
}
