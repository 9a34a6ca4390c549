//! What becomes of a hold: the booking, or nothing when its time is over.

use super::rules::Picture;
use super::store::Taken;
use super::{mails, store};
use crate::domain::booking::{Booking, Held, Hold};
use crate::domain::consultation::Consultation;
use crate::domain::fact::Fact;
use crate::domain::id::{BookingId, PersonId};
use crate::features::consultations;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::i18n::Message;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Makes a hold the booking of its consultation, or moves the one that is there onto it; all other
/// holds end with it. The caller holds the locks of those who attend, and drops the transaction where
/// somebody was faster.
pub(super) async fn take(
    tx: &mut Tx,
    consultation: &Consultation,
    picture: &Picture,
    hold: Booking,
) -> Result<Result<Booking, Taken>, AppError> {
    let now = tx.now();
    // Behind the locks it may be later than when the request came: what ended meanwhile protects
    // neither its time nor its buffers any more.
    if !hold.is_held(tx.platform().clock.now()) {
        return Ok(Err(Taken));
    }
    let booking = match store::confirmed(tx, consultation.id).await? {
        Some(booked) if booked.is_ahead(now) => {
            let moved = booked.move_onto(&hold, now).map_err(|_| AppError::NotNow("moving"))?;
            store::release_holds(tx, consultation.id).await?;
            let replaced = store::replace(tx, moved, picture.own(), &picture.attending).await?;
            let Ok(booking) = replaced else { return Ok(Err(Taken)) };
            let said = store::said(tx, hold.id).await?;
            store::give_move_reason(tx, booking.id, said.move_reason.as_deref()).await?;
            booking
        }
        passed => {
            // A time that passed without a talk is let go; the hold becomes a booking of its own.
            let consultation = match passed {
                Some(_) => free(tx, consultation).await?,
                None => consultation.clone(),
            };
            let moved = hold.confirm_hold(now).map_err(|_| AppError::NotNow("confirming"))?;
            let fact = moved.1;
            let confirmed = store::confirm(tx, moved, &picture.attending).await?;
            let Ok(booking) = confirmed else { return Ok(Err(Taken)) };
            store::release_holds(tx, consultation.id).await?;
            let (booked, _) = consultation.book(fact, now).map_err(|_| AppError::NotNow("booking"))?;
            consultations::keep(tx, &booked).await?;
            booking
        }
    };
    consultations::set_start(tx, consultation.id, Some(booking.starts_at)).await?;
    store::end_watch(tx, consultation.id).await?;
    Ok(Ok(booking))
}

/// The consultation without the booked time that passed.
async fn free(tx: &mut Tx, consultation: &Consultation) -> Result<Consultation, AppError> {
    let (now, fact) = (tx.now(), Fact::SecondChanceGiven { consultation: consultation.id });
    store::let_go(tx, consultation.id).await?;
    let unbooked = consultation.clone().unbook(fact, now);
    unbooked.map(|(consultation, _)| consultation).map_err(|_| AppError::NotNow("booking"))
}

/// Holds a time until the host says yes or no.
pub(super) async fn request(
    tx: &mut Tx,
    picture: &Picture,
    asked: Booking,
    by: PersonId,
) -> Result<Result<Booking, Message>, AppError> {
    let taken = || Ok(Err(Message::new("bookings-new-taken")));
    let until = Hold::Request.until(asked.starts_at, picture.notice(), tx.now());
    let Some(until) = until else { return taken() };
    let made = asked.held(Held { hold: Hold::Request, until });
    let Ok(booking) = store::insert(tx, made, picture.own(), &picture.attending, by).await? else { return taken() };
    tx.enqueue(NewJob::at(HoldEnds { booking: booking.id }, until)).await?;
    tx.enqueue_now(mails::RequestMails { booking: booking.id, what: mails::Asked::Waiting }).await?;
    Ok(Ok(booking))
}

/// Frees a time that was held when nobody took it, and tells those who waited for an answer.
#[derive(Serialize, Deserialize)]
pub struct HoldEnds {
    pub booking: BookingId,
}

impl Job for HoldEnds {
    const KIND: &'static str = "bookings.hold_ends";
    const MAX_AGE: TimeDelta = TimeDelta::days(30);

    fn key(&self) -> Option<String> {
        Some(format!("bookings.hold_ends {}", self.booking))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = store::system(&mut tx, self.booking).await?.consultation;
        consultations::lock(&mut tx, consultation).await?;
        let booking = store::system(&mut tx, self.booking).await?;
        let Some(held) = booking.held.filter(|held| held.until <= run.now) else { return Ok(Outcome::Done) };
        let Ok(moved) = booking.release() else { return Ok(Outcome::Done) };
        store::release_hold(&mut tx, moved).await?;
        match held.hold {
            Hold::Request => {
                tx.enqueue_now(mails::RequestMails { booking: self.booking, what: mails::Asked::Over }).await?;
            }
            Hold::Candidate if store::holds(&mut tx, consultation, run.now).await?.is_empty() => {
                tx.enqueue_now(mails::ProposalOver { consultation, until: held.until }).await?;
            }
            Hold::Candidate => {}
            // Silence ends the wait: the time goes to the next in line.
            Hold::Offer => {
                store::end_watch(&mut tx, consultation).await?;
                tx.enqueue_now(mails::RequestMails { booking: self.booking, what: mails::Asked::OfferOver }).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}
