//! Consent that is taken back, before and after publication.

use super::*;

#[sqlx::test]
async fn trust_i16_publishing_while_an_ok_is_taken_back_never_shows_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for round in 0..8 {
        let id = told(&app).await;
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        let link = app.ask_about_report(id, aki()).await;
        let aki_browser = app.as_(aki()).await;
        aki_browser.post(&link, &[("act", "approve")]).await.assert_status(303);
        let (report,): (String,) = sqlx::query_as("select report_id::text from reports where consultation_id = $1")
            .bind(id.0)
            .fetch_one(&app.db)
            .await
            .unwrap();
        let (path, host) = (format!("/consultations/{id}/report/publication"), app.as_(hana()).await);
        let page = host.get(&path).await;
        let revoked = [("report", report.as_str())];
        let (publishes, takes_back) =
            (host.submit(&page, &path, &CHECKED), aki_browser.post("/settings/privacy", &revoked));

        let (published, taken_back) = match round % 2 {
            0 => tokio::join!(publishes, takes_back),
            _ => {
                let (taken_back, published) = tokio::join!(takes_back, publishes);
                (published, taken_back)
            }
        };

        taken_back.assert_status(303);
        assert!([303, 409].contains(&published.status), "{}", published.status);
        let facts: Vec<String> =
            sqlx::query_scalar("select fact ->> 'fact' from facts where fact ->> 'report' = $1 order by at, fact_id")
                .bind(&report)
                .fetch_all(&app.db)
                .await
                .unwrap();
        let at = |name: &str| facts.iter().rposition(|fact| fact == name);
        assert_eq!(at("report_published").is_some(), published.status == 303, "{facts:?}");
        assert!(at("report_published") < at("report_hidden") || at("report_published").is_none(), "{facts:?}");
        let shown = "select count(*) from reports where stage = 'published'";
        assert_eq!(sqlx::query_scalar::<_, i64>(shown).fetch_one(&app.db).await.unwrap(), 0);
    }
}

#[sqlx::test]
async fn a_revoked_quote_hides_the_report_within_the_request(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let public = app.published(id, "A theme").await;
    assert!(app.visitor().get(&public).await.text().contains(WORDS));
    let aki_browser = app.as_(aki()).await;
    let page = aki_browser.get("/settings/privacy").await;
    let quote = page.attributes("button[name=quote]", "value").pop().unwrap();
    app.as_(mio()).await.post("/settings/privacy", &[("quote", &quote)]).await.assert_status(409);
    app.visitor().get(&public).await.assert_status(200);

    aki_browser.post("/settings/privacy", &[("quote", &quote)]).await.assert_status(303);

    app.visitor().get(&public).await.assert_status(410);
    let feed = app.visitor().get(&public.replace("/1", "/feed.atom")).await;
    assert!(!feed.body.contains("<entry"));
    app.pass(chrono::TimeDelta::minutes(3)).await;
    assert!(app.mailbox().last_to(hana()).await.subject.starts_with("A quote was taken back"));
    let publication = format!("/consultations/{id}/report/publication");
    app.as_(hana()).await.post(&publication, &CHECKED).await.assert_status(409);
    let host = app.as_(hana()).await;
    let report = host.get(&format!("/consultations/{id}/report")).await;
    assert!(!report.body.contains(WORDS), "the drawing leaves out what is not granted");
    aki_browser.post("/settings/privacy", &[("quote", &quote)]).await.assert_status(409);
}

#[sqlx::test]
async fn a_quote_that_was_changed_is_missed_where_the_host_looks(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let path = format!("/consultations/{id}/report");
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    let host = app.as_(hana()).await;
    host.get(&path).await.assert_does_not_say("reports-report-not_granted");

    app.answer(aki(), id, &[("answer1", "Something else")]).await.assert_status(303);

    host.get(&path).await.assert_says("reports-report-not_granted");
}

#[sqlx::test]
async fn a_revoked_approval_hides_the_report_and_a_new_version_keeps_its_number(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let public = app.published(id, "A theme").await;
    let aki_browser = app.as_(aki()).await;
    let page = aki_browser.get("/settings/privacy").await;
    let report = page.attributes("button[name=report]", "value").pop().unwrap();
    app.as_(mio()).await.post("/settings/privacy", &[("report", &report)]).await.assert_status(409);

    aki_browser.post("/settings/privacy", &[("report", &report)]).await.assert_status(303);

    app.visitor().get(&public).await.assert_status(410);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    host.post(&format!("{path}/publication"), &CHECKED).await.assert_status(409);
    let page = host.get(&path).await;
    host.submit(&page, &path, &[("body", "Told differently."), ("act", "save")]).await.assert_status(303);
    app.visitor().get(&public).await.assert_status(410);
    let link = app.ask_about_report(id, aki()).await;
    aki_browser.post(&link, &[("act", "approve")]).await.assert_status(303);
    assert_eq!(app.publish(id).await, public);
    assert!(app.visitor().get(&public).await.text().contains("Told differently."));
}

#[sqlx::test]
async fn an_ok_that_was_taken_back_keeps_that_version_away_even_where_it_was_not_needed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    app.ask_about_report(id, aki()).await;
    let (akis, mios) = (app.mailbox().last_to(aki()).await.link(), app.mailbox().last_to(mio()).await.link());
    app.as_(mio()).await.post(&mios, &[("act", "approve")]).await.assert_status(303);
    app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
    let public = app.publish(id).await;
    let mio_browser = app.as_(mio()).await;
    let page = mio_browser.get("/settings/privacy").await;
    let report = page.attributes("button[name=report]", "value").pop().unwrap();

    mio_browser.post("/settings/privacy", &[("report", &report)]).await.assert_status(303);

    app.visitor().get(&public).await.assert_status(410);
    let publication = format!("/consultations/{id}/report/publication");
    app.as_(hana()).await.post(&publication, &CHECKED).await.assert_status(409);
    app.visitor().get(&public).await.assert_status(410);
}
