//! Sessions in the calendar that a host chose: written, moved and taken away with their booking; what
//! the host does to them there is asked about, never obeyed.

use super::*;
use crate::support::radicale::{PASSWORD, Radicale};
use kabeuchi::domain::id::ConsultationId;

/// Hana with hours, an account with an empty calendar "office", and a consultation with Aki.
struct Desk {
    app: TestApp,
    radicale: Radicale,
    calendar: String,
    consultation: ConsultationId,
}

impl Desk {
    async fn of(db: PgPool) -> Self {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let radicale = Radicale::start().await;
        radicale.calendar("office", &calendar("")).await;
        let calendar = connect(&app, &radicale.url, PASSWORD).await;
        app.mailbox().empty().await;
        Self { app, radicale, calendar, consultation }
    }

    /// The same with sessions written to "office".
    async fn writing(db: PgPool) -> Self {
        let desk = Self::of(db).await;
        desk.choose("office").await;
        desk
    }

    /// Hana chooses where her sessions are written, by the name of the calendar.
    async fn choose(&self, name: &str) {
        let hana = self.app.as_(hana()).await;
        let page = hana.get("/calendars/target").await;
        let labels = page.texts("label.choice");
        let index = labels.iter().position(|label| label.ends_with(name)).unwrap_or_else(|| panic!("{labels:?}"));
        let value = page.attributes("input[name=target]", "value")[index].clone();
        hana.submit(&page, "/calendars/target", &[("target", &value)]).await.assert_status(303);
        self.app.run_jobs().await;
    }

    async fn book(&self) -> String {
        self.app.book_first(aki(), self.consultation).await
    }

    async fn move_to(&self, booking: &str, start: &str) {
        let aki = self.app.as_(aki()).await;
        book(&aki, &format!("{booking}/rescheduling"), start, "60").await.assert_status(303);
        self.app.run_jobs().await;
    }

    async fn cancel(&self, booking: &str) {
        self.app.as_(aki()).await.post(&format!("{booking}/cancellation"), &[]).await.assert_status(303);
        self.app.run_jobs().await;
    }

    async fn read(&self) {
        read_now(&self.app, &self.calendar).await;
    }

    /// What Hana does about a session that strayed.
    async fn answer(&self, booking: &str, act: &str) {
        let hana = self.app.as_(hana()).await;
        let page = hana.get(booking).await;
        hana.submit(&page, &format!("{booking}/calendar"), &[("act", act)]).await.assert_status(303);
        self.app.run_jobs().await;
    }

    async fn page(&self, booking: &str) -> Page {
        self.app.as_(hana()).await.get(booking).await
    }

    async fn uid(&self) -> String {
        sqlx::query_scalar("select uid from bookings").fetch_one(&self.app.db).await.unwrap()
    }

    async fn stage(&self) -> String {
        sqlx::query_scalar("select stage from bookings").fetch_one(&self.app.db).await.unwrap()
    }
}

#[sqlx::test]
async fn case_85_a_session_is_written_with_the_mails_uid_moved_and_taken_away(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;

    let (url, text) = desk.radicale.event("office").await;
    let organizer = |text: &str| text.lines().find(|line| line.starts_with("ORGANIZER")).unwrap().trim().to_owned();
    let first = organizer(&text);
    assert!(text.contains(&format!("UID:{}", desk.uid().await)), "{text}");
    assert!(first.contains("SCHEDULE-AGENT=CLIENT"), "{text}");
    assert!(text.contains("SEQUENCE:0") && text.contains("DTSTART:20270105T000000Z"), "{text}");
    assert!(!text.contains("METHOD"), "a calendar object has no METHOD: {text}");
    let mail = desk.app.mailbox().last_to(aki()).await;
    assert!(mail.calendar.unwrap().contains(&desk.uid().await));
    desk.page(&booking).await.assert_says("bookings-show-written").assert_does_not_say("bookings-show-google");
    desk.app.as_(aki()).await.get(&booking).await.assert_says("bookings-show-google");

    desk.move_to(&booking, "2027-01-06T03:00:00Z").await;
    let (moved, text) = desk.radicale.event("office").await;
    assert_eq!(moved, url);
    assert!(text.contains("SEQUENCE:1") && text.contains("DTSTART:20270106T030000Z"), "{text}");
    assert_eq!(organizer(&text), first);

    desk.cancel(&booking).await;
    assert!(desk.radicale.events("office").await.is_empty());
}

#[sqlx::test]
async fn what_was_written_comes_back_without_standing_in_its_own_way(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    desk.read().await;

    let aki = desk.app.as_(aki()).await;
    let starts = aki.get(&format!("{booking}/rescheduling")).await.starts();

    assert!(starts.contains(&"2027-01-05T00:30:00Z".to_owned()), "{starts:?}");
    desk.page(&booking).await.assert_says("bookings-show-written");
    assert!(desk.app.mailbox().subjects(hana()).await.iter().all(|subject| !subject.contains("calendar")));
}

#[sqlx::test]
async fn case_65_a_session_that_was_deleted_in_the_calendar_stays_booked_and_its_host_is_asked_once(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    let (url, _) = desk.radicale.event("office").await;
    desk.app.mailbox().empty().await;

    desk.radicale.delete(&url).await;
    desk.read().await;
    desk.read().await;

    assert_eq!(desk.stage().await, "confirmed");
    let subjects = desk.app.mailbox().subjects(hana()).await;
    assert_eq!(subjects.len(), 1, "{subjects:?}");
    assert!(subjects[0].starts_with("No longer in your calendar"), "{subjects:?}");
    assert!(desk.app.mailbox().to(aki()).await.is_empty());
    desk.page(&booking).await.assert_says("bookings-show-missing").assert_says("bookings-show-write_again");
    desk.app.as_(aki()).await.get(&booking).await.assert_does_not_say("bookings-show-missing");

    desk.answer(&booking, "write").await;

    let (_, text) = desk.radicale.event("office").await;
    assert!(text.contains(&desk.uid().await));
    desk.page(&booking).await.assert_says("bookings-show-written").assert_does_not_say("bookings-show-missing");
}

#[sqlx::test]
async fn case_65_a_session_that_the_host_left_out_is_not_asked_about_again(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    let (url, _) = desk.radicale.event("office").await;
    desk.radicale.delete(&url).await;
    desk.read().await;
    desk.app.mailbox().empty().await;

    desk.answer(&booking, "leave").await;
    desk.read().await;

    assert!(desk.radicale.events("office").await.is_empty());
    assert_eq!(desk.stage().await, "confirmed");
    assert!(desk.app.mailbox().to(hana()).await.is_empty());
    desk.page(&booking).await.assert_does_not_say("bookings-show-missing");
}

#[sqlx::test]
async fn a_session_moved_in_the_calendar_is_asked_about_and_can_be_put_back(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    let (url, text) = desk.radicale.event("office").await;
    let elsewhere =
        text.replace("20270105T000000Z", "20270107T050000Z").replace("20270105T010000Z", "20270107T060000Z");
    desk.app.mailbox().empty().await;

    desk.radicale.put(&url, &elsewhere).await;
    desk.read().await;

    assert_eq!(desk.app.start_of(&booking).await.to_rfc3339(), "2027-01-05T00:00:00+00:00");
    let mail = desk.app.mailbox().last_to(hana()).await;
    assert!(mail.subject.starts_with("At another time in your calendar"), "{}", mail.subject);
    assert!(mail.text.contains("14:00"), "{}", mail.text);
    desk.page(&booking).await.assert_says("bookings-show-strayed").assert_does_not_say("bookings-show-leave_out");

    desk.answer(&booking, "write").await;

    let (_, text) = desk.radicale.event("office").await;
    assert!(text.contains("DTSTART:20270105T000000Z"), "{text}");
    desk.read().await;
    desk.page(&booking).await.assert_does_not_say("bookings-show-strayed");
}

#[sqlx::test]
async fn an_event_of_the_same_uid_that_the_hosts_program_made_is_taken_over(db: PgPool) {
    let desk = Desk::of(db).await;
    let booking = desk.book().await;
    let uid = desk.uid().await;
    let url = format!("{}{USER}/office/from-the-mail.ics", desk.radicale.url);
    desk.radicale.put(&url, &calendar(&event(&uid, "20270105T000000Z", "20270105T010000Z"))).await;

    desk.choose("office").await;

    let (only, text) = desk.radicale.event("office").await;
    assert_eq!(only, url);
    assert!(text.contains("SCHEDULE-AGENT=CLIENT"), "{text}");
    desk.cancel(&booking).await;
    assert!(desk.radicale.events("office").await.is_empty());
}

#[sqlx::test]
async fn what_the_hosts_program_changed_meanwhile_is_written_over_by_a_move(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    let (url, text) = desk.radicale.event("office").await;
    desk.radicale.put(&url, &text.replace("TRANSP:OPAQUE", "TRANSP:TRANSPARENT")).await;

    desk.move_to(&booking, "2027-01-06T03:00:00Z").await;

    let (_, text) = desk.radicale.event("office").await;
    assert!(text.contains("DTSTART:20270106T030000Z") && text.contains("TRANSP:OPAQUE"), "{text}");
    let (_, changed) = desk.radicale.event("office").await;
    desk.radicale.put(&url, &changed.replace("TRANSP:OPAQUE", "TRANSP:TRANSPARENT")).await;
    desk.cancel(&booking).await;
    assert!(desk.radicale.events("office").await.is_empty());
}

#[sqlx::test]
async fn sessions_ahead_follow_the_choice_of_another_calendar_and_of_none(db: PgPool) {
    let desk = Desk::of(db).await;
    let booking = desk.book().await;
    desk.radicale.calendar("private", &calendar("")).await;
    desk.read().await;
    assert!(desk.radicale.events("office").await.is_empty());

    desk.choose("office").await;
    assert_eq!(desk.radicale.events("office").await.len(), 1);
    desk.choose("private").await;
    assert!(desk.radicale.events("office").await.is_empty());
    assert_eq!(desk.radicale.events("private").await.len(), 1);

    let hana = desk.app.as_(hana()).await;
    hana.post("/calendars/target", &[("target", "")]).await.assert_status(303);
    desk.app.run_jobs().await;
    assert_eq!(desk.radicale.events("private").await.len(), 1, "it stays where it is");
    desk.move_to(&booking, "2027-01-06T03:00:00Z").await;
    let (_, text) = desk.radicale.event("private").await;
    assert!(text.contains("DTSTART:20270106T030000Z"), "{text}");
    desk.cancel(&booking).await;
    assert!(desk.radicale.events("private").await.is_empty());
}

#[sqlx::test]
async fn a_server_that_is_down_is_written_to_when_it_is_back(db: PgPool) {
    let mut desk = Desk::writing(db).await;
    desk.radicale.stop();
    let booking = desk.book().await;
    desk.page(&booking).await.assert_says("bookings-show-unwritten").assert_says("fetch-unreachable");

    desk.radicale.again().await;
    desk.app.clock.advance(TimeDelta::minutes(2));
    desk.app.run_jobs().await;

    assert_eq!(desk.radicale.events("office").await.len(), 1);
    desk.page(&booking).await.assert_says("bookings-show-written");
}

#[sqlx::test]
async fn a_process_that_died_after_writing_leaves_nothing_behind(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    // As if it had died between the server's answer and its own note of it.
    sqlx::query("update calendar_objects set etag = null, sequence = null, starts_at = null, written_at = null")
        .execute(&desk.app.db)
        .await
        .unwrap();

    desk.cancel(&booking).await;

    assert!(desk.radicale.events("office").await.is_empty());
    let objects: i64 =
        sqlx::query_scalar("select count(*) from calendar_objects").fetch_one(&desk.app.db).await.unwrap();
    assert_eq!(objects, 0);
}

#[sqlx::test]
async fn what_reaches_the_server_after_the_cancellation_is_taken_away_again(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    let (url, text) = desk.radicale.event("office").await;
    let (id, host) = (booking.rsplit('/').next().unwrap().parse().unwrap(), desk.app.id_of(hana()).await);
    let object = product::object(&mut desk.app.db.acquire().await.unwrap(), id, host).await.unwrap().unwrap();
    desk.cancel(&booking).await;
    assert!(desk.radicale.events("office").await.is_empty());

    // A worker that asked before, and is answered now.
    desk.radicale.put(&url, &text).await;
    let mut tx = Tx::begin(&desk.app.platform, None, desk.app.clock.now()).await.unwrap();
    let place = kabeuchi::platform::dav::Place { path: object.place.path.clone(), etag: None };
    product::put_down(&mut tx, &object, &place, object.written.unwrap()).await.unwrap();
    tx.enqueue_now(kabeuchi::features::bookings::writing::Write { booking: id, person: host }).await.unwrap();
    tx.commit().await.unwrap();
    desk.app.run_jobs().await;

    assert!(desk.radicale.events("office").await.is_empty());
}

#[sqlx::test]
async fn a_calendar_that_is_not_counted_takes_no_time(db: PgPool) {
    let desk = Desk::of(db).await;
    desk.radicale.calendar("family", &calendar(&nine())).await;
    desk.read().await;
    let times = times_path(desk.consultation);
    assert!(!offers(&desk.app, &times, NINE).await);
    let hana = desk.app.as_(hana()).await;
    let page = hana.get(&desk.calendar).await;
    let boxes = page.attributes("input[name=collection]", "value");
    let labels = page.texts("label.choice");
    let listed: Vec<&String> = labels.iter().filter(|l| l.ends_with("family") || l.ends_with("office")).collect();
    assert!(listed.len() == 2 && listed[1].ends_with("office"), "{labels:?}");
    let work = boxes.last().unwrap();

    set(&desk.app, &desk.calendar, &[("collections", "listed"), ("collection", work)]).await;

    assert!(offers(&desk.app, &times, NINE).await);
}

#[sqlx::test]
async fn only_the_host_says_what_a_strayed_session_means(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    let aki = desk.app.as_(aki()).await;
    aki.post(&format!("{booking}/calendar"), &[("act", "write")]).await.assert_status(403);
    let sora = desk.app.as_(sora()).await;
    sora.post(&format!("{booking}/calendar"), &[("act", "write")]).await.assert_status(404);
    let stranger = sora.post("/calendars/target", &[("target", &uuid::Uuid::new_v4().to_string())]).await;
    stranger.assert_status(422);
    let hers: uuid::Uuid = sqlx::query_scalar("select collection_id from calendar_collections limit 1")
        .fetch_one(&desk.app.db)
        .await
        .unwrap();
    sora.post("/calendars/target", &[("target", &hers.to_string())]).await.assert_status(422);
}

#[sqlx::test]
async fn an_account_at_another_server_gets_nothing_that_was_written_at_the_former(db: PgPool) {
    let desk = Desk::writing(db).await;
    let booking = desk.book().await;
    let other = Radicale::start().await;
    other.calendar("office", &calendar("")).await;
    let account = [("address", other.url.as_str()), ("kind", "caldav"), ("user", USER), ("password", PASSWORD)];

    set(&desk.app, &desk.calendar, &account).await;
    desk.cancel(&booking).await;

    assert_eq!(desk.radicale.events("office").await.len(), 1, "out of reach, so it stays");
    assert!(other.events("office").await.is_empty());
    desk.app.as_(hana()).await.get("/calendars").await.assert_says("calendars-target-not");
}

#[sqlx::test]
async fn a_new_password_of_the_same_account_keeps_the_choice(db: PgPool) {
    let desk = Desk::writing(db).await;
    let account = [("address", desk.radicale.url.as_str()), ("kind", "caldav"), ("user", USER), ("password", PASSWORD)];

    set(&desk.app, &desk.calendar, &account).await;
    desk.book().await;

    assert_eq!(desk.radicale.events("office").await.len(), 1);
}

#[sqlx::test]
async fn trust_e11_a_session_is_not_put_where_a_redirect_leads_to(db: PgPool) {
    let desk = Desk::writing(db).await;
    let other = FeedServer::start(Answer::calendar("")).await;
    let redirect = FeedServer::start(Answer::redirect(&format!("http://127.0.0.1:{}/take", other.port))).await;
    let text = redirect.url();
    let address = desk.app.platform.http.address(&text).unwrap();
    let account = kabeuchi::platform::dav::Account { address: &address, user: USER, password: PASSWORD };
    let place = kabeuchi::platform::dav::Place { path: "/office/a.ics".to_owned(), etag: None };
    let object = kabeuchi::platform::dav::Object { collection: "/office/", uid: "a", place: &place };

    let put = kabeuchi::platform::dav::put(&desk.app.platform.http, &account, &object, calendar("")).await;

    assert!(put.is_err(), "{put:?}");
    assert_eq!(other.connections(), 0);
}

#[sqlx::test]
async fn an_account_with_repeated_whole_day_moved_and_cancelled_events_is_read(db: PgPool) {
    let desk = Desk::of(db).await;
    let daily = "BEGIN:VEVENT\nUID:daily\nDTSTAMP:20270101T000000Z\nDTSTART;TZID=Asia/Tokyo:20261230T090000\n\
         DTEND;TZID=Asia/Tokyo:20261230T100000\nRRULE:FREQ=DAILY\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:daily\nDTSTAMP:20270101T000000Z\nRECURRENCE-ID;TZID=Asia/Tokyo:20270106T090000\n\
         DTSTART;TZID=Asia/Tokyo:20270107T150000\nDTEND;TZID=Asia/Tokyo:20270107T160000\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:daily\nDTSTAMP:20270101T000000Z\nRECURRENCE-ID;TZID=Asia/Tokyo:20270107T090000\n\
         DTSTART;TZID=Asia/Tokyo:20270107T090000\nDTEND;TZID=Asia/Tokyo:20270107T100000\nSTATUS:CANCELLED\nEND:VEVENT\n";
    let day = "BEGIN:VEVENT\nUID:day\nDTSTAMP:20270101T000000Z\nDTSTART;VALUE=DATE:20270108\nEND:VEVENT\n";
    let off = event("off", "20270109T030000Z", "20270109T040000Z").replace("SUMMARY", "STATUS:CANCELLED\nSUMMARY");
    desk.radicale.calendar("office", &calendar(&format!("{daily}{day}{off}"))).await;
    desk.read().await;

    let times = times_path(desk.consultation);
    desk.app.as_(hana()).await.get(&desk.calendar).await.assert_says("calendars-stage-healthy");
    let expected = [
        (NINE, true, "its occurrence was moved away"),
        ("2027-01-07T06:00:00Z", false, "where it was moved to"),
        ("2027-01-07T00:00:00Z", true, "its occurrence was cancelled"),
        ("2027-01-09T00:00:00Z", false, "the next one"),
        ("2027-01-08T03:00:00Z", false, "the whole day in Tokyo"),
        ("2027-01-09T03:00:00Z", true, "a cancelled event"),
    ];
    for (start, is_free, why) in expected {
        assert_eq!(offers(&desk.app, &times, start).await, is_free, "{start}: {why}");
    }
}
