//! What a host sees of their free times, and what is said to somebody who finds none.

use crate::support::*;
use sqlx::PgPool;

#[sqlx::test]
async fn the_host_is_told_why_a_time_is_not_offered(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    app.book_first(aki(), consultation).await;
    let hana = app.as_(hana()).await;
    let why = async |at: &str| hana.get(&format!("/availability/slots?minutes=60&at={at}")).await;

    why("2027-01-05T10:00").await.assert_says("bookings-slots-offered");
    let booked = why("2027-01-05T09:30").await;
    assert_eq!(booked.texts(".notice li"), ["A session is booked: Tue 5 January 2027, 09:00–10:00 JST."]);
    why("2027-01-05T08:00").await.assert_says("bookings-why-outside_hours");
    why("2027-01-05T10:10").await.assert_says("bookings-why-off_grid");
    let far = why("2027-09-01T10:00").await;
    assert_eq!(far.texts(".notice li"), ["It is beyond the last day that can be booked now, Fri 5 March 2027."]);
}

#[sqlx::test]
async fn a_day_is_shown_start_by_start(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    app.book_first(aki(), consultation).await;

    let page = app.as_(hana()).await.get("/availability/slots?minutes=60&day=2027-01-05").await;

    assert_eq!(page.texts("tbody th").len(), 15);
    assert_eq!(page.texts("tbody .badge--good").len(), 13, "all but 09:00 and 09:30");
    assert_eq!(page.texts(".week-editor__count")[..3], ["none", "13 times", "15 times"]);
}

#[sqlx::test]
async fn only_ones_own_calls_are_shown(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;

    app.as_(sora()).await.get(&format!("/availability/slots?call={call}")).await.assert_status(404);
    app.as_(sora()).await.get("/availability/slots").await.assert_says("bookings-slots-no_calls");
}

/// Half an hour on Tuesdays, and one long morning far ahead.
#[sqlx::test]
async fn who_finds_no_time_soon_is_told_what_there_is(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let hana = app.as_(hana()).await;
    let week = [("revision", "0"), ("tue_from", "09:00"), ("tue_to", "09:30")];
    hana.post("/availability", &week).await.assert_status(303);
    let morning = [("date", "2027-01-27"), ("hours_from", "09:00"), ("hours_to", "11:00")];
    hana.post("/availability/overrides", &morning).await.assert_status(303);
    let path = times_path(consultation);

    let page = app.as_(aki()).await.get(&format!("{path}?minutes=60")).await;

    assert_eq!(
        page.texts(".slot-grid .notice p"),
        [
            "No 60-minute time before Wed 27 January 2027.",
            "A 30-minute one is free on Tue 5 January 2027.",
            "The host opens new days as time passes: Tue 9 March 2027 on Fri 8 January 2027.",
        ]
    );
    let shorter = app.as_(aki()).await.get(&format!("{path}?minutes=30")).await;
    assert!(shorter.texts(".slot-grid .notice p").is_empty());
}
