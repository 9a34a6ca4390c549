//! A session was deleted or moved in its host's own calendar: the host is asked what that means.

use super::details;
use crate::domain::calendar_object::Strayed;
use crate::domain::id::{BookingId, PersonId};
use crate::features::bookings::store;
use crate::features::{calendars, consultations, people};
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use crate::platform::random;
use serde::{Deserialize, Serialize};

/// Asks the host, unless the booking is not what was written any more.
#[derive(Serialize, Deserialize)]
pub struct StrayedMail {
    pub booking: BookingId,
    pub to: PersonId,
}

impl Job for StrayedMail {
    const KIND: &'static str = "bookings.strayed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        let object = calendars::object(&mut tx, self.booking, self.to).await?;
        let Some(object) = object.filter(|o| o.written.is_some_and(|(sequence, _)| sequence == booking.sequence))
        else {
            return Ok(Outcome::Done);
        };
        let Some(strayed) = object.strayed.filter(|_| booking.is_ahead(run.now)) else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let meant = store::meant(&mut tx, self.booking).await?;
        let title = consultations::system(&mut tx, booking.consultation).await?.title;
        let (subject, text) = match strayed {
            Strayed::Missing => ("bookings-mail-missing-subject", "bookings-mail-missing-text"),
            Strayed::Moved(_) => ("bookings-mail-strayed-subject", "bookings-mail-strayed-text"),
        };
        let key = random::token();
        store::add_key(&mut tx, self.booking, self.to, random::hashed(&key)).await?;
        let url = run.platform.config.url(&format!("/bookings/{}?key={key}", booking.id));
        let mail = Mail::to(&receiver, speech.t(subject).saying("title", &title))
            .line(speech.t(text).saying("title", &title).saying("calendar", &object.account));
        let mail = details(mail, speech, &booking, meant.zone);
        let mail = match strayed.to() {
            Some(to) => mail.fact(speech.t("bookings-mail-strayed_to"), speech.moment(to)),
            None => mail,
        };
        Ok(Outcome::Send(tx, Box::new(mail.action(speech.t("bookings-mail-open"), url))))
    }
}
