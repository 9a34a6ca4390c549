//! How long a sign-in lasts, and how long somebody counts as just confirmed: the more a person may do,
//! the sooner it ends.

use chrono::{DateTime, TimeDelta, Utc};

/// How much a person may do on the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    Person,
    Host,
    Administrator,
}

impl Rank {
    /// The highest of what somebody is.
    pub fn of(is_host: bool, is_administrator: bool) -> Self {
        match (is_host, is_administrator) {
            (_, true) => Rank::Administrator,
            (true, false) => Rank::Host,
            (false, false) => Rank::Person,
        }
    }

    /// Unused for this long, a sign-in ends.
    pub fn idle(self) -> TimeDelta {
        match self {
            Rank::Person => TimeDelta::days(14),
            Rank::Host => TimeDelta::hours(12),
            Rank::Administrator => TimeDelta::hours(1),
        }
    }

    /// Used or not, a sign-in ends after this.
    pub fn absolute(self) -> TimeDelta {
        match self {
            Rank::Person => TimeDelta::days(30),
            Rank::Host => TimeDelta::days(7),
            Rank::Administrator => TimeDelta::hours(12),
        }
    }

    /// Whether a sign-in still holds.
    pub fn holds(self, began_at: DateTime<Utc>, seen_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now < began_at + self.absolute() && now < seen_at + self.idle()
    }
}

/// How long nobody is asked again who they are.
pub const CONFIRMED_FOR: TimeDelta = TimeDelta::minutes(15);

/// Whether somebody showed just now who they are.
pub fn is_fresh(confirmed_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    confirmed_at.is_some_and(|at| now < at + CONFIRMED_FOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn the_more_somebody_may_do_the_sooner_a_sign_in_ends() {
        const HOUR: i64 = 60;
        const DAY: i64 = 24 * HOUR;
        for (rank, idle, absolute) in [
            (Rank::Person, 14 * DAY, 30 * DAY),
            (Rank::Host, 12 * HOUR, 7 * DAY),
            (Rank::Administrator, HOUR, 12 * HOUR),
        ] {
            for (seen, now, holds) in [
                (0, idle - 1, true),
                (0, idle, false),
                (absolute - 2, absolute - 1, true),
                (absolute - 1, absolute, false),
            ] {
                assert_eq!(rank.holds(at(0), at(seen), at(now)), holds, "{rank:?}: seen at {seen}, now {now}");
            }
        }
    }

    #[test]
    fn the_highest_rank_counts() {
        let ranks = [(false, false), (true, false), (false, true), (true, true)].map(|(h, a)| Rank::of(h, a));
        assert_eq!(ranks, [Rank::Person, Rank::Host, Rank::Administrator, Rank::Administrator]);
    }

    #[test]
    fn a_confirmation_lasts_a_quarter_of_an_hour() {
        let fresh = [(Some(0), 0), (Some(0), 14), (Some(0), 15), (None, 0)].map(|(c, n)| is_fresh(c.map(at), at(n)));
        assert_eq!(fresh, [true, true, false, false]);
    }
}
