//! The goal, the order, and who agrees to them.

use super::*;

async fn kept(app: &TestApp) -> (ConsultationId, String, String) {
    let (consultation, item) = asked(app).await;
    app.as_(aki()).await.post(&item, &[("act", "keep")]).await.assert_status(303);
    (consultation, item, format!("/consultations/{consultation}/agenda"))
}

#[sqlx::test]
async fn it_needs_an_item_and_the_leads_ok(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    app.join(consultation, mio()).await;
    let path = format!("/consultations/{consultation}/agenda");
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    hana.post(&path, &[("act", "agree")]).await.assert_status(409).assert_says("questions-agenda-no_items");
    aki.post(&path, &[("act", "ok")]).await.assert_status(409).assert_says("questions-agenda-no_items");
    hana.post(&item, &[("act", "keep")]).await.assert_status(303);
    hana.post(&path, &[("act", "agree")]).await.assert_status(409).assert_says("questions-agenda-no_ok");
    app.as_(mio()).await.post(&path, &[("act", "ok")]).await.assert_status(403);
    aki.post(&path, &[("act", "agree")]).await.assert_status(403);

    aki.post(&path, &[("act", "ok")]).await.assert_status(303);
    hana.post(&path, &[("act", "agree")]).await.assert_status(303);

    assert_eq!(app.stage_of(consultation).await, Stage::Ready);
    app.run_jobs().await;
    for persona in [crate::support::aki(), mio()] {
        assert_eq!(app.mailbox().subjects(persona).await, ["The plan is set: Where to begin as the first SRE"]);
    }
    aki.post(&path, &[("act", "reopen")]).await.assert_status(303);
    assert_eq!(app.stage_of(consultation).await, Stage::Preparing);
    hana.post(&path, &[("act", "agree")]).await.assert_status(409).assert_says("questions-agenda-no_ok");
}

#[sqlx::test]
async fn forty_eight_hours_of_silence_are_an_ok(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item, path) = kept(&app).await;
    let hana = app.as_(hana()).await;
    app.clock.advance(TimeDelta::hours(47));
    app.as_(aki()).await.post(&item, &[("body", "wait")]).await.assert_status(303);
    app.clock.advance(TimeDelta::hours(47));
    hana.post(&path, &[("act", "agree")]).await.assert_status(409);
    app.clock.advance(TimeDelta::hours(1));

    hana.post(&path, &[("act", "agree")]).await.assert_status(303);

    assert_eq!(app.stage_of(consultation).await, Stage::Ready);
}

#[sqlx::test]
async fn the_host_orders_and_a_member_only_writes(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, _, path) = kept(&app).await;
    app.join(consultation, mio()).await;
    let second = app.ask(consultation, mio(), "And who is on call?", "").await;
    app.as_(mio()).await.post(&second, &[("act", "keep")]).await.assert_status(303);
    let id = second.rsplit('/').next().unwrap();
    app.as_(mio()).await.post(&path, &[("up", id)]).await.assert_status(403);
    app.as_(aki()).await.post(&path, &[("up", id)]).await.assert_status(403);

    app.as_(hana()).await.post(&path, &[("up", id)]).await.assert_status(303);

    let order = app.as_(mio()).await.get(&path).await.texts(".card__title");
    assert_eq!(order, ["And who is on call?", "Where do we begin?"]);
    app.as_(hana()).await.post(&path, &[("down", id)]).await.assert_status(303);
    let order = app.as_(mio()).await.get(&path).await.texts(".card__title");
    assert_eq!(order, ["Where do we begin?", "And who is on call?"]);
}

#[sqlx::test]
async fn a_change_asks_the_lead_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, _, path) = kept(&app).await;
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    aki.post(&path, &[("act", "ok")]).await.assert_status(303);
    hana.post(&path, &[("act", "goal"), ("goal", "One SLO"), ("revision", "0")]).await.assert_status(303);

    hana.post(&path, &[("act", "agree")]).await.assert_status(409).assert_says("questions-agenda-no_ok");
}

#[sqlx::test]
async fn a_stale_goal_shows_both(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, _, path) = kept(&app).await;
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    let page = aki.get(&path).await;
    hana.post(&path, &[("goal", "One SLO"), ("revision", "0")]).await.assert_status(303);

    let stale = aki.submit(&page, &path, &[("goal", "A team"), ("act", "goal")]).await;

    stale.assert_status(409).assert_says("questions-agenda-stale");
    assert_eq!(stale.texts(".two-texts pre"), ["A team", "One SLO"]);
    aki.submit(&stale, &path, &[("act", "goal")]).await.assert_status(303);
    assert_eq!(hana.get(&path).await.texts("textarea[name=goal]"), ["A team"]);
}
