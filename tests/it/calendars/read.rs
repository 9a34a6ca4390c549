//! When a calendar is read, and what a new picture changes.

use super::*;

#[sqlx::test]
async fn a_calendar_is_read_again_and_again_while_a_call_is_open(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    server.answers(Answer::calendar(&ten()));

    app.clock.advance(TimeDelta::minutes(19));
    app.run_jobs().await;

    assert!(offers(&app, &times, NINE).await && !offers(&app, &times, TEN).await);
    assert_eq!(server.asked().len(), 2);
}

#[sqlx::test]
async fn without_calls_it_is_read_seldom_until_one_is_opened(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::hours(1));
    app.run_jobs().await;
    assert_eq!(server.asked().len(), 1);

    let call = app.open_call(hana()).await;
    let mut tx = Tx::begin(&app.platform, None, app.clock.now()).await.unwrap();
    tx.record(Fact::CallOpened { call }).await.unwrap();
    tx.commit().await.unwrap();
    app.run_jobs().await;

    assert_eq!(server.asked().len(), 2);
}

#[sqlx::test]
async fn case_83_a_booking_has_the_calendar_read_right_after(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::minutes(1));
    server.answers(Answer::calendar(&format!("{}{}", nine(), ten())));

    book(&app.as_(aki()).await, &times, "2027-01-06T02:00:00Z", "60").await.assert_status(303);
    app.run_jobs().await;

    assert_eq!(server.asked().len(), 2);
    let changed: i64 = sqlx::query_scalar("select count(*) from facts where fact ->> 'fact' = 'busy_time_changed'")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(changed, 2);
}

#[sqlx::test]
async fn case_83_what_came_into_the_calendar_meanwhile_is_told_to_the_host_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    server.answers(Answer::calendar(&format!("{}{}", nine(), ten())));
    app.clock.advance(TimeDelta::minutes(1));

    book(&app.as_(aki()).await, &times, "2027-01-06T01:00:00Z", "60").await.assert_status(303);
    app.run_jobs().await;

    let told = async || {
        let subjects = app.mailbox().subjects(hana()).await;
        subjects.iter().filter(|subject| subject.starts_with("Your calendar has something else")).count()
    };
    assert_eq!(told().await, 1);
    assert!(app.mailbox().subjects(aki()).await.iter().all(|subject| !subject.contains("calendar has")));
    server.answers(Answer::calendar(&ten()));
    read_now(&app, &path).await;
    assert_eq!(told().await, 1, "however often it is read");
}

#[sqlx::test]
async fn what_did_not_change_is_not_sent_again_and_stays_in_force(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let text = calendar(&nine());
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\netag: \"one\"\r\ncontent-length: {}", text.len());
    let server = FeedServer::start(Answer::with(&head, text.as_bytes())).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    server.answers(Answer::status("304 Not Modified"));

    read_now(&app, &path).await;

    assert!(server.asked()[1].contains("if-none-match: \"one\""), "{:?}", server.asked());
    app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-healthy");
    assert!(!offers(&app, &times, NINE).await);
}
