//! The desk: the draft, what may be quoted, what a stale edit keeps.

use super::*;

#[sqlx::test]
async fn the_draft_has_the_parts_and_offers_only_what_may_be_quoted(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let path = format!("/consultations/{id}/report");
    let host = app.as_(hana()).await;
    host.get(&path).await.assert_says("reports-report-not_yet");
    host.post(&path, &[("act", "draft")]).await.assert_status(409);
    app.hold(id).await;
    app.answer(aki(), id, &[("answer1", WORDS), ("quote1", "yes"), ("answer6", SECRET)]).await;
    host.post(&path, &[("act", "draft")]).await.assert_status(303);

    let page = host.get(&path).await;

    let body = page.texts("#field-body").pop().unwrap();
    for part in ["How it began", "The flow before", "Background", "What we talked about", "Looking back", "Thanks"] {
        assert!(body.contains(part), "{part} is missing in {body}");
    }
    assert_eq!(page.texts("#field-quotes .choice"), [WORDS]);
    assert!(!page.body.contains(SECRET) && !page.body.contains(" checked"));
    for (persona, status) in [(aki(), 403), (ren(), 404), (sora(), 404)] {
        app.as_(persona).await.get(&path).await.assert_status(status);
        app.as_(persona).await.post(&path, &[("act", "save")]).await.assert_status(status);
    }
}

#[sqlx::test]
async fn nothing_but_the_button_begins_a_report(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);

    for act in ["", "save", "withdraw", "nothing-known"] {
        host.post(&path, &[("act", act)]).await.assert_status(422);
    }

    host.get(&path).await.assert_says("reports-report-begin");
}

#[sqlx::test]
async fn trust_i10_a_stale_edit_keeps_both_texts(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let path = format!("/consultations/{id}/report");
    let host = app.as_(hana()).await;
    host.post(&path, &[("act", "draft")]).await.assert_status(303);
    let (first, second) = (host.get(&path).await, host.get(&path).await);
    host.submit(&first, &path, &[("body", "From the first window"), ("act", "save")]).await.assert_status(303);

    let stale = host.submit(&second, &path, &[("body", "From the second"), ("act", "save")]).await;

    stale.assert_status(409).assert_says("reports-report-stale");
    assert_eq!(stale.texts("pre"), ["From the first window"]);
    assert_eq!(stale.texts("#field-body"), ["From the second"]);
    host.submit(&stale, &path, &[("act", "save")]).await.assert_status(303);
}

#[sqlx::test]
async fn words_of_answers_are_ticked_or_refused_and_looking_saves_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let path = format!("/consultations/{id}/report");
    let repeated = format!("They said: **{}**", SECRET.to_uppercase());
    app.report(id, "A theme", &repeated).await.assert_status(422).assert_says("reports-report-repeats");

    let typed = format!("One of them told me: {WORDS}. So it is.");
    let (host, by_hand) = (app.as_(hana()).await, [("title", "A theme"), ("body", typed.as_str()), ("act", "save")]);
    let page = host.get(&path).await;
    let refused = host.submit(&page, &path, &by_hand).await;
    refused.assert_status(422).assert_says("reports-report-repeats");
    assert_eq!(refused.texts("#field-body"), [typed], "words that may be quoted are ticked, not typed");
    let quote = page.attributes("input[name=quote]", "value").pop().unwrap();
    let role = format!("role-{quote}");
    let in_role = [("quote", quote.as_str()), (&role, SECRET), ("body", "We talked."), ("act", "save"), ("once", "")];
    host.submit(&page, &path, &in_role).await.assert_status(422).assert_says("reports-report-repeats");

    let looked = host.submit(&page, &path, &[("body", "# Only a look"), ("month", "2027-01"), ("act", "look")]).await;

    looked.assert_status(200).assert_says("reports-report-typed_reads");
    assert!(looked.text().contains("January 2027"));
    assert!(!host.get(&path).await.text().contains("Only a look"));
    let wrong = host.submit(&page, &path, &[("month", "12 January"), ("body", "kept"), ("once", "")]).await;
    wrong.assert_status(422).assert_says("reports-report-month_wrong");
    assert_eq!(wrong.texts("#field-body"), ["kept"]);
}
