//! `/availability/slots`: four weeks of a call as they can be booked, and why an instant is, or is
//! not, offered. Drawn by the same engine with the same picture as the applicants' page.

use super::rules::Picture;
use crate::domain::call::Stage;
use crate::domain::id::{CallId, PersonId};
use crate::domain::interval::{Interval, Intervals};
use crate::domain::slot::{Limit, Of, Reason};
use crate::features::calls::{self, Listed};
use crate::platform::error::{Answer, AppError};
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show};
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;

/// Days that are drawn.
const DAYS: u64 = 28;

#[derive(Template)]
#[template(path = "bookings/slots.html")]
struct Slots {
    frame: Frame,
    calls: Vec<Listed>,
    drawn: Option<Drawn>,
}

/// One call and length, drawn.
struct Drawn {
    call: CallId,
    minutes: i32,
    durations: Vec<i32>,
    zone: Tz,
    days: Vec<Day>,
    /// The day that is looked into, with each start of its grid.
    day: Option<(NaiveDate, Vec<Start>)>,
    /// The instant that was asked about, on the host's clock as typed.
    asked: Option<(String, Option<Start>)>,
}

/// A day as a bar: pairs of minute and length.
struct Day {
    date: NaiveDate,
    hours: Vec<(i64, i64)>,
    busy: Vec<(i64, i64)>,
    booked: Vec<(i64, i64)>,
    free: Vec<(i64, i64)>,
    count: usize,
}

/// A start with the reasons against it; none when it is offered.
struct Start {
    at: DateTime<Utc>,
    reasons: Vec<Reason>,
}

impl Slots {
    fn link(&self, drawn: &Drawn, minutes: &i32) -> String {
        format!("/availability/slots?call={}&minutes={minutes}", drawn.call)
    }

    fn day_link(&self, drawn: &Drawn, date: &NaiveDate) -> String {
        format!("{}&day={date}#day", self.link(drawn, &drawn.minutes))
    }

    fn is_looked_into(&self, drawn: &Drawn, date: &NaiveDate) -> bool {
        drawn.day.as_ref().is_some_and(|(day, _)| day == date)
    }

    fn ticks(&self) -> [i32; 3] {
        [360, 720, 1080]
    }

    fn short_date(&self, date: &NaiveDate) -> String {
        self.frame.speech.short_date(*date)
    }

    fn clock(&self, drawn: &Drawn, start: &Start) -> String {
        self.frame.speech.in_zone(drawn.zone).clock(start.at)
    }

    fn moment(&self, drawn: &Drawn, start: &Start) -> String {
        self.frame.speech.in_zone(drawn.zone).moment(start.at)
    }

    fn say(&self, drawn: &Drawn, reason: &Reason) -> Told {
        let speech = self.frame.speech.in_zone(drawn.zone);
        let span =
            |key, interval: &Interval| speech.t(key).saying("span", speech.span(interval.start(), interval.end()));
        match reason {
            Reason::OutsideHours => speech.t("bookings-why-outside_hours"),
            Reason::Override { date } => speech.t("bookings-why-override").saying("date", speech.short_date(*date)),
            Reason::Notice { first } => speech.t("bookings-why-notice").saying("first", speech.moment(*first)),
            Reason::Earliest { first } => speech.t("bookings-why-earliest").saying("first", speech.moment(*first)),
            Reason::Horizon { last } => speech.t("bookings-why-horizon").saying("last", speech.date(*last)),
            Reason::Limit(limit) => {
                let (key, most, used) = limit_key(*limit);
                speech.t(key).with("most", most).with("used", used)
            }
            Reason::Busy(interval) => span("bookings-why-busy", interval),
            Reason::Booking(interval) => span("bookings-why-booking", interval),
            Reason::Buffer { of: Of::Booking, interval } => span("bookings-why-buffer_of_booking", interval),
            Reason::Buffer { of: Of::Busy, interval } => span("bookings-why-buffer_of_busy", interval),
            Reason::ClockGap => speech.t("bookings-why-clock_gap"),
            Reason::OffGrid => speech.t("bookings-why-off_grid"),
        }
    }
}

fn limit_key(limit: Limit) -> (&'static str, u32, u32) {
    match limit {
        Limit::SessionsPerDay { most, used } => ("bookings-why-sessions_per_day", most, used),
        Limit::SessionsPerWeek { most, used } => ("bookings-why-sessions_per_week", most, used),
        Limit::MinutesPerDay { most, used } => ("bookings-why-minutes_per_day", most, used),
        Limit::MinutesPerWeek { most, used } => ("bookings-why-minutes_per_week", most, used),
        Limit::OfCallPerDay { most, used } => ("bookings-why-of_call_per_day", most, used),
        Limit::OfCallPerWeek { most, used } => ("bookings-why-of_call_per_week", most, used),
    }
}

/// Draws the four weeks; with `?day=` each start of that day, with `?at=` one instant.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let calls = own_calls(&mut read, me).await?;
    let asked = frame.asked("call");
    let call = calls.iter().find(|call| call.id.to_string() == asked).or(calls.first().filter(|_| asked.is_empty()));
    let drawn = match call {
        Some(call) => Some(draw(&frame, call.id, &Picture::of_call(&mut read, call.id, frame.now).await?)),
        None if asked.is_empty() => None,
        None => return Err(AppError::NotFound),
    };
    show(&Slots { frame, calls, drawn })
}

/// Calls whose times are this host's: one that a co-host attends is offered in its owner's hours.
pub(super) async fn own_calls(conn: &mut PgConnection, me: PersonId) -> Result<Vec<Listed>, AppError> {
    let mut calls = calls::of_host(conn, me).await?;
    calls.retain(|call| call.owner == me && matches!(call.stage, Stage::Open | Stage::Draft | Stage::Paused));
    Ok(calls)
}

fn draw(frame: &Frame, call: CallId, picture: &Picture) -> Drawn {
    let wished = frame.asked("minutes").parse().ok().filter(|minutes| picture.durations.contains(minutes));
    let minutes = wished.or(picture.durations.first().copied()).unwrap_or(30);
    let zone = picture.zone();
    let start = |at| Start { at, reasons: picture.why(minutes, at) };
    let looked_into = frame.asked("day").parse::<NaiveDate>().ok().and_then(|date| Some((date, day_of(zone, date)?)));
    let typed = frame.asked("at");
    let instant = NaiveDateTime::parse_from_str(&typed, "%Y-%m-%dT%H:%M").ok();
    // Of a reading that the clock shows twice, the earlier; of one that it skips, none.
    let instant = instant.and_then(|local| zone.from_local_datetime(&local).earliest()).map(|at| start(at.to_utc()));
    Drawn {
        call,
        minutes,
        durations: picture.durations.clone(),
        zone,
        days: days(frame.now, picture, minutes),
        day: looked_into.map(|(date, day)| (date, picture.starts(minutes, &day).into_iter().map(start).collect())),
        asked: (!typed.is_empty()).then_some((typed, instant)),
    }
}

/// A date from midnight to midnight, as long as it is in this zone.
fn day_of(zone: Tz, date: NaiveDate) -> Option<Interval> {
    Interval::new(midnight(zone, date)?, midnight(zone, date.succ_opt()?)?)
}

/// The first instant of a date; a clock change may skip its midnight.
fn midnight(zone: Tz, date: NaiveDate) -> Option<DateTime<Utc>> {
    (0..4).find_map(|hour| {
        zone.from_local_datetime(&date.and_hms_opt(hour, 0, 0)?).earliest().map(|first| first.to_utc())
    })
}

fn days(now: DateTime<Utc>, picture: &Picture, minutes: i32) -> Vec<Day> {
    let zone = picture.zone();
    let today = now.with_timezone(&zone).date_naive();
    let slots = picture.slots(minutes);
    let free: Vec<Interval> = slots.iter().filter_map(|slot| Interval::new(slot.start(), slot.end())).collect();
    let free = Intervals::of(free);
    let (busy, booked) = (picture.busy(), picture.booked());
    let day = |date: NaiveDate| {
        let day = day_of(zone, date)?;
        let inside = |all: &Intervals| bars(&all.clamp(&day), zone, date);
        Some(Day {
            date,
            hours: inside(&picture.hours(&day)),
            busy: inside(&busy),
            booked: inside(&booked),
            free: inside(&free),
            count: slots.iter().filter(|slot| day.start() <= slot.start() && slot.start() < day.end()).count(),
        })
    };
    (0..DAYS).filter_map(|n| day(today.checked_add_days(Days::new(n))?)).collect()
}

/// Minutes on the wall clock, where a day is 1440 wide also when its clock changes.
fn bars(intervals: &Intervals, zone: Tz, date: NaiveDate) -> Vec<(i64, i64)> {
    let minute = |at: DateTime<Utc>| {
        let local = at.with_timezone(&zone).naive_local();
        (local - date.and_time(chrono::NaiveTime::MIN)).clamp(TimeDelta::zero(), TimeDelta::days(1)).num_minutes()
    };
    let pairs = intervals.iter().map(|i| (minute(i.start()), minute(i.end())));
    pairs.filter(|(from, to)| from < to).map(|(from, to)| (from, to - from)).collect()
}
