//! Two sessions as close to each other as their buffers and the grid let them, asked of the engine: an
//! example that is drawn beside these settings.

use super::{Booked, Limits, Minutes, Rules, Taken, slots};
use crate::domain::availability::{Availability, DAY, WallClock, Weekly, Window};
use crate::domain::interval::Interval;
use chrono::{DateTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

/// What a call asks of its sessions.
#[derive(Clone, Copy, Debug)]
pub struct Spacing {
    pub duration: Minutes,
    pub step: Minutes,
    pub buffer_before: Minutes,
    pub buffer_after: Minutes,
}

impl Spacing {
    /// How long after the beginning of a session that begins with the hours the next one can begin.
    pub fn next(&self) -> Option<Minutes> {
        let window = Window { from: WallClock::parse("00:00").ok()?, to: WallClock::parse("24:00").ok()? };
        let rules = Rules {
            availability: Availability {
                zone: Tz::UTC,
                weekly: Weekly(std::array::from_fn(|_| vec![window])),
                overrides: Default::default(),
            },
            duration: self.duration,
            step: self.step,
            notice: Minutes(0),
            horizon_days: 2,
            earliest: None,
            buffer_before: self.buffer_before,
            buffer_after: self.buffer_after,
            week_start: Weekday::Mon,
            limits: Limits::default(),
        };
        let began = DateTime::<Utc>::UNIX_EPOCH;
        let first = Booked {
            interval: Interval::new(began, began + self.duration.delta())?,
            buffer_before: self.buffer_before,
            buffer_after: self.buffer_after,
            is_of_this_call: true,
        };
        let day = Interval::new(began, began + TimeDelta::minutes(DAY.into()))?;
        let next = *slots(&rules, Taken { bookings: &[first], busy: &[] }, began, &day).first()?;
        Some(Minutes((next.start() - began).num_minutes() as i32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(duration: i32, step: i32, before: i32, after: i32) -> Option<i32> {
        let [duration, step, buffer_before, buffer_after] = [duration, step, before, after].map(Minutes);
        Spacing { duration, step, buffer_before, buffer_after }.next().map(|minutes| minutes.0)
    }

    #[test]
    fn case_33_the_example_keeps_the_larger_buffer_and_the_grid() {
        assert_eq!(next(30, 5, 10, 15), Some(45), "15, not 25");
        assert_eq!(next(30, 5, 15, 10), Some(45));
        assert_eq!(next(30, 30, 10, 15), Some(60), "the next on the grid");
        assert_eq!(next(30, 30, 0, 0), Some(30), "touching is free");
        assert_eq!(next(240, 60, 240, 240), Some(480));
        assert_eq!(next(0, 30, 0, 0), None);
    }
}
