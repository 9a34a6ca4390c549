//! Who administers: made and taken back by another, and never nobody.

use crate::support::digest::{changed, digest};
use crate::support::*;
use sqlx::PgPool;

async fn page_of(app: &TestApp, persona: Persona) -> String {
    app.as_(persona).await;
    format!("/admin/people/{}", app.id_of(persona).await)
}

/// How often somebody did something, by the audit log.
async fn audited(app: &TestApp, action: &str, by: Persona) -> i64 {
    sqlx::query_scalar("select count(*) from audit_entries where action = $1 and outcome = 'done' and actor_id = $2")
        .bind(action)
        .bind(app.id_of(by).await.0)
        .fetch_one(&app.db)
        .await
        .unwrap()
}

#[sqlx::test]
async fn an_administrator_makes_another_and_takes_it_back_and_open_pages_feel_it_at_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (path, ren_browser, toma_browser) = (page_of(&app, ren()).await, app.as_(ren()).await, app.as_(toma()).await);
    let page = toma_browser.get(&path).await;

    toma_browser.submit(&page, &path, &[("act", "appoint")]).await.assert_status(303);

    assert!(ren_browser.get("/home").await.leads_to().starts_with("/sign-in"), "they sign in anew");
    let ren_browser = app.as_(ren()).await;
    ren_browser.get("/admin/people").await.assert_status(200);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(ren()).await.subject, "You administer this site now");
    toma_browser.post(&path, &[("act", "appoint")]).await.assert_status(303);
    assert_eq!(audited(&app, "administrator_granted", toma()).await, 1);

    let page = toma_browser.get(&path).await;
    toma_browser.submit(&page, &path, &[("act", "dismiss")]).await.assert_status(303);

    assert!(ren_browser.get("/admin/people").await.leads_to().starts_with("/sign-in"));
    app.as_(ren()).await.get("/admin/people").await.assert_status(404);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(ren()).await.subject, "You do not administer this site any more");
    assert_eq!(audited(&app, "administrator_withdrawn", toma()).await, 1);
    let close = [("act", "decide"), ("kind", "account"), ("reason", "Sold courses")];
    toma_browser.post(&path, &close).await.assert_status(303);
    let closed = toma_browser.post(&path, &[("act", "appoint")]).await;
    closed.assert_status(409).assert_says("admin-person-closed");
}

#[sqlx::test]
async fn nobody_takes_it_from_themselves(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(nao()).await;
    let (path, toma_browser) = (page_of(&app, toma()).await, app.as_(toma()).await);
    assert_eq!(toma_browser.get(&path).await.attributes("button[value=dismiss]", "value"), [""; 0]);
    let before = digest(&app.db).await;

    let refused = toma_browser.post(&path, &[("act", "dismiss")]).await;

    refused.assert_status(409).assert_says("admin-person-self");
    assert_eq!(changed(&before, &digest(&app.db).await), [""; 0]);
}

#[sqlx::test]
async fn of_two_who_take_it_from_each_other_at_once_one_stays(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (tomas, naos) = (page_of(&app, toma()).await, page_of(&app, nao()).await);
    for _ in 0..6 {
        let grant = "update people set administrator_since = created_at where name in ('Toma', 'Nao')";
        sqlx::query(grant).execute(&app.db).await.unwrap();
        let (toma_browser, nao_browser) = (app.as_(toma()).await, app.as_(nao()).await);

        let dismiss = [("act", "dismiss")];
        let answers = tokio::join!(toma_browser.post(&naos, &dismiss), nao_browser.post(&tomas, &dismiss));

        let statuses = [answers.0.status, answers.1.status];
        assert!(statuses.contains(&303) && !statuses.contains(&500), "{statuses:?}");
        let left = "select count(*) from people where administrator_since is not null";
        assert_eq!(sqlx::query_scalar::<_, i64>(left).fetch_one(&app.db).await.unwrap(), 1);
    }
}

#[sqlx::test]
async fn an_administrator_ends_all_sign_ins_of_somebody_who_hears_of_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (path, toma_browser) = (page_of(&app, ren()).await, app.as_(toma()).await);
    let (telephone, laptop) = (app.as_(ren()).await, app.as_(ren()).await);
    let page = toma_browser.get(&path).await;

    toma_browser.submit(&page, &path, &[("act", "sign-out")]).await.assert_status(303);

    for browser in [telephone, laptop] {
        assert!(browser.get("/home").await.leads_to().starts_with("/sign-in"));
    }
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(ren()).await.subject, "You were signed out everywhere");
    assert_eq!(audited(&app, "sign_ins_ended", toma()).await, 1);
    app.as_(ren()).await.get("/home").await.assert_status(200);
}
