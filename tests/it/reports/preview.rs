//! The version that participants read before anyone else.

use super::*;

/// A draft whose preview went to both applicants, as the host marked Mio as recognisable.
async fn previewed(app: &TestApp, id: ConsultationId) {
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    let mios = page.attributes("input[name=recognisable]", "value").pop().unwrap();
    let revision = page.attributes("input[name=revision]", "value").pop().unwrap();
    let asked = [("act", "preview"), ("revision", revision.as_str()), ("recognisable", &mios)];
    host.post(&path, &asked).await.assert_status(303);
}

#[sqlx::test]
async fn only_the_right_person_says_ok(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "Starting an SRE team", "We talked.").await.assert_status(303);
    let link = app.ask_about_report(id, aki()).await;
    let mail = app.mailbox().last_to(aki()).await;
    assert!(
        !mail.source.contains(WORDS) && !mail.text.contains("Starting"),
        "mails carry the title of the consultation"
    );

    let visitor = app.visitor().get(&link).await;
    assert!(visitor.text().contains(WORDS), "the whole version: {}", visitor.text());
    visitor.assert_says("reports-preview-sign_in").assert_does_not_say("reports-preview-approve");
    let signed_out = app.visitor().post(&link, &[("act", "changes"), ("remark", "Leave the tool out")]).await;
    signed_out.assert_status(401);
    assert!(signed_out.text().contains("Leave the tool out"), "{}", signed_out.text());
    for persona in [mio(), hana(), ren()] {
        let browser = app.as_(persona).await;
        browser.get(&link).await.assert_status(200).assert_does_not_say("reports-preview-approve");
        browser.post(&link, &[("act", "approve")]).await.assert_status(403);
    }
    let publication = format!("/consultations/{id}/report/publication");
    app.as_(hana()).await.post(&publication, &CHECKED).await.assert_status(409);
    let mios = app.mailbox().last_to(mio()).await.link();

    let aki_browser = app.as_(aki()).await;
    let page = aki_browser.get(&link).await;
    aki_browser.post(&link, &[("remark", "Fine")]).await.assert_status(422);
    aki_browser.get(&link).await.assert_says("reports-preview-approve");
    aki_browser.submit(&page, &link, &[("act", "approve")]).await.assert_status(303);

    app.pass(chrono::TimeDelta::minutes(3)).await;
    assert_eq!(
        app.mailbox().last_to(hana()).await.subject,
        "The report may be published: Where to begin as the first SRE"
    );
    aki_browser.submit(&page, &link, &[("act", "changes"), ("remark", "No"), ("once", "")]).await.assert_status(409);
    app.as_(mio()).await.get(&mios).await.assert_says("reports-preview-decided");
    let host = app.as_(hana()).await.get(&format!("/consultations/{id}/report")).await;
    assert_eq!(host.texts(".button--primary"), ["Go on to publishing"], "one next step");
    app.visitor().get("/previews/nonsense").await.assert_status(410);
}

#[sqlx::test]
async fn whoever_could_be_recognised_must_say_ok_too(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    let mios = page.attributes("input[name=recognisable]", "value");
    assert_eq!(mios, [app.id_of(mio()).await.to_string()], "the lead is needed anyhow");
    let revision = page.attributes("input[name=revision]", "value").pop().unwrap();
    let asked = [("act", "preview"), ("revision", revision.as_str()), ("recognisable", &mios[0])];
    host.post(&path, &asked).await.assert_status(303);
    app.run_jobs().await;
    let (akis, mios) = (app.mailbox().last_to(aki()).await.link(), app.mailbox().last_to(mio()).await.link());

    app.as_(mio()).await.get(&akis).await.assert_says("reports-preview-not_yours");
    app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
    host.get(&path).await.assert_says("reports-report-is_in_preview");
    app.as_(mio()).await.post(&mios, &[("act", "approve")]).await.assert_status(303);
    host.get(&path).await.assert_says("reports-report-is_approved");
}

#[sqlx::test]
async fn the_host_hears_once_that_everyone_said_ok(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    previewed(&app, id).await;
    app.run_jobs().await;
    let (akis, mios) = (app.mailbox().last_to(aki()).await.link(), app.mailbox().last_to(mio()).await.link());
    app.mailbox().empty().await;

    app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
    app.as_(mio()).await.post(&mios, &[("act", "approve")]).await.assert_status(303);
    app.pass(chrono::TimeDelta::minutes(3)).await;

    let subject = "The report may be published: Where to begin as the first SRE";
    assert_eq!(app.mailbox().subjects(hana()).await, [subject]);
}

#[sqlx::test]
async fn whoever_was_marked_as_recognisable_stays_marked_when_asked_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    previewed(&app, id).await;
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    host.submit(&page, &path, &[("body", "We talked, briefly."), ("act", "save")]).await.assert_status(303);

    let again = host.get(&path).await;

    assert_eq!(again.attributes("input[name=recognisable][checked]", "value"), [app.id_of(mio()).await.to_string()]);
}

#[sqlx::test]
async fn a_change_or_a_week_ends_the_preview(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let path = format!("/consultations/{id}/report");
    app.report(id, "Starting an SRE team", "We talked.").await.assert_status(303);
    let link = app.ask_about_report(id, aki()).await;
    let aki_browser = app.as_(aki()).await;
    aki_browser.post(&link, &[("act", "changes")]).await.assert_status(422);
    aki_browser.post(&link, &[("act", "changes"), ("remark", "Leave the tool out")]).await.assert_status(303);
    let host = app.as_(hana()).await;
    let page = host.get(&path).await;
    assert!(page.text().contains("Leave the tool out"));

    host.submit(&page, &path, &[("body", "We talked, briefly."), ("act", "save")]).await.assert_status(303);
    aki_browser.get(&link).await.assert_status(410);
    let late = aki_browser.post(&link, &[("act", "changes"), ("remark", "And the name of the tool")]).await;
    late.assert_status(410);
    assert!(late.text().contains("And the name of the tool"), "{}", late.text());
    let second = app.ask_about_report(id, aki()).await;
    app.pass(TimeDelta::days(7)).await;

    aki_browser.get(&second).await.assert_status(410);
    app.as_(hana()).await.get(&path).await.assert_says("reports-report-is_draft");
    let third = app.ask_about_report(id, aki()).await;
    app.as_(aki()).await.get(&third).await.assert_says("reports-preview-approve");
}

#[sqlx::test]
async fn remarks_half_written_wait_for_their_reader_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let link = app.ask_about_report(id, aki()).await;
    let aki = app.as_(aki()).await;
    let draft = aki.get(&link).await.attributes("form[data-autosave]", "data-autosave").remove(0);
    aki.post(&draft, &[("remark", "Leave the to"), ("note-0", "Not so pla")]).await.assert_status(204);

    let page = aki.get(&link).await;

    page.assert_says("applications-new-unsent");
    assert_eq!(page.texts("textarea[name=remark]"), ["Leave the to"]);
    assert_eq!(page.texts("details[open] textarea"), ["Not so pla"]);
    for browser in [app.visitor(), app.as_(mio()).await] {
        let theirs = browser.get(&link).await.text();
        assert!(!theirs.contains("Leave the to") && !theirs.contains("Not so pla"), "{theirs}");
    }
    aki.submit(&page, &link, &[("act", "changes")]).await.assert_status(303);
    assert!(!aki.get(&link).await.text().contains("Leave the to"));
    let path = format!("/consultations/{id}/report");
    assert!(app.as_(hana()).await.get(&path).await.text().contains("Leave the to"), "it arrived");
}
