//! What was typed and not sent.

use super::*;

#[sqlx::test]
async fn what_is_typed_is_kept_shown_filled_and_deleted_when_sent(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    let draft = aki.get(&item).await.attributes("form[data-autosave]", "data-autosave")[0].clone();

    aki.post(&draft, &[("body", "half a thou")]).await.assert_status(204);

    let page = aki.get(&item).await;
    page.assert_says("questions-writing-unsent");
    assert_eq!(page.texts("textarea[name=body]"), ["half a thou"]);
    assert_eq!(app.as_(hana()).await.get(&item).await.texts("textarea[name=body]"), [""]);
    aki.submit(&page, &item, &[("act", "write")]).await.assert_status(303);
    let sent = aki.get(&item).await;
    sent.assert_does_not_say("questions-writing-unsent");
    assert_eq!(sent.texts("textarea[name=body]"), [""]);
}

#[sqlx::test]
async fn the_forms_of_the_document_keep_their_drafts(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    let mine = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    for path in [
        format!("/consultations/{consultation}/questions"),
        format!("/consultations/{consultation}/agenda"),
        mine.clone(),
    ] {
        let page = aki.get(&path).await;
        let to = page.attributes("form[data-autosave]", "data-autosave")[0].clone();
        let field = if path.ends_with("agenda") { "goal" } else { "body" };
        aki.post(&to, &[(field, "half"), ("revision", "1"), ("kind", "topic")]).await.assert_status(204);
        assert_eq!(aki.get(&path).await.texts(&format!("textarea[name={field}]")), ["half"], "{path}");
    }
}

#[sqlx::test]
async fn other_forms_and_long_subjects_are_refused(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let aki = app.as_(aki()).await;
    aki.post("/drafts/anything/1", &[("body", "x")]).await.assert_status(404);
    aki.post(&format!("/drafts/post/{}", "x".repeat(81)), &[("body", "x")]).await.assert_status(422);
    app.visitor().post("/drafts/post/1", &[("body", "x")]).await.assert_status(401);
}
