//! Calendars as their providers export and publish them: what is busy, what is free, and nothing
//! that was not understood. People are made up, the shape of each file is its provider's.

use chrono::{NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use kabeuchi::domain::ical::{Asked, Reading, Reads, busy};
use kabeuchi::domain::interval::{Interval, Intervals};
use kabeuchi::domain::person::EmailAddress;
use std::collections::HashSet;

const GOOGLE: &[u8] = include_bytes!("../fixtures/exports/google.ics");
const MICROSOFT365: &[u8] = include_bytes!("../fixtures/exports/microsoft365.ics");
const EXCHANGE: &[u8] = include_bytes!("../fixtures/exports/exchange.ics");
const ICLOUD: &[u8] = include_bytes!("../fixtures/exports/icloud.ics");
const PROTON: &[u8] = include_bytes!("../fixtures/exports/proton.ics");
const NEXTCLOUD: &[u8] = include_bytes!("../fixtures/exports/nextcloud.ics");
const FASTMAIL: &[u8] = include_bytes!("../fixtures/exports/fastmail.ics");

/// All of them.
pub const EXPORTS: [&[u8]; 7] = [GOOGLE, MICROSOFT365, EXCHANGE, ICLOUD, PROTON, NEXTCLOUD, FASTMAIL];

/// What was read of a file for Hana, who tells times by the clock of a zone.
struct Export {
    zone: Tz,
    reading: Reading,
}

impl Export {
    /// Reads from the beginning of one day to that of another.
    fn read(file: &[u8], zone: Tz, from: &str, to: &str) -> Self {
        let hana = [EmailAddress::parse("hana@example.org").unwrap()];
        let window = during(zone, &format!("{from} 00:00"), &format!("{to} 00:00"));
        let asked = Asked { zone, window, reads: Reads::default(), addresses: &hana, own: &HashSet::new() };
        Self { zone, reading: busy(file, &asked).unwrap() }
    }

    /// Exactly this is busy, each from and to, and everything was understood.
    fn is_busy(&self, expected: &[(&str, &str)]) {
        assert_eq!(self.reading.flaws, [], "everything is understood");
        let expected = Intervals::of(expected.iter().map(|(from, to)| during(self.zone, from, to)).collect());
        let of = |all: &Intervals, other: &Intervals| -> Vec<String> {
            let differing = all.iter().filter(|interval| !other.iter().any(|o| o == *interval));
            differing.map(|i| format!("{} to {}", self.clock(i.start()), self.clock(i.end()))).collect()
        };
        let (more, less) = (of(&self.reading.busy, &expected), of(&expected, &self.reading.busy));
        assert_eq!((more, less), (Vec::<String>::new(), Vec::<String>::new()), "busy, but free; free, but busy");
    }

    /// Half an hour that one might take for busy.
    fn is_free(&self, from: &str, why: &str) {
        let from = instant(self.zone, from);
        let half_hour = Interval::new(from, from + TimeDelta::minutes(30)).unwrap();
        assert!(!self.reading.busy.overlap(&half_hour), "{why}");
    }

    fn clock(&self, at: chrono::DateTime<chrono::Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M").to_string()
    }
}

fn instant(zone: Tz, clock: &str) -> chrono::DateTime<chrono::Utc> {
    let clock = NaiveDateTime::parse_from_str(clock, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&clock).unwrap().to_utc()
}

fn during(zone: Tz, from: &str, to: &str) -> Interval {
    Interval::new(instant(zone, from), instant(zone, to)).unwrap()
}

#[test]
fn google_calendar() {
    let export = Export::read(GOOGLE, Tz::Asia__Tokyo, "2027-01-04", "2027-03-20");
    export.is_busy(&[
        ("2027-01-06 10:00", "2027-01-06 10:30"),
        ("2027-01-12 08:00", "2027-01-12 09:00"),
        ("2027-01-15 14:00", "2027-01-15 15:00"),
        ("2027-01-18 00:00", "2027-01-20 00:00"),
        ("2027-01-21 14:00", "2027-01-21 14:30"),
        ("2027-01-27 10:00", "2027-01-27 10:30"),
        ("2027-01-28 12:00", "2027-01-28 13:30"),
        ("2027-02-02 08:00", "2027-02-02 09:00"),
        ("2027-02-03 10:00", "2027-02-03 10:30"),
        ("2027-02-17 10:00", "2027-02-17 10:30"),
        ("2027-02-23 08:00", "2027-02-23 09:00"),
        ("2027-02-24 11:00", "2027-02-24 11:30"),
        ("2027-03-03 11:00", "2027-03-03 11:30"),
        ("2027-03-16 07:00", "2027-03-16 08:00"),
    ]);
    export.is_free("2027-01-13 10:00", "one of the series was taken out");
    export.is_free("2027-01-14 15:00", "Hana declined");
    export.is_free("2027-01-20 10:00", "it was moved to the next day");
    export.is_free("2027-01-22 10:00", "birthdays are marked as free");
    export.is_free("2027-02-10 10:00", "one of the series was cancelled");
    export.is_free("2027-02-24 10:00", "the series was split, and goes on an hour later");
    export.is_free("2027-03-16 08:00", "New York changed its clocks");
}

#[test]
fn microsoft_365() {
    let export = Export::read(MICROSOFT365, Tz::Europe__Berlin, "2027-01-04", "2027-04-01");
    export.is_busy(&[
        ("2027-01-06 09:00", "2027-01-06 09:45"),
        ("2027-01-07 13:00", "2027-01-07 14:00"),
        ("2027-01-11 00:00", "2027-01-13 00:00"),
        ("2027-01-14 10:00", "2027-01-14 11:00"),
        ("2027-01-18 09:00", "2027-01-18 10:00"),
        ("2027-01-20 11:00", "2027-01-20 11:45"),
        ("2027-01-21 21:30", "2027-01-21 23:00"),
        ("2027-01-27 14:00", "2027-01-27 15:00"),
        ("2027-02-03 09:00", "2027-02-03 09:45"),
        ("2027-02-24 14:00", "2027-02-24 15:00"),
        ("2027-03-31 14:00", "2027-03-31 15:00"),
    ]);
    export.is_free("2027-01-13 09:00", "the first of two that were taken out in one line");
    export.is_free("2027-01-27 09:00", "the second");
    export.is_free("2027-01-15 09:00", "a birthday that is free");
    export.is_free("2027-01-20 09:00", "it was moved to eleven");
    export.is_free("2027-01-28 09:00", "it was called off");
    export.is_free("2027-02-10 09:00", "the series is over");
}

#[test]
fn exchange() {
    let export = Export::read(EXCHANGE, Tz::Asia__Tokyo, "2027-01-04", "2027-04-01");
    export.is_busy(&[
        ("2027-01-08 11:00", "2027-01-08 11:30"),
        ("2027-01-12 09:30", "2027-01-12 10:30"),
        ("2027-01-14 00:00", "2027-01-16 00:00"),
        ("2027-01-19 11:00", "2027-01-19 12:00"),
        ("2027-01-21 11:00", "2027-01-21 12:00"),
        ("2027-01-29 16:30", "2027-01-29 17:30"),
        ("2027-02-09 09:30", "2027-02-09 10:30"),
        ("2027-02-26 16:30", "2027-02-26 17:30"),
        ("2027-03-09 09:30", "2027-03-09 10:30"),
        ("2027-03-23 08:30", "2027-03-23 09:30"),
        ("2027-03-31 16:30", "2027-03-31 17:30"),
    ]);
    export.is_free("2027-01-07 10:00", "Hana declined, whatever its mark says");
    export.is_free("2027-01-20 11:00", "taken out by a zone of Microsoft's own");
    export.is_free("2027-01-22 10:00", "a whole day by the clock that is free");
    export.is_free("2027-01-26 09:30", "taken out by a zone that the file spells out");
    export.is_free("2027-03-23 09:30", "that zone changed its clocks");
}

#[test]
fn apple_icloud() {
    let export = Export::read(ICLOUD, Tz::Asia__Tokyo, "2027-01-04", "2027-04-10");
    export.is_busy(&[
        ("2027-01-06 11:00", "2027-01-06 12:00"),
        ("2027-01-09 00:00", "2027-01-11 00:00"),
        ("2027-01-18 22:00", "2027-01-20 03:00"),
        ("2027-01-27 12:30", "2027-01-27 13:30"),
        ("2027-02-03 11:00", "2027-02-03 12:00"),
        ("2027-03-23 00:00", "2027-03-23 01:00"),
        ("2027-03-29 23:00", "2027-03-30 00:00"),
    ]);
    export.is_free("2027-01-06 10:30", "the way there is not in the calendar's time");
    export.is_free("2027-01-13 11:00", "taken out");
    export.is_free("2027-01-15 15:00", "Hana declined, under an address of Apple's own");
    export.is_free("2027-01-20 11:00", "taken out as well");
    export.is_free("2027-01-27 11:00", "it was moved past noon");
    export.is_free("2027-02-10 11:00", "the series is over");
}

#[test]
fn proton() {
    let export = Export::read(PROTON, Tz::Europe__Zurich, "2027-01-04", "2027-05-01");
    export.is_busy(&[
        ("2027-01-07 11:00", "2027-01-07 12:00"),
        ("2027-01-11 08:00", "2027-01-11 08:30"),
        ("2027-01-12 08:00", "2027-01-12 08:30"),
        ("2027-01-14 09:30", "2027-01-14 10:00"),
        ("2027-01-15 08:00", "2027-01-15 08:30"),
        ("2027-01-22 00:00", "2027-01-23 00:00"),
        ("2027-01-26 18:00", "2027-01-26 19:00"),
        ("2027-02-23 18:00", "2027-02-23 19:00"),
        ("2027-03-23 18:00", "2027-03-23 19:00"),
        ("2027-04-27 18:00", "2027-04-27 19:00"),
    ]);
    export.is_free("2027-01-08 14:00", "Hana declined by mail");
    export.is_free("2027-01-13 08:00", "taken out, and still counted");
    export.is_free("2027-01-14 08:00", "it was moved");
    export.is_free("2027-01-16 08:00", "five days are over");
}

#[test]
fn nextcloud() {
    let export = Export::read(NEXTCLOUD, Tz::Europe__Berlin, "2027-01-04", "2027-04-10");
    export.is_busy(&[
        ("2027-01-05 19:00", "2027-01-05 20:30"),
        ("2027-01-07 19:00", "2027-01-07 20:30"),
        ("2027-01-08 00:00", "2027-01-09 00:00"),
        ("2027-01-13 10:00", "2027-01-13 11:00"),
        ("2027-01-15 19:00", "2027-01-15 20:30"),
        ("2027-01-19 19:00", "2027-01-19 20:30"),
        ("2027-03-31 09:00", "2027-03-31 10:00"),
    ]);
    export.is_free("2027-01-06 09:00", "a task takes no time");
    export.is_free("2027-01-11 09:00", "birthdays of contacts are free");
    export.is_free("2027-01-12 19:00", "taken out");
    export.is_free("2027-01-14 19:00", "it was moved to the next day");
    export.is_free("2027-01-21 19:00", "the series is over");
}

#[test]
fn fastmail() {
    let export = Export::read(FASTMAIL, Tz::Australia__Melbourne, "2027-03-25", "2027-05-01");
    export.is_busy(&[
        ("2027-03-31 09:00", "2027-03-31 09:45"),
        ("2027-04-02 00:00", "2027-04-06 00:00"),
        ("2027-04-07 09:00", "2027-04-07 09:45"),
        ("2027-04-09 08:00", "2027-04-09 09:00"),
        ("2027-04-15 16:00", "2027-04-15 16:45"),
        ("2027-04-21 10:00", "2027-04-21 11:30"),
    ]);
    export.is_free("2027-04-06 00:00", "four days, of which one had 25 hours");
    export.is_free("2027-04-09 14:00", "Hana declined");
    export.is_free("2027-04-12 10:00", "a whole day that is free");
    export.is_free("2027-04-14 09:00", "taken out, and still counted");
    export.is_free("2027-04-21 09:00", "it was moved to ten");
    export.is_free("2027-04-28 09:00", "four are over");
}

/// A file that breaks off is never taken for the whole calendar.
#[test]
fn an_export_cut_anywhere_is_never_complete() {
    let window = during(Tz::Asia__Tokyo, "2027-01-04 00:00", "2027-04-01 00:00");
    let (reads, own) = (Reads::default(), HashSet::new());
    for file in [GOOGLE, EXCHANGE] {
        for length in (0..file.len() - "END:VCALENDAR\r\n".len()).step_by(7) {
            let asked = Asked { zone: Tz::Asia__Tokyo, window, reads, addresses: &[], own: &own };
            assert!(!busy(&file[..length], &asked).is_ok_and(|reading| reading.is_complete()), "after {length} bytes");
        }
    }
}
