//! Zones: names, rules spelt out in the file, clocks that skip and repeat.

use super::*;
use chrono_tz::Africa::Cairo;
use chrono_tz::UTC;

/// A calendar with one VTIMEZONE and an event of an hour at this wall clock.
fn with_zone(name: &str, lines: &str, start: &str) -> String {
    let event = format!("DTSTART;TZID=\"{name}\":{start}\nDURATION:PT1H");
    let escaped = name.replace(',', "\\,");
    let zone = format!("VERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:{escaped}\r\n{lines}\r\nEND:VTIMEZONE");
    calendar_of(&[&event]).replace("VERSION:2.0", &zone)
}

fn observance(kind: &str, start: &str, from: &str, to: &str, rule: &str) -> String {
    format!("BEGIN:{kind}\r\nDTSTART:{start}\r\nTZOFFSETFROM:{from}\r\nTZOFFSETTO:{to}\r\n{rule}\r\nEND:{kind}")
}

/// Central Europe as Outlook writes it, since 1601.
fn berlin() -> String {
    let winter = observance("STANDARD", "16011028T030000", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10");
    let summer = observance("DAYLIGHT", "16010325T020000", "+0100", "+0200", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3");
    format!("{winter}\r\n{summer}")
}

fn start_of(text: &str) -> (String, Vec<What>) {
    let reading = host(UTC).during("2027-01-01T00:00/2028-01-01T00:00").read(text.as_bytes()).unwrap();
    let start = reading.busy.iter().next().map(|interval| interval.start().format("%m-%d %H:%M").to_string());
    (start.unwrap_or_default(), whats(&reading))
}

#[test]
fn rules_of_the_file_hold_for_names_that_describe() {
    let name = "(GMT+01.00) Amsterdam, Atlantis";
    assert_eq!(start_of(&with_zone(name, &berlin(), "20270112T100000")), ("01-12 09:00".into(), vec![]));
    assert_eq!(start_of(&with_zone(name, &berlin(), "20270701T100000")), ("07-01 08:00".into(), vec![]));
    // The hour that is skipped goes by the offset before, the one that comes twice is the earlier.
    assert_eq!(start_of(&with_zone(name, &berlin(), "20270328T023000")), ("03-28 01:30".into(), vec![]));
    assert_eq!(start_of(&with_zone(name, &berlin(), "20271031T023000")), ("10-31 00:30".into(), vec![]));
}

#[test]
fn the_database_knows_better_than_the_file() {
    let wrong = observance("STANDARD", "19700101T000000", "+0000", "+0000", "");
    assert_eq!(start_of(&with_zone("Asia/Tokyo", &wrong, "20270112T100000")).0, "01-12 01:00");
    let located = format!("X-LIC-LOCATION:Asia/Tokyo\r\n{wrong}");
    assert_eq!(start_of(&with_zone("Mine", &located, "20270112T100000")).0, "01-12 01:00");
}

#[test]
fn trust_e19_zones_that_cannot_be_understood_are_said() {
    let unknown = |name: &str| vec![What::UnknownZone(name.to_owned())];
    let far = observance("STANDARD", "19700101T000000", "+2500", "+2500", "");
    assert_eq!(start_of(&with_zone("Far", &far, "20270112T100000")), ("01-12 10:00".into(), unknown("Far")));
    let garbled = berlin().replace("RRULE:", "RRULE ");
    assert_eq!(start_of(&with_zone("Garbled", &garbled, "20270701T100000")).1, unknown("Garbled"));
    let many: Vec<String> = (0..10_000).map(|_| berlin()).collect();
    assert_eq!(start_of(&with_zone("Many", &many.join("\r\n"), "20270112T100000")).1, unknown("Many"));
    let busy = observance("STANDARD", "19700101T000000", "+0000", "+0100", "RRULE:FREQ=HOURLY");
    assert_eq!(start_of(&with_zone("Busy", &busy, "20270112T100000")).1, unknown("Busy"));
    let offset_alone = calendar_of(&["DTSTART;TZID=\"(GMT+09:00) Nowhere\":20270112T100000\nDURATION:PT1H"]);
    assert_eq!(start_of(&offset_alone).1, unknown("(GMT+09:00) Nowhere"), "a guess without summer time");
}

#[test]
fn an_unknown_zone_of_long_ago_changes_nothing() {
    let event = "DTSTART;TZID=Nowhere:20120112T100000\nDURATION:PT1H";
    assert!(host(UTC).events(&[event]).is_complete());
    assert!(!host(UTC).events(&[&format!("{event}\nRRULE:FREQ=DAILY")]).is_complete());
    let backwards = "DTSTART:20120112T100000Z\nDTEND:20120112T090000Z";
    assert!(host(UTC).events(&[backwards]).is_complete());
    assert_eq!(whats(&host(UTC).events(&[&backwards.replace("2012", "2027")])), [What::EndBeforeStart]);
}

#[test]
fn a_date_without_a_midnight_is_a_day_all_the_same() {
    let spring = host(Cairo).during("2027-04-01T00:00/2027-05-03T00:00");
    let event = "DTSTART;VALUE=DATE:20270429\nRRULE:FREQ=DAILY;COUNT=3";
    let three_days = intervals(&["2027-04-28T22:00/2027-05-01T21:00"]);
    assert_eq!(spring.busy(&[event]), three_days);
    assert_eq!(spring.busy(&[&format!("{event};BYHOUR=9")]), three_days);
}

#[test]
fn an_occurrence_that_the_clock_skips_does_not_count() {
    let event = "DTSTART;TZID=America/New_York:20270313T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3";
    let busy = ["2027-03-13T07:30/2027-03-13T08:30", "2027-03-15T06:30/2027-03-15T07:30"];
    assert_eq!(host(UTC).busy(&[event]), intervals(&[&busy[..], &["2027-03-16T06:30/2027-03-16T07:30"]].concat()));
}
