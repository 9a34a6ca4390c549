//! What stands out is decided, what participants mark is answered, before anything is public.

use super::told;
use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

const BODY: &str = "# What we did\n\nWe talked with Aki about web-prod-01.\n\nThen we laughed, on 12 March 2026.";

#[sqlx::test]
async fn what_stands_out_is_replaced_or_let_stand_before_it_is_published(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", BODY).await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    assert_eq!(page.texts("#marks mark"), ["Aki", "web-prod-01", "12 March 2026"]);
    host.submit(&page, &path, &[("act", "replace-2"), ("instead-2", "")]).await.assert_status(422);

    let typed = [("act", "replace-2"), ("instead-2", "an internal host"), ("title", "Typed meanwhile"), ("once", "")];
    host.submit(&page, &path, &typed).await.assert_status(303);
    let page = host.get(&path).await;
    assert!(page.texts("#field-body")[0].contains("an internal host"), "what was typed waits, not yet saved");
    assert_eq!(page.attributes("#field-title", "value"), ["Typed meanwhile"]);
    assert_eq!(page.texts("#marks mark"), ["Aki", "12 March 2026"]);
    host.submit(&page, &path, &[("act", "save")]).await.assert_status(303);
    let link = app.ask_about_report(id, aki()).await;
    app.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);

    let publication = format!("{path}/publication");
    let refused = host.post(&publication, &[&CHECKED[..], &[("slug", "x-y"), ("prefix", "x")]].concat()).await;
    refused.assert_status(422).assert_says("reports-publication-undecided");
    for _ in 0..2 {
        let page = host.get(&path).await;
        host.submit(&page, &path, &[("act", "keep-1")]).await.assert_status(303);
    }
    assert!(app.publish(id).await.ends_with("/1"), "letting stand changes no text, so the ok stands");
    host.post(&path, &[("act", "nothing-known")]).await.assert_status(422);
}

#[sqlx::test]
async fn a_word_that_a_participant_adds_is_pointed_out_and_stops_the_publication(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked about Polaris.").await.assert_status(303);
    let link = app.ask_about_report(id, aki()).await;
    let aki_browser = app.as_(aki()).await;
    let page = aki_browser.get(&link).await;
    let added =
        aki_browser.submit(&page, &link, &[("act", "term"), ("word", "polaris"), ("remark", "still typing")]).await;
    added.assert_status(200);
    assert_eq!(added.texts("#field-remark"), ["still typing"]);
    aki_browser.submit(&added, &link, &[("act", "approve"), ("remark", ""), ("once", "")]).await.assert_status(303);

    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    assert_eq!(host.get(&path).await.texts("#marks mark"), ["Polaris"]);
    host.post(&format!("{path}/publication"), &CHECKED).await.assert_status(422);
}

#[sqlx::test]
async fn a_word_never_to_be_printed_cannot_be_let_stand(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked about Polaris, on web-prod-01.").await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    host.submit(&page, &path, &[("act", "keep-1")]).await.assert_status(303);
    assert!(host.get(&path).await.texts("#marks mark").is_empty());

    for word in ["polaris", "prod"] {
        let page = host.get(&path).await;
        host.submit(&page, &path, &[("act", "term"), ("word", word)]).await.assert_status(303);
    }

    let page = host.get(&path).await;
    assert_eq!(page.texts("#marks mark"), ["Polaris", "web-prod-01"], "also where it was let stand before");
    assert_eq!(page.attributes("button[value^=replace]", "value").len(), 2);
    assert!(page.attributes("button[value^=keep]", "value").is_empty());
    for act in ["keep-1", "keep-2"] {
        host.submit(&page, &path, &[("act", act), ("once", "")]).await.assert_status(422);
    }
}

#[sqlx::test]
async fn what_stands_out_in_a_quote_is_decided_too(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    let words = "I see why web-prod-01 wakes us up at night, as Aki does, too";
    app.answer(aki(), id, &[("answer1", words), ("quote1", "yes")]).await.assert_status(303);
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    assert_eq!(page.texts("#marks mark"), ["web-prod-01", "Aki"]);
    assert!(page.attributes("button[value^=replace]", "value").is_empty(), "words of others are not changed");
    let link = app.ask_about_report(id, aki()).await;
    app.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);
    let publication = format!("{path}/publication");
    let series = [&CHECKED[..], &[("slug", "x-y"), ("prefix", "x")]].concat();
    host.post(&publication, &series).await.assert_status(422).assert_says("reports-publication-undecided");

    for _ in 0..2 {
        let page = host.get(&path).await;
        host.submit(&page, &path, &[("act", "keep-1")]).await.assert_status(303);
    }

    host.post(&publication, &series).await.assert_status(303);
}

#[sqlx::test]
async fn a_word_that_is_sent_twice_is_answered_twice(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked about Polaris.").await.assert_status(303);
    let link = app.ask_about_report(id, aki()).await;
    let aki_browser = app.as_(aki()).await;
    let page = aki_browser.get(&link).await;
    let word = [("act", "term"), ("word", "polaris")];
    aki_browser.submit(&page, &link, &word).await.assert_status(200);

    let again = aki_browser.submit(&page, &link, &word).await;

    again.assert_status(200);
    assert_eq!(again.texts("form .badge"), ["polaris"]);
}

#[sqlx::test]
async fn a_marked_passage_is_answered_and_the_next_version_asks_anew(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "# What we did\n\nWe talked.\n\nThen we laughed.").await.assert_status(303);
    let link = app.ask_about_report(id, aki()).await;
    let aki_browser = app.as_(aki()).await;
    let page = aki_browser.get(&link).await;
    assert_eq!(page.texts("details summary .lines"), ["We talked.", "Then we laughed."], "no heading");
    let both = [("act", "approve"), ("note-1", "We did not laugh")];
    let both = aki_browser.submit(&page, &link, &both).await;
    both.assert_status(422).assert_says("reports-preview-marked_and_ok");
    assert_eq!(both.texts("#field-note-1"), ["We did not laugh"]);

    aki_browser.submit(&both, &link, &[("act", "changes"), ("once", "")]).await.assert_status(303);

    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    page.assert_says("reports-report-is_changes_wanted");
    assert_eq!(page.texts("#passages blockquote"), ["Then we laughed."]);
    assert!(page.text().contains("We did not laugh"));
    let passage = page.attributes("input[name=passage]", "value").pop().unwrap();
    host.submit(&page, &path, &[("body", "We talked."), ("act", "save")]).await.assert_status(303);
    let second = app.ask_about_report(id, aki()).await;
    aki_browser.post(&second, &[("act", "approve")]).await.assert_status(303);
    let publication = format!("{path}/publication");
    let fields = [&CHECKED[..], &[("slug", "x-y"), ("prefix", "x")]].concat();
    host.post(&publication, &fields).await.assert_status(422);
    host.post(&path, &[("act", "solve"), ("passage", &passage), ("reply", "Left out")]).await.assert_status(303);
    host.post(&path, &[("act", "solve"), ("passage", &passage)]).await.assert_status(409);
    let read = aki_browser.get(&second).await;
    assert!(read.text().contains("Left out"), "whoever marked it reads the answer");
    host.post(&publication, &fields).await.assert_status(303);
}

#[sqlx::test]
async fn the_host_hears_that_a_preview_is_over(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    app.ask_about_report(id, aki()).await;

    app.pass(TimeDelta::days(7)).await;

    let subject = app.mailbox().last_to(hana()).await.subject;
    assert!(subject.starts_with("The preview is over"), "{subject}");
}
