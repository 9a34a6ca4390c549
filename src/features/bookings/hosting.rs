//! The times of a call follow its hosts: who attends from now on is committed to all that are ahead and
//! gets their invitations; who does no more is freed, and the sessions leave their calendar.

use super::event::Texts;
use super::mails::{What, tell};
use super::store;
use super::writing::WriteOut;
use crate::domain::booking::{Booking, Stage};
use crate::domain::ical::{self, Method};
use crate::domain::id::{BookingId, CallId, PersonId};
use crate::domain::interval::Interval;
use crate::features::{calls, consultations, people};
use crate::platform::db::lock_people;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// Commits a host to all times ahead of a call; gives the first that they have given elsewhere, with which
/// the caller drops the transaction.
pub async fn commit_host(
    conn: &mut PgConnection,
    call: CallId,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<Interval>, AppError> {
    hold_still(&mut *conn, call, person).await?;
    for booking in store::ahead_of_call(&mut *conn, call, now).await? {
        if !store::commit(&mut *conn, &booking, person, now).await? {
            return Ok(Interval::new(booking.starts_at, booking.ends_at));
        }
    }
    Ok(None)
}

/// Gives a host the times of a call back.
pub async fn free_host(
    conn: &mut PgConnection,
    call: CallId,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    hold_still(&mut *conn, call, person).await?;
    store::free(conn, call, person, now).await
}

/// Whoever books locks the consultation before asking who attends, so that behind these locks no booking is
/// made without the host who joins, and none with the one who leaves.
async fn hold_still(conn: &mut PgConnection, call: CallId, person: PersonId) -> Result<(), AppError> {
    consultations::lock_active_of(&mut *conn, call).await?;
    let mut people = calls::attending(&mut *conn, call).await?;
    people.push(person);
    Ok(lock_people(conn, &people).await?)
}

/// Tells a host what became of the sessions ahead, and brings their own calendar there.
#[derive(Serialize, Deserialize)]
pub struct HostSessions {
    pub call: CallId,
    pub person: PersonId,
}

impl Job for HostSessions {
    const KIND: &'static str = "bookings.host_sessions";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let attends = calls::attending(&mut tx, self.call).await?.contains(&self.person);
        let ahead = store::ahead_of_call(&mut tx, self.call, run.now).await?;
        for booking in ahead.iter().filter(|booking| booking.stage == Stage::Confirmed) {
            match attends {
                true => tell(&mut tx, booking, What::Booked, self.person).await?,
                false => {
                    let (id, sequence) = (booking.id, booking.sequence);
                    tx.enqueue_now(FreedMail { booking: id, sequence, to: self.person }).await?;
                }
            }
            tx.enqueue_now(WriteOut { booking: booking.id }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Takes a session out of the calendar of a host who attends it no more.
#[derive(Serialize, Deserialize)]
pub struct FreedMail {
    pub booking: BookingId,
    pub sequence: i32,
    pub to: PersonId,
}

impl FreedMail {
    /// A later change of the booking, and a host who came back, have mails of their own.
    fn is_true(&self, booking: &Booking, attending: &[PersonId], now: DateTime<Utc>) -> bool {
        let is_same = booking.stage == Stage::Confirmed && booking.sequence == self.sequence;
        is_same && now < booking.ends_at && !attending.contains(&self.to)
    }
}

impl Job for FreedMail {
    const KIND: &'static str = "bookings.freed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        let attending = calls::attending(&mut tx, booking.call).await?;
        if !self.is_true(&booking, &attending, run.now) {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let title = consultations::system(&mut tx, booking.consultation).await?.title;
        let texts = Texts::of(&run.platform, speech, &booking, &title, &[]);
        let event = texts.event(run.now, &receiver.name, receiver.address.as_str());
        let when = speech.span_with_offset(booking.starts_at, booking.ends_at);
        let mail = Mail::to(&receiver, speech.t("bookings-mail-left-subject").saying("title", &title))
            .line(speech.t("bookings-mail-freed-text").saying("title", &title))
            .line(speech.t("bookings-mail-out_of_calendar").saying("when", when))
            .calendar(Method::Cancel.as_str(), ical::calendar(Method::Cancel, &event))
            .action(speech.t("bookings-mail-freed-open"), run.platform.config.url("/home"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
