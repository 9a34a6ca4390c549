//! Deciding: asking, declining, and what comes too late.

use super::*;

#[sqlx::test]
async fn a_decision_that_came_too_late_gives_the_text_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
    hana.post(&format!("{application}/request"), &[("body", "How large is the team?")]).await.assert_status(303);
    hana.post(&format!("{application}/refusal"), &[("kind", "time")]).await.assert_status(303);

    let tries = [
        (&aki, "", vec![("act", "answer"), ("body", "Three people")]),
        (&aki, "", vec![("act", "edit"), ("revision", "0"), ("summary", "Three people")]),
        (&aki, "/withdrawal", vec![("reason", "Three people")]),
        (&hana, "/request", vec![("body", "Three people")]),
        (&hana, "/refusal", vec![("kind", "scope"), ("note", "Three people")]),
    ];
    for (browser, below, fields) in tries {
        let page = browser.post(&format!("{application}{below}"), &fields).await;

        page.assert_status(409).assert_says("applications-show-not_now");
        assert!(page.text().contains("Three people"), "{below} {fields:?}");
    }
}

#[sqlx::test]
async fn a_refused_answer_leaves_the_other_form_as_it_was(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.as_(hana()).await.post(&format!("{application}/request"), &[("body", "Why?")]).await.assert_status(303);
    let aki = app.as_(aki()).await;

    let refused = aki.post(&application, &[("act", "answer"), ("body", " ")]).await;

    refused.assert_status(422);
    assert_eq!(
        refused.texts("textarea[name=summary]"),
        [aki.get(&application).await.texts("textarea[name=summary]")[0].as_str()]
    );
    assert_eq!(refused.attributes("input[name=revision]", "value"), ["0"]);
}

#[sqlx::test]
async fn the_host_asks_and_the_applicant_answers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    let request = format!("{application}/request");
    hana_browser.post(&request, &[("body", " ")]).await.assert_status(422);
    hana_browser.post(&request, &[("body", "How large is the team?")]).await.assert_status(303);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert!(!mail.text.contains("How large"), "mails never carry the text");
    assert!(mail.text.contains("25 January 2027"), "{}", mail.text);
    let until = aki_browser.get(&application).await.texts(".turn__until");
    assert!(until[0].contains("25 January 2027"), "{until:?}");

    let page = aki_browser.get(&application).await;
    let draft = page.attributes("form[data-autosave]", "data-autosave").remove(0);
    aki_browser.post(&draft, &[("body", "Three peo")]).await.assert_status(204);
    assert_eq!(aki_browser.get(&application).await.texts("textarea[name=body]"), ["Three peo"]);
    let answer = [("body", "Three people")];
    aki_browser.submit(&page, &application, &answer).await.assert_status(303);

    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(hana()).await.subject, "Your question was answered: Talk to me about SRE");
    let thread = hana_browser.get(&application).await;
    assert_eq!(thread.texts(".post__body")[1..], ["How large is the team?", "Three people"]);
    let late = aki_browser.post(&application, &[("act", "answer"), ("body", "And one more")]).await;
    late.assert_status(409).assert_says("applications-show-not_now");
}

#[sqlx::test]
async fn declining_says_what_else_could_be_done_and_mails_a_note_only_when_given(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let path = format!("{application}/refusal");
    let hana = app.as_(hana()).await;
    hana.post(&path, &[("note", "Sorry")]).await.assert_status(422);

    hana.post(&path, &[("kind", "time"), ("note", "Try in spring"), ("pause", "finish")]).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert!(mail.text.contains("Try in spring") && mail.text.contains("It is not about you"), "{}", mail.text);
    hana.get("/calls").await.assert_says("home-calls-paused");
    hana.post(&path, &[("kind", "time")]).await.assert_status(409);
}

#[sqlx::test]
async fn others_do_not_learn_that_it_exists_and_the_applicant_decides_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    for below in ["", "/acceptance", "/refusal", "/request", "/waiting", "/abuse-report", "/withdrawal"] {
        let path = format!("{application}{below}");
        for persona in [ren(), sora(), toma()] {
            app.as_(persona).await.get(&path).await.assert_status(404);
            app.as_(persona).await.post(&path, &[]).await.assert_status(404);
        }
    }
    for below in ["/acceptance", "/refusal", "/request", "/waiting", "/abuse-report"] {
        app.as_(aki()).await.post(&format!("{application}{below}"), &[]).await.assert_status(403);
    }
    app.as_(hana()).await.post(&format!("{application}/withdrawal"), &[]).await.assert_status(403);
}

#[sqlx::test]
async fn an_edit_in_two_windows_loses_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let aki = app.as_(aki()).await;
    let page = aki.get(&application).await;
    let edit = |text: &'static str| [("act", "edit"), ("revision", "0"), ("summary", text)];
    aki.post(&application, &edit("The first window")).await.assert_status(303);
    assert!(page.text().contains(ROUGH[0].1));

    let stale = aki.post(&application, &edit("The second window")).await;

    stale.assert_status(409).assert_says("applications-show-stale");
    assert!(stale.text().contains("The first window"), "{}", stale.text());
    assert_eq!(stale.texts("textarea[name=summary]"), ["The second window"]);
    let seen = app.as_(hana()).await.get(&application).await;
    assert_eq!(seen.texts("pre.typed"), [ROUGH[0].1], "the former text stays readable");
}

#[sqlx::test]
async fn what_a_host_types_about_an_application_waits_until_it_is_sent(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let (akis, soras) = (app.apply(aki(), call).await, app.apply(sora(), call).await);
    let hana = app.as_(hana()).await;
    for (below, field, kind) in
        [("/request", "body", ""), ("/refusal", "note", "time"), ("/abuse-report", "body", "spam")]
    {
        let (path, area) = (format!("{akis}{below}"), format!("textarea[name={field}]"));
        let page = hana.get(&path).await;
        let draft = page.attributes("form[data-autosave]", "data-autosave").remove(0);
        hana.post(&draft, &[(field, "Half a thou"), ("kind", kind)]).await.assert_status(204);

        let again = hana.get(&path).await;

        again.assert_says("applications-new-unsent");
        assert_eq!(again.texts(&area), ["Half a thou"], "{below}");
        assert_eq!(again.attributes("input[name=kind][checked]", "value").join(""), kind, "{below}");
        assert_eq!(hana.get(&format!("{soras}{below}")).await.texts(&area), [""], "{below}");
    }
    let path = format!("{akis}/request");
    hana.submit(&hana.get(&path).await, &path, &[]).await.assert_status(303);
    assert_eq!(hana.get(&path).await.texts("textarea[name=body]"), [""]);
    let path = format!("{akis}/refusal");
    hana.submit(&hana.get(&path).await, &path, &[]).await.assert_status(303);
    assert_eq!(hana.get(&path).await.texts("pre"), Vec::<String>::new());
}
