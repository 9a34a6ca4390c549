//! Mails of this slice: booked, moved, given back, each with its calendar part; reminders without.

use super::event::Texts;
use super::grid::clock_changes;
use super::store;
use crate::domain::access::{Act, may};
use crate::domain::booking::{Booking, Stage};
use crate::domain::consultation::{self, Side};
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
    /// reminder is never sent for a time that is not the booking's, or after it began.
    fn is_true(self, booking: &Booking, sequence: i32, now: DateTime<Utc>) -> bool {
        let is_confirmed = booking.stage == Stage::Confirmed;
        booking.sequence == sequence
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

async fn tell(tx: &mut Tx, booking: &Booking, what: What, to: PersonId) -> Result<(), AppError> {
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
        let host_zone = store::host_zone(tx, booking.id).await?;
        let (subject, text) = self.what.keys();
        let day = speech.short_date(booking.starts_at.with_timezone(&speech.zone).date_naive());
        let mail = Mail::to(receiver, speech.t(subject).saying("title", &consultation.title).saying("day", day))
            .line(speech.t(text).saying("title", &consultation.title));
        let mail = details(mail, speech, booking, host_zone);
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

/// Tells the side across about times that were proposed.
#[derive(Serialize, Deserialize)]
pub struct ProposalMails {
    pub consultation: ConsultationId,
    /// Whether the host was called away from the booked time.
    pub is_apology: bool,
}

impl Job for ProposalMails {
    const KIND: &'static str = "bookings.proposal_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let held = store::holds(&mut tx, self.consultation, run.now).await?;
        let Some((_, by)) = held.first() else { return Ok(Outcome::Done) };
        let people = consultations::attendants(&mut tx, self.consultation).await?;
        let side = people.iter().find(|a| a.person == *by).map(|a| a.part.side());
        for attendant in people.iter().filter(|a| Some(a.part.side()) != side && may(a.part, Act::Book)) {
            let ProposalMails { consultation, is_apology } = self;
            tx.enqueue_now(ProposalMail { consultation, is_apology, to: attendant.person, by: *by }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person about times that were proposed.
#[derive(Serialize, Deserialize)]
pub struct ProposalMail {
    pub consultation: ConsultationId,
    pub is_apology: bool,
    pub to: PersonId,
    pub by: PersonId,
}

impl Job for ProposalMail {
    const KIND: &'static str = "bookings.proposal_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let held = store::holds(&mut tx, self.consultation, run.now).await?;
        let Some((first, _)) = held.first() else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, self.to).await?;
        let by = people::receiver(&mut tx, self.by).await?.name;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let host_zone = store::host_zone(&mut tx, first.id).await?;
        let speech = receiver.speech;
        let (subject, text) = match self.is_apology {
            true => ("bookings-mail-paged-subject", "bookings-mail-paged-text"),
            false => ("bookings-mail-proposed-subject", "bookings-mail-proposed-text"),
        };
        let mut mail = Mail::to(&receiver, speech.t(subject).saying("title", &consultation.title))
            .line(speech.t(text).saying("name", by).saying("title", &consultation.title));
        for (n, (booking, _)) in held.iter().enumerate() {
            let here = speech.span_with_offset(booking.starts_at, booking.ends_at);
            let there = speech.in_zone(host_zone).span_with_offset(booking.starts_at, booking.ends_at);
            let both = if host_zone == speech.zone { here } else { format!("{here} / {there}") };
            mail = mail.fact(speech.t("bookings-mail-proposed-time").with("number", n + 1), both);
        }
        let until = held.iter().filter_map(|(booking, _)| booking.held).map(|held| held.until).min();
        let url = run.platform.config.url(&format!("/consultations/{}/bookings/candidates", self.consultation));
        let mail = mail.action(speech.t("bookings-mail-proposed-action"), url);
        let mail = match until {
            Some(until) => mail.closing(speech.t("bookings-mail-proposed-until").saying("until", speech.moment(until))),
            None => mail,
        };
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells both sides that nobody picked one of the proposed times, the last of which was held until then.
#[derive(Serialize, Deserialize)]
pub struct ProposalOver {
    pub consultation: ConsultationId,
    pub until: DateTime<Utc>,
}

impl Job for ProposalOver {
    const KIND: &'static str = "bookings.proposal_over";

    /// Candidates that end at one instant are one end.
    fn key(&self) -> Option<String> {
        Some(format!("bookings.proposal_over {} {}", self.consultation, self.until.timestamp_micros()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for attendant in consultations::attendants(&mut tx, self.consultation).await? {
            if may(attendant.part, Act::Book) {
                let mail = ProposalOverMail { consultation: self.consultation, to: attendant.person };
                tx.enqueue_now(mail).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person that the proposed times are free again.
#[derive(Serialize, Deserialize)]
pub struct ProposalOverMail {
    pub consultation: ConsultationId,
    pub to: PersonId,
}

impl Job for ProposalOverMail {
    const KIND: &'static str = "bookings.proposal_over_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let is_open = matches!(consultation.stage, consultation::Stage::Preparing | consultation::Stage::Ready);
        if !is_open || !store::holds(&mut tx, self.consultation, run.now).await?.is_empty() {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let title = &consultation.title;
        let url = run.platform.config.url(&format!("/consultations/{}/bookings/new", self.consultation));
        let mail = Mail::to(&receiver, speech.t("bookings-mail-proposal_over-subject").saying("title", title))
            .line(speech.t("bookings-mail-proposal_over-text").saying("title", title))
            .action(speech.t("bookings-new-title"), url);
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

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
        let receiver = people::receiver(&mut tx, self.to).await?;
        let consultation = consultations::system(&mut tx, booking.consultation).await?;
        let host_zone = store::host_zone(&mut tx, booking.id).await?;
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
