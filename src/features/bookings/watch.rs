//! `/consultations/{consultation}/bookings/watch`: waits for a fitting time. When one becomes free, it
//! is held for whoever waits longest, and offered to the next when nobody takes it.

use super::holds::HoldEnds;
use super::new::{self, locked_picture_of};
use super::rules::Picture;
use super::{mails, store};
use crate::domain::access::Act;
use crate::domain::booking::{Booking, Held, Hold};
use crate::domain::consultation::{Consultation, Stage};
use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::slot::Slot;
use crate::features::{calls, consultations};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::page::Frame;
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

const DAILY: TimeDelta = TimeDelta::days(1);

/// Begins to wait for a time of a length, or no longer waits.
pub async fn post(frame: Frame, id: Path<ConsultationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::Book)?;
    let path = room.path("/bookings/new");
    if fields.one_of("act", ["", "end"])? == "end" {
        store::end_watch(&mut tx, *id).await?;
        return tx.see_other(format!("{path}?said=done")).await;
    }
    let picture = Picture::of(&mut tx, &room.consultation, None, frame.now).await?;
    let wished = fields.value("minutes").parse().ok().filter(|minutes| picture.durations.contains(minutes));
    if !is_waiting(room.stage()) {
        drop(tx);
        fields.refuse("start", Message::new("bookings-new-not_now"));
        return new::refused(frame, *id, fields, StatusCode::CONFLICT).await;
    }
    let Some(minutes) = wished else {
        drop(tx);
        fields.refuse("start", Message::new("bookings-new-unreadable"));
        return new::refused(frame, *id, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let passed: Vec<DateTime<Utc>> = picture.slots(minutes).iter().map(Slot::start).collect();
    store::begin_watch(&mut tx, *id, room.me, minutes, &passed).await?;
    tx.record(Fact::TimeWatched { consultation: *id }).await?;
    let again = LookAgain { consultation: *id, since: frame.now };
    tx.enqueue(NewJob::at(again, frame.now + DAILY)).await?;
    tx.see_other(format!("{path}?minutes={minutes}&said=saved")).await
}

fn is_waiting(stage: Stage) -> bool {
    matches!(stage, Stage::Preparing | Stage::Ready)
}

/// Offers free times of a host to those who wait, in order: after a time was given back, a hold ended,
/// or hours were added.
#[derive(Serialize, Deserialize)]
pub struct OfferTimes {
    pub owner: PersonId,
}

impl Job for OfferTimes {
    const KIND: &'static str = "bookings.offer_times";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let mut hosted = calls::of_host(&mut tx, self.owner).await?;
        hosted.retain(|call| call.owner == self.owner);
        let ids: Vec<_> = hosted.into_iter().map(|call| call.id).collect();
        let mut line = store::waiting(&mut tx, &ids, run.now).await?;
        line.reverse();
        go_on(&mut tx, line).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// One after another, since workers take several jobs at once: the order is the promise. Not in one
/// transaction, which would hold the host's lock while it waits for the next consultation's.
async fn go_on(tx: &mut Tx, mut line: Vec<ConsultationId>) -> Result<(), AppError> {
    match line.pop() {
        Some(consultation) => tx.enqueue_now(OfferTime { consultation, line }).await,
        None => Ok(()),
    }
}

/// Finds who hosts the consultation whose time became free.
#[derive(Serialize, Deserialize)]
pub struct TimeFreed {
    pub consultation: ConsultationId,
}

impl Job for TimeFreed {
    const KIND: &'static str = "bookings.time_freed";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let call = consultations::system(&mut tx, self.consultation).await?.call;
        let owner = calls::timing(&mut tx, call).await?.owner;
        tx.enqueue_now(OfferTimes { owner }).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Holds the first fitting time for one consultation that waits.
#[derive(Serialize, Deserialize)]
pub struct OfferTime {
    pub consultation: ConsultationId,
    /// Who comes after, the next last.
    pub line: Vec<ConsultationId>,
}

impl Job for OfferTime {
    const KIND: &'static str = "bookings.offer_time";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        consultations::lock(&mut tx, self.consultation).await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let watch = store::watch(&mut tx, self.consultation).await?;
        let is_held = !store::holds(&mut tx, self.consultation, run.now).await?.is_empty();
        match watch {
            Some(_) if !is_waiting(consultation.stage) => store::end_watch(&mut tx, self.consultation).await?,
            Some(watch) if !is_held => offer(&mut tx, &consultation, &watch).await?,
            _ => {}
        }
        go_on(&mut tx, self.line).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// New days open as time passes: looks again each day while somebody waits.
#[derive(Serialize, Deserialize)]
pub struct LookAgain {
    pub consultation: ConsultationId,
    /// The wait that this look belongs to.
    pub since: DateTime<Utc>,
}

impl Job for LookAgain {
    const KIND: &'static str = "bookings.look_again";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let watch = store::watch(&mut tx, self.consultation).await?;
        if watch.is_none_or(|watch| watch.since != self.since) {
            return Ok(Outcome::Done);
        }
        tx.enqueue_now(TimeFreed { consultation: self.consultation }).await?;
        tx.enqueue(NewJob::at(self, run.now + DAILY)).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Holds the first time that is new to them.
async fn offer(tx: &mut Tx, consultation: &Consultation, watch: &store::Watch) -> Result<(), AppError> {
    let picture = locked_picture_of(tx, consultation, None).await?;
    let is_new = |slot: &Slot| !watch.passed.contains(&slot.start());
    let Some(slot) = picture.holdable(watch.minutes, Hold::Offer).into_iter().find(is_new) else { return Ok(()) };
    let Some(until) = Hold::Offer.until(slot.start(), picture.notice(), tx.now()) else { return Ok(()) };
    let instance = tx.platform().config.instance().to_owned();
    let place = calls::find(tx, consultation.call).await?.map(|call| call.meeting_place).unwrap_or_default();
    let made = Booking::confirm(random::id(), consultation.id, consultation.call, slot, place, &instance).0;
    let made = made.held(Held { hold: Hold::Offer, until });
    let inserted = store::insert(tx, made, picture.own(), &picture.attending, watch.person).await?;
    // The engine found it free under the locks: only a commitment beyond its picture can be in the way.
    let booking = inserted.map_err(|_| AppError::NotNow("offering a time"))?;
    tx.enqueue(NewJob::at(HoldEnds { booking: booking.id }, until)).await?;
    tx.enqueue_now(mails::RequestMails { booking: booking.id, what: mails::Asked::Offered }).await
}
