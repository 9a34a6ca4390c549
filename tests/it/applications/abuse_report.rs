//! Reporting an application, and what administrators make of it.

use super::*;

async fn reported(app: &TestApp) -> (CallId, String) {
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let report = [("kind", "cheating"), ("body", "An interview to sit"), ("block", "yes")];
    app.as_(hana()).await.post(&format!("{application}/abuse-report"), &report).await.assert_status(303);
    app.run_jobs().await;
    (call, application)
}

fn decide<'a>(page: &'a Page, act: &'a str) -> [(&'a str, &'a str); 1] {
    assert!(page.texts("button[value]").iter().any(|text| !text.is_empty()));
    [("act", act)]
}

#[sqlx::test]
async fn it_is_hidden_from_the_host_and_kept_as_it_stood(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(toma()).await;
    let (_, application) = reported(&app).await;
    app.as_(hana()).await.get(&application).await.assert_status(404);
    let inbox = app.as_(hana()).await.get("/applications").await;
    assert_eq!(inbox.links(&application), Vec::<String>::new());
    let own = app.as_(aki()).await.get(&application).await;
    own.assert_says("applications-stage-submitted").assert_does_not_say("applications-abuse-title");

    let list = app.as_(toma()).await.get("/admin/abuse-reports").await;

    assert_eq!(app.mailbox().last_to(toma()).await.subject, "An application was reported");
    assert!(list.text().contains("An interview to sit") && list.text().contains("Everything is on fire"));
    for persona in [hana(), aki(), ren()] {
        app.as_(persona).await.get("/admin/abuse-reports").await.assert_status(404);
    }
}

#[sqlx::test]
async fn an_administrator_gives_it_back_or_turns_it_away_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(toma()).await;
    let (_, application) = reported(&app).await;
    let toma = app.as_(toma()).await;
    let list = toma.get("/admin/abuse-reports").await;
    toma.submit(&list, "/admin/abuse-reports", &[("act", "forget")]).await.assert_status(422);

    toma.submit(&list, "/admin/abuse-reports", &decide(&list, "give-back")).await.assert_status(303);

    app.run_jobs().await;
    app.as_(hana()).await.get(&application).await.assert_says("applications-stage-yours");
    let told = app.mailbox().subjects(hana()).await;
    assert!(told.iter().any(|told| told == "An application is with you again: Talk to me about SRE"), "{told:?}");
    let id = list.attributes("input[name=report]", "value").remove(0);
    let again = [("report", id.as_str()), ("act", "turn-away")];
    toma.post("/admin/abuse-reports", &again).await.assert_status(409);
}

#[sqlx::test]
async fn whoever_was_turned_away_is_told_and_waits_for_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(toma()).await;
    let (_, application) = reported(&app).await;
    let toma = app.as_(toma()).await;
    let list = toma.get("/admin/abuse-reports").await;

    toma.submit(&list, "/admin/abuse-reports", &decide(&list, "turn-away")).await.assert_status(303);

    app.run_jobs().await;
    app.as_(aki()).await.get(&application).await.assert_says("applications-advice-rules");
    assert_eq!(app.mailbox().last_to(aki()).await.subject, "About your application: Talk to me about SRE");
}

#[sqlx::test]
async fn a_blocked_person_is_refused_in_plain_words_until_the_host_takes_it_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    reported(&app).await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    let fields = [ROUGH.as_slice(), &[("locale", "en")]].concat();
    let aki = app.as_(aki()).await;
    let refused = aki.post(&path, &fields).await;
    refused.assert_status(409).assert_says("applications-new-not_taken");
    assert_eq!(refused.texts("textarea"), [ROUGH[0].1]);
    let shut = aki.get(&path).await;
    assert_eq!(shut.assert_says("applications-new-not_taken").texts("textarea").len(), 0);
    let elsewhere = app.apply_path(app.open_call(sora()).await).await;
    aki.post(&elsewhere, &fields).await.assert_status(303);

    let hana = app.as_(hana()).await;
    let blocks = hana.get("/applications/blocks").await;
    let person = blocks.attributes("button[name=person]", "value").remove(0);
    let taken = [("person", person.as_str())];
    app.as_(sora()).await.post("/applications/blocks", &taken).await.assert_status(404);
    hana.post("/applications/blocks", &taken).await.assert_status(303);

    aki.post(&path, &fields).await.assert_status(303);
}

#[sqlx::test]
async fn a_report_that_came_too_late_gives_the_text_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let (hana, path) = (app.as_(hana()).await, format!("{application}/abuse-report"));
    hana.post(&path, &[("kind", "other")]).await.assert_status(422).assert_says("field-missing");
    hana.post(&path, &[("kind", "rude"), ("body", "x")]).await.assert_status(422).assert_says("field-choice");
    app.as_(aki()).await.post(&format!("{application}/withdrawal"), &[]).await.assert_status(303);

    let late = hana.post(&path, &[("kind", "other"), ("body", "They called me names")]).await;

    late.assert_status(409);
    assert_eq!(late.texts("pre.typed"), ["They called me names"]);
}
