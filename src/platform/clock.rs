//! The one clock. The system's clock is the last sample of the database's clock plus monotonic
//! time since, so that all processes on one database share one time.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::RwLock;
use std::time::Instant;

/// Tells the time; nothing else in the program asks the machine for it.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The database's time, carried on by this machine's monotonic clock.
pub struct SystemClock(RwLock<(DateTime<Utc>, Instant)>);

impl SystemClock {
    /// Starts from a sample of the database's clock.
    pub fn starting_at(sample: DateTime<Utc>) -> Self {
        Self(RwLock::new((sample, Instant::now())))
    }

    /// Takes a new sample; called once a minute.
    pub fn sample(&self, sample: DateTime<Utc>) {
        *self.0.write().expect("nobody panics holding the clock") = (sample, Instant::now());
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        let (sample, at) = *self.0.read().expect("nobody panics holding the clock");
        micros(sample + TimeDelta::from_std(at.elapsed()).unwrap_or_default())
    }
}

/// A clock that a test or the demo moves by hand.
pub struct ManualClock(RwLock<DateTime<Utc>>);

impl ManualClock {
    /// Stands still at an instant.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self(RwLock::new(micros(instant)))
    }

    /// Goes on by a while.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.write().expect("nobody panics holding the clock") += by;
    }

    /// Goes to an instant.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.0.write().expect("nobody panics holding the clock") = micros(instant);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.read().expect("nobody panics holding the clock")
    }
}

/// PostgreSQL keeps microseconds: what is written must read back equal.
fn micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    chrono::SubsecRound::trunc_subsecs(instant, 6)
}
