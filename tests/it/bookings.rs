//! Choosing a time, moving it, giving it back; two at once; the mails that calendars read.

use crate::support::*;
use calcard::icalendar::{ICalendar, ICalendarProperty};
use chrono::{DateTime, TimeDelta, Utc};
use kabeuchi::domain::consultation::Stage;
use sqlx::PgPool;

mod candidates;
mod confirmation;
mod feed;
mod paging;
mod slots;
mod watch;

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
    async fn case_73_a_time_that_passed_the_notice_meanwhile_is_answered_with_others(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = times_path(consultation);
        let aki = app.as_(aki()).await;
        let page = aki.get(&path).await;
        let start = page.starts()[0].clone();
        app.clock.advance(TimeDelta::minutes(10));

        let answer = aki.submit(&page, &path, &[("start", &start)]).await;

        answer.assert_status(409).assert_says("bookings-new-taken");
        assert_eq!(answer.starts()[0], page.starts()[1]);
        assert_eq!(app.stage_of(consultation).await, Stage::Preparing);
    }

    #[sqlx::test]
    async fn what_no_page_offered_is_an_error_of_the_form(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let path = times_path(app.consultation(hana(), aki()).await);
        let aki = app.as_(aki()).await;

        for (start, minutes) in [("", "60"), ("tomorrow", "60"), ("2027-01-05T00:00:00Z", "45"), ("2027-01-05", "60")] {
            book(&aki, &path, start, minutes).await.assert_status(422);
        }
        for start in ["2027-01-05T00:07:00Z", "2027-01-04T00:00:00Z", "2031-01-05T00:00:00Z", "1900-01-05T00:00:00Z"] {
            book(&aki, &path, start, "60").await.assert_status(409);
        }
    }

    #[sqlx::test]
    async fn case_80_the_same_form_sent_twice_is_one_booking_and_one_mail(db: PgPool) {
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
        app.as_(mio()).await.get(&times_path(consultation)).await.assert_status(403);
        app.as_(ren()).await.get(&times_path(consultation)).await.assert_status(404);
    }
}

mod contention {
    use super::*;

    #[sqlx::test]
    async fn case_74_of_fifty_at_once_one_books_and_the_others_see_other_times(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let rivals = rivals(&app, 50).await;
        let start = "2027-01-05T00:00:00Z";

        let answers = futures_of(&rivals, |_| (start.to_owned(), "60")).await;

        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|page| page.status == 303);
        assert_eq!(won.len(), 1);
        for page in lost {
            page.assert_status(409).assert_says("bookings-new-taken");
            assert!(!page.starts().is_empty() && !page.starts().contains(&start.to_owned()));
        }
        no_deadlocks(&app).await;
    }

    #[sqlx::test]
    async fn case_75_of_overlapping_times_exactly_one_is_booked(db: PgPool) {
        for buffer in [0, 15] {
            let app = TestApp::spawn(db.clone()).await;
            app.offer_hours(hana()).await;
            let rivals = rivals(&app, 20).await;
            sqlx::query("update calls set buffer_before_minutes = $1, buffer_after_minutes = $1")
                .bind(buffer)
                .execute(&app.db)
                .await
                .unwrap();
            // 10:00 to 11:00 against 10:30 to 11:00 in Tokyo, on another day for each round.
            let day = if buffer == 0 { "05" } else { "06" };
            let of = |n: usize| match n % 2 {
                0 => (format!("2027-01-{day}T01:00:00Z"), "60"),
                _ => (format!("2027-01-{day}T01:30:00Z"), "30"),
            };

            let answers = futures_of(&rivals, of).await;

            assert_eq!(answers.iter().filter(|page| page.status == 303).count(), 1, "with buffers of {buffer}");
            assert_eq!(answers.iter().filter(|page| page.status == 409).count(), 19);
            no_deadlocks(&app).await;
            sqlx::query("delete from commitments").execute(&app.db).await.unwrap();
        }
    }

    #[sqlx::test]
    async fn with_buffers_neighbours_exclude_each_other(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let rivals = rivals(&app, 40).await;
        sqlx::query("update calls set buffer_after_minutes = 30").execute(&app.db).await.unwrap();
        let of = |n: usize| {
            (if n.is_multiple_of(2) { "2027-01-05T01:00:00Z" } else { "2027-01-05T02:00:00Z" }.to_owned(), "60")
        };

        let answers = futures_of(&rivals, of).await;

        assert_eq!(
            answers.iter().filter(|page| page.status == 303).count(),
            1,
            "11:00 begins within the buffer of 10:00"
        );
    }

    /// Browsers of people who each have a consultation with Hana, with the page of its times.
    async fn rivals(app: &TestApp, count: usize) -> Vec<(Browser, String)> {
        let mut rivals = Vec::new();
        for n in 0..count {
            let email: &'static str = Box::leak(format!("rival{n}@example.org").into_boxed_str());
            let rival = Persona { name: "Rival", email, ..aki() };
            let consultation = app.consultation(hana(), rival).await;
            rivals.push((app.as_(rival).await, times_path(consultation)));
        }
        rivals
    }

    async fn futures_of(rivals: &[(Browser, String)], of: impl Fn(usize) -> (String, &'static str)) -> Vec<Page> {
        let tasks: Vec<_> = rivals
            .iter()
            .enumerate()
            .map(|(n, (browser, path))| {
                let ((browser, path), (start, minutes)) = ((browser.clone(), path.clone()), of(n));
                tokio::spawn(async move { book(&browser, &path, &start, minutes).await })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    }

    async fn no_deadlocks(app: &TestApp) {
        let deadlocks: i64 =
            sqlx::query_scalar("select deadlocks from pg_stat_database where datname = current_database()")
                .fetch_one(&app.db)
                .await
                .unwrap();
        assert_eq!(deadlocks, 0);
    }
}

mod rescheduling {
    use super::*;

    #[sqlx::test]
    async fn case_78_a_booking_moves_onto_half_of_itself_and_a_refused_move_keeps_the_old_time(db: PgPool) {
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
        app.as_(hana()).await.post(&path, &[("reason", "")]).await.assert_status(303);

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
    async fn case_84_invitation_update_and_cancellation_are_one_event_with_a_rising_sequence(db: PgPool) {
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
        let title = "SLO、最初の一歩;DTSTART:19700101T000000Z\r\nATTENDEE:mailto:x@evil.example\r\n壁打ちを何から始めればよいかわからないので相談したい";
        sqlx::query("update consultations set title = $1").bind(title).execute(&app.db).await.unwrap();

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
