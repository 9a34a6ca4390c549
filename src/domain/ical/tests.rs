//! The reader: the cases of the scheduling design by their numbers, and what bad files may cost.

mod bounds;
mod cases;
mod zones;

use super::*;
use crate::domain::interval::{Interval, Intervals};
use crate::domain::person::EmailAddress;
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use std::collections::HashSet;

/// The half year that most cases are read for.
const HALF_YEAR: &str = "2027-01-01T00:00/2027-07-01T00:00";

/// A host who reads a file.
struct Host {
    zone: Tz,
    window: Interval,
    reads: Reads,
    addresses: Vec<EmailAddress>,
    own: HashSet<String>,
}

fn host(zone: Tz) -> Host {
    let window = interval(HALF_YEAR);
    Host { zone, window, reads: Reads::default(), addresses: Vec::new(), own: HashSet::new() }
}

impl Host {
    fn during(self, window: &str) -> Host {
        Host { window: interval(window), ..self }
    }

    fn reading(self, reads: Reads) -> Host {
        Host { reads, ..self }
    }

    fn read(&self, bytes: &[u8]) -> Result<Reading, Unreadable> {
        let Host { zone, window, reads, addresses, own } = self;
        busy(bytes, &Asked { zone: *zone, window: *window, reads: *reads, addresses, own })
    }

    /// What each other choice would free and take.
    fn otherwise(&self, events: &[&str]) -> Vec<(Choice, Intervals, Intervals)> {
        let Host { zone, window, reads, addresses, own } = self;
        let asked = Asked { zone: *zone, window: *window, reads: *reads, addresses, own };
        let found = otherwise(calendar_of(events).as_bytes(), &asked, *window);
        found.into_iter().map(|other| (other.choice, other.frees, other.takes)).collect()
    }

    /// What a calendar of these events gives.
    fn events(&self, events: &[&str]) -> Reading {
        self.read(calendar_of(events).as_bytes()).unwrap()
    }

    /// The same, all of which has to be understood.
    fn busy(&self, events: &[&str]) -> Intervals {
        let reading = self.events(events);
        assert_eq!(reading.flaws, []);
        reading.busy
    }
}

/// A calendar of events, each given by its lines without UID.
fn calendar_of(events: &[&str]) -> String {
    let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned()];
    for (n, event) in events.iter().enumerate() {
        let uid = if event.contains("UID:") { String::new() } else { format!("UID:{n}@test") };
        lines.extend(["BEGIN:VEVENT".to_owned(), uid]);
        lines.extend(event.lines().map(|line| line.trim().to_owned()));
        lines.push("END:VEVENT".to_owned());
    }
    lines.push("END:VCALENDAR\r\n".to_owned());
    lines.join("\r\n")
}

/// `"2027-01-12T09:00/2027-01-12T10:00"` in UTC.
fn interval(text: &str) -> Interval {
    let at = |text: &str| -> DateTime<Utc> { NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap().and_utc() };
    let (from, to) = text.split_once('/').unwrap();
    Interval::new(at(from), at(to)).unwrap()
}

fn intervals(texts: &[&str]) -> Intervals {
    Intervals::of(texts.iter().map(|text| interval(text)).collect())
}

fn nothing() -> Intervals {
    Intervals::default()
}

fn whats(reading: &Reading) -> Vec<What> {
    reading.flaws.iter().map(|flaw| flaw.what.clone()).collect()
}
