//! The reader of `ical_cases.txt`.
//!
//! `### NAME tz=ZONE [win=FROM/TO]` begins a case, without `win=` the window is 2027-01-01 to
//! 2027-07-01. `EXPECT A/B C/D` lists the busy intervals, `|` separates outcomes that are both right;
//! `FLAGGED` says that the source is incomplete, `UNKNOWNTZ` that it is and was read in the host's
//! zone. The other lines are properties of a VEVENT, `---` begins the next one, UID and DTSTAMP are
//! added where missing. `VTIMEZONE fixed` adds "My Custom Zone" (always +05:45), `VTIMEZONE dst` adds
//! "Customized Time Zone" (New York since 2007). `OPT` is lf, bom, bigline, bare, trunc or latin1.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use kabeuchi::domain::ical::{Asked, Reading, Reads, Unreadable, busy};
use kabeuchi::domain::interval::{Interval, Intervals};
use std::collections::HashSet;

pub struct Case {
    pub name: String,
    pub zone: Tz,
    pub window: Interval,
    pub expected: Expected,
    pub options: Vec<String>,
    /// Lines of each event.
    pub events: Vec<Vec<String>>,
    zones: Vec<String>,
}

pub enum Expected {
    /// One of these, and complete.
    Complete(Vec<Intervals>),
    Incomplete(Intervals),
    UnknownZone,
}

pub fn cases() -> Vec<Case> {
    let text = include_str!("../fixtures/ical_cases.txt");
    text.split("### ").skip(1).map(case).collect()
}

fn case(text: &str) -> Case {
    let (head, body) = text.split_once('\n').unwrap();
    let words: Vec<&str> = head.split_whitespace().collect();
    let word = |name: &str| words.iter().find_map(|word| word.strip_prefix(name));
    let mut case = Case {
        name: words[0].to_owned(),
        zone: word("tz=").unwrap().parse().unwrap(),
        window: interval(word("win=").unwrap_or("20270101T000000Z/20270701T000000Z")),
        expected: Expected::UnknownZone,
        options: Vec::new(),
        events: vec![Vec::new()],
        zones: Vec::new(),
    };
    for line in body.lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("EXPECT", outcome) => case.expected = expected(outcome),
            ("OPT", options) => case.options.extend(options.split(' ').map(str::to_owned)),
            ("VTIMEZONE", zone) => case.zones.push(zone.to_owned()),
            ("---", _) => case.events.push(Vec::new()),
            _ => case.events.last_mut().unwrap().push(line.to_owned()),
        }
    }
    case
}

fn expected(text: &str) -> Expected {
    match text.strip_prefix("FLAGGED") {
        _ if text == "UNKNOWNTZ" => Expected::UnknownZone,
        Some(text) => Expected::Incomplete(intervals(text)),
        None => Expected::Complete(text.split('|').map(intervals).collect()),
    }
}

fn intervals(text: &str) -> Intervals {
    Intervals::of(text.split_whitespace().map(interval).collect())
}

fn interval(text: &str) -> Interval {
    let at = |text: &str| -> DateTime<Utc> { NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").unwrap().and_utc() };
    let (from, to) = text.split_once('/').unwrap();
    Interval::new(at(from), at(to)).unwrap()
}

impl Case {
    fn has(&self, option: &str) -> bool {
        self.options.iter().any(|o| o == option)
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".into(), "PRODID:-//cases//EN".into()];
        lines.extend(self.zones.iter().flat_map(|zone| zone_lines(zone)).map(str::to_owned));
        for (n, event) in self.events.iter().enumerate() {
            lines.push("BEGIN:VEVENT".into());
            if !event.iter().any(|line| line.starts_with("UID:")) {
                lines.push(format!("UID:{}-{n}@cases", self.name));
            }
            if !self.has("bare") && !event.iter().any(|line| line.starts_with("DTSTAMP")) {
                lines.push("DTSTAMP:20270101T000000Z".into());
            }
            if self.has("bigline") {
                lines.push(format!("X-BIG:{}", "x".repeat(5_000_000)));
            }
            lines.extend(event.iter().cloned());
            lines.push("END:VEVENT".into());
        }
        lines.push("END:VCALENDAR".into());
        if self.has("trunc") {
            lines.truncate(lines.len() - 2);
        }
        let end = if self.has("lf") { "\n" } else { "\r\n" };
        let text: String = lines.iter().flat_map(|line| [line.as_str(), end]).collect();
        let mut bytes = if self.has("bom") { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        let mut parts = text.split("@@E9@@");
        bytes.extend(parts.next().unwrap().bytes());
        parts.for_each(|part| bytes.extend(b"\xE9".iter().copied().chain(part.bytes())));
        bytes
    }

    /// What the reader makes of these bytes, for the host and window of this case.
    pub fn read(&self, bytes: &[u8]) -> Result<Reading, Unreadable> {
        let (reads, own) = (Reads::default(), HashSet::new());
        busy(bytes, &Asked { zone: self.zone, window: self.window, reads, addresses: &[], own: &own })
    }
}

fn zone_lines(kind: &str) -> Vec<&'static str> {
    let text = match kind {
        "fixed" => {
            "BEGIN:VTIMEZONE TZID:My_Custom_Zone BEGIN:STANDARD DTSTART:19700101T000000 TZOFFSETFROM:+0545 \
             TZOFFSETTO:+0545 END:STANDARD END:VTIMEZONE"
        }
        "dst" => {
            "BEGIN:VTIMEZONE TZID:Customized_Time_Zone BEGIN:DAYLIGHT DTSTART:20070311T020000 TZOFFSETFROM:-0500 \
             TZOFFSETTO:-0400 RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU END:DAYLIGHT BEGIN:STANDARD \
             DTSTART:20071104T020000 TZOFFSETFROM:-0400 TZOFFSETTO:-0500 RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU \
             END:STANDARD END:VTIMEZONE"
        }
        other => panic!("no zone {other}"),
    };
    let named = |line: &'static str| match line {
        "TZID:My_Custom_Zone" => "TZID:My Custom Zone",
        "TZID:Customized_Time_Zone" => "TZID:Customized Time Zone",
        line => line,
    };
    text.split_whitespace().map(named).collect()
}
