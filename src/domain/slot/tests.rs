//! The cases by their numbers, and the engine against a slow twin.

mod cases;
mod twin;

use super::*;
use crate::domain::availability::{DAY, WallClock, Weekly, Window};
use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// `"2027-01-12 09:00"` on the wall clock of a zone; the earlier one where there are two.
fn at(zone: Tz, text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&local).earliest().unwrap().with_timezone(&Utc)
}

fn utc(text: &str) -> DateTime<Utc> {
    at(Tz::UTC, text)
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `"09:00-12:00"`.
fn window(text: &str) -> Window {
    let (from, to) = text.split_once('-').unwrap();
    Window { from: WallClock::parse(from).unwrap(), to: WallClock::parse(to).unwrap() }
}

fn windows(texts: &[&str]) -> Vec<Window> {
    texts.iter().map(|text| window(text)).collect()
}

/// A host with these hours on every weekday, an hour on an hourly grid, and no other rule.
fn every_day(zone: Tz, hours: &[&str]) -> Rules {
    let weekly = Weekly(std::array::from_fn(|_| windows(hours)));
    of(zone, weekly)
}

/// A host with hours on one weekday alone.
fn only_on(zone: Tz, day: Weekday, hours: &[&str]) -> Rules {
    let mut weekly = Weekly::default();
    weekly.0[day.num_days_from_monday() as usize] = windows(hours);
    of(zone, weekly)
}

fn of(zone: Tz, weekly: Weekly) -> Rules {
    Rules {
        availability: Availability { zone, weekly, overrides: BTreeMap::new() },
        duration: Minutes(60),
        step: Minutes(60),
        notice: Minutes(0),
        horizon_days: 400,
        earliest: None,
        buffer_before: Minutes(0),
        buffer_after: Minutes(0),
        week_start: Weekday::Mon,
        limits: Limits::default(),
    }
}

fn sized(duration: i32, step: i32, rules: Rules) -> Rules {
    Rules { duration: Minutes(duration), step: Minutes(step), ..rules }
}

fn booked(start: DateTime<Utc>, minutes: i64, before: i32, after: i32) -> Booked {
    let interval = Interval::new(start, start + TimeDelta::minutes(minutes)).unwrap();
    Booked { interval, buffer_before: Minutes(before), buffer_after: Minutes(after), is_of_this_call: true }
}

const LONG_AGO: &str = "2027-01-01 00:00";

/// Starts of a date of the host, as `HH:MM` in UTC.
fn on(rules: &Rules, day: &str) -> Vec<String> {
    on_with(rules, Taken::default(), day)
}

fn on_with(rules: &Rules, taken: Taken<'_>, day: &str) -> Vec<String> {
    let zone = rules.availability.zone;
    starts(rules, taken, utc(LONG_AGO), day)
        .iter()
        .filter(|s| s.with_timezone(&zone).date_naive() == date(day))
        .map(|s| s.format("%H:%M").to_string())
        .collect()
}

/// Starts of a date of the host on its own clock.
fn local(rules: &Rules, taken: Taken<'_>, day: &str) -> Vec<String> {
    let zone = rules.availability.zone;
    let on_date = |s: &DateTime<Utc>| s.with_timezone(&zone).date_naive() == date(day);
    starts(rules, taken, utc(LONG_AGO), day)
        .iter()
        .filter(|s| on_date(s))
        .map(|s| s.with_timezone(&zone).format("%H:%M").to_string())
        .collect()
}

/// Starts around a date: two days to both sides.
fn starts(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, day: &str) -> Vec<DateTime<Utc>> {
    let noon = date(day).and_hms_opt(12, 0, 0).unwrap().and_utc();
    let around = Interval::new(noon - TimeDelta::hours(60), noon + TimeDelta::hours(60)).unwrap();
    slots(rules, taken, now, &around).iter().map(Slot::start).collect()
}

fn texts(instants: &[DateTime<Utc>]) -> Vec<String> {
    instants.iter().map(|i| i.format("%Y-%m-%d %H:%M").to_string()).collect()
}
