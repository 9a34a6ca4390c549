//! Accepting: the room opens, and no place is given twice.

use super::*;

#[sqlx::test]
async fn accepting_opens_the_room_and_tells_the_applicant(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let path = format!("{application}/acceptance");
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;

    let room = hana.submit(&page, &path, &[]).await.leads_to();

    app.run_jobs().await;
    let room = room.split('?').next().unwrap().to_owned();
    assert_eq!(app.mailbox().last_to(aki()).await.link(), room);
    let seen = app.as_(aki()).await.get(&room).await;
    assert_eq!(seen.texts("h1"), ["Where to begin as the first SRE?".trim_end_matches('?')]);
    app.as_(aki()).await.get(&application).await.assert_says("applications-stage-accepted");
}

#[sqlx::test]
async fn the_last_place_is_given_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    app.set_capacity(call, 1).await;
    let (first, second) = (app.apply(aki(), call).await, app.apply(sora(), call).await);
    let hana = app.as_(hana()).await;

    let (first, second) = (format!("{first}/acceptance"), format!("{second}/acceptance"));
    let (a, b) = tokio::join!(hana.post(&first, &[]), hana.post(&second, &[]));

    let mut answers = [a.status, b.status];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
}

#[sqlx::test]
async fn who_applies_to_a_full_call_waits_and_is_taken_up_when_a_place_is_free(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    app.set_capacity(call, 1).await;
    let first = app.apply(aki(), call).await;
    let hana = app.as_(hana()).await;
    let room = hana.post(&format!("{first}/acceptance"), &[]).await.leads_to();
    let second = app.apply(sora(), call).await;
    app.run_jobs().await;
    assert_eq!(
        app.mailbox().subjects(sora()).await,
        ["Your application waits for a place: Talk to me about SRE"],
        "one mail a fact"
    );

    let cancellation = format!("{}/cancellation", room.split('?').next().unwrap());
    hana.post(&cancellation, &[("kind", "time")]).await.assert_status(303);

    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(sora()).await.subject, "A place became free: Talk to me about SRE");
    let told = app.mailbox().subjects(crate::support::hana()).await;
    let new = told.iter().filter(|subject| *subject == "An application: Talk to me about SRE").count();
    assert_eq!(new, 2, "nobody applied a second time: {told:?}");
    assert!(told.contains(&"An application is with you again: Talk to me about SRE".to_owned()), "{told:?}");
    hana.post(&format!("{second}/acceptance"), &[]).await.assert_status(303);
}

#[sqlx::test]
async fn a_call_that_administrators_hold_back_takes_on_nobody_and_what_runs_goes_on(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let room = app.open(call, "Nights on call", mio()).await;
    let (path, watched) = (format!("{application}/acceptance"), format!("/admin/calls/{call}"));
    let toma_browser = app.as_(toma()).await;
    let waits = async || {
        let hana_browser = app.as_(hana()).await;
        hana_browser.get(&path).await.assert_says("applications-acceptance-not_let");
        hana_browser.post(&path, &[]).await.assert_status(409).assert_says("applications-acceptance-not_let");
        app.as_(aki()).await.get(&application).await.assert_says("applications-stage-submitted");
    };
    let reason = ("reason", "It sells courses");

    toma_browser.post(&watched, &[("act", "suspend"), reason]).await.assert_status(303);

    waits().await;
    app.ask(room, mio(), "Which SLO first?", "We have none").await;
    toma_browser.post(&watched, &[("act", "restore")]).await.assert_status(303);
    let person = format!("/admin/people/{}", app.id_of(hana()).await);
    let decision = [("act", "decide"), ("kind", "hosting"), reason];
    toma_browser.post(&person, &decision).await.assert_status(303);
    app.run_jobs().await;
    waits().await;
    let sanction = toma_browser.get(&person).await.attributes("input[name=sanction]", "value").remove(0);
    toma_browser.post(&person, &[("act", "lift"), ("sanction", &sanction)]).await.assert_status(303);
    app.as_(hana()).await.post(&path, &[]).await.assert_status(303);
}
