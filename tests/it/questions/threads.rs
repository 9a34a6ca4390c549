//! Threads of an item that stand beside the main one.

use super::asked;
use crate::support::*;
use sqlx::PgPool;

#[sqlx::test]
async fn what_belongs_to_a_side_of_the_question_is_shown_under_its_name(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    let page = hana.get(&item).await;
    let tried = [("thread", "failed_attempts"), ("body", "What about alerts?"), ("act", "write")];
    hana.submit(&page, &item, &tried).await.assert_status(303);
    aki.post(&item, &[("body", "One more thing")]).await.assert_status(303);

    let page = aki.get(&item).await;

    assert_eq!(page.texts(".thread__name h2"), ["Failed attempts"]);
    assert_eq!(page.texts(".post__body"), ["We are four.", "One more thing", "What about alerts?"]);
    let within = page.attributes(".thread__name a", "href")[0].clone();
    let form = aki.get(within.split('#').next().unwrap()).await;
    assert_eq!(form.attributes("input[name=thread][checked]", "value"), ["failed_attempts"]);
    aki.submit(&form, &item, &[("body", "Nobody read them"), ("act", "write")]).await.assert_status(303);
    let document = hana.get(&format!("/consultations/{consultation}/questions")).await;
    assert_eq!(document.texts(".thread__name h3"), ["Failed attempts"]);
    let bodies = document.texts(".post__body");
    assert_eq!(bodies, ["We are four.", "One more thing", "What about alerts?", "Nobody read them"]);
}

#[sqlx::test]
async fn a_thread_that_nobody_knows_is_refused_with_the_text_kept(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let aki = app.as_(aki()).await;

    let refused = aki.post(&item, &[("thread", "gossip"), ("body", "what I typed")]).await;

    refused.assert_status(422).assert_says("field-choice");
    assert_eq!(refused.texts("textarea[name=body]"), ["what I typed"]);
    assert_eq!(aki.get(&item).await.texts(".post__body"), ["We are four."]);
    for thread in ["main", "motive", "missing_skills", "failed_attempts", "thought_experiment"] {
        aki.post(&item, &[("thread", thread), ("body", thread)]).await.assert_status(303);
    }
    assert_eq!(aki.get(&item).await.texts(".thread__name h2").len(), 4);
}
