//! Calendars that a host connected: what is in them is not offered, and what cannot be read is not
//! taken for free time.

use crate::support::certificates::Certificate;
use crate::support::feeds::{Answer, BUDGETS, FeedServer, calendar, event};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::fact::Fact;
use kabeuchi::domain::id::PersonId;
use kabeuchi::domain::interval::Interval;
use kabeuchi::features::calendars as product;
use kabeuchi::platform::clock::Clock;
use kabeuchi::platform::db::Tx;
use sqlx::PgPool;
use std::time::Instant;

mod writing;

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

/// Hana sets how a calendar is read.
async fn set(app: &TestApp, path: &str, changes: &[(&str, &str)]) {
    let usual = [
        ("act", "save"),
        ("name", "Work"),
        ("all_day", "as_marked"),
        ("tentative", "busy"),
        ("unanswered", "busy"),
        ("stance", "takes"),
    ];
    let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let fields: Vec<(&str, &str)> = kept.chain(changes).copied().collect();
    app.as_(hana()).await.post(path, &fields).await.assert_status(303);
    app.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
}

async fn needs_host(app: &TestApp) -> bool {
    let person = PersonId(app.id_of(hana()).await.0);
    let mut conn = app.db.acquire().await.unwrap();
    let now = app.clock.now();
    let soon = Interval::new(now, now + TimeDelta::days(1)).unwrap();
    product::standing(&mut conn, &[person], &soon, now).await.unwrap().needs_host
}

mod new {
    use super::*;

    #[sqlx::test]
    async fn what_is_in_a_connected_calendar_is_not_offered_any_more(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let times = times(&app).await;
        let server = FeedServer::start(Answer::calendar(&nine())).await;
        assert!(offers(&app, &times, NINE).await);

        let path = app.connect(hana(), &server.url()).await;
        app.run_jobs().await;

        assert!(!offers(&app, &times, NINE).await);
        assert!(offers(&app, &times, TEN).await);
        app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-healthy");
        let refused = book(&app.as_(aki()).await, &times, NINE, "60").await;
        refused.assert_status(409);
        assert!(!needs_host(&app).await);
    }

    #[sqlx::test]
    async fn trust_e01_addresses_inside_are_refused_at_the_field(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let witness = FeedServer::witness().await;
        let hana = app.as_(hana()).await;
        let inside = format!("http://127.0.0.2:{}/a.ics", witness.port);
        for address in [
            "http://0.0.0.0/",
            "http://2130706434/",
            "http://0x7f.2/",
            "http://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://[fd00:ec2::254]/",
            "https://10.0.0.1/",
            "https://user:word@calendar.test/",
            "file:///etc/passwd",
            &inside,
        ] {
            let refused = hana.post("/calendars/new", &[("name", "Work"), ("address", address)]).await;
            refused.assert_status(422).assert_says("calendars-error-address");
            assert_eq!(refused.attributes("input[name=address]", "value"), [address]);
            assert!(refused.attributes(".error-summary a", "href").contains(&"#field-address".to_owned()));
        }
        app.run_jobs().await;
        assert_eq!(witness.connections(), 0);
        hana.get("/calendars").await.assert_says("calendars-index-none");
    }

    #[sqlx::test]
    async fn what_is_missing_is_said_beside_each_field(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let refused = app.as_(hana()).await.post("/calendars/new", &[("all_day", "sometimes")]).await;
        refused.assert_status(422).assert_says("field-missing").assert_says("field-choice");
        let fields = ["#field-name", "#field-all_day", "#field-tentative", "#field-unanswered", "#field-address"];
        assert_eq!(refused.attributes(".error-summary a", "href"), fields);
    }

    #[sqlx::test]
    async fn who_does_not_host_connects_nothing(db: PgPool) {
        let app = TestApp::spawn(db).await;
        for path in ["/calendars", "/calendars/new"] {
            app.as_(aki()).await.get(path).await.assert_status(403);
        }
    }

    #[sqlx::test]
    async fn an_address_is_nowhere_to_be_read_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let log = log::Log::begin();
        let server = FeedServer::start(Answer::calendar(&nine())).await;
        let path = app.connect(hana(), &server.url()).await;
        app.run_jobs().await;
        server.answers(Answer::status("500 Oh"));
        app.pass(TimeDelta::hours(27)).await;

        let hana_browser = app.as_(hana()).await;
        let mut seen = vec![log.text()];
        for page in ["/calendars", &path, &format!("{path}/removal"), "/availability/slots", "/home"] {
            seen.push(hana_browser.get(page).await.body);
        }
        let refused = hana_browser.post(&path, &[("act", "save"), ("name", "")]).await;
        seen.push(refused.assert_status(422).body.clone());
        let mails = app.mailbox().to(hana()).await;
        assert!(mails.iter().any(|mail| mail.subject.contains("cannot be read")), "{mails:?}");
        seen.extend(mails.into_iter().flat_map(|mail| [mail.subject, mail.text, mail.html, mail.source]));
        for table in ["calendars", "calendar_busy", "jobs", "facts", "drafts", "limits"] {
            let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select t::text from {table} t")))
                .fetch_all(&app.db)
                .await
                .unwrap();
            seen.extend(rows);
        }
        assert!(server.asked().len() > 3 && server.asked()[0].contains("7f3a9c"));
        assert!(seen.iter().any(|text| text.contains("127.0.0.1")));
        for text in seen {
            assert!(!text.contains("7f3a9c") && !text.contains("basic.ics"), "{text}");
            assert!(!text.contains("private words"), "{text}");
        }
    }
}

mod show {
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
        assert_eq!(
            known.iter().map(|found| (found.name.as_str(), found.is_soft)).collect::<Vec<_>>(),
            [("Work", true)]
        );
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
    async fn read_now_reads_once_however_often_it_is_pressed(db: PgPool) {
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
}

mod removal {
    use super::*;

    #[sqlx::test]
    async fn a_removed_calendar_gives_its_times_back_and_is_never_read_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let times = times(&app).await;
        let server = FeedServer::start(Answer::calendar(&nine())).await;
        let path = app.connect(hana(), &server.url()).await;
        app.run_jobs().await;
        let removal = format!("{path}/removal");
        let hana = app.as_(hana()).await;
        let page = hana.get(&removal).await;

        hana.submit(&page, &removal, &[]).await.assert_status(303);

        assert!(offers(&app, &times, NINE).await);
        app.clock.advance(TimeDelta::hours(1));
        app.run_jobs().await;
        assert_eq!(server.asked().len(), 1);
        hana.get(&path).await.assert_status(404);
    }
}

mod read {
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
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\netag: \"one\"\r\ncontent-length: {}",
            text.len()
        );
        let server = FeedServer::start(Answer::with(&head, text.as_bytes())).await;
        let path = app.connect(hana(), &server.url()).await;
        app.run_jobs().await;
        server.answers(Answer::status("304 Not Modified"));

        read_now(&app, &path).await;

        assert!(server.asked()[1].contains("if-none-match: \"one\""), "{:?}", server.asked());
        app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-healthy");
        assert!(!offers(&app, &times, NINE).await);
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
        let odd = "BEGIN:VEVENT\nUID:odd-one\nDTSTART:20270107T000000Z\nDTEND:20270107T010000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT";
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
}

mod account {
    use super::*;
    use crate::support::radicale::{PASSWORD, Radicale, USER};
    use base64::Engine;

    /// Connects a CalDAV account of Hana's; gives its path.
    async fn connect(app: &TestApp, address: &str, password: &str) -> String {
        let hana = app.as_(hana()).await;
        let page = hana.get("/calendars/new").await;
        let fields =
            [("name", "Work"), ("address", address), ("kind", "caldav"), ("user", USER), ("password", password)];
        let led = hana.submit(&page, "/calendars/new", &fields).await.leads_to();
        app.run_jobs().await;
        led.split('?').next().unwrap().to_owned()
    }

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
            .calendar(
                "home",
                &calendar(&format!("{day}\n{}", event("long-past", "20200105T000000Z", "20200105T010000Z"))),
            )
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
    async fn a_server_without_calendars_at_its_root_is_asked_where_they_are(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let server = FeedServer::start(Answer::status("404 Not Found")).await;

        connect(&app, &format!("http://127.0.0.1:{}/", server.port), PASSWORD).await;

        let asked = server.asked();
        assert!(asked[0].starts_with("PROPFIND / "), "{asked:?}");
        assert!(asked[1].starts_with("PROPFIND /.well-known/caldav "), "{asked:?}");
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
        let usual = [
            ("act", "save"),
            ("name", "Work"),
            ("all_day", "as_marked"),
            ("tentative", "busy"),
            ("unanswered", "busy"),
            ("stance", "takes"),
        ];

        // Without a password of its own, the new server gets none.
        let wordless: Vec<(&str, &str)> = usual.into_iter().chain(account).collect();
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
}

fn at(start: &str, end: &str) -> kabeuchi::domain::interval::Interval {
    kabeuchi::domain::interval::Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

/// What the jobs of a test write into the log.
mod log {
    use std::fmt::Write;
    use std::sync::{Arc, Mutex};
    use tracing::field::{Field, Visit};
    use tracing::subscriber::DefaultGuard;
    use tracing::{Event, Subscriber};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<String>>);

    pub struct Log {
        lines: Lines,
        _guard: DefaultGuard,
    }

    impl Log {
        /// From now on, what this thread logs is kept.
        pub fn begin() -> Self {
            let lines = Lines::default();
            let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(lines.clone()));
            Self { lines, _guard: guard }
        }

        pub fn text(&self) -> String {
            let text = self.lines.0.lock().unwrap().clone();
            assert!(text.contains("calendars"), "nothing was logged");
            text
        }
    }

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            event.record(&mut Line(&mut self.0.lock().unwrap()));
        }
    }

    struct Line<'a>(&'a mut String);

    impl Visit for Line<'_> {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            writeln!(self.0, "{}={value:?}", field.name()).unwrap();
        }
    }
}
