//! What the slot engine is asked with: the host's hours and limits, the call's timing, and all time
//! that is taken. The picker and the submit ask with the same, so they cannot differ.

use super::store::{self, Without};
use crate::domain::availability::Availability;
use crate::domain::booking::Hold;
use crate::domain::consultation::{Consultation, Part, Stage};
use crate::domain::id::{BookingId, CallId, PersonId};
use crate::domain::interval::{Interval, Intervals};
use crate::domain::slot::{self, Booked, Limits, Minutes, Opening, Reason, Rules, Slot, Taken};
use crate::features::calendars::Standing;
use crate::features::{availability, calendars, calls};
use crate::platform::error::AppError;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;

/// Whether a time can be taken, proposed or answered where a consultation stands.
pub fn takes_times(stage: Stage) -> bool {
    matches!(stage, Stage::Preparing | Stage::Ready | Stage::Booked)
}

/// From here on a first time is so far away that the page says when new days open.
pub const FAR: TimeDelta = TimeDelta::days(7);

/// What is stored with a booking, so that later settings change nothing about it.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    pub buffer_before: Minutes,
    pub buffer_after: Minutes,
    pub zone: Tz,
}

/// Everything that decides over the times of one consultation.
#[derive(Clone)]
pub struct Picture {
    rules: Rules,
    bookings: Vec<Booked>,
    busy: Vec<Interval>,
    /// Time in which a host may be called away: said, not taken.
    pub soft: Intervals,
    /// The part of it that is booked only after the host was asked.
    asking: Intervals,
    /// Hosts who must be there.
    pub attending: Vec<PersonId>,
    pub durations: Vec<i32>,
    /// Whether guests ask, and the host confirms: by the call's setting, or as a calendar cannot be read.
    host_confirms: bool,
    now: DateTime<Utc>,
}

impl Picture {
    /// The picture for a consultation. A booking that is to be moved, and times that are held for it,
    /// do not stand in its own way.
    pub async fn of(
        conn: &mut PgConnection,
        consultation: &Consultation,
        moved: Option<BookingId>,
        now: DateTime<Utc>,
    ) -> Result<Self, AppError> {
        let without = Without { booking: moved, holds_of: Some(consultation.id) };
        Self::load(conn, consultation.call, Some(consultation.opened_at), without, now).await
    }

    /// The picture of a call alone, for its host.
    pub async fn of_call(conn: &mut PgConnection, call: CallId, now: DateTime<Utc>) -> Result<Self, AppError> {
        Self::load(conn, call, None, Without::default(), now).await
    }

    async fn load(
        conn: &mut PgConnection,
        call: CallId,
        opened_at: Option<DateTime<Utc>>,
        without: Without,
        now: DateTime<Utc>,
    ) -> Result<Self, AppError> {
        let timing = calls::timing(&mut *conn, call).await?;
        let (availability, hours) = availability::of(&mut *conn, timing.owner, timing.zone.0).await?;
        let count = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
        let rules = Rules {
            availability,
            duration: Minutes(timing.free_minutes),
            step: Minutes(timing.step_minutes),
            notice: Minutes(timing.notice_minutes),
            horizon_days: timing.horizon_days.unsigned_abs(),
            earliest: opened_at.map(|at| at + TimeDelta::days(timing.preparation_days.into())),
            buffer_before: Minutes(timing.buffer_before_minutes),
            buffer_after: Minutes(timing.buffer_after_minutes),
            week_start: hours.week_start,
            limits: Limits {
                call_per_day: count(timing.sessions_per_day),
                call_per_week: count(timing.sessions_per_week),
                ..hours.limits()
            },
        };
        // Whole weeks on both sides, so that weekly limits and buffers of neighbours count.
        let window = Interval::new(now - TimeDelta::days(8), now + TimeDelta::days(i64::from(timing.horizon_days) + 9))
            .ok_or(AppError::Unprocessable("the horizon is before today"))?;
        let attending = timing.attending;
        let booked = store::booked(&mut *conn, &attending, call, &window, without, now).await?;
        let (owners, others): (Vec<_>, Vec<_>) = booked.into_iter().partition(|(person, _)| *person == timing.owner);
        let bookings = owners.into_iter().map(|(_, booked)| booked).collect();
        let mut busy: Vec<Interval> = others.into_iter().map(|(_, booked)| booked.interval).collect();
        let standing = calendars::standing(&mut *conn, &attending, &window, now).await?;
        busy.extend(standing.busy.iter().copied());
        let busy = Intervals::of(busy).as_slice().to_vec();
        let mut durations = vec![timing.free_minutes, timing.longest_minutes];
        durations.dedup();
        let host_confirms = timing.host_confirms || standing.needs_host;
        let Standing { soft, asking, .. } = standing;
        Ok(Self { rules, bookings, busy, soft, asking, attending, durations, host_confirms, now })
    }

    /// What is stored with a booking made now.
    pub fn own(&self) -> Own {
        let zone = self.rules.availability.zone;
        Own { buffer_before: self.rules.buffer_before, buffer_after: self.rules.buffer_after, zone }
    }

    /// Whether this part asks for a time, for the host to confirm. A host's own word is the confirmation.
    pub fn asks_host(&self, part: Part, session: Option<Interval>) -> bool {
        !part.is_host() && (self.host_confirms || session.is_some_and(|session| self.asking.overlap(&session)))
    }

    /// How many of its times this part has to ask for.
    pub fn asking(&self, part: Part) -> Asking {
        match (part.is_host(), self.host_confirms, self.asking.as_slice().is_empty()) {
            (true, _, _) | (false, false, true) => Asking::None,
            (false, true, _) => Asking::All,
            (false, false, false) => Asking::Some,
        }
    }

    /// The times of a length that this part can book, or ask for. What is asked for is held until the
    /// host answers, so that it has to be free in the picture `held_in`: when a booking is to be moved,
    /// that is the one in which it still stands.
    pub fn offered(&self, part: Part, minutes: i32, held_in: &Picture) -> Vec<Slot> {
        let mut slots = self.slots(minutes);
        if self.asking(part) != Asking::None {
            let holdable = held_in.holdable(minutes, Hold::Request);
            slots.retain(|slot| !self.asks_host(part, slot.interval()) || holdable.binary_search(slot).is_ok());
        }
        slots
    }

    /// The same on the clocks of another zone: hours and limits move, what is taken stays.
    pub fn in_zone(&self, zone: Tz) -> Self {
        let availability = Availability { zone, ..self.rules.availability.clone() };
        Self { rules: Rules { availability, ..self.rules.clone() }, ..self.clone() }
    }

    /// Elapsed time that must lie between asking and starting.
    pub fn notice(&self) -> Minutes {
        self.rules.notice
    }

    /// The host's zone.
    pub fn zone(&self) -> Tz {
        self.rules.availability.zone
    }

    /// All times of a length that can be booked now, in order.
    pub fn slots(&self, minutes: i32) -> Vec<Slot> {
        let rules = self.of_length(minutes);
        let horizon = TimeDelta::days(i64::from(self.rules.horizon_days) + 2);
        let Some(window) = Interval::new(self.now, self.now + horizon) else { return Vec::new() };
        slot::slots(&rules, self.taken(), self.now, &window)
    }

    /// The times of a length that can be held for the other side to answer.
    pub fn holdable(&self, minutes: i32, hold: Hold) -> Vec<Slot> {
        let mut slots = self.slots(minutes);
        slots.retain(|slot| hold.until(slot.start(), self.rules.notice, self.now).is_some());
        slots
    }

    /// The time that begins at this instant, where it can be booked now.
    pub fn find(&self, minutes: i32, start: DateTime<Utc>) -> Option<Slot> {
        let rules = self.of_length(minutes);
        slot::find(&rules, self.taken(), self.now, start)
    }

    /// Why a start of this length is not offered; nothing when it is.
    pub fn why(&self, minutes: i32, start: DateTime<Utc>) -> Vec<Reason> {
        slot::why(&self.of_length(minutes), self.taken(), self.now, start)
    }

    /// Every start in the window at which a session of this length lies in the hours.
    pub fn starts(&self, minutes: i32, window: &Interval) -> Vec<DateTime<Utc>> {
        slot::starts(&self.of_length(minutes), window)
    }

    /// The host's hours in the window.
    pub fn hours(&self, window: &Interval) -> Intervals {
        slot::hours(&self.rules.availability, window)
    }

    /// What to say beside the times of this length.
    pub fn outlook(&self, minutes: i32, slots: &[Slot]) -> Outlook {
        let first = slots.first().map(Slot::start);
        let shorter = self.durations.iter().filter(|length| **length < minutes);
        let sooner = shorter
            .filter_map(|length| Some((*length, self.slots(*length).first()?.start())))
            .find(|(_, at)| first.is_none_or(|first| *at + TimeDelta::days(1) <= first));
        let is_far = first.is_none_or(|first| first > self.now + FAR);
        Outlook { sooner, opens: is_far.then(|| slot::next_opening(&self.rules, self.now)).flatten() }
    }

    /// Bookings of the host, with those of attending co-hosts, in order.
    pub fn booked(&self) -> Intervals {
        Intervals::of(self.bookings.iter().map(|b| b.interval).collect())
    }

    /// Imported busy time and that of attending co-hosts, in order.
    pub fn busy(&self) -> Intervals {
        Intervals::of(self.busy.clone())
    }

    fn of_length(&self, minutes: i32) -> Rules {
        Rules { duration: Minutes(minutes), ..self.rules.clone() }
    }

    fn taken(&self) -> Taken<'_> {
        Taken { bookings: &self.bookings, busy: &self.busy }
    }
}

/// How many of the times on a page are asked for, and not booked at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    None,
    Some,
    All,
}

/// What somebody who looks for a time should know when there is none soon.
pub struct Outlook {
    /// A shorter length that is free at least a day sooner, and when.
    pub sooner: Option<(i32, DateTime<Utc>)>,
    /// The next day that the host opens.
    pub opens: Option<Opening>,
}

/// The first time of a call that can be booked now.
pub async fn next_opening(
    conn: &mut PgConnection,
    call: CallId,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, AppError> {
    let picture = Picture::of_call(&mut *conn, call, now).await?;
    let shortest = picture.durations.first().copied().unwrap_or_default();
    Ok(picture.slots(shortest).first().map(Slot::start))
}
