//! One item: its acts, and what comes too late.

use super::*;

#[sqlx::test]
async fn the_host_asks_for_background_and_answers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    aki.post(&item, &[("act", "background"), ("body", "?")]).await.assert_status(403);

    hana.post(&item, &[("act", "background"), ("body", ""), ("prompt", "tried")]).await.assert_status(303);
    assert_eq!(hana.get(&item).await.texts(".item__kind .badge"), ["waits for background"]);
    aki.post(&item, &[("act", "write"), ("body", "Dashboards")]).await.assert_status(303);
    assert_eq!(hana.get(&item).await.texts(".item__kind .badge"), ["waits for an answer"]);
    aki.post(&item, &[("act", "answer"), ("body", "I answer myself")]).await.assert_status(403);
    hana.post(&item, &[("act", "answer"), ("body", "One service")]).await.assert_status(303);
    aki.post(&item, &[("act", "ask_on"), ("body", "Which one?")]).await.assert_status(303);
    hana.post(&item, &[("act", "answer"), ("body", "The one that hurts")]).await.assert_status(303);
    aki.post(&item, &[("act", "settle")]).await.assert_status(303);
    aki.post(&item, &[("act", "reopen")]).await.assert_status(303);

    let read = aki.get(&item).await;
    assert_eq!(read.texts(".item__kind .badge"), ["waits for an answer"]);
    assert_eq!(read.texts(".post__body").len(), 6);
}

#[sqlx::test]
async fn an_act_that_came_too_late_keeps_the_text(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let hana = app.as_(hana()).await;
    hana.post(&item, &[("act", "answer"), ("body", "One service")]).await.assert_status(303);

    let late = hana.post(&item, &[("act", "answer"), ("body", "Two services")]).await;

    late.assert_status(409).assert_says("questions-item-not_now");
    assert_eq!(late.texts("textarea[name=body]"), ["Two services"]);
    hana.post(&item, &[("act", "drop")]).await.assert_status(403);
    app.as_(aki()).await.post(&item, &[("act", "drop")]).await.assert_status(303);
    app.as_(aki()).await.post(&item, &[("body", "more")]).await.assert_status(409);
}

#[sqlx::test]
async fn trust_a08_what_was_taken_back_is_gone_for_the_others(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    let post = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    let hana = app.as_(hana()).await;
    assert!(hana.get(&post).await.text().contains("We are four."));

    aki.post(&item, &[("act", "drop")]).await.assert_status(303);

    for path in [post, item, format!("/consultations/{consultation}/questions")] {
        let page = hana.get(&path).await;
        page.assert_status(200);
        assert!(!page.body.contains("We are four."), "{path}");
    }
    let file = hana.get(&format!("/consultations/{consultation}/export")).await;
    assert!(!file.body.contains("We are four."));
}

#[sqlx::test]
async fn an_item_of_another_consultation_is_not_found(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let others = app.consultation(sora(), ren()).await;
    let id = item.rsplit('/').next().unwrap();

    let crossed = format!("/consultations/{others}/questions/{id}");

    app.as_(ren()).await.get(&crossed).await.assert_status(404);
    app.as_(ren()).await.post(&crossed, &[("body", "x")]).await.assert_status(404);
    app.as_(ren()).await.get(&item).await.assert_status(404);
}

#[sqlx::test]
async fn what_somebody_asked_who_left_is_closed_by_a_host_or_the_lead_and_not_before(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    for persona in [mio(), ren()] {
        app.join(consultation, persona).await;
    }
    let first = app.ask(consultation, mio(), "Which SLO first?", "We have none").await;
    let second = app.ask(consultation, mio(), "Who is on call?", "Nobody").await;
    let (hana, aki, ren) = (app.as_(hana()).await, app.as_(aki()).await, app.as_(ren()).await);
    for browser in [&hana, &aki] {
        browser.get(&first).await.assert_does_not_say("questions-item-act_drop_for");
        let kept = browser.post(&first, &[("act", "drop"), ("body", "typed")]).await;
        kept.assert_status(403).assert_says("questions-item-not_yours");
        assert_eq!(kept.texts("textarea[name=body]"), ["typed"]);
    }

    let leaves = format!("/consultations/{consultation}/participants");
    app.as_(mio()).await.post(&leaves, &[("act", "leave")]).await.assert_status(303);

    hana.get(&first).await.assert_says("questions-item-act_drop_for");
    ren.get(&first).await.assert_does_not_say("questions-item-act_drop_for");
    ren.post(&first, &[("act", "drop")]).await.assert_status(403);
    hana.post(&first, &[("act", "drop")]).await.assert_status(303);
    hana.post(&second, &[("act", "answer"), ("body", "Begin with a list")]).await.assert_status(303);
    ren.post(&second, &[("act", "settle")]).await.assert_status(403);
    aki.post(&second, &[("act", "settle")]).await.assert_status(303);
    assert_eq!(aki.get(&second).await.texts(".item__kind .badge"), ["settled"]);
    assert!(!aki.get(&first).await.text().contains("We have none"));
    aki.post(&first, &[("act", "drop")]).await.assert_status(409).assert_says("questions-item-not_now");
    hana.post(&format!("{second}/title"), &[("title", "Mine"), ("revision", "1")]).await.assert_status(403);
}
