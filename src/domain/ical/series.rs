//! The occurrences of an event: DTSTART, rules and added dates, without those that are taken out,
//! replaced or moved.

use super::budget::Budget;
use super::event::Event;
use super::flaw::What;
use super::overrides::Overrides;
use super::rule::Rule;
use super::when::{Length, When};
use crate::domain::interval::Interval;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashSet};

/// One occurrence before anything replaced it.
#[derive(Clone, Debug)]
struct Occurrence {
    start: When,
    length: Length,
}

impl Occurrence {
    fn interval(&self) -> Option<Interval> {
        Interval::new(self.start.instant(), self.length.end(&self.start))
    }
}

/// Expands one event of a file.
pub(super) struct Series<'a> {
    pub(super) event: &'a Event,
    pub(super) overrides: &'a Overrides,
    pub(super) window: Interval,
}

impl Series<'_> {
    /// The busy intervals of the window, as far as the budget goes.
    pub(super) fn busy(&self, budget: &mut Budget, flaws: &mut Vec<What>) -> Vec<Interval> {
        if self.event.is_cancelled {
            return Vec::new();
        }
        let removed = self.removed(budget, flaws);
        let mut busy = Vec::new();
        for (at, occurrence) in self.occurrences(budget, flaws) {
            if !removed.has(at, &occurrence.start) && !self.overrides.replaces(at) {
                busy.extend(self.placed(at, occurrence).filter(|interval| interval.overlaps(&self.window)));
            }
        }
        busy
    }

    /// Where an occurrence is once it follows the change of an earlier one.
    fn placed(&self, at: DateTime<Utc>, occurrence: Occurrence) -> Option<Interval> {
        let Some((event, moved)) = self.overrides.followed(at) else {
            return occurrence.interval().filter(|_| self.event.is_busy);
        };
        let local = occurrence.start.local.checked_add_signed(moved)?;
        let followed = Occurrence { start: event.start.at(local), length: event.length };
        followed.interval().filter(|_| event.is_busy)
    }

    fn occurrences(&self, budget: &mut Budget, flaws: &mut Vec<What>) -> BTreeMap<DateTime<Utc>, Occurrence> {
        let event = self.event;
        let one = |start: When, length| (start.instant(), Occurrence { start, length });
        let mut found = BTreeMap::from([one(event.start.clone(), event.length)]);
        for rule in &event.rules {
            for local in self.starts(rule, budget, flaws) {
                found.extend([one(event.start.at(local), event.length)]);
                if let Err(what) = budget.occur() {
                    flaws.push(what);
                    return found;
                }
            }
        }
        let added = event.added.iter().map(|(start, length)| match length {
            Some(length) => one(start.clone(), *length),
            None => one(event.start.align(start), event.length),
        });
        found.extend(added);
        found
    }

    fn removed(&self, budget: &mut Budget, flaws: &mut Vec<What>) -> Removed {
        let start = &self.event.start;
        let mut removed = Removed::default();
        for at in &self.event.removed {
            if at.is_date && !start.is_date {
                removed.dates.insert(at.local.date());
            } else {
                removed.instants.insert(start.align(at).instant());
            }
        }
        for rule in &self.event.except {
            let locals = self.starts(rule, budget, flaws);
            removed.instants.extend(locals.into_iter().map(|local| start.at(local).instant()));
        }
        removed
    }

    /// What a rule gives for the window and as much around it as may still reach into it.
    fn starts(&self, rule: &Rule, budget: &mut Budget, flaws: &mut Vec<What>) -> Vec<NaiveDateTime> {
        let is_date = self.event.start.is_date;
        let around = TimeDelta::days(2) + self.overrides.reach();
        let local = |at: DateTime<Utc>| self.event.start.zone.local(at);
        let before = around + self.event.length.at_most();
        let since = local(self.window.start()).checked_sub_signed(before).unwrap_or(NaiveDateTime::MIN);
        let until = local(self.window.end()).checked_add_signed(around).unwrap_or(NaiveDateTime::MAX);
        let starts = rule.starts(&self.event.start, since, until, budget);
        flaws.extend(starts.flaw);
        // RFC 5545 3.3.10: of a date no BYHOUR counts.
        let whole = |local: NaiveDateTime| if is_date { local.date().and_time(NaiveTime::MIN) } else { local };
        starts.locals.into_iter().map(whole).collect()
    }
}

/// The interval of an event that stands for one occurrence, or that has no other.
pub(super) fn single(event: &Event, window: &Interval) -> Option<Interval> {
    let occurrence = Occurrence { start: event.start.clone(), length: event.length };
    occurrence.interval().filter(|interval| event.is_busy && interval.overlaps(window))
}

/// EXDATE and EXRULE: over everything else.
#[derive(Debug, Default)]
struct Removed {
    instants: HashSet<DateTime<Utc>>,
    /// A DATE in a series of times takes out the whole day.
    dates: HashSet<NaiveDate>,
}

impl Removed {
    fn has(&self, at: DateTime<Utc>, start: &When) -> bool {
        self.instants.contains(&at) || self.dates.contains(&start.local.date())
    }
}
