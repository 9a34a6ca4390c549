//! One appeal against an administrator's decision over a report, and the last word.

use super::*;

const LIST: &str = "/admin/abuse-reports";

/// Aki's application, reported by Hana and decided by Toma; its path.
async fn decided(app: &TestApp, act: &str) -> String {
    app.as_(toma()).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let report = [("kind", "cheating"), ("body", "An interview to sit")];
    app.as_(hana()).await.post(&format!("{application}/abuse-report"), &report).await.assert_status(303);
    let toma = app.as_(toma()).await;
    let list = toma.get(LIST).await;
    toma.submit(&list, LIST, &[("act", act)]).await.assert_status(303);
    app.run_jobs().await;
    application
}

/// The last word, of an administrator who did not decide.
async fn conclude(app: &TestApp, act: &str) {
    let nao = app.as_(nao()).await;
    let list = nao.get(LIST).await;
    assert!(list.text().contains("Please look again"), "{}", list.text());
    nao.submit(&list, LIST, &[("act", act), ("note", "")]).await.assert_status(422).assert_says("field-missing");
    nao.submit(&list, LIST, &[("act", act), ("note", "We read it twice")]).await.assert_status(303);
    app.run_jobs().await;
}

const APPEAL: [(&str, &str); 1] = [("body", "Please look again")];

#[sqlx::test]
async fn whoever_was_turned_away_appeals_once_and_is_told_the_last_word(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = decided(&app, "turn-away").await;
    let page = format!("{application}/appeal");
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    assert_eq!(aki.get(&application).await.links(&page), [page.as_str()]);
    let told = app.mailbox().last_to(crate::support::hana()).await;
    assert_eq!(told.subject, "About a report: Talk to me about SRE");
    assert!(!told.text.contains("Appeal until"), "{}", told.text);
    hana.get(&page).await.assert_status(200).assert_says("applications-appeal-none");
    hana.post(&page, &APPEAL).await.assert_status(409).assert_says("applications-appeal-none");
    app.as_(ren()).await.post(&page, &APPEAL).await.assert_status(404);
    let form = aki.get(&page).await;
    form.assert_says("applications-appeal-actioned");
    assert!(!form.text().contains("Hana") && !form.text().contains("An interview to sit"), "{}", form.text());
    aki.submit(&form, &page, &[("body", " ")]).await.assert_status(422).assert_says("field-missing");

    app.as_(nao()).await;

    aki.submit(&aki.get(&page).await, &page, &APPEAL).await.assert_status(303);

    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(nao()).await.subject, "A decision over a report was appealed");
    let again = aki.post(&page, &APPEAL).await;
    again.assert_status(409).assert_says("applications-appeal-waits");
    assert_eq!(again.texts("pre.typed"), ["Please look again"]);
    conclude(&app, "dismiss").await;
    aki.get(&page).await.assert_says("applications-appeal-over");
    assert!(aki.get(&page).await.text().contains("We read it twice"));
    let mail = app.mailbox().last_to(crate::support::aki()).await;
    assert!(mail.text.contains("You may apply again") && !mail.text.contains("We read it twice"), "{}", mail.text);
    aki.post(&page, &APPEAL).await.assert_status(409).assert_says("applications-appeal-over");
    let path = app.apply_path(app.open_call(crate::support::hana()).await).await;
    aki.post(&path, &[ROUGH.as_slice(), &[("locale", "en")]].concat()).await.assert_status(303);
}

#[sqlx::test]
async fn the_host_appeals_and_whoever_waits_is_turned_away_after_all(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = decided(&app, "give-back").await;
    let page = format!("{application}/appeal");
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    let told = app.mailbox().to(crate::support::hana()).await;
    let told = told.iter().find(|mail| mail.subject.starts_with("About a report")).unwrap();
    assert!(told.text.contains("Appeal until") && told.text.contains(&page), "{}", told.text);
    aki.get(&page).await.assert_says("applications-appeal-none");
    aki.post(&page, &APPEAL).await.assert_status(409).assert_says("applications-appeal-none");
    assert!(app.mailbox().subjects(crate::support::aki()).await.iter().all(|s| !s.contains("report")));

    hana.submit(&hana.get(&page).await, &page, &APPEAL).await.assert_status(303);
    conclude(&app, "uphold").await;

    aki.get(&application).await.assert_says("applications-advice-rules");
    aki.post(&page, &APPEAL).await.assert_status(409).assert_says("applications-appeal-over");
    assert!(app.mailbox().last_to(crate::support::hana()).await.text.contains("goes against the rules"));
    let toma = app.as_(toma()).await;
    let id = toma.get(LIST).await;
    assert_eq!(id.attributes("input[name=report]", "value"), [""; 0], "nothing is left to decide");
}

#[sqlx::test]
async fn an_appeal_after_its_time_gives_the_text_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let page = format!("{}/appeal", decided(&app, "turn-away").await);
    app.clock.advance(kabeuchi::domain::abuse::APPEAL_FOR);
    let aki = app.as_(aki()).await;
    aki.get(&page).await.assert_says("applications-appeal-too_late");

    let late = aki.post(&page, &APPEAL).await;

    late.assert_status(409).assert_says("applications-appeal-too_late");
    assert_eq!(late.texts("pre.typed"), ["Please look again"]);
}

#[sqlx::test]
async fn a_report_is_taken_up_once_and_decided_after(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(toma()).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.as_(hana()).await.post(&format!("{application}/abuse-report"), &[("kind", "spam")]).await.assert_status(303);
    let toma = app.as_(toma()).await;
    let list = toma.get(LIST).await;
    let id = list.attributes("input[name=report]", "value").remove(0);
    toma.submit(&list, LIST, &[("act", "take-up")]).await.assert_status(303);
    toma.get(LIST).await.assert_says("admin-abuse-triaged");

    for (act, note) in [("take-up", ""), ("uphold", "Too early")] {
        let late = toma.post(LIST, &[("report", &id), ("act", act), ("note", note)]).await;
        late.assert_status(409).assert_says("admin-abuse-not_now");
    }
    toma.post(LIST, &[("report", &id), ("act", "turn-away")]).await.assert_status(303);
}

#[sqlx::test]
async fn whoever_decided_does_not_answer_the_appeal(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = decided(&app, "turn-away").await;
    app.as_(aki()).await.post(&format!("{application}/appeal"), &APPEAL).await.assert_status(303);
    app.as_(nao()).await;
    let (toma, nao) = (app.as_(toma()).await, app.as_(nao()).await);
    let own = toma.get(LIST).await;
    own.assert_says("admin-person-own_decision");
    assert_eq!(own.attributes("input[name=report]", "value"), [""; 0], "they have no form");
    let id = nao.get(LIST).await.attributes("input[name=report]", "value").remove(0);

    let refused = toma.post(LIST, &[("report", &id), ("act", "uphold"), ("note", "I was right")]).await;

    refused.assert_status(409).assert_says("admin-person-own_decision");
    assert_eq!(refused.texts("pre.typed"), ["I was right"]);
    nao.post(LIST, &[("report", &id), ("act", "dismiss"), ("note", "They were not")]).await.assert_status(303);
}

#[sqlx::test]
async fn an_administrator_who_applied_neither_reads_nor_decides_what_was_reported_of_them(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (toma_browser, nao_browser) = (app.as_(toma()).await, app.as_(nao()).await);
    let application = app.apply(toma(), app.open_call(hana()).await).await;
    app.as_(hana()).await.post(&format!("{application}/abuse-report"), &[("kind", "spam")]).await.assert_status(303);
    app.run_jobs().await;
    toma_browser.get(LIST).await.assert_says("admin-abuse-none");
    assert!(app.mailbox().subjects(toma()).await.iter().all(|subject| !subject.contains("reported")));
    let id = nao_browser.get(LIST).await.attributes("input[name=report]", "value").remove(0);

    for act in ["take-up", "give-back"] {
        let own = toma_browser.post(LIST, &[("report", &id), ("act", act)]).await;
        own.assert_status(409).assert_says("admin-abuse-party");
    }

    nao_browser.post(LIST, &[("report", &id), ("act", "give-back")]).await.assert_status(303);
}
