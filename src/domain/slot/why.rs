//! Why an instant is not offered.

use super::hours::{self, Hours};
use super::offsets::{DAY, Segments, offset};
use super::sweep::Block;
use super::tally::{Tally, Used};
use super::{Minutes, Rules, Taken, coverage};
use crate::domain::interval::Interval;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A limit, its number, and how much of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    SessionsPerDay { most: u32, used: u32 },
    SessionsPerWeek { most: u32, used: u32 },
    MinutesPerDay { most: u32, used: u32 },
    MinutesPerWeek { most: u32, used: u32 },
    OfCallPerDay { most: u32, used: u32 },
    OfCallPerWeek { most: u32, used: u32 },
}

/// What a buffer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Booking,
    Busy,
}

/// One reason why an instant is not offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The session is not wholly inside the hours.
    OutsideHours,
    /// The date has hours of its own, or none.
    Override { date: NaiveDate },
    /// Sooner than the notice allows.
    Notice { first: DateTime<Utc> },
    /// Later than the last date of the horizon.
    Horizon { last: NaiveDate },
    /// Before the preparation is over.
    Earliest { first: DateTime<Utc> },
    /// As much as the host wants on that day or in that week.
    Limit(Limit),
    /// Imported busy time.
    Busy(Interval),
    /// Another booking.
    Booking(Interval),
    /// The pause around something.
    Buffer { of: Of, interval: Interval },
    /// Hours that the clock change of that date skips.
    ClockGap,
    /// Not a start of the grid.
    OffGrid,
}

/// The limits that one more session would break on a day and in a week on which so much is used.
pub(super) fn limits(rules: &Rules, day: Used, week: Used) -> impl Iterator<Item = Limit> {
    let minutes = rules.duration.0.max(0) as u32;
    let limits = &rules.limits;
    let over = |most: Option<u32>, used: u32, more: u32, limit: fn(u32, u32) -> Limit| {
        most.filter(|most| used + more > *most).map(|most| limit(most, used))
    };
    [
        over(limits.per_day, day.sessions, 1, |most, used| Limit::SessionsPerDay { most, used }),
        over(limits.per_week, week.sessions, 1, |most, used| Limit::SessionsPerWeek { most, used }),
        over(limits.minutes_per_day, day.minutes, minutes, |most, used| Limit::MinutesPerDay { most, used }),
        over(limits.minutes_per_week, week.minutes, minutes, |most, used| Limit::MinutesPerWeek { most, used }),
        over(limits.call_per_day, day.of_call, 1, |most, used| Limit::OfCallPerDay { most, used }),
        over(limits.call_per_week, week.of_call, 1, |most, used| Limit::OfCallPerWeek { most, used }),
    ]
    .into_iter()
    .flatten()
}

pub(super) fn reasons(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, start: DateTime<Utc>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let Some(session) = Interval::new(start, start + rules.duration.delta()) else { return vec![Reason::OffGrid] };
    let date = rules.date(start);
    in_hours(rules, &session, date, &mut reasons);
    if start < now + rules.notice.delta() {
        reasons.push(Reason::Notice { first: now + rules.notice.delta() });
    }
    if let Some(first) = rules.earliest.filter(|first| start < *first) {
        reasons.push(Reason::Earliest { first });
    }
    if date > rules.last_date(now) {
        reasons.push(Reason::Horizon { last: rules.last_date(now) });
    }
    let tally = Tally::of(rules, taken.bookings);
    reasons.extend(limits(rules, tally.day(hours::day(date)), tally.week(rules, hours::day(date))).map(Reason::Limit));
    for booked in taken.bookings {
        reasons.extend(overlap(Block::of_booking(rules, booked), &session, booked.interval, Of::Booking));
    }
    for busy in taken.busy {
        reasons.extend(overlap(Block::of_busy(rules, busy), &session, *busy, Of::Busy));
    }
    reasons
}

fn overlap(block: Block, session: &Interval, interval: Interval, of: Of) -> Option<Reason> {
    let start = session.micros().start;
    if !(block.after < start && start < block.until) {
        return None;
    }
    Some(match (session.overlaps(&interval), of) {
        (false, of) => Reason::Buffer { of, interval },
        (true, Of::Booking) => Reason::Booking(interval),
        (true, Of::Busy) => Reason::Busy(interval),
    })
}

fn in_hours(rules: &Rules, session: &Interval, date: NaiveDate, reasons: &mut Vec<Reason>) {
    let zone = rules.availability.zone;
    let segments = Segments::of(zone, session, TimeDelta::zero());
    let session = session.micros();
    let is_inside =
        coverage(&rules.availability, &segments).iter().any(|(from, to)| *from <= session.start && session.end <= *to);
    if !is_inside {
        reasons.push(Reason::OutsideHours);
        if rules.availability.overrides.contains_key(&date) {
            reasons.push(Reason::Override { date });
        }
        if skips_hours(rules, date) {
            reasons.push(Reason::ClockGap);
        }
    }
    let clock = (session.start + offset(zone, session.start)).rem_euclid(DAY);
    let minute = (clock / Minutes(1).micros()) as i32;
    let is_point = |h: Hours| h.from <= minute && minute < h.to && (minute - h.first) % rules.step.0 == 0;
    if clock % Minutes(1).micros() != 0 || !hours::of(&rules.availability, date).any(is_point) {
        reasons.push(Reason::OffGrid);
    }
}

/// Whether the clock change of a date skips a part of its hours.
fn skips_hours(rules: &Rules, date: NaiveDate) -> bool {
    let Some(noon) = date.and_hms_opt(12, 0, 0).map(|noon| noon.and_utc()) else { return false };
    let day = TimeDelta::hours(36);
    let Some(around) = Interval::new(noon - day, noon + day) else { return false };
    let segments = Segments::of(rules.availability.zone, &around, TimeDelta::zero());
    let on_clock: i64 = hours::of(&rules.availability, date).map(|hours| i64::from(hours.to - hours.from)).sum();
    let elapsed: i64 = segments
        .iter()
        .flat_map(|segment| {
            let midnight = segment.midnight(date);
            let instant = move |minutes: i32| midnight + Minutes(minutes).micros();
            hours::of(&rules.availability, date).map(move |hours| segment.clamp(instant(hours.from), instant(hours.to)))
        })
        .map(|(from, to)| (to - from).max(0) / Minutes(1).micros())
        .sum();
    elapsed < on_clock
}
