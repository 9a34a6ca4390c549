//! `kabeuchi slots`: the slot engine alone, on a case given as JSON. Hosts see what a rule does
//! before they save it, and a wrong slot can be reported as a file. No database, no settings.

use crate::domain::availability::{Availability, WallClock, Weekly, Window};
use crate::domain::booking;
use crate::domain::interval::{Interval, Intervals};
use crate::domain::person::TimeZone;
use crate::domain::slot::{self, Booked, Limit, Limits, Minutes, Of, Reason, Rules, Taken};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc, Weekday};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the case asks: all instants RFC 3339, clocks like `09:00`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(deserialize_with = "zone")]
    zone: TimeZone,
    /// Accepted and checked: it changes labels, never the instants.
    #[serde(default, deserialize_with = "zone_or_none")]
    #[allow(dead_code, reason = "the twin of a page's address; no instant depends on it")]
    viewer_zone: Option<TimeZone>,
    now: DateTime<Utc>,
    duration: Span<1>,
    step: Span<1>,
    #[serde(default)]
    notice_minutes: Span<0>,
    #[serde(default = "sixty")]
    horizon_days: u16,
    #[serde(default)]
    earliest: Option<DateTime<Utc>>,
    #[serde(default)]
    buffer_before: Span<0>,
    #[serde(default)]
    buffer_after: Span<0>,
    #[serde(default = "monday", deserialize_with = "week_start")]
    week_start: Weekday,
    #[serde(default)]
    weekly: Vec<OfWeek>,
    #[serde(default)]
    overrides: Vec<OfDate>,
    #[serde(default)]
    limits: OfHost,
    #[serde(default)]
    call_limits: OfCall,
    #[serde(default)]
    bookings: Vec<OfBooking>,
    #[serde(default)]
    busy: Vec<Stretch>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// Minutes, at least `LEAST` and at most a year.
#[derive(Clone, Copy, Default)]
struct Span<const LEAST: i32>(i32);

impl<const LEAST: i32> Span<LEAST> {
    fn minutes(self) -> Minutes {
        Minutes(self.0)
    }
}

impl<'de, const LEAST: i32> Deserialize<'de> for Span<LEAST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        const YEAR: i32 = 366 * 24 * 60;
        let minutes = i32::deserialize(from)?;
        match (LEAST..=YEAR).contains(&minutes) {
            true => Ok(Self(minutes)),
            false => Err(D::Error::custom(format!("{minutes} is not between {LEAST} and {YEAR} minutes"))),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfWeek {
    #[serde(deserialize_with = "weekday")]
    day: Weekday,
    from: WallClock,
    to: WallClock,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfDate {
    date: NaiveDate,
    windows: Vec<Window>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct OfHost {
    per_day: Option<u32>,
    per_week: Option<u32>,
    minutes_per_day: Option<u32>,
    minutes_per_week: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct OfCall {
    per_day: Option<u32>,
    per_week: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfBooking {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    #[serde(default)]
    buffer_before: Span<0>,
    #[serde(default)]
    buffer_after: Span<0>,
    #[serde(default = "confirmed", deserialize_with = "stage")]
    stage: booking::Stage,
    #[serde(default)]
    this_call: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stretch {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

fn sixty() -> u16 {
    60
}

fn monday() -> Weekday {
    Weekday::Mon
}

fn confirmed() -> booking::Stage {
    booking::Stage::Confirmed
}

fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(from)?;
    TimeZone::parse(&name).ok_or_else(|| D::Error::custom(format!("no zone is called {name:?}")))
}

fn zone_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<TimeZone>, D::Error> {
    let name = Option::<String>::deserialize(from)?;
    name.map(|name| TimeZone::parse(&name).ok_or_else(|| D::Error::custom(format!("no zone is called {name:?}"))))
        .transpose()
}

fn weekday<'de, D: Deserializer<'de>>(from: D) -> Result<Weekday, D::Error> {
    let name = String::deserialize(from)?;
    name.parse().map_err(|_| D::Error::custom(format!("{name:?} is not one of mon, tue, wed, thu, fri, sat, sun")))
}

fn week_start<'de, D: Deserializer<'de>>(from: D) -> Result<Weekday, D::Error> {
    match weekday(from)? {
        day @ (Weekday::Mon | Weekday::Sun) => Ok(day),
        day => Err(D::Error::custom(format!("a week starts on mon or sun, not on {day}"))),
    }
}

fn stage<'de, D: Deserializer<'de>>(from: D) -> Result<booking::Stage, D::Error> {
    let word = String::deserialize(from)?;
    booking::Stage::parse(&word).ok_or_else(|| D::Error::custom(format!("no booking is {word:?}")))
}

/// A case as the engine takes it.
struct Asked {
    rules: Rules,
    bookings: Vec<Booked>,
    busy: Intervals,
    now: DateTime<Utc>,
    window: Interval,
}

impl Asked {
    fn taken(&self) -> Taken<'_> {
        Taken { bookings: &self.bookings, busy: self.busy.as_slice() }
    }
}

impl TryFrom<Case> for Asked {
    type Error = String;

    fn try_from(case: Case) -> Result<Self, String> {
        let window = interval("to", case.from, case.to)?;
        let mut weekly = Weekly::default();
        for OfWeek { day, from, to } in case.weekly {
            weekly.0[day.num_days_from_monday() as usize].push(Window { from, to });
        }
        let overrides: BTreeMap<_, _> = case.overrides.into_iter().map(|o| (o.date, o.windows)).collect();
        let busy: Vec<Interval> = (case.busy.iter().enumerate())
            .map(|(n, b)| interval(&format!("busy[{n}].end"), b.start, b.end))
            .collect::<Result<_, _>>()?;
        let mut bookings = Vec::new();
        for (n, b) in case.bookings.iter().enumerate() {
            let interval = interval(&format!("bookings[{n}].end"), b.start, b.end)?;
            if b.stage.takes_time() {
                let (buffer_before, buffer_after) = (b.buffer_before.minutes(), b.buffer_after.minutes());
                bookings.push(Booked { interval, buffer_before, buffer_after, is_of_this_call: b.this_call });
            }
        }
        let rules = Rules {
            availability: Availability { zone: case.zone.0, weekly, overrides },
            duration: case.duration.minutes(),
            step: case.step.minutes(),
            notice: case.notice_minutes.minutes(),
            horizon_days: case.horizon_days.into(),
            earliest: case.earliest,
            buffer_before: case.buffer_before.minutes(),
            buffer_after: case.buffer_after.minutes(),
            week_start: case.week_start,
            limits: Limits {
                per_day: case.limits.per_day,
                per_week: case.limits.per_week,
                minutes_per_day: case.limits.minutes_per_day,
                minutes_per_week: case.limits.minutes_per_week,
                call_per_day: case.call_limits.per_day,
                call_per_week: case.call_limits.per_week,
            },
        };
        Ok(Self { rules, bookings, busy: Intervals::of(busy), now: case.now, window })
    }
}

fn interval(field: &str, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Interval, String> {
    Interval::new(start, end).ok_or_else(|| format!("{field}: {} is not after {}", rfc3339(end), rfc3339(start)))
}

/// Answers a case: its slots, or with an instant why that one is or is not offered. The error names
/// the field that cannot be used.
pub fn answer(case: &str, why: Option<&str>) -> Result<String, String> {
    let read = &mut serde_json::Deserializer::from_str(case);
    let case: Case = serde_path_to_error::deserialize(&mut *read).map_err(|fault| named(&fault))?;
    read.end().map_err(|fault| fault.to_string())?;
    let asked = Asked::try_from(case)?;
    let answer = match why {
        None => slots(&asked),
        Some(instant) => {
            let instant = DateTime::parse_from_rfc3339(instant)
                .map_err(|fault| format!("--why: {fault}. For example: 2027-01-12T09:00:00+09:00"))?;
            reasons(&asked, instant.to_utc())
        }
    };
    Ok(answer.to_string())
}

fn named(fault: &serde_path_to_error::Error<serde_json::Error>) -> String {
    match fault.path().iter().next() {
        Some(_) => format!("{}: {}", fault.path(), fault.inner()),
        None => fault.inner().to_string(),
    }
}

fn slots(asked: &Asked) -> Value {
    let slots = slot::slots(&asked.rules, asked.taken(), asked.now, &asked.window);
    let drawn = slots.iter().map(|slot| json!({ "start": rfc3339(slot.start()), "end": rfc3339(slot.end()) }));
    json!({ "slots": drawn.collect::<Vec<_>>() })
}

fn reasons(asked: &Asked, instant: DateTime<Utc>) -> Value {
    let reasons = slot::why(&asked.rules, asked.taken(), asked.now, instant);
    let drawn: Vec<Value> = reasons.iter().map(reason).collect();
    json!({ "instant": rfc3339(instant), "offerable": reasons.is_empty(), "reasons": drawn })
}

fn reason(reason: &Reason) -> Value {
    let stretch = |kind: &str, interval: &Interval| json!({ "kind": kind, "start": rfc3339(interval.start()), "end": rfc3339(interval.end()) });
    match reason {
        Reason::OutsideHours => json!({ "kind": "outside-hours" }),
        Reason::Override { date } => json!({ "kind": "override", "date": date }),
        Reason::Notice { first } => json!({ "kind": "notice", "first": rfc3339(*first) }),
        Reason::Horizon { last } => json!({ "kind": "horizon", "last": last }),
        Reason::Earliest { first } => json!({ "kind": "earliest", "first": rfc3339(*first) }),
        Reason::Limit(limit) => {
            let (of, most, used) = counted(*limit);
            json!({ "kind": "limit", "of": of, "most": most, "used": used })
        }
        Reason::Busy(interval) => stretch("busy", interval),
        Reason::Booking(interval) => stretch("booking", interval),
        Reason::Buffer { of, interval } => {
            let mut drawn = stretch("buffer", interval);
            drawn["of"] = json!(match of {
                Of::Booking => "booking",
                Of::Busy => "busy",
            });
            drawn
        }
        Reason::ClockGap => json!({ "kind": "clock-gap" }),
        Reason::OffGrid => json!({ "kind": "off-grid" }),
    }
}

fn counted(limit: Limit) -> (&'static str, u32, u32) {
    match limit {
        Limit::SessionsPerDay { most, used } => ("per_day", most, used),
        Limit::SessionsPerWeek { most, used } => ("per_week", most, used),
        Limit::MinutesPerDay { most, used } => ("minutes_per_day", most, used),
        Limit::MinutesPerWeek { most, used } => ("minutes_per_week", most, used),
        Limit::OfCallPerDay { most, used } => ("call_per_day", most, used),
        Limit::OfCallPerWeek { most, used } => ("call_per_week", most, used),
    }
}

fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Tuesday in Tokyo, 09:00 to 12:00, with some lines more.
    fn case(more: &str) -> String {
        format!(
            r#"{{ "zone": "Asia/Tokyo", "now": "2027-01-01T00:00:00Z", "duration": 60, "step": 60,
                  "weekly": [{{ "day": "tue", "from": "09:00", "to": "12:00" }}],
                  "from": "2027-01-12T00:00:00+09:00", "to": "2027-01-13T00:00:00+09:00" {more} }}"#
        )
    }

    fn starts(case: &str) -> Vec<String> {
        let answer: Value = serde_json::from_str(&answer(case, None).unwrap()).unwrap();
        let starts = answer["slots"].as_array().unwrap().iter();
        starts.map(|slot| slot["start"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn slots_come_out_in_utc() {
        assert_eq!(starts(&case("")), ["2027-01-12T00:00:00Z", "2027-01-12T01:00:00Z", "2027-01-12T02:00:00Z"]);
    }

    #[test]
    fn what_no_longer_takes_time_takes_none() {
        let booked = |stage| {
            case(&format!(
                r#", "bookings": [{{ "start": "2027-01-12T01:00:00Z", "end": "2027-01-12T02:00:00Z", "stage": "{stage}" }}]"#
            ))
        };
        for stage in ["cancelled", "released"] {
            assert_eq!(starts(&booked(stage)).len(), 3, "{stage}");
        }
        for stage in ["held", "confirmed"] {
            assert_eq!(starts(&booked(stage)), ["2027-01-12T00:00:00Z", "2027-01-12T02:00:00Z"], "{stage}");
        }
    }

    #[test]
    fn the_reasons_carry_their_numbers() {
        let case = case(
            r#", "limits": { "per_day": 1 }, "buffer_after": 15,
               "bookings": [{ "start": "2027-01-12T01:00:00Z", "end": "2027-01-12T02:00:00Z", "this_call": true }]"#,
        );
        let why = |instant| serde_json::from_str::<Value>(&answer(&case, Some(instant)).unwrap()).unwrap();

        assert_eq!(
            why("2027-01-12T09:00:00+09:00"),
            json!({ "instant": "2027-01-12T00:00:00Z", "offerable": false, "reasons": [
                { "kind": "limit", "of": "per_day", "most": 1, "used": 1 },
                { "kind": "buffer", "of": "booking", "start": "2027-01-12T01:00:00Z", "end": "2027-01-12T02:00:00Z" },
            ] })
        );
        assert_eq!(why("2027-01-19T00:00:00Z")["offerable"], true);
    }

    #[test]
    fn an_error_names_the_field() {
        for (wrong, field) in [
            (case(r#", "zone": "Asia/Nowhere""#).replacen(r#""zone": "Asia/Tokyo","#, "", 1), "zone: "),
            (case(r#", "horizon": 3"#), "unknown field `horizon`"),
            (case("").replace("09:00\"", "9 o'clock\""), "weekly[0].from: "),
            (case("").replace("tue", "today"), "weekly[0].day: "),
            (case("").replace(r#""step": 60"#, r#""step": 0"#), "step: "),
            (case("").replace(r#""duration": 60"#, r#""duration": "long""#), "duration: "),
            (case(r#", "week_start": "wed""#), "week_start: "),
            (
                case(r#", "busy": [{ "start": "2027-01-12T02:00:00Z", "end": "2027-01-12T02:00:00Z" }]"#),
                "busy[0].end: ",
            ),
            (
                case(
                    r#", "bookings": [{ "start": "2027-01-12T02:00:00Z", "end": "2027-01-12T03:00:00Z", "stage": "wished" }]"#,
                ),
                "bookings[0].stage: ",
            ),
            (case("").replace("2027-01-13T00", "2027-01-11T00"), "to: "),
            (case("").replace(r#""now": "2027-01-01T00:00:00Z","#, ""), "missing field `now`"),
            (case("") + "x", "trailing characters"),
            (String::new(), "EOF"),
        ] {
            let error = answer(&wrong, None).unwrap_err();
            assert!(error.contains(field), "{error} for {wrong}");
        }
        assert!(answer(&case(""), Some("tomorrow")).unwrap_err().starts_with("--why: "));
    }
}
