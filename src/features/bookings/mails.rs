//! Mails of this slice: booked, moved, given back, each with its calendar part; reminders without.

mod proposals;
mod requests;
mod strayed;

pub use proposals::{ProposalMail, ProposalMails, ProposalOver, ProposalOverMail};
pub use requests::{Asked, RequestMail, RequestMails};
pub use strayed::StrayedMail;

use super::event::Texts;
use super::grid::clock_changes;
use super::store;
use crate::domain::booking::{Booking, Stage};
use crate::domain::ical::{self, Method};
use crate::domain::id::{BookingId, ConsultationId, PersonId};
use crate::features::{consultations, people, questions};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::{Mail, Receiver};
use crate::platform::random;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Titles of open questions that a reminder carries.
const OPEN_QUESTIONS: usize = 5;

/// What is told about a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Booked,
    Moved,
    Cancelled,
    DayBefore,
    HourBefore,
}

impl What {
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            What::Booked => ("bookings-mail-booked-subject", "bookings-mail-booked-text"),
            What::Moved => ("bookings-mail-moved-subject", "bookings-mail-moved-text"),
            What::Cancelled => ("bookings-mail-cancelled-subject", "bookings-mail-cancelled-text"),
            What::DayBefore => ("bookings-mail-day_before-subject", "bookings-mail-day_before-text"),
            What::HourBefore => ("bookings-mail-hour_before-subject", "bookings-mail-hour_before-text"),
        }
    }

    fn method(self) -> Option<Method> {
        match self {
            What::Booked | What::Moved => Some(Method::Request),
            What::Cancelled => Some(Method::Cancel),
            What::DayBefore | What::HourBefore => None,
        }
    }

    /// How long before the start it is told.
    fn lead(self) -> Option<TimeDelta> {
        match self {
            What::DayBefore => Some(TimeDelta::days(1)),
            What::HourBefore => Some(TimeDelta::hours(1)),
            What::Booked | What::Moved | What::Cancelled => None,
        }
    }

    /// Whether the booking still is as the mail says: a later change has a mail of its own, and a
    /// reminder is never sent for a time that is not the booking's, or after it began. Of what is over
    /// nobody is told anything (a queue may be restored from a backup).
    fn is_true(self, booking: &Booking, sequence: i32, now: DateTime<Utc>) -> bool {
        let is_confirmed = booking.stage == Stage::Confirmed;
        booking.sequence == sequence
            && now < booking.ends_at
            && match self {
                What::Booked | What::Moved => is_confirmed,
                What::Cancelled => booking.stage == Stage::Cancelled,
                What::DayBefore | What::HourBefore => is_confirmed && now < booking.starts_at,
            }
    }
}

/// Tells everyone about a change, and plans the reminders of the new time.
#[derive(Serialize, Deserialize)]
pub struct Told {
    pub booking: BookingId,
    pub sequence: i32,
    pub what: What,
}

impl Job for Told {
    const KIND: &'static str = "bookings.told";

    fn key(&self) -> Option<String> {
        Some(format!("bookings.told {} {} {:?}", self.booking, self.sequence, self.what))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        if !self.what.is_true(&booking, self.sequence, run.now) {
            return Ok(Outcome::Done);
        }
        for attendant in consultations::attendants(&mut tx, booking.consultation).await? {
            tell(&mut tx, &booking, self.what, attendant.person).await?;
        }
        if matches!(self.what, What::Booked | What::Moved) {
            plan(&mut tx, &booking).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

pub(super) async fn tell(tx: &mut Tx, booking: &Booking, what: What, to: PersonId) -> Result<(), AppError> {
    tx.enqueue_now(BookingMail { booking: booking.id, sequence: booking.sequence, what, to }).await
}

/// Reminders that lie ahead; one that would be sent at once is none.
async fn plan(tx: &mut Tx, booking: &Booking) -> Result<(), AppError> {
    for what in [What::DayBefore, What::HourBefore] {
        let Some(at) = what.lead().map(|lead| booking.starts_at - lead).filter(|at| *at > tx.now()) else { continue };
        tx.enqueue(NewJob::at(Reminder { booking: booking.id, sequence: booking.sequence, what }, at)).await?;
    }
    Ok(())
}

/// A reminder of one time of one booking.
#[derive(Serialize, Deserialize)]
pub struct Reminder {
    pub booking: BookingId,
    pub sequence: i32,
    pub what: What,
}

impl Job for Reminder {
    const KIND: &'static str = "bookings.reminder";
    const MAX_AGE: TimeDelta = TimeDelta::days(200);

    fn key(&self) -> Option<String> {
        Some(format!("bookings.reminder {} {} {:?}", self.booking, self.sequence, self.what))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        if !self.what.is_true(&booking, self.sequence, run.now) {
            return Ok(Outcome::Done);
        }
        for attendant in consultations::attendants(&mut tx, booking.consultation).await? {
            if attendant.attends {
                tell(&mut tx, &booking, self.what, attendant.person).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person, with a key of their own.
#[derive(Serialize, Deserialize)]
pub struct BookingMail {
    pub booking: BookingId,
    pub sequence: i32,
    pub what: What,
    pub to: PersonId,
}

impl Job for BookingMail {
    const KIND: &'static str = "bookings.mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        if !self.what.is_true(&booking, self.sequence, run.now) {
            return Ok(Outcome::Done);
        }
        if !consultations::is_in(&mut tx, booking.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let key = random::token();
        store::add_key(&mut tx, self.booking, self.to, random::hashed(&key)).await?;
        let mail = self.mail(&mut tx, &run, &booking, &receiver, &key).await?;
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

impl BookingMail {
    async fn mail(
        &self,
        tx: &mut Tx,
        run: &JobRun,
        booking: &Booking,
        receiver: &Receiver,
        key: &str,
    ) -> Result<Mail, AppError> {
        let speech = receiver.speech;
        let consultation = consultations::system(tx, booking.consultation).await?;
        let people = consultations::attendants(tx, booking.consultation).await?;
        let meant = store::meant(tx, booking.id).await?;
        let host_zone = meant.zone;
        let (subject, text) = self.what.keys();
        let day = speech.short_date(booking.starts_at.with_timezone(&speech.zone).date_naive());
        let mail = Mail::to(receiver, speech.t(subject).saying("title", &consultation.title).saying("day", day))
            .line(speech.t(text).saying("title", &consultation.title));
        let mail = details(mail, speech, booking, host_zone);
        let mail = match meant.differs(booking.starts_at) {
            Some(clock) => mail.line(
                speech.t("bookings-mail-law_changed").saying("zone", host_zone).saying("clock", clock.format("%H:%M")),
            ),
            None => mail,
        };
        let mail = clock_changes([speech.zone, host_zone], run.now, booking.starts_at)
            .into_iter()
            .fold(mail, |mail, zone| mail.line(speech.t("bookings-mail-clocks_change").saying("zone", zone)));
        let mail = match self.what.lead() {
            Some(_) => with_open_questions(mail, speech, &questions::open_titles(tx, booking.consultation).await?),
            None => mail,
        };
        let url = run.platform.config.url(&format!("/bookings/{}?key={key}", booking.id));
        let mail = mail.action(speech.t("bookings-mail-open"), url);
        let Some(method) = self.what.method() else { return Ok(mail) };
        let texts = Texts::of(&run.platform, speech, booking, &consultation.title, &people);
        let event = texts.event(run.now, &receiver.name, receiver.address.as_str());
        Ok(mail.calendar(method.as_str(), ical::calendar(method, &event)))
    }
}

/// Titles alone: what is in the questions stays on the page.
fn with_open_questions(mail: Mail, speech: Speech, titles: &[String]) -> Mail {
    if titles.is_empty() {
        return mail;
    }
    let mail = mail.line(speech.t("bookings-mail-open_questions").with("count", titles.len()));
    let shown = titles.iter().take(OPEN_QUESTIONS);
    shown.fold(mail, |mail, title| mail.line(speech.t("bookings-mail-open_question").saying("title", title)))
}

/// When, on both clocks where they differ, how long and where.
fn details(mail: Mail, speech: Speech, booking: &Booking, host_zone: chrono_tz::Tz) -> Mail {
    let mail = mail.fact(speech.t("bookings-mail-when"), speech.span_with_offset(booking.starts_at, booking.ends_at));
    let host = speech.in_zone(host_zone);
    let mail = match host_zone == speech.zone {
        true => mail,
        false => {
            mail.fact(speech.t("bookings-mail-when_host"), host.span_with_offset(booking.starts_at, booking.ends_at))
        }
    };
    match booking.meeting_place.is_empty() || booking.stage != Stage::Confirmed {
        true => mail,
        false => mail.fact(speech.t("bookings-mail-where"), &booking.meeting_place),
    }
}

/// Sends the invitation of a booking that is ahead to somebody who joined late.
#[derive(Serialize, Deserialize)]
pub struct LateInvitation {
    pub consultation: ConsultationId,
    pub person: PersonId,
}

impl Job for LateInvitation {
    const KIND: &'static str = "bookings.late_invitation";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::confirmed(&mut tx, self.consultation).await?.filter(|b| b.is_ahead(run.now));
        let Some(booking) = booking else { return Ok(Outcome::Done) };
        tell(&mut tx, &booking, What::Booked, self.person).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells somebody that they take no part any more, and takes a session that is ahead out of their
/// calendar. Who left by themselves and has none in it knows already.
#[derive(Serialize, Deserialize)]
pub struct DepartedMail {
    pub consultation: ConsultationId,
    pub person: PersonId,
    pub removed: bool,
}

impl Job for DepartedMail {
    const KIND: &'static str = "bookings.departed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::confirmed(&mut tx, self.consultation).await?.filter(|b| b.is_ahead(run.now));
        let is_back = consultations::is_in(&mut tx, self.consultation, self.person).await?;
        if is_back || !(self.removed || booking.is_some()) {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.person).await?;
        let speech = receiver.speech;
        let title = consultations::system(&mut tx, self.consultation).await?.title;
        let (subject, text) = match self.removed {
            true => ("bookings-mail-removed-subject", "bookings-mail-removed-text"),
            false => ("bookings-mail-left-subject", "bookings-mail-left-text"),
        };
        let mail =
            Mail::to(&receiver, speech.t(subject).saying("title", &title)).line(speech.t(text).saying("title", &title));
        let mail = match booking {
            Some(booking) => {
                let texts = Texts::of(&run.platform, speech, &booking, &title, &[]);
                let event = texts.event(run.now, &receiver.name, receiver.address.as_str());
                let when = speech.span_with_offset(booking.starts_at, booking.ends_at);
                mail.line(speech.t("bookings-mail-out_of_calendar").saying("when", when))
                    .calendar(Method::Cancel.as_str(), ical::calendar(Method::Cancel, &event))
            }
            None => mail,
        };
        let privacy = run.platform.config.url("/settings/privacy");
        Ok(Outcome::Send(tx, Box::new(mail.action(speech.t("bookings-mail-departed_open"), privacy))))
    }
}
