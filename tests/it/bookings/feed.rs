//! One's own sessions, for a calendar that subscribes.

use crate::support::*;
use calcard::icalendar::ICalendar;
use sqlx::PgPool;

/// Makes an address on the page and gives its path.
async fn make(app: &TestApp, persona: Persona) -> String {
    let page = app.as_(persona).await.post("/settings/calendars", &[("act", "make")]).await;
    page.assert_status(200).assert_says("bookings-calendars-once");
    page.attributes("#feed", "value").remove(0).replace(&app.origin, "")
}

#[sqlx::test]
async fn both_sides_subscribe_to_their_sessions_and_see_them_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    app.as_(aki()).await.get("/settings/calendars").await.assert_says("bookings-calendars-none");
    let consultation = app.consultation(hana(), aki()).await;
    let booking = app.book_first(aki(), consultation).await;
    let others = app.consultation(hana(), sora()).await;
    app.book_first(sora(), others).await;

    for (persona, count) in [(hana(), 2), (aki(), 1)] {
        let feed = app.visitor().get(&make(&app, persona).await).await;
        feed.assert_status(200);
        assert!(ICalendar::parse(&feed.body).is_ok());
        assert_eq!(feed.body.matches("BEGIN:VEVENT").count(), count, "{}", feed.body);
        assert!(feed.body.contains(booking.rsplit('/').next().unwrap()), "the UID of the mail");
        assert!(!feed.body.contains("METHOD:"));
    }
}

#[sqlx::test]
async fn an_address_ends_with_the_next_or_when_it_is_revoked(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let first = make(&app, aki()).await;
    let second = make(&app, aki()).await;
    app.visitor().get(&first).await.assert_status(410);
    app.visitor().get(&second).await.assert_status(200);

    app.as_(aki()).await.post("/settings/calendars", &[("act", "revoke")]).await.assert_status(303);

    app.visitor().get(&second).await.assert_status(410);
}
