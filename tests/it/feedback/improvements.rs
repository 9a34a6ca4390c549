//! What answers change, and where that is seen.

use super::*;

#[sqlx::test]
async fn an_answer_changes_the_run_sheet_and_the_block_says_why(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    app.answer(aki(), id, &[("answer5", "I did not know who was who")]).await.assert_status(303);
    let (hana, answers) = (app.as_(hana()).await, format!("/consultations/{id}/answers"));
    let path = hana.get(&answers).await.links(&app.call_of(id).await).remove(0);
    let page = hana.get(&path).await;
    assert_eq!(page.texts("blockquote"), ["I did not know who was who"]);
    let action = format!("{}/improvements", app.call_of(id).await);
    let why = "People did not know who was who";
    let form = [("because", why), ("change", "A round of names first"), ("place", "run_sheet"), ("block", "new")];
    let title = [("title", "A round of names"), ("minutes", "2"), ("act", "record")];

    hana.submit(&page, &action, &[&form[..], &title].concat()).await.assert_status(303);

    let next = app.again(id, mio()).await;
    let run = app.as_(mio()).await.get(&format!("/consultations/{next}/run")).await;
    assert_eq!(run.texts(".run-block__title")[2], "A round of names");
    run.assert_says("sessions-run-from_feedback");
    assert!(
        run.texts(".run-block__from").iter().any(|from| from.ends_with(why)),
        "{:?}",
        run.texts(".run-block__from")
    );
    hana.get(&answers).await.assert_says("feedback-answers-improved");
    for page in [run, hana.get(&action).await] {
        assert!(!page.text().contains("Aki"), "{} names who said it", page.path);
    }
}

#[sqlx::test]
async fn a_change_of_the_process_is_shown_on_the_page_of_the_call_until_it_is_taken_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    app.answer(aki(), id, &[("answer4", "I waited long")]).await.assert_status(303);
    let hana = app.as_(hana()).await;
    let path = hana.get(&format!("/consultations/{id}/answers")).await.links(&app.call_of(id).await).remove(0);
    let action = format!("{}/improvements", app.call_of(id).await);
    let form = [("because", "The wait was long"), ("change", "Answers within three days"), ("place", "process")];
    let page = hana.get(&path).await;
    let named = [&form[1..], &[("because", "Aki waited long"), ("act", "record")]].concat();
    let refused = hana.submit(&page, &action, &named).await;
    refused.assert_status(422).assert_says("feedback-improvements-named");
    assert_eq!(refused.attributes("input[name=because]", "value"), ["Aki waited long"]);
    let unknown = [&form[..2], &[("place", "everywhere"), ("act", "record")]].concat();
    hana.submit(&page, &action, &unknown).await.assert_status(422).assert_says("field-choice");

    let page = hana.get(&path).await;
    hana.submit(&page, &action, &[&form[..], &[("is_public", "yes"), ("act", "record")]].concat())
        .await
        .assert_status(303);

    let public = hana.get(&format!("/consultations/{id}")).await.links("/hosts/").remove(0);
    let says = async || app.visitor().get(&public).await.text().contains("Answers within three days");
    assert!(says().await);
    let recorded = hana.get(&action).await.attributes("input[name=improvement]", "value").remove(0);
    let withdraw = [("act", "withdraw"), ("improvement", recorded.as_str())];
    hana.post(&action, &withdraw).await.assert_status(303);
    assert!(!says().await);
    hana.post(&action, &withdraw).await.assert_status(409).assert_says("feedback-improvements-not_now");
}

#[sqlx::test]
async fn what_is_for_administrators_or_of_another_call_changes_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    let said = [("answer4", "I waited"), ("answer5", "He shouted"), ("administrators_only", "yes")];
    app.answer(aki(), id, &said).await.assert_status(303);
    let feedback: uuid::Uuid = sqlx::query_scalar("select feedback_id from feedback").fetch_one(&app.db).await.unwrap();
    let theirs = app.consultation(sora(), ren()).await;
    let hana = app.as_(hana()).await;
    let own = format!("{}/improvements?feedback={feedback}", app.call_of(id).await);
    hana.get(&format!("{own}&question=4")).await.assert_status(200);

    for question in [5, 1, 9] {
        hana.get(&format!("{own}&question={question}")).await.assert_status(404);
    }
    let other = format!("{}/improvements?feedback={feedback}&question=4", app.call_of(theirs).await);
    app.as_(sora()).await.get(&other).await.assert_status(404);
}
