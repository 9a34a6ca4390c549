//! What the page offers is what can be booked, and nothing else: every quarter of an hour of three days
//! around a change of the clocks is sent.

use crate::support::*;
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// A host whose clock changes, and the local date of the change.
#[derive(Clone, Copy)]
struct Change {
    zone: Tz,
    date: &'static str,
    /// Hours around the change, past midnight.
    from: &'static str,
    to: &'static str,
}

const NEW_YORK_LOSES_AN_HOUR: Change =
    Change { zone: Tz::America__New_York, date: "2027-03-14", from: "22:15", to: "05:00" };
const NEW_YORK_GAINS_AN_HOUR: Change =
    Change { zone: Tz::America__New_York, date: "2027-11-07", from: "22:15", to: "05:00" };
const LORD_HOWE_GAINS_HALF_AN_HOUR: Change =
    Change { zone: Tz::Australia__Lord_Howe, date: "2027-04-04", from: "23:30", to: "04:45" };
const LORD_HOWE_LOSES_HALF_AN_HOUR: Change =
    Change { zone: Tz::Australia__Lord_Howe, date: "2027-10-03", from: "23:30", to: "04:45" };

#[sqlx::test]
async fn every_offered_slot_books_and_every_other_instant_is_refused_as_new_york_loses_an_hour(db: PgPool) {
    // Each night has 26 half hours and 24 hours on a grid of quarters; four quarters are not there.
    walk(db, NEW_YORK_LOSES_AN_HOUR, [3 * 26 - 4, 3 * 24 - 4]).await;
}

#[sqlx::test]
async fn every_offered_slot_books_and_every_other_instant_is_refused_as_new_york_gains_an_hour(db: PgPool) {
    walk(db, NEW_YORK_GAINS_AN_HOUR, [3 * 26 + 4, 3 * 24 + 4]).await;
}

#[sqlx::test]
async fn every_offered_slot_books_and_every_other_instant_is_refused_as_lord_howe_gains_half_an_hour(db: PgPool) {
    walk(db, LORD_HOWE_GAINS_HALF_AN_HOUR, [3 * 20 + 2, 3 * 18 + 2]).await;
}

#[sqlx::test]
async fn every_offered_slot_books_and_every_other_instant_is_refused_as_lord_howe_loses_half_an_hour(db: PgPool) {
    walk(db, LORD_HOWE_LOSES_HALF_AN_HOUR, [3 * 20 - 2, 3 * 18 - 2]).await;
}

/// Sends every instant with both lengths, each length to a host of its own, so that they do not stand
/// in each other's way. `offered` is how many of each length the three days have.
async fn walk(db: PgPool, change: Change, offered: [usize; 2]) {
    let app = TestApp::spawn(db).await;
    let midnight = |days: i64| {
        let date: NaiveDate = change.date.parse().unwrap();
        let at = (date + TimeDelta::days(days)).and_hms_opt(0, 0, 0).unwrap();
        change.zone.from_local_datetime(&at).unwrap().to_utc()
    };
    app.clock.advance(midnight(-4) - TestApp::beginning());
    let days = midnight(-1)..midnight(2);
    let host = |name, email| Persona { name, email, zone: change.zone.name(), ..hana() };
    let (short, long) = (host("Hana", "hana@example.org"), host("Sora", "sora@example.org"));

    let found = tokio::join!(
        walk_length(&app, short, aki(), change, &days, 30),
        walk_length(&app, long, mio(), change, &days, 60)
    );

    assert_eq!([found.0, found.1], offered);
}

async fn walk_length(
    app: &TestApp,
    host: Persona,
    guest: Persona,
    change: Change,
    days: &std::ops::Range<DateTime<Utc>>,
    minutes: i64,
) -> usize {
    let consultation = room(app, host, guest, change).await;
    let browser = app.as_(guest).await;
    let path = times_path(consultation);
    let first = days.start.with_timezone(&Tz::Asia__Tokyo).date_naive();
    let page = browser.get(&format!("{path}?minutes={minutes}&from={first}")).await;
    let offered: BTreeSet<DateTime<Utc>> =
        page.starts().iter().map(|start| start.parse().unwrap()).filter(|start| days.contains(start)).collect();

    let mut start = days.start;
    while start < days.end {
        let answer = book(&browser, &path, &start.to_rfc3339(), &minutes.to_string()).await;
        let expected = if offered.contains(&start) { 303 } else { 409 };
        assert_eq!(answer.status, expected, "{minutes} minutes at {}", start.with_timezone(&change.zone));
        if let Some(booked) = answer.location() {
            let booking = booked.split('?').next().unwrap();
            assert_eq!(app.start_of(booking).await, start);
            browser.post(&format!("{booking}/cancellation"), &[]).await.assert_status(303);
        }
        start += TimeDelta::minutes(15);
    }
    offered.len()
}

/// A consultation whose host has these hours on every day, a quarter of an hour apart.
async fn room(app: &TestApp, host: Persona, guest: Persona, change: Change) -> ConsultationId {
    let browser = app.as_(host).await;
    let page = browser.get("/availability").await;
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let names = days.map(|day| [format!("{day}_from"), format!("{day}_to")]);
    let hours: Vec<(&str, &str)> =
        names.iter().flat_map(|[from, to]| [(from.as_str(), change.from), (to.as_str(), change.to)]).collect();
    browser.submit(&page, "/availability", &hours).await.assert_status(303);
    let call = app.open_call(host).await;
    sqlx::query("update calls set step_minutes = 15 where call_id = $1").bind(call.0).execute(&app.db).await.unwrap();
    app.open(call, "Where to begin as the first SRE", guest).await
}
