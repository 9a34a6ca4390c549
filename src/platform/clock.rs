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
        micros(sample + TimeDelta::from_std(at.elapsed()).unwrap_or_default() + offset())
    }
}

/// For tests of several processes: the milliseconds in the file that `KABEUCHI_CLOCK_OFFSET` names,
/// which the test writes anew while they run. Only in debug builds.
#[cfg(debug_assertions)]
fn offset() -> TimeDelta {
    use std::{env, ffi::OsString, fs, sync::LazyLock};
    static FILE: LazyLock<Option<OsString>> = LazyLock::new(|| env::var_os("KABEUCHI_CLOCK_OFFSET"));
    let Some(file) = FILE.as_ref() else { return TimeDelta::zero() };
    let text = fs::read_to_string(file).expect("the test that names the file keeps it");
    TimeDelta::milliseconds(text.parse().expect("the test writes a number"))
}

/// None.
#[cfg(not(debug_assertions))]
fn offset() -> TimeDelta {
    TimeDelta::zero()
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
