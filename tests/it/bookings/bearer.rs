//! Whoever holds a mailed key or the address of a feed, and no more than that.

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

/// What an administrator decides about somebody.
async fn decide(app: &TestApp, persona: Persona, fields: &[(&str, &str)]) {
    let path = format!("/admin/people/{}", app.id_of(persona).await);
    let browser = app.with_code(toma()).await;
    let page = browser.get(&path).await;
    browser.submit(&page, &path, fields).await.assert_status(303);
}

#[sqlx::test]
async fn trust_b16_keys_and_feeds_of_a_closed_account_open_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
    let made = app.as_(aki()).await.post("/settings/calendars", &[("act", "make")]).await;
    let feed = made.attributes("#feed", "value").remove(0).replace(&app.origin, "");
    let (link, hosts) = (app.mailbox().last_to(aki()).await.link(), app.mailbox().last_to(hana()).await.link());
    let visitor = app.visitor();
    let moving = link.replace(&booking, &format!("{booking}/rescheduling"));
    for path in [&link, &moving, &hosts, &feed] {
        visitor.get(path).await.assert_status(200);
    }
    let before = app.start_of(&booking).await;

    decide(&app, aki(), &[("act", "decide"), ("kind", "account"), ("reason", "Sold courses")]).await;

    for (path, status) in [(&link, 404), (&moving, 404), (&feed, 410), (&hosts, 200)] {
        visitor.get(path).await.assert_status(status);
    }
    visitor.get(&link.replace(&booking, &format!("{booking}/event.ics"))).await.assert_status(404);
    book(&visitor, &moving, "2027-01-08T00:00:00Z", "60").await.assert_status(404);
    assert_eq!(app.start_of(&booking).await, before);
    let key = link.split("key=").nth(1).unwrap();
    let as_hana = app.as_(hana()).await.get(&format!("{booking}?key={key}")).await;
    as_hana.assert_status(200);
    assert!(as_hana.links(&format!("{booking}/")).iter().all(|path| !path.contains("key=")), "she goes by herself");
}

#[sqlx::test]
async fn where_a_form_led_is_kept_without_the_key_and_found_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
    let link = app.mailbox().last_to(aki()).await.link();
    let key = link.split("key=").nth(1).unwrap();
    let path = link.replace(&booking, &format!("{booking}/rescheduling"));
    let visitor = app.visitor();
    let times = visitor.get(&path).await;
    let start = times.starts()[3].clone();

    let first = visitor.submit(&times, &path, &[("start", &start)]).await.leads_to();
    app.clock.advance(TimeDelta::minutes(1));
    let second = visitor.submit(&times, &path, &[("start", &start)]).await.leads_to();

    assert!(first.contains(key), "{first}");
    assert_eq!(second, first);
    let kept: Vec<String> =
        sqlx::query_scalar("select to_jsonb(k)::text from once_keys k").fetch_all(&app.db).await.unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|row| !row.contains(key) && !row.contains(&booking)), "{kept:?}");
}
