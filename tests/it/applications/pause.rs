//! Pausing the call at the moment of deciding.

use super::*;

#[sqlx::test]
async fn a_decision_can_settle_all_who_wait(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    app.apply(ren(), call).await;
    let hana = app.as_(hana()).await;
    let acceptance = format!("{application}/acceptance");
    hana.post(&acceptance, &[("pause", "perhaps")]).await.assert_status(422);
    assert_eq!(hana.get(&application).await.texts(".turn__whose"), ["Waits for your answer"], "nothing was decided");

    hana.post(&acceptance, &[("pause", "decline")]).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(ren()).await;
    assert!(mail.text.contains("It is not about you"), "{}", mail.text);
    hana.get("/calls").await.assert_says("home-calls-paused");
    assert_eq!(app.mailbox().last_to(aki()).await.subject, "Accepted: Talk to me about SRE");
}

#[sqlx::test]
async fn who_waits_stays_where_the_host_says_so(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let (hana, path) = (app.as_(hana()).await, format!("/calls/{call}/pause"));
    hana.post(&path, &[("waiting", "somehow")]).await.assert_status(422).assert_says("field-choice");

    hana.post(&path, &[("waiting", "finish")]).await.assert_status(303);

    app.run_jobs().await;
    hana.get(&application).await.assert_says("applications-stage-yours");
}
