//! What becomes of a hold: the booking, or nothing when its time is over.

use super::{mails, store};
use crate::domain::booking::{Booking, Hold};
use crate::domain::id::BookingId;
use crate::features::consultations::{self, Room};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Makes a hold the booking of its consultation; all its other holds end with it.
pub(super) async fn confirm(tx: &mut Tx, room: &Room, hold: Booking) -> Result<Booking, AppError> {
    let now = tx.now();
    let moved = hold.confirm_hold(now).map_err(|_| AppError::NotNow("confirming"))?;
    let fact = moved.1;
    let booking = store::confirm(tx, moved).await?;
    store::release_holds(tx, room.id()).await?;
    let (booked, _) = room.consultation.clone().book(fact, now).map_err(|_| AppError::NotNow("booking"))?;
    consultations::keep(tx, &booked).await?;
    Ok(booking)
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
        if held.hold == Hold::Candidate && store::holds(&mut tx, consultation, run.now).await?.is_empty() {
            tx.enqueue_now(mails::ProposalOver { consultation, until: held.until }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}
