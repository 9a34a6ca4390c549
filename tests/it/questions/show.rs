//! The document: what is added, refused, previewed and marked as new.

use super::*;

#[sqlx::test]
async fn what_is_added_is_read_by_all_of_them_and_by_nobody_else(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/questions");
    let aki = app.as_(aki()).await;
    let page = aki.get(&path).await;
    page.assert_says("questions-show-empty_text");

    let added = aki
        .submit(&page, &path, &[("title", "Where do we begin?"), ("body", "We are **four**."), ("act", "add")])
        .await;

    assert_eq!(added.leads_to(), format!("{path}?said=saved"));
    let read = app.as_(hana()).await.get(&path).await;
    assert_eq!(read.texts(".item__title"), ["Where do we begin?"]);
    assert_eq!(read.texts(".post__body strong"), ["four"]);
    for persona in [ren(), sora(), toma()] {
        app.as_(persona).await.get(&path).await.assert_status(404);
        app.as_(persona).await.post(&path, &[("title", "x"), ("kind", "topic")]).await.assert_status(404);
    }
}

#[sqlx::test]
async fn a_refused_form_keeps_what_was_typed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/questions");
    let aki = app.as_(aki()).await;

    let refused = aki.post(&path, &[("kind", "question"), ("title", ""), ("body", "a long thought")]).await;

    refused.assert_status(422).assert_says("field-missing");
    assert_eq!(refused.texts("textarea[name=body]"), ["a long thought"]);
    aki.post(&path, &[("kind", "background"), ("title", "t")]).await.assert_status(422).assert_says("field-choice");
}

#[sqlx::test]
async fn trust_i12_a_sealed_document_refuses_and_gives_the_text_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let path = format!("/consultations/{consultation}/questions");
    let aki = app.as_(aki()).await;
    let mine = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    app.set_stage(consultation, Stage::Held).await;

    for (to, fields) in [
        (&path, vec![("kind", "topic"), ("title", "late"), ("body", "what I typed")]),
        (&item, vec![("body", "what I typed")]),
        (&mine, vec![("body", "what I typed"), ("revision", "1")]),
    ] {
        let refused = aki.post(to, &fields).await;
        refused.assert_status(409).assert_says("questions-show-sealed");
        assert_eq!(refused.texts("textarea[name=body]"), ["what I typed"], "{to}");
    }
    let goal = format!("/consultations/{consultation}/agenda");
    let refused = aki.post(&goal, &[("goal", "what I typed"), ("revision", "0")]).await;
    refused.assert_status(409).assert_says("questions-show-sealed");
    assert_eq!(refused.texts("textarea[name=goal]"), ["what I typed"]);
    assert_eq!(aki.get(&path).await.texts(".post__body"), ["We are four."]);
}

#[sqlx::test]
async fn hostile_markdown_is_harmless(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](data:text/html,x) ![i](https://e.example/p.png) <a href=\"https://x.example\" onclick=\"x()\">c</a>";

    app.as_(aki()).await.post(&item, &[("body", hostile)]).await.assert_status(303);

    let read = app.as_(hana()).await.get(&item).await;
    assert_eq!(read.texts(".thread script, .thread img, .thread [onerror], .thread [onclick]"), [""; 0]);
    let links = read.attributes(".post__body a", "href");
    assert!(links.iter().all(|l| l.starts_with("https:")), "{links:?}");
}

#[sqlx::test]
async fn the_preview_stores_nothing_and_works_without_javascript(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    let page = aki.get(&item).await;

    let drawn = aki.submit(&page, &item, &[("body", "**bold** <b>x</b>"), ("act", "preview")]).await;

    drawn.assert_status(200);
    assert_eq!(drawn.texts(".compose__preview strong"), ["bold"]);
    assert_eq!(drawn.texts("textarea[name=body]"), ["**bold** <b>x</b>"]);
    assert_eq!(drawn.texts(".post").len(), 1);
    let piece = aki.post(&format!("/consultations/{consultation}/questions/preview"), &[("text", "*a*")]).await;
    assert_eq!(piece.body, "<p><em>a</em></p>\n");
}

#[sqlx::test]
async fn what_looks_like_a_secret_is_pointed_out_and_may_be_saved_anyway(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    let text = "our settings:\nDB_PASSWORD=correct-horse";

    let second_look = aki.post(&item, &[("body", text)]).await;

    second_look.assert_status(422).assert_says("questions-secret-found").assert_says("questions-secret-password");
    assert_eq!(aki.get(&item).await.texts(".post").len(), 1);
    aki.submit(&second_look, &item, &[("secrets", "ok"), ("act", "write")]).await.assert_status(303);
    assert_eq!(aki.get(&item).await.texts(".post").len(), 2);
}

#[sqlx::test]
async fn what_was_written_since_the_last_visit_is_marked(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let path = format!("/consultations/{consultation}/questions");
    let hana = app.as_(hana()).await;
    hana.get(&path).await.assert_does_not_say("questions-writing-new");
    app.clock.advance(TimeDelta::hours(1));
    app.as_(aki()).await.post(&item, &[("body", "And one more thing")]).await.assert_status(303);
    app.clock.advance(TimeDelta::hours(1));

    for _ in 0..2 {
        assert_eq!(hana.get(&path).await.texts(".post:has(.badge) .post__body"), ["And one more thing"]);
    }

    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(hana.get(&path).await.texts(".post:has(.badge)"), [""; 0]);
}

#[sqlx::test]
async fn after_three_rounds_it_says_that_talking_may_be_faster(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, _) = asked(&app).await;
    let path = format!("/consultations/{consultation}/questions");
    for _ in 1..=3 {
        assert!(!app.as_(aki()).await.get(&path).await.text().contains("faster than written"));
        app.hand_over(consultation, aki()).await;
        app.hand_over(consultation, hana()).await;
    }
    let page = app.as_(aki()).await.get(&path).await;
    assert!(page.text().contains("3 rounds are written."), "{}", page.text());
    assert!(page.text().contains("faster than written"), "{}", page.text());
}
