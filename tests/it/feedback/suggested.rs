//! What was missing is not lost: answers to the second question, and items that stayed open.

use super::*;

const GAP: &str = "How to begin with SLOs";

async fn answered(app: &TestApp) -> (ConsultationId, String) {
    let id = app.held().await;
    app.answer(aki(), id, &[("answer1", WORDS), ("answer2", GAP)]).await.assert_status(303);
    (id, format!("/consultations/{id}/follow-ups"))
}

#[sqlx::test]
async fn an_answer_about_what_was_missing_waits_for_the_host_while_it_is_there(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = answered(&app).await;
    let hana = app.as_(hana()).await;
    let waiting = async || {
        let turns = hana.get("/home").await.links(&path).len();
        (hana.get(&path).await.texts("blockquote"), turns)
    };
    assert_eq!(waiting().await, (vec![GAP.to_owned()], 1));
    assert_eq!(app.as_(aki()).await.get(&path).await.texts("blockquote"), [] as [&str; 0], "nothing is promised yet");

    app.answer(aki(), id, &[("answer2", "How to begin with one SLO")]).await.assert_status(303);
    assert_eq!(waiting().await, (vec!["How to begin with one SLO".to_owned()], 1), "one, in the words of now");
    app.answer(aki(), id, &[("answer2", "")]).await.assert_status(303);
    assert_eq!(waiting().await, (vec![], 0));
    hana.get(&path).await.assert_says("feedback-follow_ups-empty");
}

#[sqlx::test]
async fn a_host_closes_once_they_said_what_becomes_of_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = answered(&app).await;
    let (hana, closing) = (app.as_(hana()).await, format!("/consultations/{id}/closing"));
    let page = hana.get(&closing).await;
    page.assert_says("feedback-closing-suggested");
    assert!(page.text().contains(GAP) && page.links(&path) == [path.clone()], "{}", page.text());
    hana.post(&closing, &[]).await.assert_status(409).assert_says("feedback-closing-suggested");
    let feedback = hana.get(&path).await.attributes("input[name=feedback]", "value").remove(0);
    let reason = |why| [("act", "drop"), ("feedback", feedback.as_str()), ("reason", why)];
    hana.post(&path, &reason("")).await.assert_status(422).assert_says("field-missing");

    hana.post(&path, &reason("We talked about it at the station")).await.assert_status(303);

    assert!(hana.get(&path).await.text().contains("We talked about it at the station"));
    assert!(hana.get("/home").await.links(&path).is_empty());
    hana.post(&closing, &[]).await.assert_status(303);
    assert_eq!(app.stage_of(id).await, Stage::Closed);
}

#[sqlx::test]
async fn what_was_missing_outlives_the_end_that_comes_by_itself(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = answered(&app).await;
    app.pass(TimeDelta::days(31)).await;
    assert_eq!(app.stage_of(id).await, Stage::Closed);
    app.mailbox().empty().await;
    let hana = app.as_(hana()).await;
    assert_eq!(hana.get("/home").await.links(&path), std::slice::from_ref(&path));
    let page = hana.get(&path).await;
    assert_eq!(page.texts("blockquote"), [GAP]);

    let feedback = page.attributes("input[name=feedback]", "value").remove(0);
    hana.post(&path, &[("act", "owe"), ("feedback", &feedback)]).await.assert_status(303);
    let owed = hana.get(&path).await.attributes("input[name=follow_up]", "value").remove(0);
    hana.post(&path, &[("act", "send"), ("follow_up", &owed), ("body", "Begin with one path")])
        .await
        .assert_status(303);

    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(aki()).await.link(), path);
    assert!(app.as_(aki()).await.get(&path).await.text().contains("Begin with one path"));
}

#[sqlx::test]
async fn a_host_writes_about_an_item_that_stayed_open(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    let thread = app.ask(id, mio(), "Who is on call?", "At night").await;
    let item = thread.rsplit('/').next().unwrap().to_owned();
    app.hold(id).await;
    let (hana, path) = (app.as_(hana()).await, format!("/consultations/{id}/follow-ups"));
    hana.get(&thread).await.assert_does_not_say("feedback-follow_ups-owe");
    sqlx::query("update items set stage = 'next_time'").execute(&app.db).await.unwrap();
    assert_eq!(hana.get(&path).await.texts(".card__title"), ["Who is on call?"]);
    app.as_(mio()).await.get(&thread).await.assert_does_not_say("feedback-follow_ups-owe");
    let page = hana.get(&thread).await;

    hana.submit(&page, &path, &[("act", "item"), ("item", &item)]).await.assert_status(303);

    let page = hana.get(&path).await;
    assert_eq!(page.texts("blockquote"), ["Who is on call?"]);
    assert!(page.text().contains("You owe Mio an answer"), "whoever asked gets it: {}", page.text());
    assert_eq!(page.texts(".card__title"), [] as [&str; 0]);
    let again = hana.post(&path, &[("act", "item"), ("item", &item)]).await;
    again.assert_status(409).assert_says("feedback-follow_ups-already");
    hana.post(&format!("/consultations/{id}/closing"), &[]).await.assert_status(409);
}

#[sqlx::test]
async fn one_press_says_that_nothing_was_missing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = answered(&app).await;
    let hana = app.as_(hana()).await;
    let feedback = hana.get(&path).await.attributes("input[name=feedback]", "value").remove(0);
    let nothing = [("act", "nothing"), ("feedback", feedback.as_str())];
    app.as_(aki()).await.post(&path, &nothing).await.assert_status(403);

    hana.post(&path, &nothing).await.assert_status(303);

    assert!(hana.get("/home").await.links(&path).is_empty());
    hana.post(&path, &nothing).await.assert_status(409).assert_says("feedback-follow_ups-not_now");
    hana.post(&format!("/consultations/{id}/closing"), &[]).await.assert_status(303);
}
