//! Calendars that cannot be read, or not wholly: no time is offered because of it.

use super::*;

#[sqlx::test]
async fn case_38_whole_days_follow_the_host_into_another_zone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let text = calendar("BEGIN:VEVENT\nUID:day\nDTSTAMP:20270101T000000Z\nDTSTART;VALUE=DATE:20270106\nEND:VEVENT\n");
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\netag: \"one\"\r\ncontent-length: {}", text.len());
    let server = FeedServer::start(Answer::with(&head, text.as_bytes())).await;
    app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    assert!(!offers(&app, &times, NINE).await);
    app.clock.advance(TimeDelta::minutes(1));
    let page = app.as_(hana()).await.get("/availability/zone?zone=America/New_York").await;

    app.as_(hana()).await.submit(&page, "/availability/zone", &[]).await.assert_status(303);
    app.run_jobs().await;

    assert!(!server.asked()[1].contains("if-none-match"), "the same file is read anew: {:?}", server.asked());
    // 09:00 to 17:00 in New York, of the 6th: 14:00Z to 22:00Z.
    let starts = app.as_(aki()).await.get(&times).await.starts();
    assert!(starts.contains(&"2027-01-07T14:00:00Z".to_owned()), "{starts:?}");
    assert!(starts.iter().all(|start| !start.starts_with("2027-01-06T")), "{starts:?}");
}

#[sqlx::test]
async fn case_60_a_slow_or_huge_calendar_slows_no_page(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n".to_vec();
    for answer in [Answer::Slow(head.clone()), Answer::Endless(head, vec![b'a'; 65536])] {
        server.answers(answer);
        app.as_(hana()).await.post(&path, &[("act", "read")]).await.assert_status(303);
        app.clock.advance(TimeDelta::minutes(1));
        let began = Instant::now();
        let (offered, _) = tokio::join!(offers(&app, &times, NINE), app.run_jobs());
        assert!(!offered && began.elapsed() < BUDGETS.total * 3, "{:?}", began.elapsed());
        assert!(!offers(&app, &times, NINE).await);
        app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-failing");
    }
}

#[sqlx::test]
async fn case_61_a_calendar_that_fails_keeps_its_last_picture_and_is_trusted_for_a_day(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let times = times_path(app.consultation(hana(), aki()).await);
    let busy = event("friday", "20270108T000000Z", "20270108T010000Z");
    let server = FeedServer::start(Answer::calendar(&busy)).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    app.mailbox().empty().await;
    server.answers(Answer::status("500 Oh"));

    app.pass(TimeDelta::hours(23)).await;
    assert!(!offers(&app, &times, "2027-01-08T00:00:00Z").await);
    assert!(!needs_host(&app).await);
    let of_calendars = || async {
        let subjects = app.mailbox().subjects(hana()).await;
        subjects.into_iter().filter(|subject| subject.contains("calendar")).collect::<Vec<_>>()
    };
    assert!(of_calendars().await.is_empty());

    app.pass(TimeDelta::hours(48)).await;
    assert!(!offers(&app, &times, "2027-01-08T00:00:00Z").await);
    assert!(needs_host(&app).await);
    app.as_(aki()).await.get(&times).await.assert_says("bookings-new-ask");
    assert_eq!(of_calendars().await, ["Your calendar “Work” cannot be read"]);
    let page = app.as_(hana()).await.get(&path).await;
    page.assert_says("calendars-stage-failing").assert_says("fetch-status").assert_says("calendars-needs_host");

    server.answers(Answer::calendar(&busy));
    read_now(&app, &path).await;
    assert!(!needs_host(&app).await);
    let told = ["Your calendar “Work” cannot be read", "Your calendar “Work” is read again"];
    assert_eq!(of_calendars().await, told);
}

#[sqlx::test]
async fn trust_e22_a_page_in_place_of_a_calendar_is_a_failure(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    let page = "<!DOCTYPE html><html><title>Sign in</title><p>BEGIN:VCALENDAR</p></html>";
    for kind in ["text/html", "text/calendar", "text/plain"] {
        server.answers(Answer::text(kind, page));
        read_now(&app, &path).await;
        let shown = app.as_(hana()).await.get(&path).await;
        shown.assert_says("calendars-stage-failing").assert_says("fetch-kind");
        assert!(!shown.text().contains("Sign in"));
        assert!(!offers(&app, &times, NINE).await, "{kind}");
    }
    server.answers(Answer::text("text/calendar", ""));
    read_now(&app, &path).await;
    app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-failing");
    assert!(!offers(&app, &times, NINE).await);
}

#[sqlx::test]
async fn fault_j17_a_feed_whose_server_proves_nothing_keeps_its_picture_and_is_read_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start_with(Certificate::Good, Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.secret_url()).await;
    app.run_jobs().await;
    app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-healthy");
    server.answers(Answer::calendar(&ten()));
    server.shows(Certificate::Expired);
    let (asked, connections) = (server.asked().len(), server.connections());

    app.pass(TimeDelta::hours(2)).await;

    let page = app.as_(hana()).await.get(&path).await;
    page.assert_says("calendars-stage-failing").assert_says("fetch-certificate");
    assert!(!offers(&app, &times, NINE).await && offers(&app, &times, TEN).await);
    assert_eq!(server.asked().len(), asked, "nothing was said");
    assert!(server.connections() > connections + 1, "it was tried again");

    server.shows(Certificate::Good);
    app.pass(TimeDelta::hours(2)).await;

    app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-healthy");
    assert!(offers(&app, &times, NINE).await && !offers(&app, &times, TEN).await);
}

#[sqlx::test]
async fn an_event_that_is_not_understood_makes_the_calendar_incomplete_and_is_named(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let odd =
        "BEGIN:VEVENT\nUID:odd-one\nDTSTART:20270107T000000Z\nDTEND:20270107T010000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT";
    let server = FeedServer::start(Answer::calendar(&format!("{}{odd}", nine()))).await;
    let path = app.connect(hana(), &server.url()).await;
    app.mailbox().empty().await;
    app.run_jobs().await;

    assert!(!offers(&app, &times, NINE).await);
    assert!(needs_host(&app).await);
    let page = app.as_(hana()).await.get(&path).await;
    page.assert_says("calendars-stage-incomplete").assert_says("calendars-flaw-rule_beyond");
    assert!(page.text().contains("odd-one") && !page.text().contains("private words"), "{}", page.text());
    read_now(&app, &path).await;
    let subjects = app.mailbox().subjects(hana()).await;
    assert_eq!(subjects, ["Your calendar “Work” was not fully understood"]);
}

#[sqlx::test]
async fn a_failure_after_an_incomplete_reading_stays_untrusted(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    assert!(!needs_host(&app).await);
    let cut = calendar(&nine()).replace("END:VCALENDAR", "");
    server.answers(Answer::text("text/calendar", &cut));
    read_now(&app, &path).await;
    assert!(needs_host(&app).await);

    server.answers(Answer::status("500 Oh"));
    read_now(&app, &path).await;

    assert!(needs_host(&app).await);
}

#[sqlx::test]
async fn fault_j31_slow_calendars_keep_no_mail_waiting(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let server = FeedServer::start(Answer::Slow(b"HTTP/1.1 200 OK\r\n\r\nBEGIN".to_vec())).await;
    for _ in 0..18 {
        app.connect(hana(), &server.url()).await;
    }
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let working = tokio::spawn(kabeuchi::platform::jobs::run(app.platform.clone(), stopped));
    until_some("eight connections", async || (server.connections() >= 8).then_some(())).await;

    app.visitor().post("/sign-in", &[("email", "mio@example.org")]).await.assert_status(303);
    until_some("the mail", async || app.mailbox().to_address("mio@example.org").await.pop()).await;

    assert!(server.connections() < 18, "all calendars were read before the mail was sent");
    until_some("all connections", async || (server.connections() == 18).then_some(())).await;
    stop.send_replace(true);
    working.await.unwrap();
}
