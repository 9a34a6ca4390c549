//! Mails about a time that waits for one side's word: asked for, or offered.

use super::details;
use crate::domain::access::{Act, may};
use crate::domain::booking::{Booking, Stage};
use crate::domain::consultation::Side;
use crate::domain::id::{BookingId, PersonId};
use crate::features::bookings::store;
use crate::features::{consultations, people};
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use crate::platform::random;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is told about a time that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    Waiting,
    Declined,
    Over,
    Offered,
    OfferOver,
}

impl Asked {
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Asked::Waiting => ("bookings-mail-asked-subject", "bookings-mail-asked-text"),
            Asked::Declined => ("bookings-mail-declined-subject", "bookings-mail-declined-text"),
            Asked::Over => ("bookings-mail-over-subject", "bookings-mail-over-text"),
            Asked::Offered => ("bookings-mail-offered-subject", "bookings-mail-offered-text"),
            Asked::OfferOver => ("bookings-mail-offer_over-subject", "bookings-mail-offer_over-text"),
        }
    }

    /// Whose side hears of it: the host is asked, the guest is answered.
    fn side(self) -> Side {
        match self {
            Asked::Waiting => Side::Host,
            Asked::Declined | Asked::Over | Asked::Offered | Asked::OfferOver => Side::Guest,
        }
    }

    fn is_true(self, booking: &Booking, now: DateTime<Utc>) -> bool {
        match self {
            Asked::Waiting | Asked::Offered => booking.waits(now),
            Asked::Declined | Asked::Over | Asked::OfferOver => booking.stage == Stage::Released,
        }
    }
}

/// Tells one side about a time that was asked for.
#[derive(Serialize, Deserialize)]
pub struct RequestMails {
    pub booking: BookingId,
    pub what: Asked,
}

impl Job for RequestMails {
    const KIND: &'static str = "bookings.request_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        for attendant in consultations::attendants(&mut tx, booking.consultation).await? {
            if attendant.part.side() == self.what.side() && may(attendant.part, Act::Book) {
                let mail = RequestMail { booking: self.booking, what: self.what, to: attendant.person };
                tx.enqueue_now(mail).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person about a time that was asked for; the host's link confirms without a sign-in.
#[derive(Serialize, Deserialize)]
pub struct RequestMail {
    pub booking: BookingId,
    pub what: Asked,
    pub to: PersonId,
}

impl Job for RequestMail {
    const KIND: &'static str = "bookings.request_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        if !self.what.is_true(&booking, run.now) {
            return Ok(Outcome::Done);
        }
        if !consultations::is_in(&mut tx, booking.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let consultation = consultations::system(&mut tx, booking.consultation).await?;
        let host_zone = store::meant(&mut tx, booking.id).await?.zone;
        let speech = receiver.speech;
        let (subject, text) = self.what.keys();
        let day = speech.short_date(booking.starts_at.with_timezone(&speech.zone).date_naive());
        let mail = Mail::to(&receiver, speech.t(subject).saying("title", &consultation.title).saying("day", day))
            .line(speech.t(text).saying("title", &consultation.title));
        let mail = details(mail, speech, &booking, host_zone);
        let mail = match (self.what, booking.held) {
            (Asked::Waiting | Asked::Offered, Some(held)) => {
                let (label, ends) = match self.what {
                    Asked::Offered => ("bookings-confirmation-offer_title", "bookings-mail-offered-until"),
                    _ => ("bookings-confirmation-title", "bookings-mail-asked-until"),
                };
                let key = random::token();
                store::add_key(&mut tx, self.booking, self.to, random::hashed(&key)).await?;
                let url = run.platform.config.url(&format!("/bookings/{}/confirmation?key={key}", booking.id));
                mail.action(speech.t(label), url).closing(speech.t(ends).saying("until", speech.moment(held.until)))
            }
            _ => {
                let url = run.platform.config.url(&format!("/consultations/{}/bookings/new", booking.consultation));
                mail.action(speech.t("bookings-new-title"), url)
            }
        };
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
