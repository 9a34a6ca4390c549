//! `/consultations/{consultation}/bookings/new`: chooses a time and books it at once.

use super::grid::{Asked, Grid, chosen};
use super::holds;
use super::rules::{Asking, Picture};
use super::store::{self, Watch};
use crate::domain::access::Act;
use crate::domain::booking::Booking;
use crate::domain::consultation::{Consultation, Stage};
use crate::domain::id::{BookingId, ConsultationId};
use crate::features::consultations::{self, Head, Room};
use crate::platform::db::{Tx, lock_people};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

#[derive(Template)]
#[template(path = "bookings/new.html")]
struct New {
    frame: Frame,
    room: Room,
    grid: Grid,
    fields: Fields,
    /// A confirmed booking that is there already.
    booked: Option<BookingId>,
    /// A time that waits for a side's word.
    requested: Option<Booking>,
    watch: Option<Watch>,
    asking: Asking,
}

impl New {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("bookings-new-title"), "/bookings/new")
    }

    fn is_possible(&self) -> bool {
        matches!(self.room.stage(), Stage::Preparing | Stage::Ready)
    }

    fn may_book(&self) -> bool {
        self.room.may(Act::Book)
    }

    fn is_early(&self) -> bool {
        self.room.stage() == Stage::Preparing
    }
}

/// What the address of a page of times says: how long, from which day, by which key.
pub(super) struct Query {
    pub minutes: Option<i32>,
    pub from: Option<NaiveDate>,
    pub key: String,
}

impl Query {
    /// Reads the query of the page; whatever is unreadable is left out.
    pub fn of(frame: &Frame) -> Self {
        let (minutes, from) = (frame.asked("minutes").parse().ok(), frame.asked("from").parse().ok());
        Self { minutes, from, key: frame.asked("key") }
    }
}

/// A start and a length as they were sent.
pub(super) struct Sent {
    pub start: DateTime<Utc>,
    pub minutes: i32,
}

/// Reads what was sent. What no page ever offered is an error of the form.
pub(super) fn sent(fields: &mut Fields, durations: &[i32]) -> Option<Sent> {
    let minutes = fields.value("minutes").parse().ok().filter(|minutes| durations.contains(minutes));
    let start = DateTime::parse_from_rfc3339(fields.value("start")).ok().map(|start| start.to_utc());
    if fields.value("start").is_empty() {
        fields.refuse("start", Message::new("bookings-new-choose"));
    } else if start.is_none() || minutes.is_none() {
        fields.refuse("start", Message::new("bookings-new-unreadable"));
    }
    Some(Sent { start: start?, minutes: minutes? })
}

/// The wished length where the call offers it, or the longest.
fn wished(room: &Room, durations: &[i32]) -> i32 {
    let wished = room.consultation.wished_minutes;
    durations.iter().copied().find(|minutes| *minutes == wished).or(durations.last().copied()).unwrap_or(wished)
}

async fn page(frame: Frame, id: ConsultationId, query: Query, fields: Fields) -> Result<New, AppError> {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, id, &frame.asker).await?;
    let picture = Picture::of(&mut read, &room.consultation, None, frame.now).await?;
    let asked = query.minutes.filter(|minutes| picture.durations.contains(minutes));
    let minutes = asked.unwrap_or_else(|| wished(&room, &picture.durations));
    let asking = picture.asking(room.part);
    let slots = picture.offered(room.part, minutes, &picture);
    let asked = Asked {
        path: room.path("/bookings/new"),
        minutes,
        from: query.from,
        chosen: chosen(&fields),
        books: Some(room.part),
        elsewhere: store::elsewhere(&mut read, room.me, id, frame.now).await?,
    };
    let grid = Grid::new(&frame, &picture, &slots, asked);
    let grid = if room.may(Act::Book) { grid } else { grid.for_looking() };
    let live = store::live(&mut read, id, frame.now).await?;
    let booked = live.confirmed.map(|booking| booking.id);
    let requested = live.holds.into_iter().map(|(booking, _)| booking).find(|booking| booking.waits(frame.now));
    let watch = store::watch(&mut read, id).await?;
    Ok(New { frame, room, grid, fields, booked, requested, watch, asking })
}

/// Shows the times.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let query = Query::of(&frame);
    show(&page(frame, *id, query, Fields::default()).await?)
}

/// Books. A time that cannot be booked any more is answered with others.
pub async fn post(frame: Frame, id: Path<ConsultationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::Book)?;
    let picture = locked_picture(&mut tx, &room, None).await?;
    let Some(sent) = sent(&mut fields, &picture.durations) else {
        drop(tx);
        return refused(frame, *id, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    match book(&mut tx, &room, &picture, &sent).await? {
        Ok(booking) => tx.see_other(format!("/bookings/{}?said=done", booking.id)).await,
        Err(message) => {
            drop(tx);
            fields.refuse("start", message);
            refused(frame, *id, fields, StatusCode::CONFLICT).await
        }
    }
}

/// The picture as nobody can change it until the transaction ends: whoever takes time of these hosts
/// holds their locks.
pub(super) async fn locked_picture(tx: &mut Tx, room: &Room, without: Option<BookingId>) -> Result<Picture, AppError> {
    locked_picture_of(tx, &room.consultation, without).await
}

/// The same for whoever came to the consultation by a booking.
pub(super) async fn locked_picture_of(
    tx: &mut Tx,
    consultation: &Consultation,
    without: Option<BookingId>,
) -> Result<Picture, AppError> {
    let attending = crate::features::calls::attending(tx, consultation.call).await?;
    lock_people(tx, &attending).await?;
    let now = tx.now();
    Picture::of(tx, consultation, without, now).await
}

async fn book(tx: &mut Tx, room: &Room, picture: &Picture, sent: &Sent) -> Result<Result<Booking, Message>, AppError> {
    let now = tx.now();
    if !matches!(room.stage(), Stage::Preparing | Stage::Ready) {
        return Ok(Err(Message::new("bookings-new-not_now")));
    }
    let Some(slot) = picture.find(sent.minutes, sent.start) else {
        return Ok(Err(Message::new("bookings-new-taken")));
    };
    let instance = tx.platform().config.instance().to_owned();
    let confirmed =
        Booking::confirm(random::id(), room.id(), room.consultation.call, slot, room.meeting_place.clone(), &instance);
    store::release_holds(tx, room.id()).await?;
    if picture.asks_host(room.part, slot.interval()) {
        return holds::request(tx, picture, confirmed.0, room.me).await;
    }
    let fact = confirmed.1;
    let Ok(booking) = store::insert(tx, confirmed, picture.own(), &picture.attending, room.me).await? else {
        return Ok(Err(Message::new("bookings-new-taken")));
    };
    let (booked, _) = room.consultation.clone().book(fact, now).map_err(|_| AppError::NotNow("booking"))?;
    consultations::keep(tx, &booked).await?;
    consultations::set_start(tx, room.id(), Some(booking.starts_at)).await?;
    store::end_watch(tx, room.id()).await?;
    Ok(Ok(booking))
}

/// Shows the times with what is refused.
pub(super) async fn refused(frame: Frame, id: ConsultationId, fields: Fields, status: StatusCode) -> Answer {
    // The days around what was chosen are the ones where others may fit.
    let chosen = DateTime::parse_from_rfc3339(fields.value("start")).ok();
    let chosen = chosen.map(|start| start.with_timezone(&frame.speech.zone).date_naive());
    let today = frame.now.with_timezone(&frame.speech.zone).date_naive();
    let from = chosen.filter(|day| *day >= today && (*day - today).num_days() < 160);
    let query = Query { minutes: fields.value("minutes").parse().ok(), from, key: String::new() };
    let page = page(frame, id, query, fields).await?;
    show_with(status, &page)
}
