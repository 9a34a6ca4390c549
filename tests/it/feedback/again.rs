//! Who answered about an end that was none is asked again once they talked.

use super::*;

const BEFORE: &str = "It is good to see it in writing";

impl TestApp {
    /// Nothing is open any more, and both sides say so.
    async fn resolve(&self, id: ConsultationId) {
        let path = format!("/consultations/{id}/resolution");
        self.as_(hana()).await.post(&path, &[("act", "propose")]).await.assert_status(303);
        self.as_(aki()).await.post(&path, &[("act", "confirm")]).await.assert_status(303);
        self.run_jobs().await;
    }

    async fn talk_after_all(&self, id: ConsultationId) {
        let path = format!("/consultations/{id}/resolution");
        self.as_(aki()).await.post(&path, &[("act", "talk")]).await.assert_status(303);
    }
}

/// Aki answered what was settled in writing; then they talked.
async fn talked_after_all(app: &TestApp, days: i64) -> ConsultationId {
    let id = app.consultation(hana(), aki()).await;
    app.resolve(id).await;
    app.answer(aki(), id, &[("answer1", BEFORE), ("quote1", "yes")]).await.assert_status(303);
    app.pass(TimeDelta::days(3)).await;
    app.talk_after_all(id).await;
    app.pass(TimeDelta::days(days)).await;
    app.mailbox().empty().await;
    app.hold(id).await;
    id
}

async fn is_granted(app: &TestApp, id: ConsultationId) -> bool {
    let mut conn = app.db.acquire().await.unwrap();
    !feedback::granted(&mut conn, id).await.unwrap().is_empty()
}

#[sqlx::test]
async fn a_session_that_is_held_after_all_asks_again_with_the_words_kept(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = talked_after_all(&app, 2).await;
    let (path, browser) = (format!("/consultations/{id}/feedback"), app.as_(aki()).await);
    let mail = app.mailbox().last_to(aki()).await;
    assert_eq!(mail.link(), path);
    assert!(mail.text.contains("What you answered before is kept"), "{}", mail.text);
    assert_eq!(browser.get("/home").await.links(&path), std::slice::from_ref(&path));
    let page = browser.get(&path).await;
    page.assert_says("feedback-form-asked_again");
    assert_eq!(page.texts("#field-answer1"), [BEFORE]);
    let answers = app.as_(hana()).await.get(&format!("/consultations/{id}/answers")).await;
    answers.assert_says("feedback-answers-earlier");
    assert!(answers.text().contains(BEFORE) && is_granted(&app, id).await, "{}", answers.text());

    app.answer(aki(), id, &[("answer6", "And better to hear it")]).await.assert_status(303);

    assert!(browser.get("/home").await.links(&path).is_empty());
    assert!(is_granted(&app, id).await, "the words that may be quoted are the same");
    browser.get(&path).await.assert_does_not_say("feedback-form-asked_again");
    app.pass(TimeDelta::days(13)).await;
    assert_eq!(app.mailbox().to(aki()).await.len(), 1, "who answered is not reminded");
    app.answer(aki(), id, &[("answer6", "And much better to hear it")]).await.assert_status(303);
    app.pass(TimeDelta::days(1)).await;
    app.as_(aki()).await.get(&path).await.assert_says("feedback-form-locked");
    let stage: String = sqlx::query_scalar("select stage from feedback").fetch_one(&app.db).await.unwrap();
    assert_eq!(stage, "locked");
}

#[sqlx::test]
async fn answers_that_were_final_already_are_asked_for_again_and_stay_where_nobody_answers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = talked_after_all(&app, 20).await;
    let (path, browser) = (format!("/consultations/{id}/feedback"), app.as_(aki()).await);
    browser.get(&path).await.assert_says("feedback-form-asked_again");

    app.pass(TimeDelta::days(31)).await;

    assert_eq!(app.mailbox().to(aki()).await.len(), 4);
    let browser = app.as_(aki()).await;
    let page = browser.get(&path).await;
    page.assert_says("feedback-form-locked");
    assert!(page.text().contains(BEFORE) && is_granted(&app, id).await, "{}", page.text());
    assert!(browser.get("/home").await.links(&path).is_empty());
    assert_eq!(app.stage_of(id).await, Stage::Closed);
}

#[sqlx::test]
async fn who_waited_in_vain_is_asked_again_after_the_second_chance(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.booked(hana(), aki()).await;
    app.clock.advance(TimeDelta::hours(25));
    let missed = format!("/consultations/{id}/no-show");
    app.as_(aki()).await.post(&missed, &[("absent", "host")]).await.assert_status(303);
    app.run_jobs().await;
    app.answer(aki(), id, &[("answer5", "I waited in vain")]).await.assert_status(303);
    app.clock.advance(TimeDelta::days(1));
    app.as_(aki()).await.post(&missed, &[("act", "second_chance")]).await.assert_status(303);
    app.clock.advance(TimeDelta::days(1));
    app.hold(id).await;
    let (path, browser) = (format!("/consultations/{id}/feedback"), app.as_(aki()).await);
    let page = browser.get(&path).await;
    page.assert_says("feedback-form-asked_again");

    browser.submit(&page, &path, &[("act", "skip")]).await.assert_status(303);

    let page = browser.get(&path).await;
    page.assert_says("feedback-form-locked");
    assert!(page.text().contains("I waited in vain"));
    app.mailbox().empty().await;
    app.pass(TimeDelta::days(20)).await;
    assert_eq!(app.mailbox().subjects(aki()).await, [] as [&str; 0]);
}
