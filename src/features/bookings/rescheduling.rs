//! `/bookings/{booking}/rescheduling`: another time for a booking. The old one stays until the new
//! one is taken.

use super::bearer::Bearer;
use super::grid::{Asked, Grid, chosen};
use super::new::{Query, Sent, sent};
use super::rules::{Asking, Picture};
use super::{holds, store};
use crate::domain::access::Act;
use crate::domain::booking::Booking;
use crate::domain::id::BookingId;
use crate::domain::text::Text;
use crate::features::{calls, consultations};
use crate::platform::db::{Tx, lock_people};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "bookings/rescheduling.html")]
struct Rescheduling {
    frame: Frame,
    bearer: Bearer,
    grid: Grid,
    /// What is asked for leaves the present time until the host says yes.
    asking: Asking,
    fields: Fields,
}

impl Rescheduling {
    fn is_possible(&self) -> bool {
        self.bearer.may_move(self.frame.now)
    }

    fn is_too_late(&self) -> bool {
        self.bearer.is_ahead(self.frame.now)
    }
}

async fn page(frame: Frame, id: BookingId, query: Query, fields: Fields) -> Result<Rescheduling, AppError> {
    let mut read = frame.read().await?;
    let bearer = Bearer::of(&mut read, id, &frame, &query.key).await?;
    bearer.require(Act::Move)?;
    let frame = bearer.framed(frame);
    let (picture, held_in) = pictures(&mut read, &bearer, frame.now).await?;
    let asked = query.minutes.filter(|minutes| picture.durations.contains(minutes));
    let minutes = asked.unwrap_or(bearer.booking.minutes);
    let asking = picture.asking(bearer.me.part);
    let mut slots = picture.offered(bearer.me.part, minutes, held_in.as_ref().unwrap_or(&picture));
    slots.retain(|slot| slot.start() != bearer.booking.starts_at || minutes != bearer.booking.minutes);
    let asked = Asked {
        path: bearer.path("/rescheduling"),
        minutes,
        from: query.from,
        chosen: chosen(&fields),
        books: Some(bearer.me.part),
        elsewhere: store::elsewhere(&mut read, bearer.me.person, bearer.booking.consultation, frame.now).await?,
    };
    let grid = Grid::new(&frame, &picture, &slots, asked);
    Ok(Rescheduling { frame, bearer, grid, asking, fields })
}

/// A booking that moves does not stand in its own way; one whose move is asked for does, as it stays
/// until the host says yes: the second picture, where anything has to be asked for.
async fn pictures(
    conn: &mut PgConnection,
    bearer: &Bearer,
    now: DateTime<Utc>,
) -> Result<(Picture, Option<Picture>), AppError> {
    let moved = Picture::of(&mut *conn, &bearer.consultation, Some(bearer.booking.id), now).await?;
    match moved.asking(bearer.me.part) {
        Asking::None => Ok((moved, None)),
        Asking::Some | Asking::All => Ok((moved, Some(Picture::of(conn, &bearer.consultation, None, now).await?))),
    }
}

/// Shows the times.
pub async fn get(frame: Frame, id: Path<BookingId>) -> Answer {
    let query = Query::of(&frame);
    show(&page(frame, *id, query, Fields::default()).await?)
}

/// Moves the booking, or leaves it as it was.
pub async fn post(frame: Frame, id: Path<BookingId>, mut fields: Fields) -> Answer {
    let query = Query::of(&frame);
    let reason = fields.optional::<Text<1000>>("reason");
    let mut tx = frame.begin(&fields).await?;
    let bearer = Bearer::locked(&mut tx, *id, &frame, &query.key).await?;
    bearer.require(Act::Move)?;
    if bearer.was_moved_since(&fields)? {
        drop(tx);
        fields.refuse("start", Message::new("bookings-show-moved_meanwhile"));
        return refused(frame, *id, query, fields, StatusCode::CONFLICT).await;
    }
    let attending = calls::attending(&mut tx, bearer.booking.call).await?;
    lock_people(&mut tx, &attending).await?;
    let (picture, held_in) = pictures(&mut tx, &bearer, frame.now).await?;
    let mut durations = picture.durations.clone();
    durations.push(bearer.booking.minutes);
    let sent = sent(&mut fields, &durations);
    let Some(sent) = sent.filter(|_| !fields.is_refused()) else {
        drop(tx);
        return refused(frame, *id, query, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let reason = reason.as_ref().map(Text::as_str);
    match change(&mut tx, &bearer, (&picture, held_in.as_ref()), &sent, reason).await? {
        Ok(said) => tx.see_other(bearer.path_saying(said)).await,
        Err(message) => {
            drop(tx);
            fields.refuse("start", message);
            refused(frame, *id, query, fields, StatusCode::CONFLICT).await
        }
    }
}

async fn change(
    tx: &mut Tx,
    bearer: &Bearer,
    (picture, held_in): (&Picture, Option<&Picture>),
    sent: &Sent,
    reason: Option<&str>,
) -> Result<Result<&'static str, Message>, AppError> {
    let now = tx.now();
    if !bearer.may_move(now) {
        let is_late = bearer.is_ahead(now);
        let key = if is_late { "bookings-rescheduling-too_late" } else { "bookings-rescheduling-not_now" };
        return Ok(Err(Message::new(key)));
    }
    let Some(slot) = picture.find(sent.minutes, sent.start) else {
        return Ok(Err(Message::new("bookings-new-taken")));
    };
    let Ok(moved) = bearer.booking.clone().reschedule(slot, now) else {
        return Ok(Err(Message::new("bookings-rescheduling-not_now")));
    };
    store::release_holds(tx, bearer.booking.consultation).await?;
    if picture.asks_host(bearer.me.part, slot.interval()) {
        let held_in = held_in.unwrap_or(picture);
        if held_in.find(sent.minutes, sent.start).is_none() {
            return Ok(Err(Message::new("bookings-new-taken")));
        }
        let instance = tx.platform().config.instance().to_owned();
        let Booking { consultation, call, meeting_place, .. } = bearer.booking.clone();
        let asked = Booking::confirm(random::id(), consultation, call, slot, meeting_place, &instance).0;
        let Ok(asked) = holds::request(tx, held_in, asked, bearer.me.person).await? else {
            return Ok(Err(Message::new("bookings-new-taken")));
        };
        store::give_move_reason(tx, asked.id, reason).await?;
        return Ok(Ok("sent"));
    }
    let Ok(booking) = store::replace(tx, moved, picture.own(), &picture.attending).await? else {
        return Ok(Err(Message::new("bookings-new-taken")));
    };
    store::give_move_reason(tx, booking.id, reason).await?;
    consultations::set_start(tx, booking.consultation, Some(booking.starts_at)).await?;
    Ok(Ok("moved"))
}

async fn refused(frame: Frame, id: BookingId, query: Query, fields: Fields, status: StatusCode) -> Answer {
    let minutes = fields.value("minutes").parse().ok();
    let page = page(frame, id, Query { minutes, ..query }, fields).await?;
    show_with(status, &page)
}
