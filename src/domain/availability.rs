//! The hours a host offers, on the wall clock of their zone: a week, and dates that differ.

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// Minutes of a day.
pub const DAY: i32 = 24 * 60;

/// A reading of the wall clock: minutes since midnight, 0 to 1440 (`24:00`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WallClock(i32);

/// A reading that no clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a time of day like 09:00")]
pub struct WallClockError;

impl WallClock {
    /// Reads `09:00`, also `9:00` and `24:00`.
    pub fn parse(text: &str) -> Result<Self, WallClockError> {
        let (hours, minutes) = text.trim().split_once(':').ok_or(WallClockError)?;
        let number = |digits: &str, most: i32| -> Result<i32, WallClockError> {
            match digits.len() {
                1 | 2 if digits.bytes().all(|b| b.is_ascii_digit()) => {
                    digits.parse().ok().filter(|n| *n <= most).ok_or(WallClockError)
                }
                _ => Err(WallClockError),
            }
        };
        let minute = number(hours, 24)? * 60 + number(minutes, 59)?;
        (minute <= DAY).then_some(Self(minute)).ok_or(WallClockError)
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> i32 {
        self.0
    }
}

impl fmt::Display for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for WallClock {
    type Error = WallClockError;
    fn try_from(text: String) -> Result<Self, WallClockError> {
        Self::parse(&text)
    }
}

impl From<WallClock> for String {
    fn from(clock: WallClock) -> Self {
        clock.to_string()
    }
}

/// Hours of one date. `to` at or before `from` means past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    pub from: WallClock,
    pub to: WallClock,
}

impl Window {
    /// Minutes from midnight of its date to its end; beyond 1440 past midnight.
    pub fn end_minutes(&self) -> i32 {
        match self.to > self.from {
            true => self.to.0,
            false => self.to.0 + DAY,
        }
    }

    /// How long it is on the wall clock, in minutes.
    pub fn minutes(&self) -> i32 {
        self.end_minutes() - self.from.0
    }
}

/// Windows by weekday, Monday first; several a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekly(pub [Vec<Window>; 7]);

impl Weekly {
    /// Windows of a weekday.
    pub fn of(&self, day: Weekday) -> &[Window] {
        &self.0[day.num_days_from_monday() as usize]
    }

    /// Whether there are no hours at all.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

/// All hours of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    pub zone: Tz,
    pub weekly: Weekly,
    /// Replaces the hours of its date; none closes it.
    pub overrides: BTreeMap<NaiveDate, Vec<Window>>,
}

impl Availability {
    /// Windows that begin on a date.
    pub fn windows(&self, date: NaiveDate) -> &[Window] {
        self.overrides.get(&date).map_or_else(|| self.weekly.of(date.weekday()), Vec::as_slice)
    }

    /// Windows of the evening before that reach into a date; an override replaces these too.
    pub fn windows_from_the_evening_before(&self, date: NaiveDate) -> impl Iterator<Item = &Window> {
        let before = match self.overrides.contains_key(&date) {
            true => &[],
            false => date.pred_opt().map_or(&[][..], |before| self.windows(before)),
        };
        before.iter().filter(|window| window.end_minutes() > DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_clocks_are_read_and_written() {
        assert_eq!(WallClock::parse("9:05").map(|c| c.to_string()), Ok("09:05".into()));
        assert_eq!(WallClock::parse("24:00").map(WallClock::minutes), Ok(DAY));
        for wrong in ["", "9", "24:01", "12:60", "-1:00", "+1:00", "12:", "0012:00"] {
            assert_eq!(WallClock::parse(wrong), Err(WallClockError), "{wrong}");
        }
    }

    #[test]
    fn a_window_may_reach_past_midnight() {
        let window = |from, to| Window { from: WallClock::parse(from).unwrap(), to: WallClock::parse(to).unwrap() };
        assert_eq!(window("22:00", "02:00").minutes(), 240);
        assert_eq!(window("00:00", "24:00").minutes(), DAY);
        assert_eq!(window("00:00", "00:00").minutes(), DAY);
    }
}
