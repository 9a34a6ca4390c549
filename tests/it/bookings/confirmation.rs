//! A call whose host confirms: a time is asked for, held, and booked by the host's word.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

/// Hana's hours, and a consultation of a call whose times she confirms.
async fn room(app: &TestApp) -> ConsultationId {
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    confirms(app).await;
    consultation
}

async fn confirms(app: &TestApp) {
    sqlx::query("update calls set mode = 'host_confirms'").execute(&app.db).await.unwrap();
}

/// Aki asks for the first time that can wait for an answer.
async fn ask(app: &TestApp, consultation: ConsultationId) -> String {
    let aki = app.as_(aki()).await;
    let path = times_path(consultation);
    let page = aki.get(&path).await;
    page.assert_says("bookings-new-ask");
    let start = page.starts()[3].clone();
    let asked = book(&aki, &path, &start, "60").await.leads_to();
    app.run_jobs().await;
    asked.split('?').next().unwrap().to_owned()
}

#[sqlx::test]
async fn a_host_sets_the_mode_in_the_form_of_the_call(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let hana = app.as_(hana()).await;
    let path = format!("/calls/{call}/edit");
    let page = hana.get(&path).await;
    assert_eq!(page.attributes("input[name=mode][checked]", "value"), ["at_once"]);
    let more = [("mode", "host_confirms"), ("topics", "SRE: SLO"), ("horizon_days", "30")];

    hana.submit(&page, &path, &more).await.assert_status(303);

    assert_eq!(hana.get(&path).await.attributes("input[name=mode][checked]", "value"), ["host_confirms"]);
}

#[sqlx::test]
async fn case_72_a_notice_beyond_the_horizon_is_refused_when_it_is_saved(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let hana = app.as_(hana()).await;
    let path = format!("/calls/{call}/edit");
    let page = hana.get(&path).await;

    let never = [("notice_hours", "336"), ("horizon_days", "14"), ("topics", "SRE: SLO")];
    let refused = hana.submit(&page, &path, &never).await;

    refused.assert_status(422).assert_says("calls-form-notice_beyond_horizon");
    let hardly = [("notice_hours", "335"), ("horizon_days", "14"), ("topics", "SRE: SLO")];
    hana.submit(&page, &path, &hardly).await.assert_status(303);
}

#[sqlx::test]
async fn the_host_says_yes_from_the_mail_without_signing_in(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let booking = ask(&app, consultation).await;
    assert_eq!(app.stage_of(consultation).await, Stage::Preparing);
    app.as_(aki()).await.get(&booking).await.assert_says("bookings-show-requested");
    let mail = app.mailbox().last_to(hana()).await;
    assert_eq!(mail.subject, "A wish for a time: Where to begin as the first SRE, Wed 6 January");
    assert!(mail.calendar.is_none(), "nothing is booked yet");
    let link = mail.link().replace(&app.origin, "");

    app.visitor().get(&link).await.assert_status(200);
    assert_eq!(app.stage_of(consultation).await, Stage::Preparing, "opening the link changes nothing");
    app.visitor().post(&link, &[("act", "confirm")]).await.assert_status(303);

    assert_eq!(app.stage_of(consultation).await, Stage::Booked);
    app.run_jobs().await;
    for persona in [hana(), aki()] {
        let mail = app.mailbox().last_to(persona).await;
        assert!(mail.subject.starts_with("Booked") && mail.calendar.unwrap().contains("SEQUENCE:0"));
    }
    app.visitor().post(&link, &[("act", "confirm")]).await.assert_status(409);
}

#[sqlx::test]
async fn the_host_says_no_and_the_time_is_free_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let booking = ask(&app, consultation).await;
    let hana = app.as_(hana()).await;

    let no = [("act", "decline"), ("reason", "I am on call that day")];
    hana.post(&format!("{booking}/confirmation"), &no).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert!(mail.subject.starts_with("Another time is needed"), "{}", mail.subject);
    assert!(!mail.text.contains("on call") && mail.calendar.is_none());
    let page = app.as_(aki()).await.get(&booking).await;
    page.assert_says("bookings-show-over");
    assert!(page.text().contains("I am on call that day"));
    assert_eq!(app.as_(aki()).await.get(&times_path(consultation)).await.starts()[3], "2027-01-06T00:00:00Z");
}

#[sqlx::test]
async fn trust_i03_case_76_two_requests_never_share_a_time(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let others = app.consultation(hana(), sora()).await;
    confirms(&app).await;
    let booking = ask(&app, consultation).await;
    let start = app.start_of(&booking).await.format("%Y-%m-%dT%H:%M:%SZ").to_string();

    let late = book(&app.as_(sora()).await, &times_path(others), &start, "60").await;

    late.assert_status(409).assert_says("bookings-new-taken");
    assert!(!late.starts().is_empty(), "other times are shown");
}

#[sqlx::test]
async fn without_an_answer_the_time_is_free_and_the_applicant_gets_an_apology(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let booking = ask(&app, consultation).await;

    app.pass(TimeDelta::hours(49)).await;

    let mail = app.mailbox().last_to(aki()).await;
    assert!(mail.subject.starts_with("Not confirmed in time"), "{}", mail.subject);
    app.as_(hana()).await.post(&format!("{booking}/confirmation"), &[("act", "confirm")]).await.assert_status(409);
    assert_eq!(app.stage_of(consultation).await, Stage::Preparing);
}

#[sqlx::test]
async fn whoever_asked_takes_it_back_and_nobody_else_answers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let booking = ask(&app, consultation).await;
    let answer = format!("{booking}/confirmation");
    app.as_(aki()).await.post(&answer, &[("act", "confirm")]).await.assert_status(403);
    app.as_(ren()).await.post(&answer, &[("act", "confirm")]).await.assert_status(404);

    let reason = [("reason", "An exam that day")];
    app.as_(aki()).await.post(&format!("{booking}/cancellation"), &reason).await.assert_status(303);

    app.as_(hana()).await.post(&answer, &[("act", "confirm")]).await.assert_status(409);
    let read = app.as_(hana()).await.get(&booking).await.text();
    assert!(read.contains("An exam that day"), "{read}");
    app.run_jobs().await;
    assert!(app.mailbox().to(aki()).await.iter().all(|mail| mail.calendar.is_none()), "case 90");
}

#[sqlx::test]
async fn a_move_is_asked_for_too_and_the_booked_time_stays_until_then(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let booking = app.book_first(aki(), consultation).await;
    confirms(&app).await;
    let aki = app.as_(aki()).await;
    let path = format!("{booking}/rescheduling");
    let page = aki.get(&path).await;
    page.assert_says("bookings-rescheduling-then_asks");
    let start = page.starts()[8].clone();
    let before = app.start_of(&booking).await;
    assert!(page.starts().iter().all(|start| !start.starts_with("2027-01-05T00")), "the booked hour stays booked");

    book(&aki, &path, &start, "60").await.assert_status(303);

    assert_eq!(app.start_of(&booking).await, before);
    app.run_jobs().await;
    let link = app.mailbox().last_to(hana()).await.link().replace(&app.origin, "");
    let moved = app.visitor().post(&link, &[("act", "confirm")]).await.leads_to();
    assert_eq!(moved.split('?').next().unwrap(), booking, "the same booking, moved");
    assert_eq!(app.start_of(&booking).await.format("%Y-%m-%dT%H:%M:%SZ").to_string(), start);
}
