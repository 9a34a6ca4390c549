//! The one slot engine: the picker, the submit, moving and "why?" all ask here.
//!
//! An instant is offerable when its wall-clock reading in the host's zone lies inside a window of
//! that date, the whole session does, it is a grid point (`window start + k × step` of its date),
//! notice and horizon hold, no limit is reached, and nothing overlaps it with its buffers. Worked
//! out for each stretch of constant offset, so that clock changes need no case of their own.

mod check;
mod hours;
mod neighbours;
mod offsets;
mod sweep;
mod tally;
#[cfg(test)]
mod tests;
mod why;

pub use check::{Contradiction, Offered, Period};
pub use neighbours::Spacing;
pub use why::{Limit, Of, Reason};

use crate::domain::availability::Availability;
use crate::domain::interval::{self, Interval, Intervals};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc, Weekday};
use offsets::{Segments, offset};
use std::ops::Range;
use sweep::Sweep;
use tally::{Tally, Used};

/// Whole minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minutes(pub i32);

impl Minutes {
    /// As a difference of instants.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::minutes(self.0.into())
    }

    fn micros(self) -> i64 {
        i64::from(self.0) * 60_000_000
    }
}

/// What a call and its host ask of a slot.
#[derive(Clone, Debug)]
pub struct Rules {
    pub availability: Availability,
    pub duration: Minutes,
    pub step: Minutes,
    /// Elapsed time between asking and starting.
    pub notice: Minutes,
    /// The last date is the host's today plus this many days.
    pub horizon_days: u32,
    /// Not before this instant: acceptance plus preparation days.
    pub earliest: Option<DateTime<Utc>>,
    pub buffer_before: Minutes,
    pub buffer_after: Minutes,
    pub week_start: Weekday,
    pub limits: Limits,
}

/// At most so much a day and a week, by the host's dates; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub per_day: Option<u32>,
    pub per_week: Option<u32>,
    pub minutes_per_day: Option<u32>,
    pub minutes_per_week: Option<u32>,
    /// Of this call alone.
    pub call_per_day: Option<u32>,
    pub call_per_week: Option<u32>,
}

/// A held or confirmed booking of the host, with the buffers that were stored with it.
#[derive(Clone, Copy, Debug)]
pub struct Booked {
    pub interval: Interval,
    pub buffer_before: Minutes,
    pub buffer_after: Minutes,
    pub is_of_this_call: bool,
}

/// Everything that takes the host's time: bookings in any order, and imported busy time in order and
/// apart, as [`Intervals`] keeps it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken<'a> {
    pub bookings: &'a [Booked],
    pub busy: &'a [Interval],
}

/// A start and end that may be booked now. Only the engine makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// In microseconds since 1970: most slots are counted and not drawn.
    start: i64,
    minutes: Minutes,
}

impl Slot {
    /// When it begins.
    pub fn start(&self) -> DateTime<Utc> {
        interval::instant(self.start)
    }

    /// When it ends.
    pub fn end(&self) -> DateTime<Utc> {
        self.start() + self.minutes.delta()
    }

    /// The time that it takes.
    pub fn interval(&self) -> Option<Interval> {
        Interval::new(self.start(), self.end())
    }

    /// How long it is.
    pub fn minutes(&self) -> Minutes {
        self.minutes
    }
}

impl Rules {
    /// The first instant that notice and preparation allow.
    fn first_start(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        (now + self.notice.delta()).max(self.earliest.unwrap_or(DateTime::<Utc>::MIN_UTC))
    }

    /// The last date of the horizon.
    fn last_date(&self, now: DateTime<Utc>) -> NaiveDate {
        let today = self.date(now);
        today.checked_add_days(Days::new(self.horizon_days.into())).unwrap_or(today)
    }

    fn date(&self, instant: DateTime<Utc>) -> NaiveDate {
        let micros = instant.timestamp_micros();
        interval::instant(micros + offset(self.availability.zone, micros)).date_naive()
    }

    /// The host's day since 1970.
    fn day_at(&self, micros: i64) -> i64 {
        (micros + offset(self.availability.zone, micros)).div_euclid(offsets::DAY)
    }

    /// The host's week since one before 1970, which began on a Thursday.
    fn week(&self, day: i64) -> i64 {
        (day + 3 - i64::from(self.week_start.num_days_from_monday())).div_euclid(7)
    }

    fn days_of_week(&self, week: i64) -> Range<i64> {
        let first = week * 7 - 3 + i64::from(self.week_start.num_days_from_monday());
        first..first + 7
    }
}

/// All slots that start in the window, in order.
pub fn slots(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, window: &Interval) -> Vec<Slot> {
    if rules.duration.0 < 1 || rules.step.0 < 1 || tally::is_full(rules, Used::default(), Used::default()) {
        return Vec::new();
    }
    let (first, last_day) = (rules.first_start(now).max(window.start()), hours::day(rules.last_date(now)));
    let Some(asked) = Interval::new(first, window.end()) else { return Vec::new() };
    let segments = Segments::of(rules.availability.zone, &asked, rules.duration.delta());
    let asked = asked.micros();
    let pieces = hours::pieces(&rules.availability, &segments);
    let full = Tally::of(rules, taken.bookings).full(rules);
    let mut sweep = Sweep::new(rules, taken);
    let (step, duration) = (rules.step.micros(), rules.duration.micros());
    let mut out = Vec::with_capacity(hours::most_points(&pieces, step, &asked));
    let mut grid = Vec::new();
    let mut offer = |start| out.push(Slot { start, minutes: rules.duration });
    let mut rest = &pieces[..];
    while let Some((touching, later)) = hours::touching(rest) {
        rest = later;
        sweep.leap_to(touching.pieces[0].from.max(asked.start));
        let starts = asked.start..asked.end.min(touching.until - duration + 1);
        let open = touching.pieces.iter().filter(|piece| piece.day <= last_day && !full.contains(&piece.day));
        match touching.overlap {
            false => open.for_each(|piece| sweep.free_of(piece.points(step, &starts), step, &mut offer)),
            true => {
                grid.clear();
                open.for_each(|piece| grid.extend(piece.points(step, &starts).step_by(step as usize)));
                grid.sort_unstable();
                grid.dedup();
                grid.iter().filter(|start| sweep.is_free(**start)).for_each(|start| offer(*start));
            }
        }
    }
    out
}

/// The slot that starts at this instant, where there is one: what a submit is checked by.
pub fn find(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, start: DateTime<Utc>) -> Option<Slot> {
    let window = Interval::new(start, start + TimeDelta::seconds(1))?;
    slots(rules, taken, now, &window).into_iter().find(|slot| slot.start() == start)
}

/// The hours in microseconds since 1970, in order, merged where they touch.
fn coverage(availability: &Availability, segments: &Segments) -> Vec<(i64, i64)> {
    let pieces = hours::pieces(availability, segments);
    let mut merged = Vec::new();
    let mut rest = &pieces[..];
    while let Some((touching, later)) = hours::touching(rest) {
        merged.push((touching.pieces[0].from, touching.until));
        rest = later;
    }
    merged
}

/// Every start in the window at which a whole session lies in the hours, whatever else stands in
/// its way: what [`why`] is worth asking of.
pub fn starts(rules: &Rules, window: &Interval) -> Vec<DateTime<Utc>> {
    let hours_alone = Rules {
        notice: Minutes(0),
        horizon_days: rules.horizon_days.saturating_add(u32::from(u16::MAX)),
        earliest: None,
        limits: Limits::default(),
        ..rules.clone()
    };
    slots(&hours_alone, Taken::default(), window.start(), window).iter().map(Slot::start).collect()
}

/// The hours of a window.
pub fn hours(availability: &Availability, window: &Interval) -> Intervals {
    let segments = Segments::of(availability.zone, window, TimeDelta::zero());
    let hours = coverage(availability, &segments)
        .into_iter()
        .filter_map(|(from, to)| Interval::new(interval::instant(from), interval::instant(to)))
        .collect();
    Intervals::of(hours).clamp(window)
}

/// A day with hours beyond the horizon, and the day on which the horizon reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    pub on: NaiveDate,
    pub day: NaiveDate,
}

/// The next day with hours that the horizon will reach, within ten weeks.
pub fn next_opening(rules: &Rules, now: DateTime<Utc>) -> Option<Opening> {
    let days = rules.last_date(now).iter_days().skip(1).take(70);
    let day = days.into_iter().find(|day| hours::of(&rules.availability, *day).next().is_some())?;
    Some(Opening { on: day.checked_sub_days(Days::new(rules.horizon_days.into()))?, day })
}

/// Why a start is not offered: all reasons that apply, none when it is.
pub fn why(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, start: DateTime<Utc>) -> Vec<Reason> {
    why::reasons(rules, taken, now, start)
}
