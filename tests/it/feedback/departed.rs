//! Whoever left is asked for nothing more, and keeps what they said.

use super::*;

/// A held consultation of Aki's in which Mio, who joined her, left on the day after.
async fn left(app: &TestApp, answers: &[(&str, &str)]) -> ConsultationId {
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    app.hold(id).await;
    if !answers.is_empty() {
        app.answer(mio(), id, answers).await.assert_status(303);
    }
    id
}

impl TestApp {
    async fn leave(&self, persona: Persona, id: ConsultationId) {
        let participants = format!("/consultations/{id}/participants");
        self.as_(persona).await.post(&participants, &[("act", "leave")]).await.assert_status(303);
        self.run_jobs().await;
        self.mailbox().empty().await;
    }
}

#[sqlx::test]
async fn whoever_left_is_not_asked_to_look_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = left(&app, &[]).await;
    let form = format!("/consultations/{id}/feedback");
    assert_eq!(app.as_(mio()).await.get("/home").await.links(&form), std::slice::from_ref(&form));

    app.leave(mio(), id).await;

    assert_eq!(app.as_(mio()).await.get("/home").await.links(&form), [] as [&str; 0]);
    app.pass(TimeDelta::days(15)).await;
    assert_eq!(app.mailbox().subjects(mio()).await, [] as [&str; 0]);
    assert_eq!(app.mailbox().to(aki()).await.len(), 3, "whoever is there is reminded");
}

#[sqlx::test]
async fn whoever_left_is_not_asked_for_a_quote(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = left(&app, &[("answer1", WORDS)]).await;
    let (hana, path) = (app.as_(hana()).await, format!("/consultations/{id}/quotes"));
    let page = hana.get(&path).await;
    let ask = [("act", "ask"), ("excerpt", WORDS)];
    hana.submit(&page, &path, &ask).await.assert_status(303);

    app.as_(mio()).await.post(&format!("/consultations/{id}/participants"), &[("act", "leave")]).await;

    app.run_jobs().await;
    assert!(!app.mailbox().subjects(mio()).await.iter().any(|subject| subject.contains("quoted")));
    sqlx::query("delete from quotes").execute(&app.db).await.unwrap();
    hana.get(&path).await.assert_says("feedback-quotes-answers_empty");
    let late = hana.submit(&page, &path, &[&ask[..], &[("once", "")]].concat()).await;
    late.assert_status(409).assert_says("feedback-quotes-not_now_left");
    assert!(late.gives_back(WORDS));
}

#[sqlx::test]
async fn what_is_owed_to_somebody_who_left_is_let_go_with_a_reason(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = left(&app, &[("answer2", "How to begin with SLOs")]).await;
    let (hana, path) = (app.as_(hana()).await, format!("/consultations/{id}/follow-ups"));
    let page = hana.get(&format!("/consultations/{id}/answers")).await;
    let form = page.attributes("button[name=feedback]", "value").remove(0);
    hana.post(&path, &[("act", "owe"), ("feedback", &form)]).await.assert_status(303);
    let page = hana.get(&path).await;
    page.assert_does_not_say("feedback-follow_ups-has_left");
    let owed = page.attributes("input[name=follow_up]", "value").remove(0);

    app.leave(mio(), id).await;

    let page = hana.get(&path).await;
    page.assert_says("feedback-follow_ups-has_left");
    assert_eq!(page.texts("textarea[name=body]"), [] as [&str; 0]);
    let late = hana.post(&path, &[("act", "send"), ("follow_up", &owed), ("body", "Begin with one path")]).await;
    late.assert_status(409).assert_says("feedback-follow_ups-left");
    assert!(late.gives_back("Begin with one path"));
    let drop = [("act", "drop"), ("follow_up", owed.as_str()), ("reason", "She left")];
    hana.post(&path, &drop).await.assert_status(303);
}

#[sqlx::test]
async fn a_mail_about_a_follow_up_does_not_go_after_somebody_who_left(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = left(&app, &[]).await;
    let (hana, path) = (app.as_(hana()).await, format!("/consultations/{id}/follow-ups"));
    let mio_id = app.id_of(mio()).await.to_string();
    let promise = [("act", "promise"), ("recipient", mio_id.as_str()), ("what", "The book that I named")];
    hana.post(&path, &promise).await.assert_status(303);
    let owed = hana.get(&path).await.attributes("input[name=follow_up]", "value").remove(0);
    hana.post(&path, &[("act", "send"), ("follow_up", &owed), ("body", "It is on the shelf")]).await.assert_status(303);

    app.as_(mio()).await.post(&format!("/consultations/{id}/participants"), &[("act", "leave")]).await;

    app.run_jobs().await;
    assert!(!app.mailbox().subjects(mio()).await.iter().any(|subject| subject.starts_with("Written afterwards")));
}

#[sqlx::test]
async fn whoever_left_reads_their_own_answers_and_nobody_elses(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = left(&app, &[("answer2", "How to begin with SLOs"), ("answer6", WORDS)]).await;
    app.answer(aki(), id, &[("answer1", "Only mine")]).await.assert_status(303);

    app.leave(mio(), id).await;

    let own = app.as_(mio()).await.get("/settings/privacy").await;
    assert!(own.text().contains(WORDS) && own.text().contains("How to begin with SLOs"), "{}", own.text());
    own.assert_says("feedback-form-q6");
    assert!(!own.text().contains("Only mine"));
    app.as_(ren()).await.get("/settings/privacy").await.assert_says("home-privacy-answers_empty");
}
