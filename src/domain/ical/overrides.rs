//! Events of one UID: which revision holds, and which occurrences of a series are replaced.

use super::event::{Event, InsteadOf};
use super::when::When;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// All that a file says under one UID.
#[derive(Debug, Default)]
pub(super) struct Family {
    pub(super) masters: Vec<Event>,
    overrides: Vec<Event>,
}

impl Family {
    pub(super) fn add(&mut self, event: Event) {
        let events = if event.instead_of.is_some() { &mut self.overrides } else { &mut self.masters };
        // Nearly all families are one event, and a calendar may have many.
        if events.is_empty() {
            events.reserve_exact(1);
        }
        events.push(event);
    }

    /// Keeps what holds: of masters the highest revision, and of overrides the highest of each
    /// occurrence. Masters that no mark tells apart all hold: some programs give every event one UID.
    pub(super) fn settle(mut self) -> (Vec<Event>, Overrides) {
        let highest = self.masters.iter().map(|master| master.revision).max();
        self.masters.retain(|master| Some(master.revision) == highest);
        let mut overrides = BTreeMap::new();
        for event in self.overrides {
            let Some(InsteadOf { at, .. }) = &event.instead_of else { continue };
            let at = self.masters.first().map_or_else(|| at.clone(), |master| master.start.align(at));
            let key = at.instant();
            let is_newer =
                overrides.get(&key).is_none_or(|(_, other): &(When, Event)| other.revision <= event.revision);
            if is_newer {
                overrides.insert(key, (at, event));
            }
        }
        (self.masters, Overrides::of(overrides))
    }
}

/// Replaced occurrences by the instant at which they would have begun.
#[derive(Debug, Default)]
pub(super) struct Overrides {
    events: BTreeMap<DateTime<Utc>, (When, Event)>,
    /// Those that later occurrences follow, in order.
    followed: Vec<DateTime<Utc>>,
    reach: TimeDelta,
}

impl Overrides {
    fn of(events: BTreeMap<DateTime<Utc>, (When, Event)>) -> Self {
        let is_followed = |event: &Event| event.instead_of.as_ref().is_some_and(|instead_of| instead_of.and_later);
        let later = || events.iter().filter(|(_, (_, event))| is_followed(event));
        let reach = later().map(|(_, (at, event))| moved(at, event).abs() + event.length.at_most()).max();
        Self { followed: later().map(|(at, _)| *at).collect(), reach: reach.unwrap_or_default(), events }
    }

    /// The events that stand for an occurrence, whether the series has it or not.
    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.values().map(|(_, event)| event)
    }

    /// Whether the occurrence of this instant is replaced.
    pub(super) fn replaces(&self, at: DateTime<Utc>) -> bool {
        self.events.contains_key(&at)
    }

    /// The event that an occurrence of this instant follows, and how far that moves it.
    pub(super) fn followed(&self, at: DateTime<Utc>) -> Option<(&Event, TimeDelta)> {
        let before = self.followed.partition_point(|from| *from <= at).checked_sub(1)?;
        let (from, event) = self.events.get(self.followed.get(before)?)?;
        Some((event, moved(from, event)))
    }

    /// How far from its own time an occurrence that follows another may still be busy.
    pub(super) fn reach(&self) -> TimeDelta {
        self.reach
    }
}

/// From where the occurrence would have been, on the clock of each.
fn moved(from: &When, event: &Event) -> TimeDelta {
    event.start.local - from.local
}
