//! Who finds no fitting time waits; what becomes free is offered in order.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

async fn wait(app: &TestApp, who: Persona, consultation: ConsultationId) {
    let path = format!("/consultations/{consultation}/bookings/watch");
    app.as_(who).await.post(&path, &[("minutes", "60")]).await.assert_status(303);
    app.run_jobs().await;
}

/// One hour a week, which Mio books; Aki and then Sora wait.
async fn full(app: &TestApp) -> (String, ConsultationId, ConsultationId) {
    let hana = app.as_(hana()).await;
    let week = [("revision", "0"), ("fri_from", "09:00"), ("fri_to", "10:00")];
    hana.post("/availability", &week).await.assert_status(303);
    let call = app.open_call(crate::support::hana()).await;
    let first = app.open(call, "A question of Mio", mio()).await;
    let booking = app.book_first(mio(), first).await;
    let (akis, soras) = (app.open(call, "Of Aki", aki()).await, app.open(call, "Of Sora", sora()).await);
    wait(app, aki(), akis).await;
    app.clock.advance(TimeDelta::minutes(1));
    wait(app, sora(), soras).await;
    (booking, akis, soras)
}

async fn give_back(app: &TestApp, booking: &str) {
    app.as_(mio()).await.post(&format!("{booking}/cancellation"), &[]).await.assert_status(303);
    app.run_jobs().await;
}

#[sqlx::test]
async fn a_time_that_is_given_back_is_kept_for_whoever_waits_longest(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (booking, akis, soras) = full(&app).await;
    assert!(app.mailbox().subjects(aki()).await.iter().all(|s| !s.starts_with("A time became free")));

    give_back(&app, &booking).await;

    let mail = app.mailbox().last_to(aki()).await;
    assert_eq!(mail.subject, "A time became free: Of Aki, Fri 8 January");
    assert!(app.mailbox().subjects(sora()).await.iter().all(|s| !s.starts_with("A time became free")));
    let times = app.as_(sora()).await.get(&times_path(soras)).await.starts();
    assert!(!times.iter().any(|start| start.starts_with("2027-01-08")), "it is kept from the others");
    let link = mail.link().replace(&app.origin, "");
    app.visitor().get(&link).await.assert_status(200);
    app.visitor().post(&link, &[("act", "confirm")]).await.assert_status(303);

    assert_eq!(app.stage_of(akis).await, Stage::Booked);
    app.run_jobs().await;
    assert!(app.mailbox().last_to(aki()).await.calendar.is_some());
}

#[sqlx::test]
async fn what_one_does_not_want_goes_to_the_next_and_the_place_in_line_is_kept(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (booking, akis, _) = full(&app).await;
    give_back(&app, &booking).await;
    let link = app.mailbox().last_to(aki()).await.link().replace(&app.origin, "");

    app.visitor().post(&link, &[("act", "decline")]).await.assert_status(303);
    app.run_jobs().await;

    assert!(app.mailbox().last_to(sora()).await.subject.starts_with("A time became free"));
    app.as_(aki()).await.get(&times_path(akis)).await.assert_says("bookings-watch-end");
    let offers = async || {
        let subjects = app.mailbox().subjects(aki()).await;
        subjects.iter().filter(|subject| subject.starts_with("A time became free")).count()
    };
    assert_eq!(offers().await, 1, "the same time is not offered again");
    let more = [("date", "2027-01-12"), ("hours_from", "09:00"), ("hours_to", "10:00")];
    app.as_(hana()).await.post("/availability/overrides", &more).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(offers().await, 2, "added hours are offered");
}

#[sqlx::test]
async fn silence_ends_the_wait_and_the_time_goes_on(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (booking, akis, _) = full(&app).await;
    give_back(&app, &booking).await;

    app.pass(TimeDelta::hours(25)).await;

    let told = app.mailbox().subjects(aki()).await;
    assert!(told.iter().any(|subject| subject.starts_with("The time went on")), "{told:?}");
    assert!(app.mailbox().last_to(sora()).await.subject.starts_with("A time became free"));
    app.as_(aki()).await.get(&times_path(akis)).await.assert_does_not_say("bookings-watch-end");
}

#[sqlx::test]
async fn who_waits_may_stop_and_only_who_may_book_waits(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (booking, akis, _) = full(&app).await;
    app.join(akis, mio()).await;
    let path = format!("/consultations/{akis}/bookings/watch");
    app.as_(mio()).await.post(&path, &[("minutes", "60")]).await.assert_status(403);
    app.as_(ren()).await.post(&path, &[("minutes", "60")]).await.assert_status(404);

    app.as_(aki()).await.post(&path, &[("act", "end")]).await.assert_status(303);
    give_back(&app, &booking).await;

    assert!(app.mailbox().subjects(aki()).await.iter().all(|s| !s.starts_with("A time became free")));
    assert!(app.mailbox().last_to(sora()).await.subject.starts_with("A time became free"));
}

#[sqlx::test]
async fn a_host_does_not_take_a_guests_request_away_unanswered(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (booking, ..) = full(&app).await;
    give_back(&app, &booking).await;
    let offer =
        app.mailbox().last_to(aki()).await.link().replace(&app.origin, "").replace("/confirmation", "/cancellation");

    app.visitor().post(&offer, &[]).await.assert_status(409).assert_says("bookings-cancellation-answer");
}

#[sqlx::test]
async fn an_offer_that_is_taken_while_a_calendar_cannot_be_trusted_waits_for_the_host(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (booking, akis, _) = full(&app).await;
    give_back(&app, &booking).await;
    let link = app.mailbox().last_to(aki()).await.link().replace(&app.origin, "");
    // Never read yet, so that nothing may be booked at once.
    app.connect(hana(), "http://calendar.test:9/private.ics").await;
    app.run_jobs().await;

    let asked = app.visitor().post(&link, &[("act", "confirm")]).await.leads_to();

    assert_eq!(app.stage_of(akis).await, Stage::Preparing);
    assert!(asked.contains("key="), "whoever came by a mailed key sees what became of it: {asked}");
    app.visitor().get(&asked).await.assert_says("bookings-show-requested");
    app.run_jobs().await;
    let link = app.mailbox().last_to(hana()).await.link().replace(&app.origin, "");
    app.as_(hana()).await.get(&link).await.assert_status(200);
    let path = asked.split('?').next().unwrap();
    app.as_(hana()).await.post(&format!("{path}/confirmation"), &[("act", "confirm")]).await.assert_status(303);
    assert_eq!(app.stage_of(akis).await, Stage::Booked);
}
