//! Settings that contradict each other, so that nothing could ever be offered. They are refused when
//! they are saved: afterwards they would be an empty page that nobody understands.

use super::{Limits, Minutes, hours};
use crate::domain::availability::{Availability, DAY};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;
use thiserror::Error;

/// Why nothing could ever be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Contradiction {
    #[error("the notice reaches beyond the horizon")]
    NoticeBeyondHorizon,
    #[error("the days for writing reach beyond the horizon")]
    WritingBeyondHorizon,
    #[error("all hours lie beyond the horizon, the first on {first}")]
    HoursBeyondHorizon { first: NaiveDate },
    #[error("no hours are as long as a session; the longest are {}", .longest.0)]
    HoursTooShort { longest: Minutes },
    #[error("a day takes {most} minutes, less than a session")]
    DayTooShort { most: u32 },
    #[error("a week takes {most} minutes, less than a session")]
    WeekTooShort { most: u32 },
}

/// The period of a call in which times are offered, seen from any day.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub notice: Minutes,
    /// Between acceptance and the first time.
    pub preparation_days: u32,
    pub horizon_days: u32,
}

impl Period {
    /// What leaves no day of it.
    pub fn contradicts(&self) -> Option<Contradiction> {
        if self.notice.0 / DAY >= self.horizon_days as i32 {
            return Some(Contradiction::NoticeBeyondHorizon);
        }
        (self.preparation_days >= self.horizon_days).then_some(Contradiction::WritingBeyondHorizon)
    }
}

impl Limits {
    /// Minutes in which not even the shortest session of a call has room.
    pub fn contradict(&self, shortest: Minutes) -> impl Iterator<Item = Contradiction> + use<> {
        let is_short = move |most: &u32| i64::from(*most) < i64::from(shortest.0);
        let day = self.minutes_per_day.filter(is_short).map(|most| Contradiction::DayTooShort { most });
        let week = self.minutes_per_week.filter(is_short).map(|most| Contradiction::WeekTooShort { most });
        day.into_iter().chain(week)
    }
}

/// What a host offers to all their calls.
#[derive(Clone, Debug)]
pub struct Offered {
    pub availability: Availability,
    pub limits: Limits,
}

impl Offered {
    /// Whether there are no hours from a date on. Who has not begun to offer hours contradicts nothing.
    pub fn is_empty(&self, today: NaiveDate) -> bool {
        self.availability.weekly.is_empty() && self.first_date(today).is_none()
    }

    /// What leaves no room for even the shortest session of a call.
    pub fn contradicts(&self, shortest: Minutes, today: NaiveDate) -> Option<Contradiction> {
        self.hours_contradict(shortest, today).or_else(|| self.limits.contradict(shortest).next())
    }

    /// The same of the hours alone.
    pub fn hours_contradict(&self, shortest: Minutes, today: NaiveDate) -> Option<Contradiction> {
        let longest = self.longest(today);
        (longest < shortest && !self.is_empty(today)).then_some(Contradiction::HoursTooShort { longest })
    }

    /// Hours on single dates alone, all of them after the last day of a period. A week comes into every
    /// period by itself.
    pub fn is_beyond(&self, period: &Period, today: NaiveDate) -> Option<Contradiction> {
        let first = self.first_date(today).filter(|_| self.availability.weekly.is_empty())?;
        let last = today.checked_add_days(Days::new(period.horizon_days.into()))?;
        (first > last).then_some(Contradiction::HoursBeyondHorizon { first })
    }

    /// The longest stretch of hours from a date on, in minutes of the wall clock: windows that touch are
    /// one, over midnight as well.
    pub fn longest(&self, today: NaiveDate) -> Minutes {
        let weekly = Availability { overrides: BTreeMap::new(), ..self.availability.clone() };
        let week = stretches(&weekly, today.iter_days().take(14)).map(|(from, until)| Minutes(until - from));
        let dates = self.availability.overrides.range(today..).map(|(date, _)| self.longest_on(*date));
        week.chain(dates).max().unwrap_or_default()
    }

    /// The longest stretch that has a part on a date.
    pub fn longest_on(&self, date: NaiveDate) -> Minutes {
        let around = date.pred_opt().unwrap_or(date).iter_days().take(3);
        let touching = stretches(&self.availability, around).filter(|(from, until)| *from < 2 * DAY && *until > DAY);
        touching.map(|(from, until)| Minutes(until - from)).max().unwrap_or_default()
    }

    fn first_date(&self, today: NaiveDate) -> Option<NaiveDate> {
        let mut ahead = self.availability.overrides.range(today..);
        ahead.find(|(_, windows)| !windows.is_empty()).map(|(date, _)| *date)
    }
}

/// Hours of dates that follow each other, merged where they touch, in minutes since the first midnight.
fn stretches(availability: &Availability, dates: impl Iterator<Item = NaiveDate>) -> impl Iterator<Item = (i32, i32)> {
    let mut spans: Vec<(i32, i32)> = (0..)
        .step_by(DAY as usize)
        .zip(dates)
        .flat_map(|(midnight, date)| {
            hours::of(availability, date).map(move |hours| (midnight + hours.from, midnight + hours.to))
        })
        .collect();
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let touches = next.0 <= last.1;
        if touches {
            last.1 = last.1.max(next.1);
        }
        touches
    });
    spans.into_iter()
}
