//! Several times are proposed, held, picked, and free again.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

fn path(consultation: ConsultationId) -> String {
    format!("/consultations/{consultation}/bookings/candidates")
}

/// Hana's hours, Aki's consultation.
async fn room(app: &TestApp) -> ConsultationId {
    app.offer_hours(hana()).await;
    app.consultation(hana(), aki()).await
}

/// Proposes the times of these places on the page, an hour each.
async fn propose(app: &TestApp, by: Persona, consultation: ConsultationId, places: &[usize]) -> Page {
    let browser = app.as_(by).await;
    let page = browser.get(&format!("{}?minutes=60", path(consultation))).await;
    let starts = page.starts();
    let mut form = vec![("minutes", "60"), ("act", "propose")];
    form.extend(places.iter().map(|n| ("start", starts[*n].as_str())));
    browser.post(&path(consultation), &form).await
}

#[sqlx::test]
async fn one_of_three_is_picked_and_the_rest_is_free_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let others = app.consultation(hana(), sora()).await;
    let free = async || app.as_(sora()).await.get(&times_path(others)).await.starts();
    let (nine, ten, eleven) = ("2027-01-06T00:00:00Z", "2027-01-06T01:00:00Z", "2027-01-06T02:00:00Z");
    let is_free = |starts: &[String], start: &str| starts.iter().any(|s| s == start);
    assert!(is_free(&free().await, nine));

    propose(&app, hana(), consultation, &[3, 5, 7]).await.assert_status(303);

    let held = free().await;
    assert!(![nine, "2027-01-06T00:30:00Z", ten, eleven].iter().any(|start| is_free(&held, start)));
    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert_eq!(mail.subject, "Proposed times: Where to begin as the first SRE");
    assert!(mail.text.contains("Wed 6 January 2027, 09:00–10:00 JST (UTC+9)"), "{}", mail.text);
    let aki = app.as_(aki()).await;
    let page = aki.get(&path(consultation)).await;
    let second = page.attributes("input[name=pick]", "value")[1].clone();
    let booked = aki.submit(&page, &path(consultation), &[("act", "pick"), ("pick", &second)]).await.leads_to();

    assert_eq!(app.stage_of(consultation).await, Stage::Booked);
    assert_eq!(app.start_of(booked.split('?').next().unwrap()).await.to_rfc3339(), "2027-01-06T01:00:00+00:00");
    let after = free().await;
    assert!(is_free(&after, nine) && !is_free(&after, ten), "the first is free again, the second is booked");
    app.run_jobs().await;
    assert!(app.mailbox().last_to(crate::support::aki()).await.calendar.is_some());
}

#[sqlx::test]
async fn the_applicant_proposes_and_the_host_picks(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    propose(&app, aki(), consultation, &[0, 2, 4, 6]).await.assert_status(303);
    app.run_jobs().await;
    assert!(app.mailbox().last_to(hana()).await.subject.starts_with("Proposed times"));

    let own = app.as_(aki()).await.get(&path(consultation)).await;
    own.assert_says("bookings-candidates-waiting");
    assert!(own.attributes("input[name=pick]", "value").is_empty());
    let hana = app.as_(hana()).await;
    let page = hana.get(&path(consultation)).await;
    let first = page.attributes("input[name=pick]", "value")[0].clone();
    let by_proposer = [("act", "pick"), ("pick", first.as_str())];
    app.as_(aki()).await.post(&path(consultation), &by_proposer).await.assert_status(403);
    hana.submit(&page, &path(consultation), &by_proposer).await.assert_status(303);

    assert_eq!(app.stage_of(consultation).await, Stage::Booked);
}

#[sqlx::test]
async fn a_proposal_is_three_to_five_times_that_do_not_overlap(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;

    for (places, key) in [
        (&[0, 2][..], "bookings-candidates-how_many"),
        (&[0, 2, 4, 6, 8, 10][..], "bookings-candidates-how_many"),
        (&[0, 1, 4][..], "bookings-candidates-overlap"),
    ] {
        let page = propose(&app, aki(), consultation, places).await;
        page.assert_status(422).assert_says(key);
        assert_eq!(page.attributes("input[name=start][checked]", "value").len(), places.len(), "ticks are kept");
    }
    app.as_(aki()).await.get(&path(consultation)).await.assert_does_not_say("bookings-candidates-held");
}

#[sqlx::test]
async fn case_77_a_hold_ends_and_whoever_comes_a_second_later_gets_the_time(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let others = app.consultation(hana(), sora()).await;
    propose(&app, hana(), consultation, &[60, 62, 64]).await.assert_status(303);
    let aki_sees = app.as_(aki()).await.get(&path(consultation)).await;
    let picked = aki_sees.attributes("input[name=pick]", "value")[0].clone();
    let start = app.start_of(&format!("/bookings/{picked}")).await.format("%Y-%m-%dT%H:%M:%SZ").to_string();

    app.clock.advance(TimeDelta::hours(72) - TimeDelta::seconds(1));
    book(&app.as_(sora()).await, &times_path(others), &start, "60").await.assert_status(409);
    app.clock.advance(TimeDelta::seconds(2));
    book(&app.as_(sora()).await, &times_path(others), &start, "60").await.assert_status(303);

    let late = app.as_(aki()).await.post(&path(consultation), &[("act", "pick"), ("pick", &picked)]).await;
    late.assert_status(409).assert_says("bookings-candidates-over");
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(aki()).await.subject, "Times are free again: Where to begin as the first SRE");
    let told = app.mailbox().to(aki()).await.iter().filter(|m| m.subject.starts_with("Times are free again")).count();
    assert_eq!(told, 1, "three ends are one mail");
}

#[sqlx::test]
async fn case_77_a_hold_whose_end_came_while_a_request_waited_is_not_taken_from_its_next_owner(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let others = app.consultation(hana(), sora()).await;
    propose(&app, hana(), consultation, &[60, 62, 64]).await.assert_status(303);
    let picks = app.as_(aki()).await.get(&path(consultation)).await.attributes("input[name=pick]", "value");
    let start = app.start_of(&format!("/bookings/{}", picks[0])).await.to_rfc3339();
    app.clock.advance(TimeDelta::hours(72));
    book(&app.as_(sora()).await, &times_path(others), &start, "60").await.assert_status(303);
    // Aki's request came a second before, and waited for the lock until now.
    app.clock.advance(TimeDelta::seconds(-1));

    let pick =
        async |n: usize| app.as_(aki()).await.post(&path(consultation), &[("act", "pick"), ("pick", &picks[n])]).await;

    pick(0).await.assert_status(409).assert_says("bookings-candidates-over");
    pick(1).await.assert_status(303);
}

#[sqlx::test]
async fn a_candidate_picked_after_the_booked_time_passed_takes_its_time(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let others = app.consultation(hana(), sora()).await;
    let booked = app.book_first(aki(), consultation).await;
    propose(&app, hana(), consultation, &[60, 62, 64]).await.assert_status(303);
    let picked = app.as_(aki()).await.get(&path(consultation)).await.attributes("input[name=pick]", "value").remove(0);
    let start = app.start_of(&format!("/bookings/{picked}")).await.to_rfc3339();
    app.clock.set(app.start_of(&booked).await + TimeDelta::minutes(1));

    app.as_(aki()).await.post(&path(consultation), &[("act", "pick"), ("pick", &picked)]).await.assert_status(303);

    book(&app.as_(sora()).await, &times_path(others), &start, "60").await.assert_status(409);
}

#[sqlx::test]
async fn the_booked_time_stays_until_a_candidate_is_picked_and_keeps_its_event(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let booking = app.book_first(aki(), consultation).await;
    let before = app.start_of(&booking).await;
    propose(&app, hana(), consultation, &[6, 8, 10]).await.assert_status(303);
    assert_eq!(app.start_of(&booking).await, before);
    let aki = app.as_(aki()).await;
    let page = aki.get(&path(consultation)).await;
    page.assert_says("bookings-candidates-moves");
    let first = page.attributes("input[name=pick]", "value")[0].clone();

    let moved = aki.submit(&page, &path(consultation), &[("act", "pick"), ("pick", &first)]).await.leads_to();

    assert_eq!(moved.split('?').next().unwrap(), booking, "the same booking at another time");
    assert!(app.start_of(&booking).await > before);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(crate::support::aki()).await;
    assert!(mail.subject.starts_with("Moved") && mail.calendar.unwrap().contains("SEQUENCE:1"));
}

#[sqlx::test]
async fn what_the_page_offers_beside_a_booked_time_can_be_proposed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    let later = app.as_(aki()).await.get(&times_path(consultation)).await.starts()[40].clone();
    book(&app.as_(aki()).await, &times_path(consultation), &later, "60").await.assert_status(303);
    let starts = app.as_(hana()).await.get(&format!("{}?minutes=60", path(consultation))).await.starts();
    assert!(!starts.contains(&later), "the booked time itself is not proposed");
    let place = starts.iter().position(|start| *start > later).unwrap();

    propose(&app, hana(), consultation, &[place - 1, place, place + 2]).await.assert_status(303);
}

#[sqlx::test]
async fn case_90_a_hold_that_ends_sends_no_cancellation(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    propose(&app, hana(), consultation, &[0, 2, 4]).await.assert_status(303);
    app.run_jobs().await;

    app.as_(hana()).await.post(&path(consultation), &[("act", "withdraw")]).await.assert_status(303);
    app.run_jobs().await;

    assert!(app.mailbox().to(aki()).await.iter().all(|mail| mail.calendar.is_none()));
    app.as_(aki()).await.get(&path(consultation)).await.assert_does_not_say("bookings-candidates-held");
}

#[sqlx::test]
async fn members_and_strangers_propose_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = room(&app).await;
    app.join(consultation, mio()).await;

    app.as_(mio()).await.get(&path(consultation)).await.assert_status(403);
    app.as_(mio()).await.post(&path(consultation), &[]).await.assert_status(403);
    app.as_(ren()).await.get(&path(consultation)).await.assert_status(404);
}

#[sqlx::test]
async fn the_proposal_can_be_sent_by_other_ways_with_both_clocks_and_a_link_each(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let berlin = Persona { zone: "Europe/Berlin", ..aki() };
    let consultation = app.consultation(hana(), berlin).await;
    propose(&app, berlin, consultation, &[3, 5, 7]).await.assert_status(303);

    let letter = app.as_(berlin).await.get(&path(consultation)).await.texts("#letter").remove(0);

    assert!(letter.contains("1. Wed 6 January 2027, 01:00–02:00 CET (UTC+1)"), "{letter}");
    assert!(letter.contains("On the host’s clock: Wed 6 January 2027, 09:00–10:00 JST (UTC+9)"), "{letter}");
    assert_eq!(letter.matches("/bookings/candidates?pick=").count(), 3);
}
