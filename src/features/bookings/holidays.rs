//! `/availability/holidays`: closes a set of days in one step, after a look at the times that go.
//! Here and not in `availability`, since only the slot engine's picture knows these times.

use super::rules::Picture;
use super::slots::own_calls;
use crate::domain::id::PersonId;
use crate::domain::interval::Intervals;
use crate::features::availability::{self, HolidaySet};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Years that can be chosen: this one and the next two.
const YEARS: i32 = 3;

#[derive(Template)]
#[template(path = "bookings/holidays.html")]
struct Holidays {
    frame: Frame,
    kind: HolidaySet,
    year: i32,
    years: Vec<i32>,
    dates: Vec<Date>,
    call_title: String,
    fields: Fields,
}

/// A date of the set that is ahead.
struct Date {
    date: NaiveDate,
    /// As the law calls it, in Japanese.
    name: Option<String>,
    /// Set by hand before: it stays as it is unless it is ticked.
    is_set: bool,
    is_closed: bool,
    /// Times that can be booked now and would go.
    times: usize,
    /// A session that is booked stays booked.
    is_booked: bool,
}

impl Holidays {
    fn sets(&self) -> [HolidaySet; 3] {
        HolidaySet::ALL
    }

    fn is_ticked(&self, date: &Date) -> bool {
        match self.fields.is_refused() {
            true => self.fields.has("dates", &date.date.to_string()),
            false => !date.is_set,
        }
    }

    fn lost(&self) -> usize {
        self.dates.iter().filter(|date| self.is_ticked(date)).map(|date| date.times).sum()
    }

    fn is_all_closed(&self) -> bool {
        self.dates.iter().all(|date| date.is_closed)
    }
}

async fn page(frame: Frame, fields: Fields, set: &str, year: &str) -> Result<Holidays, AppError> {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let zone = frame.speech.zone;
    let today = frame.now.with_timezone(&zone).date_naive();
    let years: Vec<i32> = (today.year()..today.year() + YEARS).collect();
    let kind = HolidaySet::parse(set).unwrap_or(HolidaySet::Public);
    let year = year.parse().ok().filter(|year| years.contains(year)).unwrap_or(today.year());
    let overrides = availability::overrides(&mut read, me, today).await?;
    let taken = Taken::load(&mut read, me, frame.now).await?;
    let ahead = kind.dates(year).into_iter().filter(|(date, _)| *date >= today);
    let dates = ahead
        .map(|(date, name)| Date {
            name,
            is_set: overrides.contains_key(&date),
            is_closed: overrides.get(&date).is_some_and(Vec::is_empty),
            times: taken.free.get(&date).copied().unwrap_or_default(),
            is_booked: taken.is_booked(date, zone),
            date,
        })
        .collect();
    drop(read);
    Ok(Holidays { frame, kind, year, years, dates, call_title: taken.call_title, fields })
}

/// What lies on the host's dates: free times, and booked sessions of all calls.
#[derive(Default)]
struct Taken {
    /// The call whose times are counted: the one that was opened last. All calls share the hours, so
    /// one shows what goes, and the page does not ask more the more calls there are.
    call_title: String,
    free: BTreeMap<NaiveDate, usize>,
    booked: Intervals,
}

impl Taken {
    async fn load(conn: &mut PgConnection, me: PersonId, now: DateTime<Utc>) -> Result<Self, AppError> {
        let calls = own_calls(&mut *conn, me).await?;
        let Some(call) = calls.into_iter().next() else { return Ok(Self::default()) };
        let picture = Picture::of_call(&mut *conn, call.id, now).await?;
        let mut free = BTreeMap::new();
        for slot in picture.slots(call.free_minutes) {
            *free.entry(slot.start().with_timezone(&picture.zone()).date_naive()).or_default() += 1;
        }
        Ok(Self { call_title: call.title, free, booked: picture.booked() })
    }

    fn is_booked(&self, date: NaiveDate, zone: Tz) -> bool {
        self.booked.iter().any(|session| session.start().with_timezone(&zone).date_naive() == date)
    }
}

/// Shows the dates of a set with what would go.
pub async fn get(frame: Frame) -> Answer {
    let (set, year) = (frame.asked("set"), frame.asked("year"));
    show(&page(frame, Fields::default(), &set, &year).await?)
}

/// Closes the dates that are ticked.
pub async fn post(frame: Frame, Many(mut fields): Many) -> Answer {
    let me = frame.asker.id()?;
    let (set, year) = (fields.value("set").to_owned(), fields.value("year").to_owned());
    let today = frame.now.with_timezone(&frame.speech.zone).date_naive();
    let known: Vec<NaiveDate> = HolidaySet::parse(&set)
        .zip(year.parse().ok().filter(|year: &i32| (today.year()..today.year() + YEARS).contains(year)))
        .map(|(set, year)| set.dates(year).into_iter().map(|(date, _)| date).filter(|date| *date >= today).collect())
        .unwrap_or_default();
    let ticked: Vec<NaiveDate> = known.into_iter().filter(|date| fields.has("dates", &date.to_string())).collect();
    if ticked.is_empty() {
        fields.refuse("dates", Message::new("bookings-holidays-choose"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, fields, &set, &year).await?);
    }
    let mut tx = frame.begin(&fields).await?;
    availability::close(&mut tx, me, &ticked).await?;
    tx.see_other("/availability/overrides?said=saved").await
}
