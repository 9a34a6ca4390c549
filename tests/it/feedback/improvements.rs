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

/// Changes a block because of something.
async fn changed(app: &TestApp, call: &str, block: &str, because: &str) {
    let form = [("because", because), ("change", "It is another now"), ("place", "run_sheet"), ("block", block)];
    let more = [("title", "A round of names"), ("minutes", "2"), ("act", "record")];
    let more = if block == "new" { &more[..] } else { &more[2..] };
    let path = format!("{call}/improvements");
    app.as_(hana()).await.post(&path, &[&form[..], more].concat()).await.assert_status(303);
}

/// Takes the change back that was made because of something.
async fn taken_back(app: &TestApp, because: &str) {
    let row: (uuid::Uuid, uuid::Uuid) =
        sqlx::query_as("select improvement_id, call_id from improvements where because = $1")
            .bind(because)
            .fetch_one(&app.db)
            .await
            .unwrap();
    let form = [("act", "withdraw"), ("improvement", &*row.0.to_string())];
    app.as_(hana()).await.post(&format!("/calls/{}/improvements", row.1), &form).await.assert_status(303);
}

/// Name and reason of each block of a run sheet, the latter with where it came from.
async fn sheet(app: &TestApp, call: &str) -> Vec<(String, String)> {
    let page = app.as_(hana()).await.get(&format!("{call}/run-sheet")).await;
    let names = page.attributes("input[name=title]", "value");
    let because = page.attributes("input[name=because]", "value");
    assert_eq!(
        page.texts(".sheet-form__because .badge").len(),
        because.iter().filter(|b| b.starts_with("They")).count()
    );
    names.into_iter().zip(because).filter(|(name, because)| !name.is_empty() || !because.is_empty()).collect()
}

#[sqlx::test]
async fn a_block_that_feedback_brought_leaves_with_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    let call = app.call_of(id).await;
    let added = ("A round of names".to_owned(), "They did not know who was who".to_owned());
    changed(&app, &call, "new", &added.1).await;
    assert_eq!(sheet(&app, &call).await, std::slice::from_ref(&added));

    taken_back(&app, &added.1).await;

    assert_eq!(sheet(&app, &call).await, []);
    let next = app.again(id, mio()).await;
    let run = app.as_(mio()).await.get(&format!("/consultations/{next}/run")).await;
    assert!(!run.text().contains("A round of names"), "{}", run.text());
    run.assert_does_not_say("sessions-run-from_feedback");
}

#[sqlx::test]
async fn a_block_says_again_what_it_said_before_feedback_changed_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.call_of(app.held().await).await;
    let because = async || sheet(&app, &call).await.into_iter().map(|(_, because)| because).collect::<Vec<_>>();
    changed(&app, &call, "ice_break", "They found it stiff").await;
    changed(&app, &call, "ice_break", "They were shy").await;
    assert_eq!(because().await, ["They were shy"]);

    taken_back(&app, "They were shy").await;
    assert_eq!(because().await, ["They found it stiff"]);
    changed(&app, &call, "ice_break", "They wanted tea").await;
    taken_back(&app, "They found it stiff").await;
    assert_eq!(because().await, ["They wanted tea"], "another change stands there");
    taken_back(&app, "They wanted tea").await;
    assert_eq!(because().await, [] as [&str; 0], "what was taken back does not come again");
}

#[sqlx::test]
async fn a_reason_that_a_host_wrote_since_stays(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.call_of(app.held().await).await;
    changed(&app, &call, "ice_break", "They found it stiff").await;
    let (hana, path) = (app.as_(hana()).await, format!("{call}/run-sheet"));
    let page = hana.get(&path).await;
    let others = page.attributes("input[name=because]", "value").len() - 1;
    let because = std::iter::once(("because", "I like it")).chain(std::iter::repeat_n(("because", ""), others));
    let form: Vec<_> = because.chain([("act", "save")]).collect();
    hana.submit(&page, &path, &form).await.assert_status(303);

    taken_back(&app, "They found it stiff").await;

    assert_eq!(sheet(&app, &call).await, [(String::new(), "I like it".to_owned())]);
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
