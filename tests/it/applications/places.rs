//! Places: who waits for one, and when it is told.

use super::*;

/// Who waits for Hana's one place after Aki has it: Sora first, Mio next. Gives Aki's room.
async fn full(app: &TestApp, call: CallId) -> String {
    app.set_capacity(call, 1).await;
    let first = app.apply(aki(), call).await;
    let room = app.as_(hana()).await.post(&format!("{first}/acceptance"), &[]).await.leads_to();
    app.run_jobs().await;
    room.split('?').next().unwrap().to_owned()
}

const FREE: &str = "A place became free: Talk to me about SRE";

#[sqlx::test]
async fn one_free_place_is_told_to_one_who_waits(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let room = full(&app, call).await;
    let (second, _third) = (app.apply(sora(), call).await, app.apply(mio(), call).await);
    let hana = app.as_(hana()).await;
    hana.post(&format!("{room}/resolution"), &[("act", "propose")]).await.assert_status(303);
    app.as_(aki()).await.post(&format!("{room}/resolution"), &[("act", "confirm")]).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(sora()).await.subject, FREE);

    hana.post(&format!("{room}/closing"), &[]).await.assert_status(303);
    app.run_jobs().await;

    assert_ne!(app.mailbox().last_to(mio()).await.subject, FREE, "the place is still Sora's");
    hana.post(&format!("{second}/refusal"), &[("kind", "scope")]).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(mio()).await.subject, FREE, "who is declined gives the place on");
}

#[sqlx::test]
async fn who_waits_is_taken_up_when_the_host_makes_more_places(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    full(&app, call).await;
    app.apply(sora(), call).await;
    let hana = app.as_(hana()).await;
    let path = format!("/calls/{call}/edit");
    let page = hana.get(&path).await;

    let more = [("capacity", "2"), ("topics", "SRE: SLO")];
    hana.submit(&page, &path, &more).await.assert_status(303);

    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(sora()).await.subject, FREE);
}

#[sqlx::test]
async fn whom_the_host_lets_wait_does_not_make_the_call_full(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let first = app.apply(aki(), call).await;
    app.as_(hana()).await.post(&format!("{first}/waiting"), &[("act", "wait")]).await.assert_status(303);

    let second = app.apply(sora(), call).await;

    app.as_(sora()).await.get(&second).await.assert_says("applications-stage-submitted");
}
