//! How a calendar is read is its host's choice, and nobody else's.

use super::*;

#[sqlx::test]
async fn how_whole_days_are_read_is_the_hosts_choice(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let day = "BEGIN:VEVENT\nUID:day\nDTSTART;VALUE=DATE:20270106\nTRANSP:TRANSPARENT\nEND:VEVENT";
    let server = FeedServer::start(Answer::calendar(day)).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    assert!(offers(&app, &times, NINE).await);
    let page = app.as_(hana()).await.get(&path).await;
    page.assert_says("calendars-otherwise-title");
    assert!(page.text().contains("Whole days: take my time Takes one time more: Wed 6 January"), "{}", page.text());

    set(&app, &path, &[("all_day", "busy")]).await;

    assert!(!offers(&app, &times, NINE).await);
    assert!(offers(&app, &times, "2027-01-07T00:00:00Z").await);
}

#[sqlx::test]
async fn an_on_call_rotation_is_known_and_not_in_the_way(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    set(&app, &path, &[("stance", "warns")]).await;

    assert!(offers(&app, &times, NINE).await);
    let mut conn = app.db.acquire().await.unwrap();
    let (person, window) = (app.id_of(hana()).await, at("2027-01-05T00:00:00Z", "2027-01-07T00:00:00Z"));
    let standing = product::standing(&mut conn, &[person], &window, app.clock.now()).await.unwrap();
    assert_eq!(standing.soft.as_slice(), [at(NINE, TEN)]);
    assert!(standing.busy.as_slice().is_empty());
    app.as_(aki()).await.get(&times).await.assert_says("bookings-grid-soft");
    let known = product::in_the_way(&mut conn, person, &at(NINE, TEN)).await.unwrap();
    assert_eq!(known.iter().map(|found| (found.name.as_str(), found.is_soft)).collect::<Vec<_>>(), [("Work", true)]);
}

#[sqlx::test]
async fn of_a_time_on_call_the_host_is_asked_where_they_want_to_be(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    set(&app, &path, &[("stance", "asks")]).await;
    let aki = app.as_(aki()).await;
    aki.get(&times).await.assert_says("bookings-grid-asked").assert_says("bookings-new-then_some");

    let asked = book(&aki, &times, NINE, "60").await.leads_to();

    let booking = asked.split('?').next().unwrap();
    aki.get(booking).await.assert_says("bookings-show-requested");
    app.as_(hana()).await.post(&format!("{booking}/confirmation"), &[]).await.assert_status(303);
    aki.get(booking).await.assert_says("bookings-show-title");
    let moving = format!("{booking}/rescheduling");
    aki.get(&moving).await.assert_says("bookings-rescheduling-then_some");
    // 09:30 overlaps both the rotation and the booking itself, which stays until the host says yes.
    assert!(!aki.get(&moving).await.starts().contains(&"2027-01-06T00:30:00Z".to_owned()));
    book(&aki, &moving, "2027-01-06T00:30:00Z", "60").await.assert_status(409);
    book(&aki, &moving, "2027-01-06T03:00:00Z", "60").await.assert_status(303);
    assert_eq!(app.start_of(booking).await.to_rfc3339(), "2027-01-06T03:00:00+00:00");
}

#[sqlx::test]
async fn a_new_address_replaces_the_old_one_and_its_picture(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let (old, new) =
        (FeedServer::start(Answer::calendar(&nine())).await, FeedServer::start(Answer::calendar(&ten())).await);
    let path = app.connect(hana(), &old.url()).await;
    app.run_jobs().await;
    let page = app.as_(hana()).await.get(&path).await;
    assert_eq!(page.attributes("input[name=address]", "value"), [""]);

    set(&app, &path, &[("address", &new.url())]).await;

    assert!(offers(&app, &times, NINE).await && !offers(&app, &times, TEN).await);
    assert_eq!((old.asked().len(), new.asked().len()), (1, 1));
}

#[sqlx::test]
async fn trust_h12_read_now_reads_once_however_often_it_is_pressed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    for _ in 0..5 {
        app.as_(hana()).await.post(&path, &[("act", "read")]).await.assert_status(303);
        app.run_jobs().await;
    }
    assert_eq!(server.asked().len(), 1);

    app.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    app.run_jobs().await;

    assert_eq!(server.asked().len(), 2);
}

#[sqlx::test]
async fn trust_h12_a_slow_server_is_heard_out_however_often_it_is_to_be_read(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let lets_go = Arc::new(Notify::new());
    let server = FeedServer::start(Answer::held(&nine(), lets_go.clone())).await;
    let path = app.connect(hana(), &server.url()).await;
    let hana_browser = app.as_(hana()).await;
    let presses = async {
        while server.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        for _ in 0..3 {
            hana_browser.post(&path, &[("act", "read")]).await.assert_status(303);
        }
        lets_go.notify_one();
    };

    tokio::join!(app.run_jobs(), presses);

    hana_browser.get(&path).await.assert_says("calendars-stage-healthy");
    server.answers(Answer::calendar(&ten()));
    app.clock.advance(TimeDelta::seconds(59));
    app.run_jobs().await;
    assert_eq!(server.connections(), 1);
    app.clock.advance(TimeDelta::seconds(1));
    app.run_jobs().await;
    assert_eq!(server.connections(), 2, "what was asked for meanwhile comes after");
}

#[sqlx::test]
async fn what_is_set_while_a_calendar_is_read_is_in_force_after(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let lets_go = Arc::new(Notify::new());
    let old = FeedServer::start(Answer::held(&nine(), lets_go.clone())).await;
    let new = FeedServer::start(Answer::calendar(&ten())).await;
    let path = app.connect(hana(), &old.url()).await;
    let moves = async {
        while old.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        set(&app, &path, &[("address", &new.url())]).await;
        lets_go.notify_one();
    };

    tokio::join!(app.run_jobs(), moves);

    app.run_jobs().await;
    assert_eq!((old.connections(), new.connections()), (1, 1));
    assert!(offers(&app, &times, NINE).await && !offers(&app, &times, TEN).await);
}

#[sqlx::test]
async fn another_host_neither_sees_nor_changes_nor_removes_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    let removal = format!("{path}/removal");
    for stranger in [sora(), aki(), toma()] {
        let stranger = app.as_(stranger).await;
        stranger.get(&path).await.assert_status(404);
        stranger.get(&removal).await.assert_status(404);
        stranger.post(&removal, &[]).await.assert_status(404);
        for act in ["read", "save"] {
            stranger.post(&path, &[("act", act), ("name", "Mine")]).await.assert_status(404);
        }
    }
    app.as_(sora()).await.get("/calendars").await.assert_says("calendars-index-none");
    app.as_(hana()).await.get(&path).await.assert_status(200);
}

#[sqlx::test]
async fn a_sealed_address_moved_to_another_row_is_not_opened(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    app.connect(hana(), &server.url()).await;
    let other = app.connect(sora(), &server.url()).await;
    let moved = "update calendars c set address = o.address from calendars o where o.calendar_id <> c.calendar_id and o.created_at <= c.created_at";
    sqlx::query(moved).execute(&app.db).await.unwrap();

    app.run_jobs().await;

    assert!(server.asked().len() <= 1, "{:?}", server.asked());
    app.as_(sora()).await.get(&other).await.assert_says("calendars-reason-sealed");
}
