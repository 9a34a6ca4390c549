//! What this process did within the last minute, so that the database is not asked to do it again.
//! Another process that does it once more does no harm.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// How long something counts as done.
const RECENT: TimeDelta = TimeDelta::minutes(1);
/// Entries after which those that are no longer recent are forgotten.
const MANY: usize = 1000;

/// Pairs of rows by when something was done about them.
#[derive(Default)]
pub struct Recent(Mutex<HashMap<(Uuid, Uuid), DateTime<Utc>>>);

impl Recent {
    /// Whether it is to be done now; then it counts as done.
    pub fn is_due(&self, pair: (Uuid, Uuid), now: DateTime<Utc>) -> bool {
        let mut done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &DateTime<Utc>| now - *at < RECENT && *at <= now;
        if done.get(&pair).is_some_and(is_recent) {
            return false;
        }
        if done.len() >= MANY {
            done.retain(|_, at| is_recent(at));
        }
        done.insert(pair, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_a_minute_and_pair() {
        let (recent, now) = (Recent::default(), DateTime::UNIX_EPOCH);
        let pair = |n: u128| (Uuid::from_u128(n), Uuid::from_u128(9));
        assert!(recent.is_due(pair(1), now) && recent.is_due(pair(2), now));
        assert!(!recent.is_due(pair(1), now + TimeDelta::seconds(59)));
        assert!(recent.is_due(pair(1), now + RECENT));
        for n in 0..5000 {
            recent.is_due(pair(n), now + TimeDelta::seconds(n as i64));
        }
        assert!(recent.0.lock().unwrap().len() <= MANY, "what is past is forgotten");
    }
}
