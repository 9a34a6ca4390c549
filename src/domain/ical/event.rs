//! One VEVENT as it was written: when, how long, how often, instead of what.

use super::budget::Budget;
use super::busy::Asked;
use super::component::Component;
use super::flaw::{MAX_FLAWS, What};
use super::lines::Property;
use super::marks::Marks;
use super::rule::Rule;
use super::when::{Length, When, Written, duration};
use super::zone::Zone;
use super::zones::Zones;
use chrono::{DateTime, TimeDelta, Utc};

/// An event that was understood, with what was not understood of it.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) revision: Revision,
    pub(super) start: When,
    pub(super) length: Length,
    pub(super) rules: Vec<Rule>,
    pub(super) except: Vec<Rule>,
    pub(super) added: Vec<(When, Option<Length>)>,
    pub(super) removed: Vec<When>,
    pub(super) instead_of: Option<InsteadOf>,
    pub(super) is_cancelled: bool,
    pub(super) is_busy: bool,
}

/// Of two with the same UID the higher one holds: SEQUENCE, then DTSTAMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Revision {
    sequence: i64,
    stamp: DateTime<Utc>,
}

/// The occurrence that an event stands for (RECURRENCE-ID).
#[derive(Clone, Debug)]
pub(super) struct InsteadOf {
    pub(super) at: When,
    /// All later ones follow it.
    pub(super) and_later: bool,
}

/// Reads the events of one calendar.
pub(super) struct Reader<'a, 'b> {
    pub(super) asked: &'b Asked<'b>,
    pub(super) zones: Zones<'a>,
    pub(super) budget: &'b mut Budget,
    /// What was not understood of the component that is being read.
    pub(super) flaws: Vec<What>,
}

impl Reader<'_, '_> {
    /// Reads an event; `None` where it has to be left out, with the flaws saying why.
    pub(super) fn event(&mut self, component: &Component) -> Option<Event> {
        let is_cancelled = component.find("STATUS").is_some_and(|status| status.is("CANCELLED"));
        let written = self.instead_of(component);
        // A cancelled occurrence needs no DTSTART; any other without one leaves the series as it is.
        let fallback = written.as_ref().filter(|_| is_cancelled).map(|instead_of| instead_of.at.clone());
        let start = match component.find("DTSTART") {
            Some(property) => self.when(property, &property.value)?,
            None => fallback.or_else(|| self.refuse(What::Missing("DTSTART")))?,
        };
        let marks = Marks::of(component, start.is_date, self.asked.addresses);
        let length = self.length(component, &start)?;
        // What cannot be placed in its series stands for itself.
        let unplaced = || InsteadOf { at: start.clone(), and_later: false };
        let instead_of = written.or_else(|| component.find("RECURRENCE-ID").map(|_| unplaced()));
        let event = Event {
            revision: self.revision(component),
            rules: self.rules(component, "RRULE")?,
            except: self.rules(component, "EXRULE").unwrap_or_default(),
            added: self.added(component),
            removed: self.removed(component),
            is_cancelled: marks.is_cancelled,
            is_busy: marks.is_busy(self.asked.reads),
            instead_of,
            length,
            start,
        };
        if event.instead_of.is_some() && !(event.rules.is_empty() && event.added.is_empty()) {
            self.note(What::Value("RECURRENCE-ID"));
        }
        if self.is_far(component, event.start.instant(), event.length.end(&event.start)) {
            self.flaws.retain(|what| !matches!(what, What::UnknownZone(_)));
        }
        Some(event)
    }

    /// Each flaw of a component is noted once, and no more of them than anybody could read.
    fn note(&mut self, what: What) {
        if self.flaws.len() < MAX_FLAWS && !self.flaws.contains(&what) {
            self.flaws.push(what);
        }
    }

    fn refuse<T>(&mut self, what: What) -> Option<T> {
        self.note(what);
        None
    }

    /// Whether an event is a single one so far from the window that no zone and no mistake in its
    /// end could bring it there. Old mistakes must not keep a calendar incomplete for ever.
    fn is_far(&self, component: &Component, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        let is_single = ["RRULE", "RDATE", "RECURRENCE-ID"].iter().all(|name| component.find(name).is_none());
        let (from, to) = (start.min(end), start.max(end));
        let near = self.asked.window.start() - TimeDelta::days(2)..self.asked.window.end() + TimeDelta::days(2);
        is_single && (to < near.start || near.end < from)
    }

    /// A DATE or DATE-TIME of this property, in the zone that it names.
    pub(super) fn when(&mut self, property: &Property, text: &str) -> Option<When> {
        let Some(written) = Written::read(text) else {
            self.note(What::Value(property.name));
            return None;
        };
        let zone = match property.parameter("TZID") {
            _ if written.is_utc => Ok(Zone::UTC),
            _ if written.is_date => Ok(self.zones.host()),
            Some(name) => self.zones.find(name, self.budget),
            None => self.zones.floating(self.budget),
        };
        let zone = zone.unwrap_or_else(|name| {
            self.note(What::unknown_zone(&name));
            self.zones.host()
        });
        Some(When { local: written.local, is_date: written.is_date, zone })
    }

    fn length(&mut self, component: &Component, start: &When) -> Option<Length> {
        if let Some(property) = component.find("DTEND") {
            let end = self.when(property, &property.value)?;
            let length = between(start, &end);
            if length.is_none() && !self.is_far(component, start.instant(), end.instant()) {
                self.note(What::EndBeforeStart);
            }
            return length;
        }
        match component.find("DURATION") {
            Some(property) => duration(&property.value).or_else(|| self.refuse(What::Value("DURATION"))),
            None if start.is_date => Some(Length::days(1)),
            None => Some(Length::NOTHING),
        }
    }

    fn instead_of(&mut self, component: &Component) -> Option<InsteadOf> {
        let property = component.find("RECURRENCE-ID")?;
        let and_later = property.parameter("RANGE").is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        Some(InsteadOf { at: self.when(property, &property.value)?, and_later })
    }

    fn revision(&mut self, component: &Component) -> Revision {
        let sequence = component.find("SEQUENCE").and_then(|property| property.value.trim().parse().ok());
        let stamp = component.find("DTSTAMP").and_then(|property| Written::read(&property.value));
        Revision {
            sequence: sequence.unwrap_or(0),
            stamp: stamp.map_or(DateTime::<Utc>::MIN_UTC, |written| written.local.and_utc()),
        }
    }

    /// The rules of this name; `None` where one of them is no rule at all.
    fn rules(&mut self, component: &Component, name: &'static str) -> Option<Vec<Rule>> {
        let mut rules = Vec::new();
        for property in component.all(name) {
            match Rule::read(&property.value) {
                Ok(rule) => rules.push(rule),
                Err(what) => {
                    let is_none = what == What::Rule;
                    self.note(what);
                    if is_none {
                        return None;
                    }
                }
            }
        }
        Some(rules)
    }

    /// RDATE: points of time, or periods with a length of their own.
    fn added(&mut self, component: &Component) -> Vec<(When, Option<Length>)> {
        let mut added = Vec::new();
        for (property, text) in list(component, "RDATE") {
            if !self.may_list() {
                break;
            }
            match text.split_once('/') {
                Some(_) => added.extend(self.period(property, text).map(|(start, length)| (start, Some(length)))),
                None => added.extend(self.when(property, text).map(|start| (start, None))),
            }
        }
        added
    }

    fn removed(&mut self, component: &Component) -> Vec<When> {
        let mut removed = Vec::new();
        for (property, text) in list(component, "EXDATE") {
            if !self.may_list() {
                break;
            }
            removed.extend(self.when(property, text));
        }
        removed
    }

    /// Whether the budget has room for one more date of a list; says so where it has not.
    pub(super) fn may_list(&mut self) -> bool {
        self.budget.list().map_err(|what| self.note(what)).is_ok()
    }

    /// PERIOD (RFC 5545 3.3.9): start and end, or start and duration.
    pub(super) fn period(&mut self, property: &Property, text: &str) -> Option<(When, Length)> {
        let Some((start, end)) = text.split_once('/') else { return self.refuse(What::Value(property.name)) };
        let start = self.when(property, start)?;
        let length = match end.trim().starts_with(['P', 'p', '+', '-']) {
            true => duration(end).or_else(|| self.refuse(What::Value(property.name))),
            false => {
                let end = self.when(property, end)?;
                between(&start, &end).or_else(|| self.refuse(What::EndBeforeStart))
            }
        };
        Some((start, length?))
    }
}

/// The values of all properties of this name, each with its property.
pub(super) fn list<'a>(component: &'a Component, name: &'a str) -> impl Iterator<Item = (&'a Property, &'a str)> {
    component.all(name).flat_map(|property| property.value.split(',').map(move |text| (property, text)))
}

/// From a start to an end that is not before it. Dates are apart by days, of which there is always
/// one; times by exact seconds, so that each is resolved in its own zone.
fn between(start: &When, end: &When) -> Option<Length> {
    if start.is_date && end.is_date {
        let days = (end.local.date() - start.local.date()).num_days();
        return (days >= 0).then(|| Length::days(days.max(1)));
    }
    let seconds = (end.instant() - start.instant()).num_seconds();
    (seconds >= 0).then_some(Length::Exact { seconds })
}
