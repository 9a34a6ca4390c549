//! Calendars that a host connected: what is in them is not offered, and what cannot be read is not
//! taken for free time.

mod caldav;
mod health;
mod log;
mod new;
mod read;
mod removal;
mod sessions;
mod show;
mod writing;

use crate::support::certificates::Certificate;
use crate::support::feeds::{Answer, BUDGETS, FeedServer, calendar, event};
use crate::support::radicale::USER;
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::fact::Fact;
use kabeuchi::domain::id::PersonId;
use kabeuchi::domain::interval::Interval;
use kabeuchi::features::calendars as product;
use kabeuchi::platform::clock::Clock;
use kabeuchi::platform::db::Tx;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Notify;

/// Wednesday 09:00 to 10:00 in Tokyo, far from the notice that a call needs.
const NINE: &str = "2027-01-06T00:00:00Z";
const TEN: &str = "2027-01-06T01:00:00Z";

fn nine() -> String {
    event("nine", "20270106T000000Z", "20270106T010000Z")
}

fn ten() -> String {
    event("ten", "20270106T010000Z", "20270106T020000Z")
}

/// Hana's hours, and the page on which Aki chooses a time.
async fn times(app: &TestApp) -> String {
    app.offer_hours(hana()).await;
    times_path(app.consultation(hana(), aki()).await)
}

async fn offers(app: &TestApp, times: &str, start: &str) -> bool {
    app.as_(aki()).await.get(times).await.starts().iter().any(|offered| offered == start)
}

/// Hana asks for a reading, and it is made.
async fn read_now(app: &TestApp, path: &str) {
    let hana = app.as_(hana()).await;
    let page = hana.get(path).await;
    hana.submit(&page, path, &[("act", "read")]).await.assert_status(303);
    app.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
}

/// The settings of a calendar as they are at first.
const USUAL: [(&str, &str); 6] = [
    ("act", "save"),
    ("name", "Work"),
    ("all_day", "as_marked"),
    ("tentative", "busy"),
    ("unanswered", "busy"),
    ("stance", "takes"),
];

/// Hana sets how a calendar is read.
async fn set(app: &TestApp, path: &str, changes: &[(&str, &str)]) {
    let kept = USUAL.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let fields: Vec<(&str, &str)> = kept.chain(changes).copied().collect();
    app.as_(hana()).await.post(path, &fields).await.assert_status(303);
    app.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
}

/// Connects a CalDAV account of Hana's; gives its path.
async fn connect(app: &TestApp, address: &str, password: &str) -> String {
    let hana = app.as_(hana()).await;
    let page = hana.get("/calendars/new").await;
    let fields = [("name", "Work"), ("address", address), ("kind", "caldav"), ("user", USER), ("password", password)];
    let led = hana.submit(&page, "/calendars/new", &fields).await.leads_to();
    app.run_jobs().await;
    led.split('?').next().unwrap().to_owned()
}

async fn needs_host(app: &TestApp) -> bool {
    let person = PersonId(app.id_of(hana()).await.0);
    let mut conn = app.db.acquire().await.unwrap();
    let now = app.clock.now();
    let soon = Interval::new(now, now + TimeDelta::days(1)).unwrap();
    product::standing(&mut conn, &[person], &soon, now).await.unwrap().needs_host
}

fn at(start: &str, end: &str) -> kabeuchi::domain::interval::Interval {
    kabeuchi::domain::interval::Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}
