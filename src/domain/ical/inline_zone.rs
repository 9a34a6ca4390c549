//! A zone that the file spells out (VTIMEZONE, RFC 5545 3.6.5), as the list of its changes.

use super::budget::Budget;
use super::component::Component;
use super::rule::Rule;
use super::when::{When, Written};
use super::zone::{Zone, by_offset};
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta, Utc};

const MAX_OBSERVANCES: usize = 64;
const MAX_CHANGES: usize = 2_000;
/// Rules are followed from this long before the window; older events keep the offset of then.
const YEARS_BEFORE: i64 = 20;
/// Apia and Juneau had more than 15 hours once; nobody has 18.
const MAX_OFFSET: i32 = 18 * 3_600;

/// Offsets by instant.
#[derive(Debug)]
pub(super) struct InlineZone(Vec<Change>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    at: DateTime<Utc>,
    from: i32,
    to: i32,
}

impl Change {
    /// What the clock would have shown at the change without it.
    fn local(&self) -> NaiveDateTime {
        wall(self.at, self.from)
    }
}

impl InlineZone {
    /// Reads the observances; `None` where one of them cannot be understood.
    pub(super) fn read(zone: &Component, until: DateTime<Utc>, budget: &mut Budget) -> Option<Self> {
        let mut changes = Vec::new();
        let is_sound = zone.parts.iter().chain([zone]).all(|part| part.flaws.is_empty());
        if zone.parts.len() > MAX_OBSERVANCES || !is_sound {
            return None;
        }
        for observance in &zone.parts {
            changes_of(observance, until, budget, &mut changes)?;
        }
        changes.sort_unstable();
        changes.dedup_by_key(|change| change.at);
        (!changes.is_empty()).then_some(Self(changes))
    }

    fn offset(&self, at: DateTime<Utc>) -> i32 {
        match self.0.partition_point(|change| change.at <= at) {
            0 => self.0[0].from,
            after => self.0[after - 1].to,
        }
    }

    /// The instants that show this reading, among those of the changes nearby.
    fn shown(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        let near = self.0.partition_point(|change| change.local() <= local);
        let nearby = &self.0[near.saturating_sub(2)..(near + 2).min(self.0.len())];
        let offsets = nearby.iter().flat_map(|change| [change.from, change.to]);
        offsets.filter_map(|offset| instant(local, offset).filter(|at| self.offset(*at) == offset)).min()
    }

    pub(super) fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let before = || {
            let begun = self.0.partition_point(|change| change.local() <= local);
            instant(local, self.0[begun.saturating_sub(1)].from)
        };
        self.shown(local).or_else(before).unwrap_or(local.and_utc())
    }

    pub(super) fn is_skipped(&self, local: NaiveDateTime) -> bool {
        self.shown(local).is_none()
    }

    pub(super) fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        wall(at, self.offset(at))
    }
}

fn wall(at: DateTime<Utc>, offset: i32) -> NaiveDateTime {
    at.naive_utc().checked_add_signed(TimeDelta::seconds(offset.into())).unwrap_or(at.naive_utc())
}

fn instant(local: NaiveDateTime, offset: i32) -> Option<DateTime<Utc>> {
    Some(by_offset(local, FixedOffset::east_opt(offset)?))
}

/// The changes of one observance: its DTSTART, its RDATEs, its rules.
fn changes_of(part: &Component, until: DateTime<Utc>, budget: &mut Budget, changes: &mut Vec<Change>) -> Option<()> {
    let from = offset(&part.find("TZOFFSETFROM")?.value)?;
    let to = offset(&part.find("TZOFFSETTO")?.value)?;
    let clock = FixedOffset::east_opt(from)?;
    let first =
        When { local: Written::read(&part.find("DTSTART")?.value)?.local, is_date: false, zone: Zone::Fixed(clock) };
    let mut locals = vec![first.local];
    for date in part.all("RDATE").flat_map(|property| property.value.split(',')).take(MAX_CHANGES) {
        locals.push(Written::read(date.split('/').next()?)?.local);
    }
    let since = until.checked_sub_signed(TimeDelta::days(YEARS_BEFORE * 366))?.naive_utc();
    for property in part.all("RRULE") {
        let rule = Rule::read(&property.value).ok()?;
        let starts = rule.starts(&first, since, until.naive_utc(), budget);
        locals.extend(starts.locals);
        if starts.flaw.is_some() {
            return None;
        }
    }
    changes.extend(locals.into_iter().map(|local| Change { at: by_offset(local, clock), from, to }));
    (changes.len() <= MAX_CHANGES).then_some(())
}

/// UTC-OFFSET (RFC 5545 3.3.14): `-0330`, `+091859`.
fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let pair = |at: usize| digits.get(at..at + 2).map_or(Some(0), |pair| pair.parse::<i32>().ok());
    let seconds = pair(0)? * 3_600 + pair(2)? * 60 + pair(4)?;
    (seconds <= MAX_OFFSET).then_some(sign * seconds)
}
