//! Something came into a host's calendar where a session is booked: the host is told once, with the ways
//! on. The stored picture decided when it was booked; this is what the next reading finds.

use super::store;
use crate::domain::id::{BookingId, PersonId};
use crate::features::{calendars, consultations, people};
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use crate::platform::random;
use serde::{Deserialize, Serialize};

/// Compares a host's changed picture with the sessions ahead.
#[derive(Serialize, Deserialize)]
pub struct FindClashes {
    pub person: PersonId,
}

impl Job for FindClashes {
    const KIND: &'static str = "bookings.find_clashes";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for store::Committed { booking, time, .. } in store::committed(&mut tx, self.person, run.now).await? {
            let found = calendars::in_the_way(&mut tx, self.person, &time).await?;
            if found.iter().any(|calendar| !calendar.is_soft) {
                let sequence = store::system(&mut tx, booking).await?.sequence;
                tx.enqueue_now(ClashMail { booking, sequence, to: self.person }).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells a host that a session and their calendar are at one time.
#[derive(Serialize, Deserialize)]
pub struct ClashMail {
    pub booking: BookingId,
    pub sequence: i32,
    pub to: PersonId,
}

impl Job for ClashMail {
    const KIND: &'static str = "bookings.clash_mail";

    /// Once for each time of a booking, however often the calendar is read.
    fn key(&self) -> Option<String> {
        Some(format!("bookings.clash_mail {} {} {}", self.booking, self.sequence, self.to))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        if booking.sequence != self.sequence || !booking.is_ahead(run.now) {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let title = consultations::system(&mut tx, booking.consultation).await?.title;
        let key = random::token();
        store::add_key(&mut tx, self.booking, self.to, random::hashed(&key)).await?;
        let url = run.platform.config.url(&format!("/bookings/{}?key={key}", booking.id));
        let mail = Mail::to(&receiver, speech.t("bookings-mail-clash-subject").saying("title", &title))
            .line(speech.t("bookings-mail-clash-text").saying("title", &title))
            .fact(speech.t("bookings-mail-when"), speech.span_with_offset(booking.starts_at, booking.ends_at))
            .action(speech.t("bookings-mail-open"), url);
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
