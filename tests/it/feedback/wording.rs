//! The six questions in a call's own words.

use super::*;

const FIRST: &str = "What stays with you from the hour?";
const THIRD: &str = "Which sentence was missing?";
const SECOND: &str = "What will you remember?";

#[sqlx::test]
async fn an_answer_keeps_the_questions_it_was_given_to(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let path = format!("{}/feedback/wording?in=en", app.call_of(id).await);
    let hana = app.as_(hana()).await;
    let write = async |words: &str| {
        let page = hana.get(&path).await;
        hana.submit(&page, &path, &[("question1", words), ("question3", THIRD)]).await
    };
    write(FIRST).await.assert_status(303);
    app.hold(id).await;
    let form = format!("/consultations/{id}/feedback");
    let aki_browser = app.as_(aki()).await;
    assert_eq!(aki_browser.get(&form).await.texts(".question label.field__label")[0], FIRST);
    app.answer(aki(), id, &[("answer1", WORDS), ("quote1", "yes"), ("answer2", "More"), ("answer3", "None")])
        .await
        .assert_status(303);

    write(SECOND).await.assert_status(303);

    let answers = hana.get(&format!("/consultations/{id}/answers")).await;
    let usual = "Is there anything you could not finish saying or asking, wanted to hear in more detail, or that fell short of your expectations?";
    assert_eq!(answers.texts("h2"), [FIRST, usual, THIRD]);
    assert_eq!(aki_browser.get(&form).await.texts(".question label.field__label")[0], FIRST);
    let quotes = format!("/consultations/{id}/quotes");
    let askable = hana.get(&quotes).await.texts("main details > summary");
    assert!(askable[0].ends_with(usual) && askable[1].ends_with(THIRD), "{askable:?}");
    let mut conn = app.db.acquire().await.unwrap();
    let quoted = feedback::granted(&mut conn, id).await.unwrap();
    assert_eq!(quoted[0].wording.as_deref(), Some(FIRST), "a report asks as it was asked");
    let other = app.again(id, mio()).await;
    app.hold(other).await;
    let asked = app.as_(mio()).await.get(&format!("/consultations/{other}/feedback")).await;
    assert_eq!(asked.texts(".question label.field__label")[0], SECOND);
}

#[sqlx::test]
async fn the_database_changes_no_wording(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let path = format!("{}/feedback/wording?in=en", app.call_of(id).await);
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    hana.submit(&page, &path, &[("question1", FIRST)]).await.assert_status(303);

    let changed = sqlx::query("update feedback_wordings set questions[1] = 'Other words'").execute(&app.db).await;

    assert!(changed.is_err());
    let stale = hana.post(&path, &[("question1", SECOND), ("revision", "0")]).await;
    stale.assert_status(409).assert_says("feedback-wording-stale");
    assert_eq!(stale.texts("textarea[name=question1]"), [SECOND]);
    let long = hana.post(&path, &[("question1", &"a".repeat(301)), ("revision", "1")]).await;
    long.assert_status(422).assert_says("field-too_long");
    let japanese = hana.get(&path.replace("in=en", "in=ja")).await;
    assert_eq!(japanese.texts("textarea[name=question1]"), [""], "each language has its own words");
    hana.get(&path.replace("in=en", "in=xx")).await.assert_status(404);
}

#[sqlx::test]
async fn a_wording_half_written_waits_in_its_own_language(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let path = format!("{}/feedback/wording?in=en", app.call_of(id).await);
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    let autosave = page.attributes("form[data-autosave]", "data-autosave").remove(0);
    hana.post(&autosave, &[("question1", "What stays wi"), ("revision", "0")]).await.assert_status(204);

    let again = hana.get(&path).await;

    again.assert_says("feedback-wording-unsent");
    assert_eq!(again.texts("textarea[name=question1]"), ["What stays wi"]);
    let japanese = hana.get(&path.replace("in=en", "in=ja")).await;
    assert_eq!(japanese.texts("textarea[name=question1]"), [""]);
    app.as_(super::hana()).await.post(&path, &[("question1", SECOND), ("revision", "0")]).await.assert_status(303);
    hana.get(&path).await.assert_does_not_say("feedback-wording-unsent");
    hana.post(&autosave, &[("question1", "What stays wi"), ("revision", "0")]).await.assert_status(204);
    hana.get(&path).await.assert_says("feedback-wording-stale");
}
