//! Choosing a time, moving it, giving it back; two at once; the mails that calendars read.

use crate::support::digest::{changed, digest};
use crate::support::*;
use calcard::icalendar::{ICalendar, ICalendarProperty};
use chrono::{DateTime, TimeDelta, Utc};
use kabeuchi::domain::consultation::Stage;
use sqlx::PgPool;

mod bearer;
mod candidates;
mod confirmation;
mod contention;
mod every_slot;
mod feed;
mod life;
mod paging;
mod parsers;
mod slots;
mod watch;
mod zone;

mod new {
    use super::*;

    #[sqlx::test]
    async fn a_time_is_booked_and_both_sides_get_it_for_their_calendars(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = times_path(consultation);
        let browser = app.as_(aki()).await;
        let page = browser.get(&path).await;
        let start = page.starts()[0].clone();
        // Monday 09:00 and 24 hours' notice.
        assert_eq!(start, "2027-01-05T00:00:00Z");

        let booked = browser.submit(&page, &path, &[("start", &start)]).await.leads_to();

        assert_eq!(app.stage_of(consultation).await, Stage::Booked);
        browser.get(&booked).await.assert_says("bookings-show-ics");
        app.run_jobs().await;
        for persona in [hana(), aki()] {
            let mail = app.mailbox().last_to(persona).await;
            assert_eq!(mail.subject, "Booked: Where to begin as the first SRE, Tue 5 January");
            assert!(mail.text.contains("Tue 5 January 2027, 09:00–10:00 JST (UTC+9)"), "{}", mail.text);
            assert!(mail.calendar.is_some());
        }
    }

    #[sqlx::test]
    async fn case_14_another_zone_sees_the_hosts_hours_on_its_own_clock_and_dates(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let angeles = Persona { zone: "America/Los_Angeles", ..aki() };
        let path = times_path(app.consultation(hana(), angeles).await);

        let page = app.as_(angeles).await.get(&path).await;

        assert_eq!(page.starts()[0], "2027-01-05T00:00:00Z");
        assert_eq!(page.texts(".slot__time")[0], "16:00");
        assert_eq!(page.texts(".slot__other")[0], "Tue 09:00");
        assert_eq!(page.texts(".slot-grid__date")[0], "Mon 4 January");
    }

    #[sqlx::test]
    async fn trust_i06_case_73_a_time_that_passed_the_notice_meanwhile_is_answered_with_others(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = times_path(consultation);
        let aki = app.as_(aki()).await;
        let page = aki.get(&path).await;
        let start = page.starts()[0].clone();
        app.clock.advance(TimeDelta::minutes(10));

        let answer = aki.submit(&page, &path, &[("start", &start)]).await;

        answer.assert_status(409).assert_says("bookings-new-taken").assert_says("bookings-grid-nearest");
        assert_eq!(answer.attributes(".choices input[name=start]", "value"), page.starts()[1..4], "the three nearest");
        assert_eq!(app.stage_of(consultation).await, Stage::Preparing);
    }

    #[sqlx::test]
    async fn case_81_a_session_with_another_host_is_said_beside_the_time(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        app.offer_hours(sora()).await;
        let elsewhere = app.consultation(sora(), aki()).await;
        app.book_first(aki(), elsewhere).await;
        let here = times_path(app.consultation(hana(), aki()).await);
        let aki = app.as_(aki()).await;

        let page = aki.get(&here).await;

        assert_eq!(page.texts(".slot__clash").len(), 2, "09:00 and 09:30 run into it");
        book(&aki, &here, &page.starts()[0], "60").await.assert_status(303);
    }

    #[sqlx::test]
    async fn case_22_a_law_that_moves_clocks_is_said_to_both_sides(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = times_path(consultation);
        let booking = book(&app.as_(aki()).await, &path, "2027-01-07T00:00:00Z", "60").await.leads_to();
        let booking = booking.split('?').next().unwrap();
        app.run_jobs().await;
        // As if the zone's data of that day had said UTC+8 when it was booked.
        sqlx::query("update bookings set wall_clock = '2027-01-07T08:00'").execute(&app.db).await.unwrap();

        app.pass(TimeDelta::hours(48)).await;

        for persona in [hana(), aki()] {
            assert!(app.as_(persona).await.get(booking).await.text().contains("08:00 was meant"));
            let mail = app.mailbox().last_to(persona).await;
            assert!(mail.subject.starts_with("Tomorrow") && mail.text.contains("08:00 was meant"), "{}", mail.text);
        }
        assert_eq!(app.start_of(booking).await.to_rfc3339(), "2027-01-07T00:00:00+00:00", "the instant stays");
    }

    #[sqlx::test]
    async fn trust_i06_what_no_page_offered_is_an_error_of_the_form(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let path = times_path(app.consultation(hana(), aki()).await);
        let aki = app.as_(aki()).await;
        let before = digest(&app.db).await;

        for (start, minutes) in [("", "60"), ("tomorrow", "60"), ("2027-01-05T00:00:00Z", "45"), ("2027-01-05", "60")] {
            book(&aki, &path, start, minutes).await.assert_status(422);
        }
        // Off the grid, outside the hours of a day that has some, too soon, too late, in the past.
        for start in [
            "2027-01-05T00:07:00Z",
            "2027-01-05T20:00:00Z",
            "2027-01-04T00:00:00Z",
            "2031-01-05T00:00:00Z",
            "1900-01-05T00:00:00Z",
        ] {
            book(&aki, &path, start, "60").await.assert_status(409);
        }
        assert_eq!(changed(&before, &digest(&app.db).await), [""; 0]);
    }

    #[sqlx::test]
    async fn trust_i09_case_80_the_same_form_sent_twice_is_one_booking_and_one_mail(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = times_path(consultation);
        let browser = app.as_(aki()).await;
        let page = browser.get(&path).await;
        let start = page.starts()[0].clone();

        let first = browser.submit(&page, &path, &[("start", &start)]).await;
        let second = browser.submit(&page, &path, &[("start", &start)]).await;

        assert_eq!(first.leads_to(), second.leads_to());
        app.run_jobs().await;
        assert_eq!(app.mailbox().to(aki()).await.len(), 1);
    }

    #[sqlx::test]
    async fn members_may_look_but_not_book(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        app.join(consultation, mio()).await;
        let (path, mio) = (times_path(consultation), app.as_(mio()).await);
        let offered = app.as_(aki()).await.get(&path).await;

        let page = mio.get(&path).await;

        page.assert_status(200).assert_says("bookings-new-lead_chooses");
        let times = page.texts(".slot .slot__time");
        assert!(!times.is_empty() && times == offered.texts(".slot .slot__time"), "{times:?}");
        assert_eq!((page.starts(), page.attributes("main form", "action")), (Vec::new(), Vec::new()));
        book(&mio, &path, &offered.starts()[0], "60").await.assert_status(403);
        for below in ["candidates", "watch"] {
            mio.post(&path.replace("new", below), &[("start", &offered.starts()[0]), ("minutes", "60")])
                .await
                .assert_status(403);
        }
        app.as_(ren()).await.get(&path).await.assert_status(404);
    }
}

mod rescheduling {
    use super::*;

    #[sqlx::test]
    async fn trust_i05_case_78_a_booking_moves_onto_half_of_itself_and_a_refused_move_keeps_the_old_time(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let mine = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
        let soras = app.consultation(hana(), sora()).await;
        let soras_browser = app.as_(sora()).await;
        book(&soras_browser, &times_path(soras), "2027-01-05T02:00:00Z", "60").await.assert_status(303);
        let path = format!("{mine}/rescheduling");
        let browser = app.as_(aki()).await;

        let taken = book(&browser, &path, "2027-01-05T01:30:00Z", "60").await;

        taken.assert_status(409).assert_says("bookings-new-taken");
        assert_eq!(app.start_of(&mine).await, "2027-01-05T00:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let moved = book(&browser, &path, "2027-01-05T00:30:00Z", "60").await;
        assert_eq!(moved.leads_to(), format!("{mine}?said=moved"));
        assert_eq!(app.start_of(&mine).await, "2027-01-05T00:30:00Z".parse::<DateTime<Utc>>().unwrap());
    }

    #[sqlx::test]
    async fn why_a_time_changes_is_read_by_all_on_the_page_and_is_in_no_mail(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
        let (path, aki) = (format!("{booking}/rescheduling"), app.as_(aki()).await);
        let why = "My team has its on-call handover then";
        let fields = |start| [("start", start), ("minutes", "60"), ("reason", why)];

        let refused = aki.post(&path, &fields("2027-01-05T15:00:00Z")).await;
        assert_eq!(refused.assert_status(409).texts("textarea[name=reason]"), [why]);
        aki.post(&path, &fields("2027-01-05T03:00:00Z")).await.assert_status(303);
        app.run_jobs().await;

        assert!(app.as_(hana()).await.get(&booking).await.text().contains(why));
        assert!(!app.mailbox().last_to(hana()).await.text.contains(why));
        book(&aki, &path, "2027-01-05T04:00:00Z", "60").await.assert_status(303);
        assert!(!app.as_(hana()).await.get(&booking).await.text().contains(why), "it was said of another move");
    }

    #[sqlx::test]
    async fn why_another_time_is_asked_for_is_read_where_it_is_confirmed_and_stays_with_the_booking(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
        sqlx::query("update calls set mode = 'host_confirms'").execute(&app.db).await.unwrap();
        let why = "My team has its on-call handover then";
        let fields = [("start", "2027-01-06T03:00:00Z"), ("minutes", "60"), ("reason", why)];
        app.as_(aki()).await.post(&format!("{booking}/rescheduling"), &fields).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(hana()).await.link().replace(&app.origin, "");

        assert!(app.visitor().get(&link).await.text().contains(why));
        app.visitor().post(&link, &[("act", "confirm")]).await.assert_status(303);

        assert!(app.as_(hana()).await.get(&booking).await.text().contains(why));
    }

    #[sqlx::test]
    async fn case_79_the_mailed_link_moves_by_post_alone_without_signing_in(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
        let link = app.mailbox().last_to(aki()).await.link();
        let visitor = app.visitor();
        let before = app.start_of(&booking).await;
        let page = visitor.get(&link).await;
        page.assert_status(200);
        let path = page.links(&format!("{booking}/rescheduling")).remove(0);

        let times = visitor.get(&path).await;
        visitor.get(&path.replace("rescheduling", "cancellation")).await.assert_status(200);
        assert_eq!(app.start_of(&booking).await, before, "looking changes nothing");
        let start = times.starts()[3].clone();
        visitor.submit(&times, &path, &[("start", &start)]).await.assert_status(303);

        assert_eq!(app.start_of(&booking).await, start.parse::<DateTime<Utc>>().unwrap());
        visitor.get(&booking).await.assert_status(404);
        visitor.get(&format!("{booking}?key=guessed")).await.assert_status(404);
        let other = app.book_first(sora(), app.consultation(hana(), sora()).await).await;
        let key = link.split("key=").nth(1).unwrap();
        visitor.get(&format!("{other}?key={key}")).await.assert_status(404);
    }

    #[sqlx::test]
    async fn a_call_may_ask_for_notice_before_a_guest_moves(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
        sqlx::query("update calls set change_notice_minutes = 720").execute(&app.db).await.unwrap();
        let path = format!("{booking}/rescheduling");
        app.clock.set(app.start_of(&booking).await - TimeDelta::hours(12));
        app.as_(aki()).await.get(&path).await.assert_does_not_say("bookings-rescheduling-too_late");
        app.clock.advance(TimeDelta::seconds(1));

        let late = book(&app.as_(aki()).await, &path, "2027-01-08T00:00:00Z", "60").await;

        late.assert_status(409).assert_says("bookings-rescheduling-too_late");
        book(&app.as_(hana()).await, &path, "2027-01-08T00:00:00Z", "60").await.assert_status(303);
        app.clock.set(app.start_of(&booking).await - TimeDelta::hours(11));
        let cancellation = format!("{booking}/cancellation");
        app.as_(aki()).await.get(&cancellation).await.assert_says("bookings-cancellation-late");
        app.as_(aki()).await.post(&cancellation, &[]).await.assert_status(303);
        let record = app.as_(aki()).await.get("/settings/privacy").await;
        assert!(record.text().contains("1 given back late"), "{}", record.text());
    }

    #[sqlx::test]
    async fn nothing_moves_once_it_began(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
        app.clock.advance(TimeDelta::hours(25));
        let aki = app.as_(aki()).await;
        let late = book(&aki, &format!("{booking}/rescheduling"), "2027-01-07T00:00:00Z", "60").await;
        late.assert_status(409).assert_says("bookings-rescheduling-not_now");
        aki.post(&format!("{booking}/cancellation"), &[("reason", "late")]).await.assert_status(409);
    }
}

mod cancellation {
    use super::*;

    #[sqlx::test]
    async fn a_time_that_was_given_back_is_free_for_others_and_the_consultation_goes_on(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let booking = app.book_first(aki(), consultation).await;
        let path = format!("{booking}/cancellation");
        let browser = app.as_(aki()).await;
        let page = browser.get(&path).await;

        browser.submit(&page, &path, &[("reason", "I am ill")]).await.assert_status(303);

        assert_eq!(app.stage_of(consultation).await, Stage::Ready);
        app.run_jobs().await;
        let mail = app.mailbox().last_to(hana()).await;
        assert_eq!(mail.subject, "Cancelled: Where to begin as the first SRE, Tue 5 January");
        assert!(!mail.text.contains("I am ill"), "reasons are not mailed");
        assert!(app.as_(hana()).await.get(&booking).await.text().contains("I am ill"));
        let soras = app.book_first(sora(), app.consultation(hana(), sora()).await).await;
        assert_eq!(app.start_of(&soras).await, app.start_of(&booking).await);
        browser.submit(&page, &path, &[("reason", "again"), ("once", "")]).await.assert_status(409);
    }

    #[sqlx::test]
    async fn a_cancelled_consultation_gives_its_time_back(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let booking = app.book_first(aki(), consultation).await;

        let path = format!("/consultations/{consultation}/cancellation");
        app.as_(hana()).await.post(&path, &[("kind", "time")]).await.assert_status(303);

        app.run_jobs().await;
        let cancels: Vec<_> = app.mailbox().to(aki()).await.into_iter().filter_map(|mail| mail.calendar).collect();
        assert!(cancels.last().unwrap().contains("METHOD:CANCEL"));
        app.as_(aki()).await.get(&booking).await.assert_says("bookings-show-cancelled");
    }
}

mod calendar_mails {
    use super::*;

    fn value(calendar: &str, name: &ICalendarProperty) -> String {
        let parsed = ICalendar::parse(calendar).unwrap();
        let event = parsed.components.iter().find(|c| c.component_type.as_str() == "VEVENT").unwrap();
        let entry = event.entries.iter().find(|e| e.name == *name).unwrap_or_else(|| panic!("no {name:?}"));
        entry.values[0].as_text().map(str::to_owned).unwrap_or_else(|| format!("{:?}", entry.values[0]))
    }

    #[sqlx::test]
    async fn trust_g10_case_84_invitation_update_and_cancellation_are_one_event_with_a_rising_sequence(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
        let browser = app.as_(aki()).await;
        book(&browser, &format!("{booking}/rescheduling"), "2027-01-05T03:00:00Z", "60").await.assert_status(303);
        app.run_jobs().await;
        browser.post(&format!("{booking}/cancellation"), &[]).await.assert_status(303);
        app.run_jobs().await;

        let mails: Vec<_> = app.mailbox().to(hana()).await.into_iter().filter(|m| m.calendar.is_some()).collect();
        let parts: Vec<&str> = mails.iter().map(|m| m.calendar.as_deref().unwrap()).collect();

        assert_eq!(parts.len(), 3);
        let line = |part: &str, name: &str| {
            part.lines()
                .find_map(|l| l.strip_prefix(name).map(str::to_owned))
                .unwrap_or_else(|| panic!("{name} in {part}"))
        };
        for (part, (method, sequence, status)) in parts.iter().zip([
            ("REQUEST", "0", "CONFIRMED"),
            ("REQUEST", "1", "CONFIRMED"),
            ("CANCEL", "2", "CANCELLED"),
        ]) {
            assert_eq!(
                [line(part, "METHOD:"), line(part, "SEQUENCE:"), line(part, "STATUS:")],
                [method, sequence, status]
            );
            assert_eq!(value(part, &ICalendarProperty::Uid), value(parts[0], &ICalendarProperty::Uid));
            assert!(!line(part, "DTSTAMP:").is_empty() && line(part, "DTSTART:").ends_with('Z'));
        }
        for (mail, method) in mails.iter().zip(["REQUEST", "REQUEST", "CANCEL"]) {
            assert!(mail.source.contains(&format!("method={method}")), "the MIME parameter equals METHOD");
        }
    }

    #[sqlx::test]
    async fn case_87_names_and_titles_cannot_inject_properties(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let hostile = Persona { name: "壁 打;子, \"X\"\\n", email: "aki@example.org", ..aki() };
        let consultation = app.consultation(hana(), hostile).await;
        let title = "SLO、最初の一歩;DTSTART:19700101T000000Z\\nATTENDEE:mailto:x@evil.example\\n壁打ちを何から始めればよいかわからないので相談したい";
        sqlx::query("update consultations set title = $1").bind(title).execute(&app.db).await.unwrap();
        let name = "update people set name = name || e'\\r\\nATTENDEE:mailto:x@evil.example' where email = $1";
        sqlx::query(name).bind(hostile.email).execute(&app.db).await.unwrap();

        app.book_first(hostile, consultation).await;

        let calendar = app.mailbox().last_to(hana()).await.calendar.unwrap();
        assert_eq!(calendar.lines().filter(|l| l.starts_with("DTSTART")).count(), 1);
        assert_eq!(calendar.lines().filter(|l| l.starts_with("ATTENDEE")).count(), 1);
        assert!(calendar.split("\r\n").all(|line| line.len() <= 75), "lines are folded");
        assert!(
            value(&calendar, &ICalendarProperty::Summary)
                .contains("壁打ちを何から始めればよいかわからないので相談したい")
        );
    }

    #[sqlx::test]
    async fn case_88_everyone_reads_their_own_language_and_both_clocks(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let tokyo = Persona { locale: kabeuchi::domain::person::Locale::Ja, ..hana() };
        app.as_(tokyo).await;
        app.offer_hours(tokyo).await;
        let berlin = Persona { zone: "Europe/Berlin", ..aki() };

        app.book_first(berlin, app.consultation(tokyo, berlin).await).await;

        let (host, guest) = (app.mailbox().last_to(tokyo).await, app.mailbox().last_to(berlin).await);
        assert!(host.text.contains("2027年1月5日(火) 09:00–10:00 JST (UTC+9)"), "{}", host.text);
        assert!(guest.text.contains("Tue 5 January 2027, 01:00–02:00 CET (UTC+1)"), "{}", guest.text);
        assert!(guest.text.contains("Tue 5 January 2027, 09:00–10:00 JST (UTC+9)"), "{}", guest.text);
    }

    #[sqlx::test]
    async fn the_event_is_a_file_too(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;

        let file = app.as_(aki()).await.get(&format!("{booking}/event.ics")).await;

        file.assert_status(200);
        assert!(file.headers["content-type"].to_str().unwrap().starts_with("text/calendar"));
        assert!(file.body.contains("\r\nUID:"));
        app.as_(ren()).await.get(&format!("{booking}/event.ics")).await.assert_status(404);
    }
}

mod reminders {
    use super::*;

    async fn reminded(app: &TestApp, persona: Persona) -> Vec<String> {
        let subjects = app.mailbox().subjects(persona).await;
        subjects.into_iter().filter(|s| s.starts_with("Tomorrow") || s.starts_with("In an hour")).collect()
    }

    #[sqlx::test]
    async fn case_89_everyone_is_reminded_a_day_and_an_hour_before_and_never_after(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let aki_browser = app.as_(aki()).await;
        book(&aki_browser, &times_path(consultation), "2027-01-07T00:00:00Z", "60").await.assert_status(303);
        app.ask(consultation, aki(), "Which SLO first?", "").await;
        app.run_jobs().await;

        app.pass(TimeDelta::hours(48)).await;
        assert_eq!(reminded(&app, aki()).await, ["Tomorrow: Where to begin as the first SRE, Thu 7 January"]);
        let text = app.mailbox().last_to(aki()).await.text;
        assert!(text.contains("One question still waits") && text.contains("· Which SLO first?"), "{text}");
        app.pass(TimeDelta::hours(48)).await;

        let both = [
            "Tomorrow: Where to begin as the first SRE, Thu 7 January",
            "In an hour: Where to begin as the first SRE, Thu 7 January",
        ];
        assert_eq!(reminded(&app, aki()).await, both);
        assert_eq!(reminded(&app, hana()).await, both);
    }

    #[sqlx::test]
    async fn case_89_a_moved_booking_is_reminded_at_its_new_time_and_a_cancelled_one_never(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
        let browser = app.as_(aki()).await;
        book(&browser, &format!("{booking}/rescheduling"), "2027-01-08T00:00:00Z", "60").await.assert_status(303);
        app.run_jobs().await;
        app.pass(TimeDelta::hours(30)).await;
        assert_eq!(reminded(&app, aki()).await, Vec::<String>::new(), "not for the old time");
        app.pass(TimeDelta::hours(45)).await;
        assert_eq!(reminded(&app, aki()).await.len(), 1);

        browser.post(&format!("{booking}/cancellation"), &[]).await.assert_status(303);
        app.pass(TimeDelta::hours(48)).await;

        assert_eq!(reminded(&app, aki()).await.len(), 1);
    }

    #[sqlx::test]
    async fn case_89_booked_within_the_lead_it_is_not_sent_at_once(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        sqlx::query("update calls set notice_minutes = 0").execute(&app.db).await.unwrap();
        let browser = app.as_(aki()).await;
        book(&browser, &times_path(consultation), "2027-01-04T03:00:00Z", "60").await.assert_status(303);
        app.run_jobs().await;
        assert_eq!(reminded(&app, aki()).await, Vec::<String>::new());

        app.pass(TimeDelta::hours(4)).await;

        assert_eq!(reminded(&app, aki()).await, ["In an hour: Where to begin as the first SRE, Mon 4 January"]);
    }

    #[sqlx::test]
    async fn case_82_a_process_that_ends_after_the_commit_leaves_its_mails_to_the_next(db: PgPool) {
        let ended = TestApp::spawn(db.clone()).await;
        ended.offer_hours(hana()).await;
        let path = times_path(ended.consultation(hana(), aki()).await);
        let browser = ended.as_(aki()).await;
        let start = browser.get(&path).await.starts()[0].clone();
        book(&browser, &path, &start, "60").await.assert_status(303);
        assert_eq!(ended.mailbox().to(aki()).await.len(), 0, "none of its jobs has run");

        let (one, other) = (TestApp::spawn(db.clone()).await, TestApp::spawn(db).await);
        for _ in 0..3 {
            tokio::join!(one.run_jobs(), other.run_jobs());
        }

        for persona in [hana(), aki()] {
            let subjects = one.mailbox().subjects(persona).await;
            assert_eq!(subjects.iter().filter(|subject| subject.starts_with("Booked")).count(), 1, "{subjects:?}");
        }
    }

    #[sqlx::test]
    async fn who_joins_late_gets_the_invitation(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        app.book_first(aki(), consultation).await;
        let path = format!("/consultations/{consultation}/participants");
        app.as_(aki()).await.post(&path, &[("email", "mio@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(mio()).await.link();
        app.as_(mio()).await.post(&link, &[("confidential", "yes")]).await.assert_status(303);

        app.run_jobs().await;

        assert!(app.mailbox().last_to(mio()).await.calendar.unwrap().contains("METHOD:REQUEST"));
    }
}
