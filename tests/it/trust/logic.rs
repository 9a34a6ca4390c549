//! I: two at once, stale pages, steps out of order.

use crate::support::digest::{changed, digest};
use crate::support::*;
use chrono::{DateTime, TimeDelta, Utc};
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::CallId;
use kabeuchi::platform::clock::Clock;
use sqlx::PgPool;

const ROOM: &str = "2027-01-05T01:00:00Z";

/// Statuses of several answers, in order.
fn statuses(pages: &[&Page]) -> Vec<u16> {
    let mut statuses: Vec<u16> = pages.iter().map(|page| page.status).collect();
    statuses.sort_unstable();
    statuses
}

async fn attend(app: &TestApp, call: CallId, persona: Persona) {
    app.as_(persona).await;
    sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, true, true)")
        .bind(call.0)
        .bind(app.id_of(persona).await.0)
        .execute(&app.db)
        .await
        .unwrap();
}

async fn commitments(app: &TestApp) -> i64 {
    sqlx::query_scalar("select count(*) from commitments").fetch_one(&app.db).await.unwrap()
}

#[sqlx::test]
async fn trust_i02_times_that_touch_are_both_booked(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let call = app.open_call(hana()).await;
    let (first, second) = (app.open(call, "One", aki()).await, app.open(call, "Two", sora()).await);
    let (aki, sora) = (app.as_(aki()).await, app.as_(sora()).await);
    let (ours, theirs) = (times_path(first), times_path(second));

    let (a, b) = tokio::join!(book(&aki, &ours, ROOM, "60"), book(&sora, &theirs, "2027-01-05T02:00:00Z", "60"));

    assert_eq!(statuses(&[&a, &b]), [303, 303]);
}

#[sqlx::test]
async fn trust_i03_host_and_co_host_confirm_one_request_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let call = app.open_call(hana()).await;
    sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, true, false)")
        .bind(call.0)
        .bind({
            app.as_(kai()).await;
            app.id_of(kai()).await.0
        })
        .execute(&app.db)
        .await
        .unwrap();
    let consultation = app.open(call, "One", aki()).await;
    sqlx::query("update calls set mode = 'host_confirms'").execute(&app.db).await.unwrap();
    let aki_browser = app.as_(aki()).await;
    let start = aki_browser.get(&times_path(consultation)).await.starts()[3].clone();
    let asked = book(&aki_browser, &times_path(consultation), &start, "60").await.leads_to();
    let answer = format!("{}/confirmation", asked.split('?').next().unwrap());
    app.run_jobs().await;
    let (hana_browser, kai_browser) = (app.as_(hana()).await, app.as_(kai()).await);

    let yes = [("act", "confirm")];
    let (a, b) = tokio::join!(hana_browser.post(&answer, &yes), kai_browser.post(&answer, &yes));

    assert_eq!(statuses(&[&a, &b]), [303, 409]);
    let late = if a.status == 409 { &a } else { &b };
    late.assert_says("bookings-confirmation-not_now");
    app.run_jobs().await;
    let booked = app.mailbox().subjects(aki()).await;
    assert_eq!(booked.iter().filter(|subject| subject.starts_with("Booked")).count(), 1, "{booked:?}");
}

#[sqlx::test]
async fn trust_i04_a_co_host_who_attends_is_booked_by_one_of_two_calls(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    app.offer_hours(kai()).await;
    let (hanas, kais) = (app.open_call(hana()).await, app.open_call(kai()).await);
    attend(&app, hanas, kai()).await;
    let (first, second) = (app.open(hanas, "One", aki()).await, app.open(kais, "Two", sora()).await);
    let (aki, sora) = (app.as_(aki()).await, app.as_(sora()).await);
    let (ours, theirs) = (times_path(first), times_path(second));

    let (a, b) = tokio::join!(book(&aki, &ours, ROOM, "60"), book(&sora, &theirs, ROOM, "60"));

    assert_eq!(statuses(&[&a, &b]), [303, 409]);
    let expected = if a.status == 303 { 2 } else { 1 };
    assert_eq!(commitments(&app).await, expected, "whoever lost holds nobody's time");
}

#[sqlx::test]
async fn trust_i07_hours_that_changed_meanwhile_are_answered_like_a_time_that_was_taken(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let (path, aki) = (times_path(consultation), app.as_(aki()).await);
    let page = aki.get(&path).await;
    let start = page.starts()[0].clone();
    app.offer_daily(hana(), "13:00", "17:00").await;
    app.run_jobs().await;
    let before = digest(&db).await;

    let late = aki.submit(&page, &path, &[("start", &start)]).await;

    late.assert_status(409).assert_says("bookings-new-taken");
    assert!(!late.starts().is_empty() && !late.starts().contains(&start), "{:?}", late.starts());
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

#[sqlx::test]
async fn trust_i08_of_a_move_and_a_cancellation_at_once_one_counts(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    for _ in 0..8 {
        let consultation = app.consultation(hana(), aki()).await;
        let booking = app.book_first(aki(), consultation).await;
        let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
        let (rescheduling, cancellation) = (format!("{booking}/rescheduling"), format!("{booking}/cancellation"));
        let (times, ending) = (aki.get(&rescheduling).await, hana.get(&cancellation).await);
        let start = times.starts()[5].clone();
        let other = [("start", start.as_str())];

        let (a, b) = tokio::join!(
            aki.submit(&times, &rescheduling, &other),
            hana.submit(&ending, &cancellation, &[("reason", "I am ill")])
        );

        assert_eq!(statuses(&[&a, &b]), [303, 409]);
        match a.status {
            303 => {
                b.assert_says("bookings-show-moved_meanwhile");
                assert_eq!(b.texts("textarea[name=reason]"), ["I am ill"]);
                assert_eq!(app.stage_of(consultation).await, Stage::Booked);
                hana.submit(&b, &cancellation, &[]).await.assert_status(303);
            }
            _ => assert_ne!(app.stage_of(consultation).await, Stage::Booked),
        }
    }
    assert_eq!(commitments_confirmed(&app).await, 0);
}

async fn commitments_confirmed(app: &TestApp) -> i64 {
    sqlx::query_scalar("select count(*) from commitments where stage = 'confirmed'").fetch_one(&app.db).await.unwrap()
}

#[sqlx::test]
async fn trust_i08_a_form_of_another_time_moves_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
    let (path, aki) = (format!("{booking}/rescheduling"), app.as_(aki()).await);
    let (first, second) = (aki.get(&path).await, app.as_(hana()).await.get(&path).await);
    aki.submit(&first, &path, &[("start", &first.starts()[2])]).await.assert_status(303);
    let moved = app.start_of(&booking).await;

    let stale = app.as_(hana()).await.submit(&second, &path, &[("start", &second.starts()[6])]).await;

    stale.assert_status(409).assert_says("bookings-show-moved_meanwhile");
    assert_eq!(app.start_of(&booking).await, moved);
    let broken = [("sequence", "latest"), ("start", "2027-01-06T00:00:00Z"), ("minutes", "60")];
    aki.post(&path, &broken).await.assert_status(422);
}

#[sqlx::test]
async fn trust_i09_a_form_that_is_still_being_worked_on_is_not_worked_on_twice(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let browser = app.visitor();
    let page = browser.get("/sign-in").await;
    let key = page.form("/sign-in").into_iter().find(|(name, _)| name == "once").unwrap().1;
    let lock = i64::from_be_bytes(uuid::Uuid::parse_str(&key).unwrap().as_bytes()[..8].try_into().unwrap());
    let mut first = db.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock($1)").bind(lock).execute(&mut *first).await.unwrap();
    let before = digest(&db).await;

    let second = browser.submit(&page, "/sign-in", &[("email", "aki@example.org")]).await;

    second.assert_status(409);
    assert_eq!(second.headers["retry-after"], "1");
    assert_eq!(second.texts("textarea"), ["aki@example.org"]);
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
    first.rollback().await.unwrap();
    browser.submit(&page, "/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
}

#[sqlx::test]
async fn trust_i12_whoever_was_removed_gets_their_text_back_and_nothing_else(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let consultation = app.consultation(hana(), aki()).await;
    app.join(consultation, mio()).await;
    let item = app.ask(consultation, aki(), "Which SLO first?", "We have none").await;
    let (participants, mio_browser) = (format!("/consultations/{consultation}/participants"), app.as_(mio()).await);
    let page = mio_browser.get(&item).await;
    let person = app.id_of(mio()).await.to_string();
    app.as_(aki()).await.post(&participants, &[("act", "remove"), ("person", &person)]).await.assert_status(303);
    app.run_jobs().await;
    let before = digest(&db).await;

    let late = mio_browser.submit(&page, &item, &[("body", "A thought that took me an hour")]).await;

    late.assert_status(404);
    assert_eq!(late.texts("textarea"), ["A thought that took me an hour"]);
    assert!(!late.body.contains("Which SLO first?"), "the page tells nothing more of the room");
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

#[sqlx::test]
async fn trust_i13_an_application_is_decided_once_whoever_decides_at_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    app.set_capacity(call, 50).await;
    attend(&app, call, kai()).await;
    let (hana_browser, kai_browser) = (app.as_(hana()).await, app.as_(kai()).await);
    let kind = [("kind", "time")];
    for (n, (below, fields)) in
        [("acceptance", &[][..]), ("refusal", &kind[..]), ("acceptance", &[])].iter().enumerate()
    {
        let email: &'static str = Box::leak(format!("applicant{n}@example.org").into_boxed_str());
        let applicant = Persona { email, ..aki() };
        let application = app.apply(applicant, call).await;
        let (yes, other) = (format!("{application}/acceptance"), format!("{application}/{below}"));

        let (a, b) = tokio::join!(hana_browser.post(&yes, &[]), kai_browser.post(&other, fields));

        assert_eq!(statuses(&[&a, &b]), [303, 409], "{below}");
        app.run_jobs().await;
        let told = app.mailbox().subjects(applicant).await;
        assert_eq!(told.len(), 2, "that it arrived, and one decision: {told:?}");
    }
}

#[sqlx::test]
async fn trust_i13_nobody_is_accepted_who_withdrew(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.as_(aki()).await.post(&format!("{application}/withdrawal"), &[]).await.assert_status(303);

    let late = app.as_(hana()).await.post(&format!("{application}/acceptance"), &[]).await;

    late.assert_status(409).assert_says("applications-show-not_now");
    let rooms: i64 = sqlx::query_scalar("select count(*) from consultations").fetch_one(&app.db).await.unwrap();
    assert_eq!(rooms, 0);
}

#[sqlx::test]
async fn trust_i14_five_places_are_given_five_times_of_twenty_at_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    app.set_capacity(call, 5).await;
    let mut applications = Vec::new();
    for n in 0..20 {
        let email: &'static str = Box::leak(format!("applicant{n}@example.org").into_boxed_str());
        applications.push(app.apply(Persona { email, ..aki() }, call).await);
    }
    let hana = app.as_(hana()).await;

    let tasks: Vec<_> = applications
        .into_iter()
        .map(|application| {
            let hana = hana.clone();
            tokio::spawn(async move { hana.post(&format!("{application}/acceptance"), &[]).await.status })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        match task.await.unwrap() {
            303 => accepted += 1,
            status => assert_eq!(status, 409),
        }
    }

    assert_eq!(accepted, 5);
    let rooms: i64 = sqlx::query_scalar("select count(*) from consultations").fetch_one(&app.db).await.unwrap();
    assert_eq!(rooms, 5);
}

#[sqlx::test]
async fn trust_i22_a_host_who_moved_is_reminded_at_the_same_instant_in_their_new_zone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let start: DateTime<Utc> = "2027-01-07T00:00:00Z".parse().unwrap();
    let booking = book(&app.as_(aki()).await, &times_path(consultation), &start.to_rfc3339(), "60").await.leads_to();
    let booking = booking.split('?').next().unwrap().to_owned();
    app.run_jobs().await;
    sqlx::query("update people set time_zone = 'Europe/Berlin' where email = 'hana@example.org'")
        .execute(&app.db)
        .await
        .unwrap();

    let last = async || app.mailbox().last_to(hana()).await;
    app.clock.advance(start - TimeDelta::minutes(61) - app.clock.now());
    app.run_jobs().await;
    assert!(!last().await.subject.starts_with("In an hour"), "not a minute too soon: {}", last().await.subject);
    app.pass(TimeDelta::minutes(2)).await;

    assert!(last().await.subject.starts_with("In an hour"), "{}", last().await.subject);
    assert!(last().await.text.contains("01:00–02:00 CET"), "{}", last().await.text);
    assert_eq!(app.start_of(&booking).await, start);
}
