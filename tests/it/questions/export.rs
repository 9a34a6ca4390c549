//! The document as a file to take along.

use super::*;

#[sqlx::test]
async fn the_document_goes_along_as_markdown(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    app.as_(hana()).await.post(&item, &[("act", "answer"), ("body", "- **Small**")]).await.assert_status(303);

    let file = app.as_(aki()).await.get(&format!("/consultations/{consultation}/export")).await;

    file.assert_status(200);
    assert_eq!(file.headers["content-type"], "text/markdown; charset=utf-8");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"questions.md\"");
    for part in ["# Where to begin as the first SRE", "## Where do we begin?", "We are four.", "- **Small**"] {
        assert!(file.body.contains(part), "{part} is not in {}", file.body);
    }
    app.as_(ren()).await.get(&format!("/consultations/{consultation}/export")).await.assert_status(404);
}
