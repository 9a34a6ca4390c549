//! Editing a post.

use super::*;

#[sqlx::test]
async fn a_stale_edit_shows_both_texts_and_loses_none(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    let path = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    let (first, second) = (aki.get(&path).await, aki.get(&path).await);
    aki.submit(&first, &path, &[("body", "We are five."), ("act", "save")]).await.assert_status(303);

    let stale = aki.submit(&second, &path, &[("body", "We are six."), ("act", "save")]).await;

    stale.assert_status(409).assert_says("questions-post-stale");
    assert_eq!(stale.texts(".two-texts pre"), ["We are six.", "We are five."]);
    assert_eq!(stale.texts("textarea[name=body]"), ["We are six."]);
    aki.submit(&stale, &path, &[("act", "save")]).await.assert_status(303);
    let read = app.as_(hana()).await.get(&path).await;
    assert_eq!(read.texts(".post__body"), ["We are six."]);
    assert_eq!(read.texts("details pre"), ["We are five.", "We are four."]);
}

#[sqlx::test]
async fn nobody_edits_what_another_wrote(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    app.join(consultation, mio()).await;
    let path = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    for persona in [hana(), mio()] {
        let browser = app.as_(persona).await;
        browser.get(&path).await.assert_status(200);
        browser.post(&path, &[("body", "mine"), ("revision", "1")]).await.assert_status(403);
    }
}
