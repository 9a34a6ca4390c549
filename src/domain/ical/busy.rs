//! A calendar file to busy time: the whole way, step by step.

use super::budget::Budget;
use super::component::{Component, contents};
use super::event::Reader;
use super::flaw::{Flaw, Flaws, What, name};
use super::marks::Reads;
use super::overrides::Family;
use super::series::{Series, single};
use super::zones::Zones;
use crate::domain::interval::{Interval, Intervals};
use crate::domain::person::EmailAddress;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use thiserror::Error;

/// Largest file that is read.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What a reader has to know about whose calendar it is.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The host's zone: for whole days, for times without a zone, and for zones that nobody knows.
    pub zone: Tz,
    /// Only what reaches into it is read.
    pub window: Interval,
    pub reads: Reads,
    /// The addresses under which the host is invited.
    pub addresses: &'a [EmailAddress],
    /// UIDs of our own bookings, which come back once they are written to the calendar.
    pub own: &'a HashSet<String>,
}

/// What was read. Only with no flaws is the rest of the window free.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Whole intervals that reach into the window.
    pub busy: Intervals,
    /// Events that were understood, ours left out.
    pub events: usize,
    /// When ours begin according to the calendar, by UID; one that was cancelled there is not in it.
    pub own: BTreeMap<String, BTreeSet<DateTime<Utc>>>,
    /// The first flaws, at most [`MAX_FLAWS`](super::MAX_FLAWS).
    pub flaws: Vec<Flaw>,
    /// All flaws in number.
    pub flaw_count: usize,
    /// What it cost, at most [`MAX_STEPS`](super::MAX_STEPS).
    pub steps: u32,
}

impl Reading {
    /// Whether everything was understood.
    pub fn is_complete(&self) -> bool {
        self.flaw_count == 0
    }
}

/// Why bytes are no calendar at all: the source is failing, and its last picture stays in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    #[error("not a calendar")]
    NotACalendar,
    #[error("a calendar of more than 8 MiB")]
    TooLarge,
}

/// Reads the busy time of a calendar file.
pub fn busy(bytes: &[u8], asked: &Asked<'_>) -> Result<Reading, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let contents = contents(bytes);
    if contents.calendars.is_empty() || bytes.trim_ascii_start().starts_with(b"<") {
        return Err(Unreadable::NotACalendar);
    }
    let mut file = File::of(asked);
    contents.flaws.into_iter().for_each(|what| file.flaws.of_file(what));
    let mut families = BTreeMap::new();
    for calendar in contents.calendars {
        file.calendar(calendar, &mut families);
    }
    for (named, family) in families.into_values() {
        if file.family(named.as_deref(), family).is_err() {
            file.flaws.of_file(What::TooManyEvents);
            break;
        }
    }
    Ok(file.reading())
}

/// Events by UID, each with the name by which flaws know it.
type Families = BTreeMap<Key, (Option<String>, Family)>;

/// An event without UID is nobody's revision.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Uid(String),
    None(usize),
}

struct File<'a> {
    asked: &'a Asked<'a>,
    budget: Budget,
    flaws: Flaws,
    busy: Vec<Interval>,
    events: usize,
    own: BTreeMap<String, BTreeSet<DateTime<Utc>>>,
}

impl<'a> File<'a> {
    fn of(asked: &'a Asked<'a>) -> Self {
        let (budget, flaws) = (Budget::new(), Flaws::default());
        Self { asked, budget, flaws, busy: Vec::new(), events: 0, own: BTreeMap::new() }
    }

    fn calendar(&mut self, mut calendar: Component, families: &mut Families) {
        calendar.flaws.iter().for_each(|what| self.flaws.of_file(what.clone()));
        let parts = std::mem::take(&mut calendar.parts);
        let (zones, components): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.name == "VTIMEZONE");
        let zones = Zones::of(&calendar, &zones, self.asked.zone, self.asked.window.end());
        let mut reader = Reader { asked: self.asked, zones, budget: &mut self.budget, flaws: Vec::new() };
        for component in components {
            let uid = component.find("UID").map(|property| property.text()).filter(|uid| !uid.is_empty());
            if let Some(uid) = uid.as_ref().filter(|uid| self.asked.own.contains(*uid)) {
                let event = reader.event(&component).filter(|event| !event.is_cancelled);
                reader.flaws.clear();
                self.own.entry(uid.clone()).or_default().extend(event.map(|event| event.start.instant()));
                continue;
            }
            if component.name == "VFREEBUSY" {
                self.busy.extend(reader.free_busy(&component));
                self.events += 1;
            } else if let Some(event) = reader.event(&component) {
                self.events += 1;
                let key = uid.map_or(Key::None(self.events), Key::Uid);
                families.entry(key).or_insert_with(|| (name(&component), Family::default())).1.add(event);
            }
            let flaws = component.flaws.iter().cloned().chain(reader.flaws.drain(..));
            flaws.for_each(|what| self.flaws.of_event(name(&component).as_deref(), what));
        }
    }

    /// Adds the busy time of one UID. An error says that no more events are read.
    fn family(&mut self, named: Option<&str>, family: Family) -> Result<(), What> {
        let (masters, overrides) = family.settle();
        let (window, mut busy, mut flaws) = (self.asked.window, Vec::new(), Vec::new());
        for event in &masters {
            busy.extend(Series { event, overrides: &overrides, window }.busy(&mut self.budget, &mut flaws));
        }
        let is_cancelled = !masters.is_empty() && masters.iter().all(|master| master.is_cancelled);
        if !is_cancelled {
            busy.extend(overrides.events().filter_map(|event| single(event, &window)));
        }
        flaws.into_iter().for_each(|what| self.flaws.of_event(named, what));
        if !busy.is_empty() {
            self.budget.count_event()?;
        }
        self.busy.extend(busy);
        Ok(())
    }

    fn reading(self) -> Reading {
        Reading {
            busy: Intervals::of(self.busy),
            events: self.events,
            own: self.own,
            flaws: self.flaws.first,
            flaw_count: self.flaws.count,
            steps: self.budget.spent(),
        }
    }
}
