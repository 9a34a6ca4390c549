//! `/bookings/{booking}/paging`: the host was called away. One button proposes three other times and
//! mails an apology; the booked time stays until one of them is taken.

use super::bearer::Bearer;
use super::candidates::{Proposal, hold_all};
use super::new::{Query, locked_picture_of};
use super::rules::Picture;
use crate::domain::access::Act;
use crate::domain::booking::{CANDIDATES, Hold, Stage};
use crate::domain::consultation;
use crate::domain::fact::Fact;
use crate::domain::id::BookingId;
use crate::domain::slot::Slot;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::TimeTag;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::TimeDelta;
use sqlx::PgConnection;

/// How long after its beginning a host may still say so.
const UNTIL: TimeDelta = TimeDelta::hours(2);

#[derive(Template)]
#[template(path = "bookings/paging.html")]
struct Paging {
    frame: Frame,
    bearer: Bearer,
    /// The times that would be proposed.
    slots: Vec<Slot>,
    is_refused: bool,
}

impl Paging {
    fn is_possible(&self) -> bool {
        is_possible(&self.bearer, self.frame.now)
    }

    fn guests(&self) -> String {
        let guests = self.bearer.people.iter().filter(|a| !a.part.is_host());
        guests.map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn span(&self, slot: &Slot) -> TimeTag {
        self.frame.span(&slot.start(), &slot.end())
    }

    fn is_enough(&self) -> bool {
        self.slots.len() >= *CANDIDATES.start()
    }
}

/// Until the session is held, or two hours after its time.
pub(super) fn is_possible(bearer: &Bearer, now: chrono::DateTime<chrono::Utc>) -> bool {
    bearer.may(Act::ConfirmBooking)
        && bearer.booking.stage == Stage::Confirmed
        && bearer.consultation.stage == consultation::Stage::Booked
        && now < bearer.booking.starts_at + UNTIL
}

/// The soonest time of each of the next three days that have one.
fn proposed(picture: &Picture, minutes: i32) -> Vec<Slot> {
    let mut slots = picture.holdable(minutes, Hold::Candidate);
    slots.dedup_by_key(|slot| slot.start().with_timezone(&picture.zone()).date_naive());
    slots.truncate(*CANDIDATES.start());
    slots
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    bearer: Bearer,
) -> Result<Paging, crate::platform::error::AppError> {
    let picture = Picture::of(conn, &bearer.consultation, None, frame.now).await?;
    let slots = proposed(&picture, bearer.booking.minutes);
    Ok(Paging { frame: bearer.framed(frame), bearer, slots, is_refused: false })
}

/// Shows which times would be proposed, and to whom.
pub async fn get(frame: Frame, id: Path<BookingId>) -> Answer {
    let mut read = frame.read().await?;
    let bearer = Bearer::of(&mut read, *id, &frame, &Query::of(&frame).key).await?;
    bearer.require(Act::ConfirmBooking)?;
    show(&page(&mut read, frame, bearer).await?)
}

/// Proposes them.
pub async fn post(frame: Frame, id: Path<BookingId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let bearer = Bearer::locked(&mut tx, *id, &frame, &Query::of(&frame).key).await?;
    bearer.require(Act::ConfirmBooking)?;
    let picture = locked_picture_of(&mut tx, &bearer.consultation, None).await?;
    let slots = proposed(&picture, bearer.booking.minutes);
    if is_possible(&bearer, frame.now) && slots.len() >= *CANDIDATES.start() {
        let proposal = Proposal {
            consultation: &bearer.consultation,
            meeting_place: &bearer.booking.meeting_place,
            by: bearer.me.person,
            fact: Fact::HostPaged { consultation: bearer.booking.consultation },
        };
        if hold_all(&mut tx, &picture, proposal, &slots).await?.is_ok() {
            return tx.see_other(bearer.path_saying("sent")).await;
        }
    }
    let page = page(&mut tx, frame, bearer).await?;
    show_with(StatusCode::CONFLICT, &Paging { is_refused: true, ..page })
}
