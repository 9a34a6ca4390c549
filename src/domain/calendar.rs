//! A connected calendar: how the last readings went, whether its picture may be trusted, when it is
//! read again, and who has to be told.

use chrono::{DateTime, TimeDelta, Utc};

/// So long a picture is trusted after the last good reading.
pub const TRUSTED: TimeDelta = TimeDelta::hours(24);
/// So far ahead a calendar is read; a call's horizon is shorter.
pub const AHEAD: TimeDelta = TimeDelta::days(180);
/// Between readings while somebody may book, and while nobody does.
const PACE: TimeDelta = TimeDelta::minutes(15);
const IDLE: TimeDelta = TimeDelta::hours(6);
/// Longest pause after failures.
const PAUSE: TimeDelta = TimeDelta::hours(3);

/// Where a calendar stands. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not read yet.
    Fetching,
    Healthy,
    /// The last reading gave nothing; the picture is that of an earlier one.
    Failing,
    /// Read, but not all of it was understood.
    Incomplete,
}

impl Stage {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Fetching => "fetching",
            Stage::Healthy => "healthy",
            Stage::Failing => "failing",
            Stage::Incomplete => "incomplete",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Stage::Fetching, Stage::Healthy, Stage::Failing, Stage::Incomplete].into_iter().find(|s| s.as_str() == word)
    }
}

/// What a calendar means for its host's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// What is in it takes the host's time.
    Takes,
    /// An on-call rotation and the like: times in it are offered with a word of warning.
    Warns,
    /// They are offered, and the host is asked before one is booked.
    Asks,
}

impl Stance {
    /// Whether it does not stand in the way.
    pub fn is_soft(self) -> bool {
        self != Stance::Takes
    }

    /// The stance by its two stored marks.
    pub fn of(is_soft: bool, asks_host: bool) -> Self {
        match (is_soft, asks_host) {
            (false, _) => Stance::Takes,
            (true, false) => Stance::Warns,
            (true, true) => Stance::Asks,
        }
    }
}

/// How a reading went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    Well,
    /// Something was not understood: the picture is new, and may lack busy time.
    Partly,
    /// Unreachable, cut off, no calendar.
    Wrong,
}

/// What its host has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    Broke,
    Recovered,
}

/// What is known of a calendar's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    pub stage: Stage,
    pub created_at: DateTime<Utc>,
    /// When all of it was last understood.
    pub good_at: Option<DateTime<Utc>>,
    /// Whether the picture in force may lack busy time.
    pub is_partial: bool,
    /// Readings in a row that went wrong.
    pub failures: i32,
    /// When the host was told that it broke; until it recovers they are not told again.
    pub told_at: Option<DateTime<Utc>>,
}

impl Health {
    /// Not read yet.
    pub fn new(created_at: DateTime<Utc>) -> Self {
        Self { stage: Stage::Fetching, created_at, good_at: None, is_partial: false, failures: 0, told_at: None }
    }

    /// The health after a reading, and what to tell.
    pub fn after(self, went: Went, now: DateTime<Utc>) -> (Self, Option<News>) {
        let next = match went {
            Went::Well => Self { stage: Stage::Healthy, good_at: Some(now), is_partial: false, failures: 0, ..self },
            Went::Partly => Self { stage: Stage::Incomplete, is_partial: true, failures: 0, ..self },
            Went::Wrong => Self { stage: Stage::Failing, failures: self.failures.saturating_add(1), ..self },
        };
        let is_broken = next.is_partial || next.trusted_until() <= now;
        match (is_broken, self.told_at) {
            (true, None) => (Self { told_at: Some(now), ..next }, Some(News::Broke)),
            (false, Some(_)) => (Self { told_at: None, ..next }, Some(News::Recovered)),
            _ => (next, None),
        }
    }

    /// Whether nothing may be booked at once on this picture: it may lack busy time, is too old, or
    /// is none yet.
    pub fn needs_host(&self, now: DateTime<Utc>) -> bool {
        self.is_partial || self.good_at.is_none() || self.trusted_until() <= now
    }

    /// When it is read next. Failures make the pauses longer, but the end of trust is not slept
    /// through. `jitter` keeps all calendars of an instance from being read at once.
    pub fn next_at(&self, now: DateTime<Utc>, is_wanted: bool, jitter: TimeDelta) -> DateTime<Utc> {
        let pace = if is_wanted { PACE } else { IDLE };
        let doublings = u32::try_from(self.failures - 1).unwrap_or(0).min(8);
        let pause = match self.failures {
            ..=0 => pace,
            _ => pace.max((PACE * 2_i32.pow(doublings)).min(PAUSE)),
        };
        let next = now + pause + jitter;
        let end = self.trusted_until();
        let sleeps_through = self.failures > 0 && self.told_at.is_none() && now < end && end < next;
        if sleeps_through { end } else { next }
    }

    fn trusted_until(&self) -> DateTime<Utc> {
        self.good_at.unwrap_or(self.created_at) + TRUSTED
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(hour: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap() + TimeDelta::hours(hour)
    }

    /// Readings at hours, and what each makes of stage, trust and news.
    fn life(readings: &[(i64, Went)]) -> Vec<(Stage, bool, Option<News>)> {
        let mut health = Health::new(at(0));
        let mut lived = Vec::new();
        for (hour, went) in readings {
            let (next, news) = health.after(*went, at(*hour));
            health = next;
            lived.push((health.stage, health.needs_host(at(*hour)), news));
        }
        lived
    }

    #[test]
    fn a_failure_keeps_the_picture_for_a_day_and_is_told_once() {
        let readings = [
            (0, Went::Well),
            (1, Went::Wrong),
            (23, Went::Wrong),
            (24, Went::Wrong),
            (25, Went::Wrong),
            (26, Went::Well),
        ];
        let expected = [
            (Stage::Healthy, false, None),
            (Stage::Failing, false, None),
            (Stage::Failing, false, None),
            (Stage::Failing, true, Some(News::Broke)),
            (Stage::Failing, true, None),
            (Stage::Healthy, false, Some(News::Recovered)),
        ];
        assert_eq!(life(&readings), expected);
    }

    #[test]
    fn what_was_not_understood_is_told_at_once_and_a_failure_after_it_hides_nothing() {
        let readings = [(0, Went::Well), (1, Went::Partly), (2, Went::Wrong), (3, Went::Partly), (4, Went::Well)];
        let expected = [
            (Stage::Healthy, false, None),
            (Stage::Incomplete, true, Some(News::Broke)),
            (Stage::Failing, true, None),
            (Stage::Incomplete, true, None),
            (Stage::Healthy, false, Some(News::Recovered)),
        ];
        assert_eq!(life(&readings), expected);
    }

    #[test]
    fn what_was_never_read_is_not_trusted_and_told_after_a_day() {
        assert!(Health::new(at(0)).needs_host(at(0)));
        let expected = [(Stage::Failing, true, None), (Stage::Failing, true, Some(News::Broke))];
        assert_eq!(life(&[(0, Went::Wrong), (24, Went::Wrong)]), expected);
    }

    #[test]
    fn a_reading_that_nobody_made_is_old_as_well() {
        let (health, _) = Health::new(at(0)).after(Went::Well, at(0));
        assert!(!health.needs_host(at(24) - TimeDelta::seconds(1)));
        assert!(health.needs_host(at(24)));
    }

    #[test]
    fn pauses_grow_with_failures_and_end_with_trust() {
        let pause =
            |health: Health, is_wanted| (health.next_at(at(0), is_wanted, TimeDelta::zero()) - at(0)).num_minutes();
        let (good, _) = Health::new(at(0)).after(Went::Well, at(0));
        assert_eq!((pause(good, true), pause(good, false)), (15, 360));
        let failing = |failures| Health { failures, ..good };
        let pauses: Vec<_> = (1..8).map(|failures| pause(failing(failures), true)).collect();
        assert_eq!(pauses, [15, 30, 60, 120, 180, 180, 180]);
        let nearly = Health { failures: 5, good_at: Some(at(-23)), ..good };
        assert_eq!(pause(nearly, true), 60);
        assert_eq!(pause(Health { told_at: Some(at(0)), ..nearly }, true), 180);
    }
}
