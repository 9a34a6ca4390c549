//! Accounts at a CalDAV server.

use super::*;
use crate::support::radicale::{PASSWORD, Radicale};
use base64::Engine;

fn weekly(uid: &str, start: &str, end: &str) -> String {
    event(uid, start, end).replace("SUMMARY", "RRULE:FREQ=WEEKLY\nSUMMARY")
}

#[sqlx::test]
async fn all_calendars_of_an_account_are_read_by_the_servers_address(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let radicale = Radicale::start().await;
    let day = "BEGIN:VEVENT\nUID:day\nDTSTAMP:20270101T000000Z\nDTSTART;VALUE=DATE:20270107\nEND:VEVENT";
    radicale.calendar("work", &calendar(&weekly("a", "20261230T000000Z", "20261230T010000Z"))).await;
    radicale
        .calendar("home", &calendar(&format!("{day}\n{}", event("long-past", "20200105T000000Z", "20200105T010000Z"))))
        .await;

    let path = connect(&app, &radicale.url, PASSWORD).await;

    let page = app.as_(hana()).await.get(&path).await;
    page.assert_says("calendars-stage-healthy");
    assert!(!offers(&app, &times, NINE).await && offers(&app, &times, TEN).await, "{}", page.text());
    assert!(!offers(&app, &times, "2027-01-07T03:00:00Z").await);
    assert!(!offers(&app, &times, "2027-01-13T00:00:00Z").await);

    radicale.calendar("work", &calendar(&ten())).await;
    read_now(&app, &path).await;
    assert!(offers(&app, &times, NINE).await && !offers(&app, &times, TEN).await);
}

#[sqlx::test]
async fn one_calendar_is_read_by_its_own_address_and_may_be_empty(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let radicale = Radicale::start().await;
    radicale.calendar("work", &calendar(&nine())).await;
    let home = radicale.calendar("home", &calendar(&event("past", "20200105T000000Z", "20200105T010000Z"))).await;

    let path = connect(&app, &home, PASSWORD).await;

    app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-healthy");
    assert!(offers(&app, &times, NINE).await);
    assert!(!needs_host(&app).await);
}

#[sqlx::test]
async fn a_wrong_password_is_a_failure_and_no_password_is_ever_shown(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let radicale = Radicale::start().await;
    radicale.calendar("work", &calendar(&nine())).await;

    let path = connect(&app, &radicale.url, "7f3a9c").await;

    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    page.assert_says("calendars-stage-failing").assert_says("fetch-denied");
    assert!(!page.body.contains("7f3a9c"));
    for kind in ["caldav", "feed"] {
        let wrong = [("address", "https://10.0.0.1/"), ("kind", kind), ("user", "a:b"), ("password", "7f3a9c")];
        let refused = hana.post("/calendars/new", &wrong).await;
        assert!(!refused.assert_status(422).body.contains("7f3a9c"));
    }
    let rows: Vec<String> = sqlx::query_scalar("select t::text from calendars t").fetch_all(&app.db).await.unwrap();
    assert!(rows.iter().all(|row| !row.contains("7f3a9c") && !row.contains(USER)), "{rows:?}");
}

#[sqlx::test]
async fn trust_e11_an_answer_that_names_another_server_gets_no_credentials(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let other = FeedServer::start(Answer::calendar("")).await;
    let home = format!(
        "<D:multistatus xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><D:response><D:href>/</D:href>\
         <D:propstat><D:prop><C:calendar-home-set><D:href>http://127.0.0.1:{}/</D:href></C:calendar-home-set>\
         </D:prop></D:propstat></D:response></D:multistatus>",
        other.port
    );
    let server = FeedServer::start(Answer::text("application/xml", &home)).await;

    let path = connect(&app, &server.url(), PASSWORD).await;

    let page = app.as_(hana()).await.get(&path).await;
    page.assert_says("calendars-stage-failing");
    // Where it is, so that its host can decide to send the password there.
    assert!(page.text().contains(&format!("http://127.0.0.1:{}", other.port)), "{}", page.text());
    assert_eq!((server.connections(), other.connections()), (1, 0));
    assert!(server.asked()[0].starts_with("PROPFIND /private-7f3a9c/basic.ics"), "{:?}", server.asked());
}

#[sqlx::test]
async fn trust_e12_each_server_sees_its_own_credential_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    times(&app).await;
    let (old, new) =
        (FeedServer::start(Answer::status("500 Oh")).await, FeedServer::start(Answer::status("500 Oh")).await);
    let path = connect(&app, &old.url(), "password of the old").await;
    let basic = |password: &str| {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{password}"));
        format!("authorization: Basic {pair}")
    };
    let is_told =
        |server: &FeedServer, password: &str| server.asked().iter().all(|head| head.contains(&basic(password)));
    assert!(!old.asked().is_empty() && is_told(&old, "password of the old"));
    let account = [("kind", "caldav"), ("user", USER), ("address", &new.url())];
    // Without a password of its own, the new server gets none.
    let wordless: Vec<(&str, &str)> = USUAL.into_iter().chain(account).collect();
    app.as_(hana()).await.post(&path, &wordless).await.assert_status(422);
    read_now(&app, &path).await;
    assert_eq!(new.connections(), 0);

    let before = old.asked().len();
    set(&app, &path, &[&account[..], &[("password", "password of the new")]].concat()).await;
    app.pass(TimeDelta::hours(3)).await;
    assert!(!new.asked().is_empty() && is_told(&new, "password of the new"));
    assert_eq!(old.asked().len(), before, "whoever was left is not asked any more");

    // A row that came to stand at another server opens nothing there.
    let elsewhere = FeedServer::start(Answer::status("500 Oh")).await;
    connect(&app, &elsewhere.url(), "password of another").await;
    let moved = "update calendars c set address = o.address from calendars o where o.calendar_id <> c.calendar_id";
    sqlx::query(moved).execute(&app.db).await.unwrap();
    let counts = (new.asked().len(), elsewhere.asked().len());
    app.pass(TimeDelta::hours(3)).await;
    app.as_(hana()).await.get(&path).await.assert_says("calendars-reason-sealed");
    assert_eq!((new.asked().len(), elsewhere.asked().len()), counts);
}

#[sqlx::test]
async fn fault_j17_a_password_is_not_told_to_who_proves_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    times(&app).await;
    let server = FeedServer::start_with(Certificate::OfAnotherName, Answer::status("500 Oh")).await;

    let path = connect(&app, &server.secret_url(), PASSWORD).await;

    let page = app.as_(hana()).await.get(&path).await;
    page.assert_says("calendars-stage-failing").assert_says("fetch-certificate");
    app.pass(TimeDelta::hours(3)).await;
    assert!(server.connections() > 1, "it was tried again");
    assert_eq!(server.asked(), [] as [&str; 0]);

    server.shows(Certificate::Good);
    read_now(&app, &path).await;
    let asked = server.asked().remove(0);
    assert!(asked.starts_with("PROPFIND ") && asked.contains("authorization: Basic "), "{asked}");
}

#[sqlx::test]
async fn what_is_named_and_is_at_no_server_is_no_calendar(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let home = "<D:multistatus xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><D:response><D:href>/</D:href>\
         <D:propstat><D:prop><C:calendar-home-set><D:href>mailto:hana@example.org</D:href></C:calendar-home-set>\
         </D:prop></D:propstat></D:response></D:multistatus>";
    let server = FeedServer::start(Answer::text("application/xml", home)).await;

    let path = connect(&app, &server.url(), PASSWORD).await;

    app.as_(hana()).await.get(&path).await.assert_says("fetch-kind");
}

#[sqlx::test]
async fn a_server_without_calendars_at_its_root_is_asked_where_they_are(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let server = FeedServer::start(Answer::status("404 Not Found")).await;

    connect(&app, &format!("http://127.0.0.1:{}/", server.port), PASSWORD).await;

    let asked = server.asked();
    assert!(asked[0].starts_with("PROPFIND / "), "{asked:?}");
    assert!(asked[1].starts_with("PROPFIND /.well-known/caldav "), "{asked:?}");
}

#[sqlx::test]
async fn trust_e21_an_answer_with_a_document_type_is_not_read(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let bomb = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'>\
         <!ENTITY d SYSTEM 'file:///etc/passwd'>]><D:multistatus xmlns:D='DAV:'>&c;&d;</D:multistatus>";
    let nameless = "<D:multistatus xmlns:D='DAV:'><D:response/></D:multistatus>";
    for answer in [bomb, nameless, "<html/>", "no XML", ""] {
        let server = FeedServer::start(Answer::text("text/xml", answer)).await;
        let path = connect(&app, &server.url(), PASSWORD).await;
        app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-failing").assert_says("fetch-kind");
    }
}
