//! The one slot engine: the picker, the submit, moving and "why?" all ask here.
//!
//! An instant is offerable when its wall-clock reading in the host's zone lies inside a window of
//! that date, the whole session does, it is a grid point (`window start + k × step` of its date),
//! notice and horizon hold, no limit is reached, and nothing overlaps it with its buffers. Worked
//! out for each stretch of constant offset, so that clock changes need no case of their own.

mod offsets;
#[cfg(test)]
mod tests;
mod why;

pub use why::{Limit, Of, Reason};

use crate::domain::availability::{Availability, DAY};
use crate::domain::interval::{Interval, Intervals};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc, Weekday};
use offsets::Segments;
use std::collections::HashMap;
use thiserror::Error;

/// Whole minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minutes(pub i32);

impl Minutes {
    /// As a difference of instants.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::minutes(self.0.into())
    }

    fn seconds(self) -> i64 {
        i64::from(self.0) * 60
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
#[derive(Clone, Copy, Debug, Default)]
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

/// Everything that takes the host's time: bookings, and imported busy time sorted by start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken<'a> {
    pub bookings: &'a [Booked],
    pub busy: &'a [Interval],
}

/// A start and end that may be booked now. Only the engine makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    start: DateTime<Utc>,
    minutes: Minutes,
}

impl Slot {
    /// When it begins.
    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// When it ends.
    pub fn end(&self) -> DateTime<Utc> {
        self.start + self.minutes.delta()
    }

    /// How long it is.
    pub fn minutes(&self) -> Minutes {
        self.minutes
    }
}

/// Settings under which nothing could ever be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RulesError {
    #[error("duration and step are at least a minute")]
    NoLength,
    #[error("the notice reaches beyond the horizon")]
    NoticeBeyondHorizon,
    #[error("no window is as long as a session")]
    WindowsTooShort,
}

impl Rules {
    /// Refuses settings that contradict each other. A week without hours is not one of them.
    pub fn check(&self) -> Result<(), RulesError> {
        if self.duration.0 < 1 || self.step.0 < 1 {
            return Err(RulesError::NoLength);
        }
        if is_notice_beyond_horizon(self.notice, self.horizon_days) {
            return Err(RulesError::NoticeBeyondHorizon);
        }
        // Windows that touch are one, so a day is as long as all of its windows together.
        let day_is_long_enough = |windows: &Vec<_>| {
            windows.iter().map(crate::domain::availability::Window::minutes).sum::<i32>() >= self.duration.0
        };
        let weekly = &self.availability.weekly;
        let enough = weekly.0.iter().chain(self.availability.overrides.values()).any(day_is_long_enough);
        (weekly.is_empty() || enough).then_some(()).ok_or(RulesError::WindowsTooShort)
    }

    /// The first instant that notice and preparation allow.
    fn first_start(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        (now + self.notice.delta()).max(self.earliest.unwrap_or(DateTime::<Utc>::MIN_UTC))
    }

    /// The last date of the horizon.
    fn last_date(&self, now: DateTime<Utc>) -> NaiveDate {
        let today = now.with_timezone(&self.availability.zone).date_naive();
        today.checked_add_days(Days::new(self.horizon_days.into())).unwrap_or(today)
    }

    fn date(&self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.availability.zone).date_naive()
    }

    fn week(&self, date: NaiveDate) -> NaiveDate {
        date.week(self.week_start).first_day()
    }

    /// Minutes of the grid of a date, sorted, each once; those of the evening before included.
    fn grid(&self, date: NaiveDate, minutes: &mut Vec<i32>) {
        minutes.clear();
        let step = self.step.0 as usize;
        for window in self.availability.windows_from_the_evening_before(date) {
            let points = (window.from.minutes()..window.end_minutes()).step_by(step);
            minutes.extend(points.filter(|m| *m >= DAY).map(|m| m - DAY));
        }
        for window in self.availability.windows(date) {
            minutes.extend((window.from.minutes()..window.end_minutes().min(DAY)).step_by(step));
        }
        minutes.sort_unstable();
        minutes.dedup();
    }

    /// The hours of a date from midnight to midnight, as pairs of minutes, in no order.
    fn hours(&self, date: NaiveDate) -> impl Iterator<Item = (i32, i32)> {
        let spilled = self.availability.windows_from_the_evening_before(date).map(|w| (0, w.end_minutes() - DAY));
        let own = self.availability.windows(date).iter().map(|w| (w.from.minutes(), w.end_minutes().min(DAY)));
        spilled.chain(own)
    }
}

/// Whether a notice leaves no day of the horizon.
pub fn is_notice_beyond_horizon(notice: Minutes, horizon_days: u32) -> bool {
    notice.0 / DAY >= horizon_days as i32
}

/// How much is booked by the host's dates and weeks.
struct Tally {
    days: HashMap<NaiveDate, Used>,
    weeks: HashMap<NaiveDate, Used>,
}

#[derive(Clone, Copy, Default)]
struct Used {
    sessions: u32,
    minutes: u32,
    of_call: u32,
}

impl Tally {
    fn of(rules: &Rules, bookings: &[Booked]) -> Self {
        let mut tally = Self { days: HashMap::new(), weeks: HashMap::new() };
        for booked in bookings {
            let date = rules.date(booked.interval.start());
            let minutes = (booked.interval.end() - booked.interval.start()).num_minutes().max(0) as u32;
            for entry in [tally.days.entry(date).or_default(), tally.weeks.entry(rules.week(date)).or_default()] {
                entry.sessions += 1;
                entry.minutes += minutes;
                entry.of_call += u32::from(booked.is_of_this_call);
            }
        }
        tally
    }

    fn day(&self, date: NaiveDate) -> Used {
        self.days.get(&date).copied().unwrap_or_default()
    }

    fn week(&self, first: NaiveDate) -> Used {
        self.weeks.get(&first).copied().unwrap_or_default()
    }

    fn is_full(&self, rules: &Rules, date: NaiveDate) -> bool {
        why::limits(rules, self, date).next().is_some()
    }
}

/// What keeps a start from being free, as the open stretch of starts that it blocks.
#[derive(Clone, Copy)]
struct Block {
    after: i64,
    until: i64,
}

/// Where two buffers meet, the larger counts. Imported busy time has none of its own.
fn block(rules: &Rules, interval: &Interval, own_before: i64, own_after: i64) -> Block {
    let (before, after) = (rules.buffer_before.seconds(), rules.buffer_after.seconds());
    Block {
        after: interval.start().timestamp() - rules.duration.seconds() - after.max(own_before),
        until: interval.end().timestamp() + before.max(own_after),
    }
}

/// A cursor over blocks in order: tells for rising starts how long they are blocked.
struct Sweep<I: Iterator<Item = Block>> {
    blocks: std::iter::Peekable<I>,
    until: i64,
}

impl<I: Iterator<Item = Block>> Sweep<I> {
    fn new(blocks: I) -> Self {
        Self { blocks: blocks.peekable(), until: i64::MIN }
    }

    fn is_free(&mut self, start: i64) -> bool {
        while let Some(block) = self.blocks.next_if(|block| block.after < start) {
            self.until = self.until.max(block.until);
        }
        start >= self.until
    }
}

/// All slots that start in the window, in order.
pub fn slots(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, window: &Interval) -> Vec<Slot> {
    let mut out = Vec::new();
    if rules.duration.0 < 1 || rules.step.0 < 1 {
        return out;
    }
    let (first, last_date) = (rules.first_start(now).max(window.start()), rules.last_date(now));
    let Some(asked) = Interval::new(first, window.end()) else { return out };
    let segments = Segments::of(rules.availability.zone, &asked, rules.duration.delta());
    let coverage = coverage(rules, &segments);
    let tally = Tally::of(rules, taken.bookings);
    let mut booked: Vec<Block> = taken
        .bookings
        .iter()
        .map(|b| block(rules, &b.interval, b.buffer_before.seconds(), b.buffer_after.seconds()))
        .collect();
    booked.sort_unstable_by_key(|b| b.after);
    let mut bookings = Sweep::new(booked.into_iter());
    let mut busy = Sweep::new(taken.busy.iter().map(|b| block(rules, b, 0, 0)));
    let mut covering = 0;
    let mut grid = Vec::new();
    for segment in segments.iter() {
        for date in segment.dates().take_while(|date| *date <= last_date) {
            if tally.is_full(rules, date) {
                continue;
            }
            rules.grid(date, &mut grid);
            let midnight = segment.midnight(date);
            for start in grid.iter().map(|minute| midnight + i64::from(*minute) * 60) {
                if !segment.holds(start) || start < asked.start().timestamp() || start >= asked.end().timestamp() {
                    continue;
                }
                let end = start + rules.duration.seconds();
                while coverage.get(covering).is_some_and(|c| c.1 < end) {
                    covering += 1;
                }
                let inside = coverage.get(covering).is_some_and(|c| c.0 <= start && end <= c.1);
                if inside && bookings.is_free(start) && busy.is_free(start) {
                    out.extend(DateTime::from_timestamp(start, 0).map(|start| Slot { start, minutes: rules.duration }));
                }
            }
        }
    }
    out
}

/// The slot that starts at this instant, where there is one: what a submit is checked by.
pub fn find(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, start: DateTime<Utc>) -> Option<Slot> {
    let window = Interval::new(start, start + TimeDelta::seconds(1))?;
    slots(rules, taken, now, &window).into_iter().find(|slot| slot.start == start)
}

/// The hours as UTC seconds, in order, merged where they touch.
fn coverage(rules: &Rules, segments: &Segments) -> Vec<(i64, i64)> {
    let mut all: Vec<(i64, i64)> = Vec::new();
    for segment in segments.iter() {
        for date in segment.dates() {
            let midnight = segment.midnight(date);
            let of_date = rules
                .hours(date)
                .map(|(from, to)| segment.clamp(midnight + i64::from(from) * 60, midnight + i64::from(to) * 60));
            all.extend(of_date.filter(|(from, to)| from < to));
        }
    }
    all.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::with_capacity(all.len());
    for (from, to) in all {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
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
pub fn hours(rules: &Rules, window: &Interval) -> Intervals {
    let segments = Segments::of(rules.availability.zone, window, TimeDelta::zero());
    let instant = |seconds| DateTime::from_timestamp(seconds, 0);
    let hours = coverage(rules, &segments)
        .into_iter()
        .filter_map(|(from, to)| Interval::new(instant(from)?, instant(to)?))
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
    let day = days.into_iter().find(|day| rules.hours(*day).next().is_some())?;
    Some(Opening { on: day.checked_sub_days(Days::new(rules.horizon_days.into()))?, day })
}

/// Why a start is not offered: all reasons that apply, none when it is.
pub fn why(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, start: DateTime<Utc>) -> Vec<Reason> {
    why::reasons(rules, taken, now, start)
}
