//! What time does: reminders, the apology, sending again.

use super::*;

#[sqlx::test]
async fn the_host_is_reminded_twice_and_then_the_application_ends_with_an_apology(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.run_jobs().await;
    app.mailbox().empty().await;

    app.pass(TimeDelta::days(14)).await;
    let reminder = "An application waits for your answer: Talk to me about SRE";
    assert_eq!(app.mailbox().subjects(hana()).await, [reminder, reminder]);
    assert_eq!(app.mailbox().subjects(aki()).await, Vec::<String>::new());
    app.pass(TimeDelta::days(1)).await;

    assert_eq!(app.mailbox().subjects(aki()).await, ["No answer to your application: Talk to me about SRE"]);
    let aki = app.as_(aki()).await;
    let page = aki.get(&application).await;
    aki.submit(&page, &application, &[("act", "revive")]).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(hana()).await.subject, "An application: Talk to me about SRE");
}

/// Aki's application to a call of Hana's after nobody answered it.
async fn expired(app: &TestApp) -> (CallId, String) {
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    app.pass(TimeDelta::days(15)).await;
    app.mailbox().empty().await;
    (call, application)
}

#[sqlx::test]
async fn beside_a_newer_application_the_old_one_is_not_sent_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (call, old) = expired(&app).await;
    app.apply(aki(), call).await;

    let again = app.as_(aki()).await.post(&old, &[("act", "revive")]).await;

    again.assert_status(409).assert_says("applications-new-already");
}

#[sqlx::test]
async fn sending_again_is_refused_where_applying_is(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (call, old) = expired(&app).await;
    for _ in 0..5 {
        app.apply(aki(), app.open_call(hana()).await).await;
    }
    let aki = app.as_(aki()).await;
    aki.post(&old, &[("act", "revive")]).await.assert_status(409).assert_says("applications-new-too_many");

    app.as_(hana()).await.post(&format!("/calls/{call}/pause"), &[("waiting", "finish")]).await.assert_status(303);

    aki.post(&old, &[("act", "revive")]).await.assert_status(409).assert_says("applications-new-not_open");
    let page = aki.get(&old).await;
    assert_eq!(page.attributes("button[value=revive]", "name"), Vec::<String>::new());
}

#[sqlx::test]
async fn sent_again_to_a_full_call_it_waits_for_a_place(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (call, old) = expired(&app).await;
    app.set_capacity(call, 1).await;
    let taken = app.apply(sora(), call).await;
    app.as_(hana()).await.post(&format!("{taken}/acceptance"), &[]).await.assert_status(303);

    app.as_(aki()).await.post(&old, &[("act", "revive")]).await.assert_status(303);

    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(aki()).await, ["Your application waits for a place: Talk to me about SRE"]);
}

#[sqlx::test]
async fn whoever_sent_it_again_is_not_told_that_they_may(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    app.pass(TimeDelta::days(15)).await;
    let told = app.mailbox().last_to(aki()).await;
    assert!(told.text.contains("send it again once"), "{}", told.text);
    app.as_(aki()).await.post(&application, &[("act", "revive")]).await.assert_status(303);

    app.pass(TimeDelta::days(16)).await;

    let told = app.mailbox().last_to(aki()).await;
    assert_eq!(told.subject, "No answer to your application: Talk to me about SRE");
    assert!(!told.text.contains("send it again"), "{}", told.text);
}

#[sqlx::test]
async fn a_question_that_nobody_answers_ends_it_after_three_weeks(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.as_(hana()).await.post(&format!("{application}/request"), &[("body", "Why?")]).await.assert_status(303);
    app.run_jobs().await;
    app.mailbox().empty().await;

    app.pass(TimeDelta::days(22)).await;

    assert_eq!(
        app.mailbox().subjects(aki()).await,
        ["A question still waits: Talk to me about SRE", "Your application has ended: Talk to me about SRE"]
    );
    assert_eq!(app.mailbox().subjects(hana()).await, Vec::<String>::new());
}

#[sqlx::test]
async fn a_closed_call_declines_those_who_wait_when_the_host_says_so(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call: CallId = app.open_call(hana()).await;
    app.apply(aki(), call).await;
    let path = format!("/calls/{call}/closing");

    app.as_(hana()).await.post(&path, &[("waiting", "decline")]).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert!(mail.text.contains("The call has ended"), "{}", mail.text);
}
