//! The host was called away: three other times, and an apology.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use sqlx::PgPool;

#[sqlx::test]
async fn one_button_proposes_three_times_and_mails_an_apology(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let booking = app.book_first(aki(), consultation).await;
    let hana = app.as_(hana()).await;
    let page = hana.get(&format!("{booking}/paging")).await;
    assert_eq!(page.texts("main ol li").len(), 3);

    hana.post(&format!("{booking}/paging"), &[]).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert_eq!(mail.subject, "I was called away: Where to begin as the first SRE");
    assert!(mail.text.contains("is sorry") && mail.calendar.is_none(), "{}", mail.text);
    let candidates = format!("/consultations/{consultation}/bookings/candidates");
    assert_eq!(app.as_(aki()).await.get(&candidates).await.attributes("input[name=pick]", "value").len(), 3);
    assert_eq!(app.stage_of(consultation).await, Stage::Booked, "the booked time stays until one is taken");
}

#[sqlx::test]
async fn also_when_the_time_has_begun_and_then_it_is_a_booking_of_its_own(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let booking = app.book_first(aki(), consultation).await;
    app.clock.set(app.start_of(&booking).await + TimeDelta::minutes(20));
    app.as_(hana()).await.post(&format!("{booking}/paging"), &[]).await.assert_status(303);
    let candidates = format!("/consultations/{consultation}/bookings/candidates");
    let aki = app.as_(aki()).await;
    let pick = aki.get(&candidates).await.attributes("input[name=pick]", "value").remove(0);

    let other = aki.post(&candidates, &[("act", "pick"), ("pick", &pick)]).await.leads_to();

    assert_ne!(other.split('?').next().unwrap(), booking);
    assert_eq!(app.stage_of(consultation).await, Stage::Booked);
}

#[sqlx::test]
async fn only_a_host_was_paged_and_only_around_the_time(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let booking = app.book_first(aki(), consultation).await;
    let path = format!("{booking}/paging");
    app.as_(aki()).await.get(&path).await.assert_status(403);
    app.as_(aki()).await.post(&path, &[]).await.assert_status(403);
    app.as_(ren()).await.get(&path).await.assert_status(404);

    app.clock.set(app.start_of(&booking).await + TimeDelta::hours(3));

    app.as_(hana()).await.post(&path, &[]).await.assert_status(409).assert_says("bookings-paging-not_now");
}
