//! One RRULE or EXRULE: checked before the engine sees it, and walked on the wall clock.
//!
//! The engine (rrule) panics on what is not ASCII, never ends on INTERVAL=0 or on days that no month
//! has, and silently finds nothing for `BYDAY=1MO,TU`. So COUNT, UNTIL and the window are kept here,
//! it starts near the window, and each step is paid for.

use super::budget::Budget;
use super::flaw::What;
use super::when::{When, Written};
use chrono::{DateTime, Datelike, Months, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};

const MAX_TEXT: usize = 1_000;
const MAX_TIMES_A_DAY: usize = 96;
const MAX_POSITIONS: usize = 12;
/// What an occurrence costs beside the days that were looked at to find it.
const STEPS_OF_ONE: i64 = 8;
/// What it costs to find that nothing follows, and how much more where each day has its hours.
const STEPS_OF_NOTHING: i64 = 140_000;
const HOURS_OF_NOTHING: i64 = 4;
/// The calendar repeats after so many years, weekdays included.
const CYCLE: i32 = 400;
/// The engine stops after this year.
const LAST_YEAR: i32 = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

#[derive(Clone, Copy, Debug)]
enum Until {
    Instant(DateTime<Utc>),
    Local(NaiveDateTime),
}

/// A rule that may be walked.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: u16,
    count: Option<u32>,
    until: Option<Until>,
    /// So many times of a day, or of an hour.
    times: i64,
    /// All other parts, for the engine.
    parts: String,
}

/// Readings of the wall clock at which a rule begins something.
#[derive(Debug, Default)]
pub(super) struct Starts {
    pub(super) locals: Vec<NaiveDateTime>,
    /// Why there may be more.
    pub(super) flaw: Option<What>,
}

impl Rule {
    /// Reads and checks a rule. [`What::Rule`] is no rule at all, [`What::RuleBeyond`] one that is
    /// not expanded.
    pub(super) fn read(text: &str) -> Result<Self, What> {
        if !text.is_ascii() || text.len() > MAX_TEXT {
            return Err(What::RuleBeyond);
        }
        let text = text.to_ascii_uppercase();
        let parts: Vec<(&str, &str)> = text
            .split(';')
            .filter(|part| !part.trim().is_empty())
            .map(|part| part.split_once('=').map(|(name, value)| (name.trim(), value.trim())))
            .collect::<Option<_>>()
            .ok_or(What::Rule)?;
        let value = |name: &str| parts.iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
        let frequency = frequency(value("FREQ").ok_or(What::Rule)?)?;
        let interval = positive(value("INTERVAL").unwrap_or("1"))?;
        let count = value("COUNT").map(positive).transpose()?;
        let until = value("UNTIL").map(|text| until(text).ok_or(What::Rule)).transpose()?;
        let times = times(&parts)?;
        check_days(frequency, value("BYDAY").unwrap_or_default(), value("BYWEEKNO").is_some())?;
        let others = parts.iter().filter(|(name, _)| !matches!(*name, "COUNT" | "UNTIL"));
        Ok(Self {
            frequency,
            interval: interval.try_into().map_err(|_| What::RuleBeyond)?,
            count,
            until,
            times,
            parts: others.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";"),
        })
    }

    /// The readings from `since` to `until`, of a series that begins at `first`. A reading that the
    /// clock skips is none and does not count (RFC 5545 3.3.10).
    pub(super) fn starts(
        &self,
        first: &When,
        since: NaiveDateTime,
        until: NaiveDateTime,
        budget: &mut Budget,
    ) -> Starts {
        if first.local > until || self.is_over(first, since) {
            return Starts::default();
        }
        let mut starts = Starts::default();
        let walked = catch_unwind(AssertUnwindSafe(|| self.walk(first, since, until, budget, &mut starts.locals)));
        starts.flaw = walked.unwrap_or(Err(What::RuleBeyond)).err();
        starts
    }

    fn walk(
        &self,
        first: &When,
        since: NaiveDateTime,
        until: NaiveDateTime,
        budget: &mut Budget,
        found: &mut Vec<NaiveDateTime>,
    ) -> Result<(), What> {
        budget.begin_rule()?;
        // Days that no month has are sought up to the engine's last year: it is brought near.
        let years = (LAST_YEAR - 1 - until.year()).max(0) / CYCLE * CYCLE;
        let begin = self.near(first.local, since);
        let set = self.engine(moved(begin, years).ok_or(What::RuleBeyond)?)?;
        let (mut last, mut left) = (begin, self.count.unwrap_or(u32::MAX));
        for at in &set {
            let local = moved(at.naive_utc(), -years).ok_or(What::RuleBeyond)?;
            budget.walk(STEPS_OF_ONE + (local - last).num_days())?;
            last = local;
            if local > until || self.is_over(first, local) {
                return Ok(());
            }
            if !first.at(local).is_skipped() {
                left -= 1;
                found.extend((local >= since).then_some(local));
            }
            if left == 0 {
                return Ok(());
            }
        }
        budget.walk(self.steps_of_nothing())
    }

    fn steps_of_nothing(&self) -> i64 {
        match self.frequency {
            Frequency::Hourly => STEPS_OF_NOTHING * HOURS_OF_NOTHING * self.times,
            _ => STEPS_OF_NOTHING,
        }
    }

    fn engine(&self, begin: NaiveDateTime) -> Result<rrule::RRuleSet, What> {
        let begin = rrule::Tz::UTC.from_utc_datetime(&begin);
        let rule: rrule::RRule<rrule::Unvalidated> = self.parts.parse().map_err(|_| What::RuleBeyond)?;
        Ok(rule.build(begin).map_err(|_| What::RuleBeyond)?.limit())
    }

    /// Whether UNTIL lies before this reading of the clock.
    fn is_over(&self, clock: &When, local: NaiveDateTime) -> bool {
        match self.until {
            None => false,
            Some(Until::Local(until)) => until < local,
            Some(Until::Instant(until)) => until < clock.at(local).instant(),
        }
    }

    /// The last start in step with the first one that is certainly not after `since`. A COUNT has to
    /// be counted from the beginning.
    fn near(&self, first: NaiveDateTime, since: NaiveDateTime) -> NaiveDateTime {
        if self.count.is_some() || since <= first {
            return first;
        }
        let interval = u32::from(self.interval);
        let ahead = since - first;
        let whole = |step: TimeDelta| step * (ahead.num_seconds() / step.num_seconds()) as i32;
        let months = |step: u32| {
            let apart = (since.year() - first.year()) * 12 + since.month0() as i32 - first.month0() as i32 - 1;
            let steps = u32::try_from(apart).unwrap_or(0) / step;
            let same_day =
                |steps| first.checked_add_months(Months::new(steps * step)).filter(|at| at.day() == first.day());
            (0..=steps).rev().find_map(same_day)
        };
        match self.frequency {
            Frequency::Hourly => first.checked_add_signed(whole(TimeDelta::hours(interval.into()))),
            Frequency::Daily => first.checked_add_signed(whole(TimeDelta::days(interval.into()))),
            Frequency::Weekly => first.checked_add_signed(whole(TimeDelta::weeks(interval.into()))),
            Frequency::Monthly => months(interval),
            Frequency::Yearly => months(interval * 12),
        }
        .unwrap_or(first)
    }
}

/// The same day and time so many cycles of the calendar later.
fn moved(local: NaiveDateTime, years: i32) -> Option<NaiveDateTime> {
    local.with_year(local.year() + years)
}

fn frequency(text: &str) -> Result<Frequency, What> {
    match text {
        "HOURLY" => Ok(Frequency::Hourly),
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        "SECONDLY" | "MINUTELY" => Err(What::RuleBeyond),
        _ => Err(What::Rule),
    }
}

fn positive(text: &str) -> Result<u32, What> {
    text.parse().ok().filter(|number| *number > 0).ok_or(What::Rule)
}

/// UNTIL as a date lasts until the end of that day.
fn until(text: &str) -> Option<Until> {
    let written = Written::read(text)?;
    Some(match (written.is_utc, written.is_date) {
        (true, _) => Until::Instant(written.local.and_utc()),
        (false, true) => Until::Local(written.local.date().and_time(NaiveTime::from_hms_opt(23, 59, 59)?)),
        (false, false) => Until::Local(written.local),
    })
}

/// How many times of a day the lists make; refuses too many, and too many positions of a set.
fn times(parts: &[(&str, &str)]) -> Result<i64, What> {
    let length = |name: &str| parts.iter().find(|(n, _)| *n == name).map_or(1, |(_, list)| list.split(',').count());
    let times = length("BYHOUR") * length("BYMINUTE") * length("BYSECOND");
    let is_small = times <= MAX_TIMES_A_DAY && length("BYSETPOS") <= MAX_POSITIONS;
    i64::try_from(times).ok().filter(|_| is_small).ok_or(What::RuleBeyond)
}

/// The engine reads numbered weekdays only by month or year, and not beside plain ones.
fn check_days(frequency: Frequency, days: &str, has_weeks: bool) -> Result<(), What> {
    let is_numbered = |day: &str| day.trim().len() > 2;
    let numbered = days.split(',').filter(|day| is_numbered(day)).count();
    let may_number = matches!(frequency, Frequency::Monthly | Frequency::Yearly) && !has_weeks;
    let is_read = numbered == 0 || (may_number && numbered == days.split(',').count());
    is_read.then_some(()).ok_or(What::RuleBeyond)
}
