//! Who did not come: noted, contested, given a second chance.

use super::*;

#[sqlx::test]
async fn a_missed_time_is_noted_and_gets_a_second_chance(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.booked(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/no-show");
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    app.clock.advance(TimeDelta::hours(24) + TimeDelta::minutes(9));
    hana_browser.post(&path, &[("absent", "guest")]).await.assert_status(409);
    app.clock.advance(TimeDelta::minutes(1));
    let page = hana_browser.get(&path).await;
    hana_browser.submit(&page, &path, &[("absent", "")]).await.assert_status(422);
    hana_browser.submit(&page, &path, &[("absent", "guest"), ("once", "")]).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(aki()).await.subject, "The booked time: Where to begin as the first SRE");
    aki_browser.post(&path, &[("act", "second_chance")]).await.assert_status(409);

    hana_browser.post(&path, &[("act", "second_chance")]).await.assert_status(303);

    assert_eq!(app.stage_of(consultation).await, Stage::Ready);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(aki()).await.subject, "A second chance: Where to begin as the first SRE");
    app.book_first(aki(), consultation).await;
    assert_eq!(app.stage_of(consultation).await, Stage::Booked);
}

#[sqlx::test]
async fn a_host_who_did_not_come_cannot_close_it_and_spare_the_second_chance(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.booked(hana(), aki()).await;
    app.clock.advance(TimeDelta::hours(25));
    let path = format!("/consultations/{consultation}/no-show");
    let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
    aki.post(&path, &[("absent", "host")]).await.assert_status(303);
    hana.post(&path, &[("act", "close")]).await.assert_status(409);

    let closed = hana.post(&format!("/consultations/{consultation}/closing"), &[]).await;

    closed.assert_status(409).assert_says("feedback-closing-not_now");
    aki.post(&path, &[("act", "second_chance")]).await.assert_status(303);
}

#[sqlx::test]
async fn without_a_second_chance_it_is_closed_after_two_weeks(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.booked(hana(), aki()).await;
    app.clock.advance(TimeDelta::hours(25));
    let path = format!("/consultations/{consultation}/no-show");
    app.as_(aki()).await.post(&path, &[("absent", "host")]).await.assert_status(303);
    app.run_jobs().await;

    app.pass(TimeDelta::days(15)).await;

    assert_eq!(app.stage_of(consultation).await, Stage::Closed);
}

#[sqlx::test]
async fn the_other_side_says_how_it_was_and_both_words_stand_beside_each_other(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.booked(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/no-show");
    app.clock.advance(TimeDelta::hours(25));
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    hana_browser.post(&path, &[("absent", "guest")]).await.assert_status(303);
    let missed = async |persona| app.as_(persona).await.get("/settings/privacy").await;
    missed(aki()).await.assert_says("home-privacy-attendance");
    assert!(missed(aki()).await.text().contains("0 sessions held, 1 missed"));
    assert!(missed(hana()).await.text().contains("none missed"), "only whoever was missed counts");
    hana_browser.post(&path, &[("act", "contest"), ("words", "Not mine to say")]).await.assert_status(409);
    aki_browser.post(&path, &[("act", "contest"), ("words", " ")]).await.assert_status(422);

    let words = "The link led into an empty room; we waited there";
    aki_browser.post(&path, &[("act", "contest"), ("words", words)]).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(hana()).await;
    assert_eq!(mail.subject, "About the missed time: Where to begin as the first SRE");
    assert!(!mail.text.contains("empty room"));
    for browser in [&hana_browser, &aki_browser] {
        assert!(browser.get(&path).await.text().contains(words));
    }
    assert!(missed(aki()).await.text().contains("none missed"), "what is contested does not count");
    let again = aki_browser.post(&path, &[("act", "contest"), ("words", "Once more")]).await;
    again.assert_status(409);
    assert!(again.text().contains("Once more"));
}

#[sqlx::test]
async fn after_a_week_it_stands_as_it_was_said(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.booked(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/no-show");
    app.clock.advance(TimeDelta::hours(25));
    app.as_(aki()).await.post(&path, &[("absent", "host")]).await.assert_status(303);
    app.clock.advance(TimeDelta::days(7));

    let late = app.as_(hana()).await.post(&path, &[("act", "contest"), ("words", "I was there")]).await;

    late.assert_status(409).assert_says("sessions-no_show-contest_over");
    assert!(late.text().contains("I was there"));
}

/// Says that the guests did not come, lets the host act at once, and then contests it.
async fn contested_after(db: PgPool, act: &str) {
    let app = TestApp::spawn(db).await;
    let consultation = app.booked(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/no-show");
    app.clock.advance(TimeDelta::hours(25));
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    hana_browser.post(&path, &[("absent", "guest")]).await.assert_status(303);
    hana_browser.post(&path, &[("act", act)]).await.assert_status(303);
    assert_eq!(aki_browser.get("/settings/privacy").await.links(&path), [path.as_str()]);

    let page = aki_browser.get(&path).await;
    aki_browser.submit(&page, &path, &[("act", "contest"), ("words", "We waited there")]).await.assert_status(303);

    app.run_jobs().await;
    let told = app.mailbox().last_to(hana()).await;
    assert_eq!(told.subject, "About the missed time: Where to begin as the first SRE");
    assert_eq!(aki_browser.get("/settings/privacy").await.links(&path), Vec::<String>::new());
    assert!(hana_browser.get(&path).await.text().contains("We waited there"));
}

#[sqlx::test]
async fn it_can_be_said_otherwise_after_it_was_closed_at_once(db: PgPool) {
    contested_after(db, "close").await;
}

#[sqlx::test]
async fn it_can_be_said_otherwise_after_a_second_chance(db: PgPool) {
    contested_after(db, "second_chance").await;
}
