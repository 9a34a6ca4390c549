//! How time goes on in the storm, and which times everybody wants meanwhile.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::time::{Duration, Instant};

/// How far the clocks of all processes go on during the storm; no booking begins meanwhile.
const HOURS: i32 = 40;
/// Notices of the calls in hours. A hold ends with the notice of its call, and whoever needs less of it
/// may still have the time.
pub const NOTICES: [i32; 3] = [50, 47, 44];
/// A hold lasts six hours at least, and until it is asked for some go by.
pub const LEAST_HOLD: i32 = 8;

/// How time goes on: some seconds here, forty hours for the processes.
#[derive(Clone, Copy)]
pub struct Course {
    pub began: DateTime<Utc>,
    pub at: Instant,
    pub lasts: Duration,
}

impl Course {
    pub fn is_over(&self) -> bool {
        self.at.elapsed() >= self.lasts
    }

    pub fn ahead(&self) -> TimeDelta {
        let passed = self.at.elapsed().min(self.lasts).as_secs_f64() / self.lasts.as_secs_f64();
        TimeDelta::milliseconds((passed * f64::from(HOURS) * 3_600_000.0) as i64)
    }

    /// Half hours from so many hours on.
    pub fn soon(&self, hours: i32, count: i32) -> Vec<DateTime<Utc>> {
        half_hours(self.began + self.ahead() + TimeDelta::hours(hours.into()), count)
    }

    /// Half hours of some days later.
    pub fn later(&self) -> Vec<DateTime<Utc>> {
        half_hours(self.began + TimeDelta::days(6), 80)
    }
}

fn half_hours(after: DateTime<Utc>, count: i32) -> Vec<DateTime<Utc>> {
    let half_hour = TimeDelta::minutes(30);
    let first = after.duration_trunc(half_hour).unwrap() + half_hour;
    (0..count).map(|n| first + half_hour * n).collect()
}
