//! Exact words that a host asks for: whoever wrote them decides, and nobody else sees them.

use crate::support::*;
use kabeuchi::domain::id::ConsultationId;
use kabeuchi::domain::person::Locale;
use kabeuchi::domain::quote::QuoteStage;
use kabeuchi::platform::i18n::Speech;
use sqlx::PgPool;

const ANSWER: &str = "I was glad that on-call is hard elsewhere, too. My boss does not know it.";
const PART: &str = "on-call is hard elsewhere, too";

async fn asked(app: &TestApp) -> (ConsultationId, String) {
    let id = app.held().await;
    app.join(id, mio()).await;
    app.answer(aki(), id, &[("answer1", ANSWER)]).await.assert_status(303);
    let path = format!("/consultations/{id}/quotes");
    let host = app.as_(hana()).await;
    let page = host.get(&path).await;
    host.submit(&page, &path, &[("act", "ask"), ("excerpt", PART)]).await.assert_status(303);
    app.run_jobs().await;
    (id, path)
}

#[sqlx::test]
async fn an_excerpt_is_asked_for_and_granted_by_its_writer_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = asked(&app).await;
    let mail = app.mailbox().last_to(aki()).await;
    assert!(mail.subject.starts_with("May these words be quoted") && !mail.source.contains("elsewhere"));
    assert_eq!(mail.link(), path);
    let report = format!("/consultations/{id}/report");
    let host = app.as_(hana()).await;
    host.post(&report, &[("act", "draft")]).await.assert_status(303);
    assert!(host.get(&report).await.attributes("input[name=quote]", "value").is_empty(), "asking grants nothing");
    let quote = app.as_(aki()).await.get(&path).await.attributes("input[name=quote]", "value").pop().unwrap();
    let others = app.as_(mio()).await;
    assert!(!others.get(&path).await.body.contains(PART), "a co-participant sees none of it");
    others.post(&path, &[("act", "grant"), ("quote", &quote)]).await.assert_status(404);
    host.post(&path, &[("act", "grant"), ("quote", &quote)]).await.assert_status(403);
    others.post(&path, &[("act", "ask"), ("excerpt", PART)]).await.assert_status(403);
    others.post(&path, &[("act", "wave"), ("quote", &quote)]).await.assert_status(422);

    let own = app.as_(aki()).await;
    let page = own.get(&path).await;
    assert_eq!(page.texts(".quote blockquote"), [PART], "only the part, as it will stand");
    assert_eq!(
        own.get("/home").await.links(&path),
        std::slice::from_ref(&path),
        "it waits for her, and for nobody else"
    );
    assert!(others.get("/home").await.links(&path).is_empty());
    own.submit(&page, &path, &[("act", "grant")]).await.assert_status(303);

    assert!(own.get("/home").await.links(&path).is_empty());
    assert_eq!(host.get(&report).await.texts("#field-quotes .choice"), [PART]);
    app.pass(chrono::TimeDelta::minutes(3)).await;
    assert!(app.mailbox().last_to(hana()).await.text.contains("may be quoted"));
    own.post(&path, &[("act", "refuse"), ("quote", &quote)]).await.assert_status(409);
}

#[sqlx::test]
async fn only_exact_words_are_asked_for_and_a_no_is_not_asked_about_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    app.answer(aki(), id, &[("answer1", ANSWER)]).await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/quotes"), app.as_(hana()).await);
    let page = host.get(&path).await;
    let made_up = host.submit(&page, &path, &[("act", "ask"), ("excerpt", "On-call is easy")]).await;
    made_up.assert_status(422).assert_says("feedback-quotes-not_exact");
    assert_eq!(made_up.texts("textarea"), ["On-call is easy"]);
    host.submit(&page, &path, &[("act", "ask"), ("excerpt", PART), ("once", "")]).await.assert_status(303);
    host.submit(&page, &path, &[("act", "ask"), ("excerpt", PART), ("once", "")]).await.assert_status(409);
    let own = app.as_(aki()).await;
    let shown = own.get(&path).await;
    own.submit(&shown, &path, &[("act", "refuse")]).await.assert_status(303);

    let again = host.submit(&page, &path, &[("act", "ask"), ("excerpt", PART), ("once", "")]).await;

    again.assert_status(409).assert_says("feedback-quotes-not_now_refused");
    assert!(again.texts("pre").contains(&PART.to_owned()), "typed words survive");
    for nearly in [&PART[1..], &PART[..PART.len() - 1], "hard elsewhere, too. My boss", ANSWER] {
        let refused = host.submit(&page, &path, &[("act", "ask"), ("excerpt", nearly), ("once", "")]).await;
        refused.assert_status(409).assert_says("feedback-quotes-not_now_refused");
    }
    let elsewhere = [("act", "ask"), ("excerpt", "My boss does not know it."), ("once", "")];
    host.submit(&page, &path, &elsewhere).await.assert_status(303);
    app.pass(chrono::TimeDelta::minutes(3)).await;
    assert!(app.mailbox().last_to(hana()).await.text.contains("shall not be quoted"));
}

#[sqlx::test]
async fn nothing_more_is_asked_of_an_answer_that_was_taken_back_as_a_whole(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    app.answer(aki(), id, &[("answer1", ANSWER), ("quote1", "yes")]).await.assert_status(303);
    let own = app.as_(aki()).await;
    let quote = own.get("/settings/privacy").await.attributes("button[name=quote]", "value").pop().unwrap();
    own.post("/settings/privacy", &[("quote", &quote)]).await.assert_status(303);

    let page = app.as_(hana()).await.get(&format!("/consultations/{id}/quotes")).await;

    assert!(page.attributes("[name=excerpt]", "name").is_empty());
}

#[sqlx::test]
async fn a_change_around_the_excerpt_makes_it_stale_and_it_is_asked_for_anew(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = asked(&app).await;
    let own = app.as_(aki()).await;
    let page = own.get(&path).await;
    own.submit(&page, &path, &[("act", "grant")]).await.assert_status(303);
    let report = format!("/consultations/{id}/report");
    let host = app.as_(hana()).await;
    host.post(&report, &[("act", "draft")]).await.assert_status(303);
    assert_eq!(host.get(&report).await.attributes("input[name=quote]", "value").len(), 1);

    app.answer(aki(), id, &[("answer1", &format!("Not so: {ANSWER}"))]).await.assert_status(303);

    assert!(
        host.get(&report).await.attributes("input[name=quote]", "value").is_empty(),
        "the words are the same, their sense is not"
    );
    let page = host.get(&path).await;
    page.assert_says("feedback-quotes-is_stale");
    host.submit(&page, &path, &[("act", "ask"), ("excerpt", PART)]).await.assert_status(303);
    app.as_(aki()).await.get(&path).await.assert_says("feedback-quotes-grant");
}

#[test]
fn every_refusal_has_a_text_in_both_languages() {
    let mut said = Vec::new();
    for locale in Locale::ALL {
        let speech = Speech { locale, zone: chrono_tz::UTC };
        said.extend(QuoteStage::ALL.map(|stage| speech.t(stage.refusal_key()).to_string()));
    }
    assert!(said.iter().all(|text| !text.is_empty() && !text.contains("not_now")), "{said:?}");
}
