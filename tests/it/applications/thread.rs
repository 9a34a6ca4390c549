//! Messages beside the decision, and what a host knows of a person.

use super::*;

#[sqlx::test]
async fn both_sides_write_more_without_taking_the_turn(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    let (request, message) = (format!("{application}/request"), |body| [("act", "message"), ("body", body)]);

    aki_browser.post(&application, &message("We use Kubernetes")).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(hana()).await.subject, "The applicant wrote: Talk to me about SRE");
    hana_browser.get(&application).await.assert_says("applications-stage-yours");

    hana_browser.post(&request, &[("body", "How many clusters?")]).await.assert_status(303);
    app.run_jobs().await;
    hana_browser.get(&request).await.assert_says("applications-request-more");
    hana_browser.post(&request, &[("body", "A rough number is fine")]).await.assert_status(303);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert_eq!(mail.subject, "The host wrote: Talk to me about SRE");
    assert!(!mail.text.contains("rough number"), "mails never carry the text");

    let in_vain = aki_browser.post(&application, &message("Three")).await;
    in_vain.assert_status(409);
    assert_eq!(in_vain.texts("textarea[name=body]"), ["Three"], "to a question one answers");
    aki_browser.post(&application, &[("act", "answer"), ("body", "Three")]).await.assert_status(303);
    let said = hana_browser.get(&application).await.texts(".post__body");
    assert_eq!(said[1..], ["We use Kubernetes", "How many clusters?", "A rough number is fine", "Three"]);
}

#[sqlx::test]
async fn an_unknown_act_is_never_taken_for_an_answer(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.as_(hana()).await.post(&format!("{application}/request"), &[("body", "Why?")]).await.assert_status(303);

    let page = app.as_(aki()).await.post(&application, &[("act", "anwser"), ("body", "Because it burns")]).await;

    page.assert_status(422);
    assert_eq!(page.texts("textarea"), ["Because it burns"]);
    app.as_(aki()).await.get(&application).await.assert_says("applications-stage-yours");
}

#[sqlx::test]
async fn a_thread_that_is_too_long_keeps_the_last_text(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let aki = app.as_(aki()).await;
    for n in 0..30 {
        let body = format!("Message {n}");
        aki.post(&application, &[("act", "message"), ("body", &body)]).await.assert_status(303);
    }

    let page = aki.post(&application, &[("act", "message"), ("body", "One more")]).await;

    page.assert_status(409).assert_says("applications-show-enough");
    assert_eq!(page.texts("textarea[name=body]"), ["One more"]);
}

#[sqlx::test]
async fn kind_words_come_in_the_applicants_language_before_what_was_typed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    let fields = [ROUGH.as_slice(), &[("locale", "ja")]].concat();
    let application = app.as_(aki()).await.post(&path, &fields).await.leads_to();
    let refusal = format!("{}/refusal", application.split('?').next().unwrap());
    let hana = app.as_(hana()).await;
    hana.post(&refusal, &[("act", "words"), ("note", "春にまたどうぞ")]).await.assert_status(422);

    let page = hana.post(&refusal, &[("act", "words"), ("kind", "time"), ("note", "春にまたどうぞ")]).await;

    let note = page.texts("textarea[name=note]").remove(0);
    assert!(note.starts_with("Akiさん、ご連絡ありがとうございます。") && note.ends_with("春にまたどうぞ"), "{note}");
    let again = hana.post(&refusal, &[("act", "words"), ("kind", "time"), ("note", &note)]).await;
    assert_eq!(again.texts("textarea[name=note]"), [note.as_str()], "once is enough");
    hana.post(&refusal, &[("kind", "time"), ("note", &note)]).await.assert_status(303);
}

#[sqlx::test]
async fn a_host_sees_what_was_before_with_this_person_and_only_that(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (first, second) = (app.open_call(hana()).await, app.open_call(hana()).await);
    let former = app.apply(aki(), first).await;
    app.apply(aki(), app.open_call(sora()).await).await;
    app.as_(hana()).await.post(&format!("{former}/refusal"), &[("kind", "scope")]).await.assert_status(303);
    let application = app.apply(aki(), second).await;

    let page = app.as_(hana()).await.get(&application).await;

    page.assert_says("applications-stage-declined");
    let known: Vec<_> = page.links("/applications/").into_iter().filter(|link| link.len() == former.len()).collect();
    assert_eq!(known, [former.as_str()], "what went to another host is not told");
    let own = app.as_(aki()).await.get(&application).await;
    assert!(!own.links("/applications/").contains(&former), "the applicant's page tells nothing of it");
}
