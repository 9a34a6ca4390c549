//! The draft that the consultation fills.

use super::*;
use kabeuchi::domain::consultation::Stage;

#[sqlx::test]
async fn what_was_settled_in_writing_is_not_told_as_a_talk(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    app.set_stage(id, Stage::ResolvedInWriting).await;
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    host.post(&path, &[("act", "draft")]).await.assert_status(303);
    let body = host.get(&path).await.texts("#field-body").pop().unwrap();
    assert!(body.contains("all was settled in writing") && !body.contains("then talked"), "{body}");
}

#[sqlx::test]
async fn what_was_settled_in_writing_is_listed_and_the_questions_are_those_of_the_call(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    for (title, stage) in [("Which SLO first?", "settled"), ("Who is on call?", "answered"), ("A plan", "covered")] {
        app.ask(id, aki(), title, "We have none").await;
        let moved = sqlx::query("update items set stage = $2 where title = $1").bind(title).bind(stage);
        moved.execute(&app.db).await.unwrap();
    }
    let (wording, host) = (format!("{}/feedback/wording?in=en", app.call_of(id).await), app.as_(hana()).await);
    let page = host.get(&wording).await;
    host.submit(&page, &wording, &[("question1", "What stays with you?")]).await.assert_status(303);
    app.hold(id).await;
    let path = format!("/consultations/{id}/report");

    host.post(&path, &[("act", "draft")]).await.assert_status(303);

    let body = host.get(&path).await.texts("#field-body").pop().unwrap();
    let written = "## Settled in writing - Which SLO first?: settled - Who is on call?: answered #";
    assert!(body.contains(written) && !body.contains("## Who is on call?"), "{body}");
    assert!(body.contains("## A plan"), "{body}");
    assert!(body.contains("## What stays with you? (My comment on this)"), "{body}");
}
