//! Sessions of one's own that come back from a calendar.

use super::*;

#[sqlx::test]
async fn case_63_a_session_of_ones_own_that_comes_back_is_in_nobodys_way(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let booking = app.book_first(aki(), consultation).await;
    let start = app.start_of(&booking).await;
    let uid: String = sqlx::query_scalar("select uid from bookings").fetch_one(&app.db).await.unwrap();
    let back = event(&uid, "20270105T040000Z", "20270105T050000Z");
    let foreign = event("another@example.org", "20270105T050000Z", "20270105T060000Z");
    let server = FeedServer::start(Answer::calendar(&format!("{back}{foreign}"))).await;
    app.connect(hana(), &server.url()).await;
    app.run_jobs().await;

    let starts = app.as_(aki()).await.get(&format!("{booking}/rescheduling")).await.starts();

    assert!(starts.contains(&"2027-01-05T04:00:00Z".to_owned()), "{starts:?}");
    assert!(!starts.contains(&"2027-01-05T05:00:00Z".to_owned()), "{starts:?}");
    assert!(start > TestApp::beginning());
}

#[sqlx::test]
async fn a_session_in_which_the_host_is_a_guest_takes_their_time(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    app.offer_hours(sora()).await;
    let elsewhere = app.consultation(sora(), hana()).await;
    app.book_first(hana(), elsewhere).await;
    let uid: String = sqlx::query_scalar("select uid from bookings").fetch_one(&app.db).await.unwrap();
    let server = FeedServer::start(Answer::calendar(&event(&uid, "20270105T040000Z", "20270105T050000Z"))).await;
    assert!(offers(&app, &times, "2027-01-05T04:00:00Z").await);

    app.connect(hana(), &server.url()).await;
    app.run_jobs().await;

    assert!(!offers(&app, &times, "2027-01-05T04:00:00Z").await);
}
