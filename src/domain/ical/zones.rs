//! Names of zones to zones: those of the database, those of Windows, those that the file spells out.

use super::budget::Budget;
use super::component::Component;
use super::inline_zone::InlineZone;
use super::zone::Zone;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::HashMap;
use std::rc::Rc;

/// Inline zones are read until this long after the window.
const DAYS_AFTER: i64 = 400;

/// The zones of one calendar.
pub(super) struct Zones<'a> {
    host: Tz,
    /// The zone that the calendar declares for floating times.
    declared: Option<String>,
    until: DateTime<Utc>,
    inline: HashMap<String, &'a Component>,
    found: HashMap<String, Option<Zone>>,
}

impl<'a> Zones<'a> {
    pub(super) fn of(calendar: &Component, zones: &'a [Component], host: Tz, window_end: DateTime<Utc>) -> Self {
        let inline = zones.iter().filter_map(|zone| Some((zone.find("TZID")?.text(), zone))).collect();
        let declared = calendar.find("X-WR-TIMEZONE").map(|property| property.text());
        let until = window_end.checked_add_signed(TimeDelta::days(DAYS_AFTER)).unwrap_or(window_end);
        Self { host, declared, until, inline, found: HashMap::new() }
    }

    /// The host's own, in which whole dates and unknown zones are read.
    pub(super) fn host(&self) -> Zone {
        Zone::Known(self.host)
    }

    /// The zone of times without one: the calendar's where it declares it, else the host's.
    pub(super) fn floating(&mut self, budget: &mut Budget) -> Result<Zone, String> {
        match self.declared.clone() {
            Some(name) => self.find(&name, budget),
            None => Ok(self.host()),
        }
    }

    /// The zone of this name, or the name back where nobody knows it.
    pub(super) fn find(&mut self, name: &str, budget: &mut Budget) -> Result<Zone, String> {
        let name = name.trim();
        if !self.found.contains_key(name) {
            let zone = self.resolve(name, budget);
            self.found.insert(name.to_owned(), zone);
        }
        self.found.get(name).cloned().flatten().ok_or_else(|| name.to_owned())
    }

    fn resolve(&self, name: &str, budget: &mut Budget) -> Option<Zone> {
        let known = || by_name(name).map(Zone::Known);
        if is_description(name) {
            return self.spelt_out(name, budget).or_else(known);
        }
        known().or_else(|| self.spelt_out(name, budget)).or_else(|| by_suffix(name).map(Zone::Known))
    }

    /// The VTIMEZONE of this name: where it says it is, else by its rules.
    fn spelt_out(&self, name: &str, budget: &mut Budget) -> Option<Zone> {
        let zone = self.inline.get(name)?;
        let location = zone.find("X-LIC-LOCATION").and_then(|property| property.text().parse().ok());
        let rules = || InlineZone::read(zone, self.until, budget).map(|zone| Zone::Inline(Rc::new(zone)));
        location.map(Zone::Known).or_else(rules)
    }
}

/// Names under which Outlook hides any rules at all, so that the file's own are better.
fn is_description(name: &str) -> bool {
    name.starts_with('(') || name.to_ascii_lowercase().starts_with("customized time zone")
}

/// By the database, or by the table of names that Windows uses.
fn by_name(name: &str) -> Option<Tz> {
    use calcard::common::timezone::Tz as Named;
    if let Ok(zone) = name.parse() {
        return Some(zone);
    }
    match name.parse::<Named>() {
        // Paths of vendors come after the file's own rules.
        _ if name.starts_with('/') => None,
        // "(GMT+01.00) …" of an unknown town becomes an offset without summer time: a guess.
        Ok(Named::Tz(zone)) if !(name.starts_with('(') && zone.name().starts_with("Etc/")) => Some(zone),
        _ => None,
    }
}

/// `/freeassociation.sourceforge.net/Asia/Tokyo`: the end is the name.
fn by_suffix(name: &str) -> Option<Tz> {
    let parts: Vec<&str> = name.split('/').collect();
    let ends = (1..parts.len()).filter(|from| parts.len() - from >= 2);
    ends.take(8).find_map(|from| parts[from..].join("/").parse().ok())
}
