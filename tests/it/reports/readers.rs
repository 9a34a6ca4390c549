//! Who reads a version before it is public: all guests, whoever left and is quoted, and nobody else;
//! by the link of the mail, or by one of their own pages.

use super::{WORDS, told};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

async fn leave(app: &TestApp, id: ConsultationId, persona: Persona) {
    let path = format!("/consultations/{id}/participants");
    app.as_(persona).await.post(&path, &[("act", "leave")]).await.assert_status(303);
}

/// Held with Aki and Mio; Mio let her words be quoted, and left.
async fn left(app: &TestApp) -> ConsultationId {
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    app.hold(id).await;
    app.answer(mio(), id, &[("answer1", WORDS), ("quote1", "yes")]).await.assert_status(303);
    leave(app, id, mio()).await;
    app.run_jobs().await;
    app.mailbox().empty().await;
    id
}

const SERIES: [(&str, &str); 2] = [("slug", "sre-talks"), ("prefix", "sre")];

#[sqlx::test]
async fn whoever_left_is_asked_before_their_words_are_public(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = left(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let (path, host, mio_browser) =
        (format!("/consultations/{id}/report"), app.as_(hana()).await, app.as_(mio()).await);
    host.get(&path).await.assert_says("reports-report-quote_left");
    let akis = app.ask_about_report(id, aki()).await;
    let mios = app.mailbox().last_to(mio()).await.link();
    mio_browser.get("/home").await.assert_says("home-me-preview");
    app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
    host.get(&path).await.assert_says("reports-report-is_in_preview");
    let publication = format!("{path}/publication");
    host.post(&publication, &[&CHECKED[..], &SERIES].concat()).await.assert_status(409);

    mio_browser.get(&format!("/consultations/{id}")).await.assert_status(404);
    let read = mio_browser.get(&mios).await;
    assert!(read.text().contains(WORDS));
    mio_browser.submit(&read, &mios, &[("act", "approve")]).await.assert_status(303);

    let public = app.publish(id).await;
    assert_eq!(app.visitor().get(&public).await.texts(".quote blockquote"), [WORDS]);
    assert_eq!(app.mailbox().last_to(mio()).await.link(), public);
}

#[sqlx::test]
async fn a_version_that_was_approved_without_whoever_is_quoted_is_not_published(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = left(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let akis = app.ask_about_report(id, aki()).await;
    let mios = app.mailbox().last_to(mio()).await.link();
    app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
    app.as_(mio()).await.post(&mios, &[("act", "approve")]).await.assert_status(303);
    sqlx::query("delete from report_previews where person_id = $1")
        .bind(app.id_of(mio()).await.0)
        .execute(&app.db)
        .await
        .unwrap();

    let publication = format!("/consultations/{id}/report/publication");
    let refused = app.as_(hana()).await.post(&publication, &[&CHECKED[..], &SERIES].concat()).await;

    refused.assert_status(409).assert_says("reports-publication-not_now");
}

#[sqlx::test]
async fn whoever_leaves_and_is_not_quoted_reads_nothing_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let akis = app.ask_about_report(id, aki()).await;
    let (mios, mio_browser) = (app.mailbox().last_to(mio()).await.link(), app.as_(mio()).await);
    mio_browser.get(&mios).await.assert_status(200);

    leave(&app, id, mio()).await;

    app.visitor().get(&mios).await.assert_status(410);
    mio_browser.post(&mios, &[("act", "changes"), ("remark", "No")]).await.assert_status(410);
    mio_browser.get("/home").await.assert_does_not_say("home-me-preview");
    app.mailbox().empty().await;
    app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
    app.publish(id).await;
    assert!(!app.mailbox().subjects(aki()).await.is_empty());
    assert!(app.mailbox().subjects(mio()).await.iter().all(|subject| !subject.contains("report")));
}

#[sqlx::test]
async fn mails_that_wait_ask_once_more_who_may_read(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let revision = host.get(&path).await.attributes("input[name=revision]", "value").pop().unwrap();
    host.post(&path, &[("act", "preview"), ("revision", &revision)]).await.assert_status(303);

    leave(&app, id, mio()).await;
    app.run_jobs().await;

    let preview = |subjects: Vec<String>| subjects.iter().any(|subject| subject.starts_with("A report to look at"));
    assert!(preview(app.mailbox().subjects(aki()).await));
    assert!(!preview(app.mailbox().subjects(mio()).await));
}

#[sqlx::test]
async fn whoever_was_marked_and_left_is_not_waited_for_when_asked_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    let mios = page.attributes("input[name=recognisable]", "value").pop().unwrap();
    let revision = page.attributes("input[name=revision]", "value").pop().unwrap();
    let asked = [("act", "preview"), ("revision", revision.as_str()), ("recognisable", &mios)];
    host.post(&path, &asked).await.assert_status(303);
    app.run_jobs().await;
    leave(&app, id, mio()).await;
    app.pass(TimeDelta::days(7)).await;
    host.get(&path).await.assert_says("reports-report-is_draft");

    let link = app.ask_about_report(id, aki()).await;

    app.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);
    host.get(&path).await.assert_says("reports-report-is_approved");
}

#[sqlx::test]
async fn a_version_is_found_without_its_mail(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let mailed = app.ask_about_report(id, aki()).await;
    let aki_browser = app.as_(aki()).await;
    let home = aki_browser.get("/home").await;
    home.assert_says("home-me-preview");
    app.as_(hana()).await.get("/home").await.assert_does_not_say("home-me-preview");
    let report = home.attributes("input[name=report]", "value").pop().unwrap();
    app.as_(ren()).await.post("/previews", &[("report", &report)]).await.assert_status(404);

    let first = aki_browser.submit(&home, "/previews", &[]).await.leads_to();

    aki_browser.get(&first).await.assert_says("reports-preview-approve");
    aki_browser.get(&mailed).await.assert_status(410);
    let twice = aki_browser.submit(&home, "/previews", &[]).await.leads_to();
    assert!(twice.starts_with("/previews/") && twice != first, "{twice}");
    let kept: Vec<String> = sqlx::query_scalar("select location from once_keys").fetch_all(&app.db).await.unwrap();
    assert!(kept.iter().all(|location| !location.starts_with("/previews/")), "{kept:?}");
    let room = format!("/consultations/{id}");
    let page = aki_browser.get(&room).await;
    let third = aki_browser.submit(&page, "/previews", &[]).await.leads_to();
    let read = aki_browser.get(&third).await;
    aki_browser.submit(&read, &third, &[("act", "approve")]).await.assert_status(303);
    for path in ["/home", room.as_str()] {
        aki_browser.get(path).await.assert_does_not_say("home-me-preview");
    }
    aki_browser.submit(&page, "/previews", &[("once", "")]).await.assert_status(404);
}
