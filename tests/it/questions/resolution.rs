//! The end in writing.

use super::*;

#[sqlx::test]
async fn the_host_proposes_and_the_lead_decides(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    app.join(consultation, mio()).await;
    let path = format!("/consultations/{consultation}/resolution");
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    aki.post(&path, &[("act", "propose")]).await.assert_status(403);
    hana.post(&path, &[("act", "propose")]).await.assert_status(409).assert_says("questions-resolution-open");
    hana.post(&item, &[("act", "answer"), ("body", "Small")]).await.assert_status(303);
    let page = hana.get(&path).await;
    hana.submit(&page, &path, &[("act", "propose")]).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(crate::support::aki()).await.link(), path);
    assert_eq!(app.mailbox().to(mio()).await, []);
    app.as_(mio()).await.post(&path, &[("act", "confirm")]).await.assert_status(403);

    aki.post(&path, &[("act", "refuse")]).await.assert_status(303);
    aki.post(&path, &[("act", "confirm")]).await.assert_status(409).assert_says("questions-resolution-not_now");
    hana.post(&path, &[("act", "propose")]).await.assert_status(303);
    aki.post(&path, &[("act", "confirm")]).await.assert_status(303);

    assert_eq!(app.stage_of(consultation).await, Stage::ResolvedInWriting);
    aki.get(&path).await.assert_says("questions-resolution-talk");
    app.clock.advance(TimeDelta::days(13));
    app.as_(crate::support::aki()).await.post(&path, &[("act", "talk")]).await.assert_status(303);
    app.run_jobs().await;
    app.pass(TimeDelta::days(20)).await;
    assert_eq!(app.stage_of(consultation).await, Stage::Preparing, "their time begins again");
}

#[sqlx::test]
async fn what_was_asked_after_the_proposal_is_not_sealed_unanswered(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let path = format!("/consultations/{consultation}/resolution");
    let (aki_browser, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    hana.post(&item, &[("act", "answer"), ("body", "Small")]).await.assert_status(303);
    hana.post(&path, &[("act", "propose")]).await.assert_status(303);
    let later = app.ask(consultation, aki(), "And then?", "What comes after?").await;

    aki_browser.post(&path, &[("act", "confirm")]).await.assert_status(409).assert_says("questions-resolution-open");

    let page = aki_browser.get(&path).await;
    assert_eq!(page.attributes("main button[name=act]", "value"), ["refuse"]);
    hana.post(&later, &[("act", "answer"), ("body", "Smaller")]).await.assert_status(303);
    aki_browser.post(&path, &[("act", "confirm")]).await.assert_status(303);
    assert_eq!(app.stage_of(consultation).await, Stage::ResolvedInWriting);
}

#[sqlx::test]
async fn after_two_weeks_it_stays_resolved(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/resolution");
    app.as_(hana()).await.post(&path, &[("act", "propose")]).await.assert_status(303);
    app.as_(aki()).await.post(&path, &[("act", "confirm")]).await.assert_status(303);
    app.clock.advance(TimeDelta::days(15));
    app.as_(aki()).await.post(&path, &[("act", "talk")]).await.assert_status(409);
}
