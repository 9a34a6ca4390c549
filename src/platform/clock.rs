//! The one clock. The system's clock is the last sample of the database's clock plus monotonic
//! time since, so that all processes on one database share one time.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Tells the time; nothing else in the program asks the machine for it.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;

    /// Whether it went on as it should: nothing is deleted for good and nobody is reminded by a clock that jumped.
    fn is_steady(&self) -> bool;
}

/// The database's time, carried on by this machine's monotonic clock.
pub struct SystemClock(RwLock<Sample>);

#[derive(Clone, Copy)]
struct Sample {
    at: DateTime<Utc>,
    taken: Instant,
    /// Samples in a row that were what the one before let expect.
    agreeing: u32,
}

/// Samples that are farther apart than the time between them disagree.
const APART: TimeDelta = TimeDelta::minutes(2);
/// As many samples have to agree after a jump.
const AGREEING: u32 = 3;

impl Sample {
    /// What the monotonic clock made of it.
    fn carried_on(&self) -> DateTime<Utc> {
        self.at + TimeDelta::from_std(self.taken.elapsed()).unwrap_or_default()
    }
}

impl SystemClock {
    /// Starts from a sample of the database's clock.
    pub fn starting_at(sample: DateTime<Utc>) -> Self {
        Self(RwLock::new(Sample { at: sample, taken: Instant::now(), agreeing: AGREEING }))
    }

    /// Takes a new sample, once a minute; false when the database's clock jumped.
    pub fn sample(&self, at: DateTime<Utc>) -> bool {
        let mut last = self.0.write().expect("nobody panics holding the clock");
        let agrees = (at - last.carried_on()).abs() <= APART;
        let agreeing = if agrees { (last.agreeing + 1).min(AGREEING) } else { 0 };
        *last = Sample { at, taken: Instant::now(), agreeing };
        agrees
    }

    fn last(&self) -> Sample {
        *self.0.read().expect("nobody panics holding the clock")
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        micros(self.last().carried_on() + offset())
    }

    fn is_steady(&self) -> bool {
        self.last().agreeing >= AGREEING
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
pub struct ManualClock {
    instant: RwLock<DateTime<Utc>>,
    is_steady: AtomicBool,
}

impl ManualClock {
    /// Stands still at an instant.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self { instant: RwLock::new(micros(instant)), is_steady: AtomicBool::new(true) }
    }

    /// From now on it counts as one that jumped, or no more.
    pub fn doubt(&self, is_doubted: bool) {
        self.is_steady.store(!is_doubted, Ordering::SeqCst);
    }

    /// Goes on by a while.
    pub fn advance(&self, by: TimeDelta) {
        *self.instant.write().expect("nobody panics holding the clock") += by;
    }

    /// Goes to an instant.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.instant.write().expect("nobody panics holding the clock") = micros(instant);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.instant.read().expect("nobody panics holding the clock")
    }

    fn is_steady(&self) -> bool {
        self.is_steady.load(Ordering::SeqCst)
    }
}

/// PostgreSQL keeps microseconds: what is written must read back equal.
fn micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    chrono::SubsecRound::trunc_subsecs(instant, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_j55_a_clock_that_jumped_is_trusted_again_after_three_samples() {
        let noon = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let clock = SystemClock::starting_at(noon);
        assert!(clock.is_steady() && clock.sample(noon + TimeDelta::minutes(1)));
        for jump in [TimeDelta::hours(1), TimeDelta::days(-365), TimeDelta::days(3650)] {
            let later = noon + jump;
            assert!(!clock.sample(later), "{jump}");
            assert!(!clock.is_steady() && clock.now() >= later, "it follows, and is not trusted");
            for _ in 0..2 {
                assert!(clock.sample(later));
                assert!(!clock.is_steady());
            }
            assert!(clock.sample(later) && clock.is_steady());
        }
    }
}
