//! `/availability/zone`: what it means that a host's clock is another one: sessions stay, hours move. The
//! profile leads here, and only from here such a zone is stored. In this slice, since it alone knows the
//! sessions and the times that can be booked.

use super::rules::Picture;
use super::slots::own_calls;
use super::store::{self, Committed};
use crate::domain::availability::{Availability, Weekly, Window};
use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::interval::Interval;
use crate::domain::person::TimeZone;
use crate::domain::slot;
use crate::features::{availability, consultations, people};
use crate::platform::error::{Answer, AppError, see_other};
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told, offset_word};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

const PROFILE: &str = "/settings/profile";

#[derive(Template)]
#[template(path = "bookings/zone.html")]
struct Zone {
    frame: Frame,
    /// Until now, and then.
    zones: [Tz; 2],
    sessions: Vec<Committed>,
    titles: HashMap<ConsultationId, String>,
    week: Vec<Moved>,
    times: Option<Times>,
    fields: Fields,
}

/// A window of the week as it is meant, and where it lies until now and then.
struct Moved {
    date: NaiveDate,
    window: Window,
    spans: [Option<Interval>; 2],
}

/// Times of a call that can be booked: those that go, come and stay.
struct Times {
    call_title: String,
    minutes: i32,
    gone: usize,
    come: usize,
    stay: usize,
}

impl Zone {
    fn names(&self) -> [String; 2] {
        self.zones.map(|zone| zone.to_string())
    }

    /// The present moment on both clocks, with the offset for whoever does not know the letters.
    fn clocks(&self) -> [String; 2] {
        self.zones.map(|zone| {
            let (clock, offset) =
                (self.frame.speech.in_zone(zone).moment(self.frame.now), offset_word(zone, self.frame.now));
            if clock.ends_with(&offset) { clock } else { format!("{clock} ({offset})") }
        })
    }

    /// One session on both clocks.
    fn session(&self, session: &Committed) -> [String; 2] {
        self.zones.map(|zone| self.frame.speech.in_zone(zone).span(session.time.start(), session.time.end()))
    }

    fn title(&self, session: &Committed) -> &str {
        self.titles.get(&session.consultation).map_or("", String::as_str)
    }

    fn meant(&self, moved: &Moved) -> String {
        format!("{} {}–{}", self.frame.speech.weekday(moved.date), moved.window.from, moved.window.to)
    }

    /// On the clock of UTC, with the weekday where it is not that of the window.
    fn spans(&self, moved: &Moved) -> [Told; 2] {
        let clock = |at: DateTime<Utc>, date: NaiveDate| match at.date_naive() == date {
            true => at.format("%H:%M").to_string(),
            false => format!("{} {}", self.frame.speech.weekday(at.date_naive()), at.format("%H:%M")),
        };
        moved.spans.map(|span| match span {
            Some(span) => {
                let from = clock(span.start(), moved.date);
                let to = clock(span.end(), span.start().date_naive());
                self.frame.t("bookings-zone-span").with("from", from).with("to", to)
            }
            None => self.frame.t("bookings-zone-skipped"),
        })
    }

    /// Days of the week that is compared.
    fn first_day(&self) -> Option<String> {
        self.week.first().map(|moved| self.frame.speech.short_date(moved.date))
    }
}

/// Compares the zones; without another zone there is nothing to look at.
pub async fn get(frame: Frame) -> Answer {
    let asked = frame.asked("zone");
    if asked.is_empty() {
        return Ok(see_other(PROFILE));
    }
    let zone = TimeZone::parse(&asked).ok_or(AppError::Unprocessable("an unknown zone"))?;
    match zone.0 == frame.speech.zone {
        true => Ok(see_other(PROFILE)),
        false => show(&compared(frame, zone, Fields::default()).await?),
    }
}

/// Stores the zone that was compared with the present one.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let zone = TimeZone::parse(fields.value("zone")).ok_or(AppError::Unprocessable("an unknown zone"))?;
    let mut tx = frame.begin(&fields).await?;
    let now = frame.speech.zone;
    if zone.0 != now && fields.value("from") != now.name() {
        fields.refuse("from", Message::new("bookings-zone-stale"));
        return show_with(StatusCode::CONFLICT, &compared(frame, zone, fields).await?);
    }
    if zone.0 != now {
        people::move_to(&mut tx, frame.asker.id()?, zone).await?;
    }
    tx.see_other("/settings/profile?said=saved").await
}

/// Whether somebody offers hours, or must be there at a session that is ahead.
pub async fn is_hosting(
    conn: &mut PgConnection,
    person: PersonId,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<bool, AppError> {
    let today = now.with_timezone(&zone).date_naive();
    let offers = !availability::offered(&mut *conn, person, zone).await?.is_empty(today);
    Ok(offers || !store::committed(conn, person, now).await?.is_empty())
}

async fn compared(frame: Frame, zone: TimeZone, fields: Fields) -> Result<Zone, AppError> {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let zones = [frame.speech.zone, zone.0];
    let sessions = store::committed(&mut read, me, frame.now).await?;
    let titles = match sessions.is_empty() {
        true => HashMap::new(),
        false => consultations::with_person(&mut read, me).await?,
    };
    let weekly = availability::offered(&mut read, me, zones[0]).await?.availability.weekly;
    let week = week(&weekly, zones, frame.now.with_timezone(&zones[0]).date_naive());
    let times = Times::load(&mut read, me, zone.0, frame.now).await?;
    drop(read);
    Ok(Zone { frame, zones, sessions, titles, week, times, fields })
}

/// The windows of the next seven days, from tomorrow on.
fn week(weekly: &Weekly, zones: [Tz; 2], today: NaiveDate) -> Vec<Moved> {
    let windows = |date: NaiveDate| weekly.of(date.weekday()).iter().map(move |window| (date, *window));
    let days = today.iter_days().skip(1).take(7);
    let moved = |(date, window)| Moved { date, window, spans: zones.map(|zone| span(zone, date, window)) };
    days.flat_map(windows).map(moved).collect()
}

/// From the beginning of a window to its end; nothing where the clock skips it whole.
fn span(zone: Tz, date: NaiveDate, window: Window) -> Option<Interval> {
    let overrides = [(date, vec![window])].into();
    let alone = Availability { zone, weekly: Weekly::default(), overrides };
    // A date lies within a day of its midnight in UTC, whatever the zone.
    let noon = Utc.from_utc_datetime(&date.and_hms_opt(12, 0, 0)?);
    let around = Interval::new(noon.checked_sub_days(Days::new(2))?, noon.checked_add_days(Days::new(3))?)?;
    let hours = slot::hours(&alone, &around);
    Interval::new(hours.iter().next()?.start(), hours.iter().last()?.end())
}

impl Times {
    /// Of the call that was opened last, and of its shortest length: all calls share the hours, so one
    /// shows what moves.
    async fn load(
        conn: &mut PgConnection,
        me: PersonId,
        zone: Tz,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, AppError> {
        let Some(call) = own_calls(&mut *conn, me).await?.into_iter().next() else { return Ok(None) };
        let picture = Picture::of_call(conn, call.id, now).await?;
        let starts = |picture: &Picture| -> BTreeSet<DateTime<Utc>> {
            picture.slots(call.free_minutes).iter().map(slot::Slot::start).collect()
        };
        let (until_now, then) = (starts(&picture), starts(&picture.in_zone(zone)));
        Ok(Some(Self {
            call_title: call.title,
            minutes: call.free_minutes,
            gone: until_now.difference(&then).count(),
            come: then.difference(&until_now).count(),
            stay: until_now.intersection(&then).count(),
        }))
    }
}
