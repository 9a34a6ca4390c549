//! A call that nobody needed goes; any other one stays.

use super::*;

#[sqlx::test]
async fn a_call_to_which_nobody_applied_goes_with_all_that_was_set_for_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = opened(&app).await;
    let hana = app.as_(hana()).await;
    app.run_jobs().await;
    let sheet = format!("{call}/run-sheet");
    let page = hana.get(&sheet).await;
    hana.submit(&page, &sheet, &[("act", "save")]).await.assert_status(303);
    let (deletion, hosts) = (format!("{call}/deletion"), format!("{call}/hosts"));
    hana.post(&hosts, &[("act", "invite"), ("email", "ren@example.org")]).await.assert_status(303);
    let page = hana.get(&deletion).await;
    page.assert_says("calls-deletion-text");

    hana.submit(&page, &deletion, &[]).await.assert_status(303);

    for path in [&deletion, &format!("{call}/edit"), "/hosts/hana/calls/slo"] {
        hana.get(path).await.assert_status(404);
    }
    let left: i64 = sqlx::query_scalar(
        "select (select count(*) from calls) + (select count(*) from run_sheets) + (select count(*) from call_hosts) + (select count(*) from host_invitations)",
    )
    .fetch_one(&app.db)
    .await
    .unwrap();
    assert_eq!(left, 0);
    app.pass(chrono::TimeDelta::days(31)).await;
    let stuck: i64 =
        sqlx::query_scalar("select count(*) from jobs where last_error is not null").fetch_one(&app.db).await.unwrap();
    assert_eq!(stuck, 0, "no work fails over what is gone");
}

#[sqlx::test]
async fn a_call_to_which_somebody_applied_stays_and_says_how_it_is_put_away(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = opened(&app).await;
    let id = call.rsplit('/').next().unwrap().parse().unwrap();
    let application = app.apply(aki(), id).await;
    app.as_(aki()).await.post(&format!("{application}/withdrawal"), &[]).await.assert_status(303);
    let deletion = format!("{call}/deletion");

    let refused = app.as_(hana()).await.post(&deletion, &[]).await;

    refused.assert_status(409).assert_says("calls-deletion-in_use");
    assert_eq!(refused.links(&format!("{call}/closing")).len(), 1);
    app.as_(hana()).await.get(&format!("{call}/edit")).await.assert_status(200);
    app.as_(aki()).await.get(&application).await.assert_status(200);
}

#[sqlx::test]
async fn the_owner_alone_deletes(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = opened(&app).await;
    app.as_(kai()).await;
    sqlx::query(
        "insert into call_hosts (call_id, person_id, may_decide, attends) select call_id, $1, true, true from calls",
    )
    .bind(app.id_of(kai()).await.0)
    .execute(&app.db)
    .await
    .unwrap();
    let deletion = format!("{call}/deletion");

    for (who, status) in [(kai(), 403), (sora(), 404), (toma(), 404)] {
        app.as_(who).await.get(&deletion).await.assert_status(status);
        app.as_(who).await.post(&deletion, &[]).await.assert_status(status);
    }

    app.as_(hana()).await.get(&deletion).await.assert_status(200);
}

#[sqlx::test]
async fn of_a_deletion_and_an_application_at_once_one_counts(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for _ in 0..4 {
        let call = app.open_call(hana()).await;
        let apply = app.apply_path(call).await;
        let sent = [
            ("summary", "Where to begin as the first SRE?"),
            ("minutes", "60"),
            ("locale", "en"),
            ("confidential", "yes"),
        ];
        let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
        let deletion = format!("/calls/{call}/deletion");

        let (deleted, applied) = tokio::join!(hana.post(&deletion, &[]), aki.post(&apply, &sent));

        assert!(
            [(303, 404), (409, 303)].contains(&(deleted.status, applied.status)),
            "{} {}",
            deleted.status,
            applied.status
        );
    }
}
