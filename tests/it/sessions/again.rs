//! Once more, with what was left for the next time.

use super::*;
use kabeuchi::domain::id::ConsultationId;

/// A session in which one item was left for the next time and one was covered; then closed.
async fn closed(app: &TestApp) -> ConsultationId {
    let id = app.in_session(hana(), aki()).await;
    let run = format!("/consultations/{id}/run");
    let hana = app.as_(hana()).await;
    for (title, outcome) in [("Alerts at night", "next_time"), ("Which SLO first?", "covered")] {
        hana.post(&run, &[("act", "item"), ("title", title)]).await.assert_status(303);
        let item = hana.get(&run).await.attributes("input[name=item]", "value").pop().unwrap();
        hana.post(&run, &[("act", "outcome"), ("item", &item), ("outcome", outcome)]).await.assert_status(303);
    }
    hana.post(&run, &[("act", "finish")]).await.assert_status(303);
    app.run_jobs().await;
    hana.post(&format!("/consultations/{id}/closing"), &[]).await.assert_status(303);
    app.mailbox().empty().await;
    id
}

/// Items of a document with where they came from.
async fn items(app: &TestApp, id: &str) -> Vec<(String, String, String)> {
    sqlx::query_as("select title, origin, stage from items where consultation_id = $1::uuid order by position")
        .bind(id)
        .fetch_all(&app.db)
        .await
        .unwrap()
}

fn carried() -> Vec<(String, String, String)> {
    vec![("Alerts at night".into(), "carried".into(), "asked".into())]
}

#[sqlx::test]
async fn a_host_opens_it_at_once_even_beyond_the_places_of_the_call(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = closed(&app).await;
    sqlx::query("update calls set capacity = 1").execute(&app.db).await.unwrap();
    app.again(id, mio()).await;
    app.mailbox().empty().await;
    let path = format!("/consultations/{id}/again");
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    page.assert_says("sessions-again-full");
    assert_eq!(page.texts("main .plain-list li"), ["Alerts at night"]);

    let child = hana.post(&path, &[]).await.assert_status(303).leads_to();

    let child = child.trim_start_matches("/consultations/").split('?').next().unwrap().to_owned();
    assert_eq!(items(&app, &child).await, carried());
    app.run_jobs().await;
    assert_eq!(items(&app, &child).await, carried(), "they come along once");
    assert_eq!(app.mailbox().last_to(aki()).await.link(), format!("/consultations/{child}"));
    let aki = app.as_(aki()).await;
    let lead = aki.get(&format!("/consultations/{child}")).await;
    assert_eq!(lead.links(&format!("/consultations/{id}")), [format!("/consultations/{id}")]);
    hana.post(&path, &[]).await.assert_status(409).assert_says("sessions-again-is_open");
}

#[sqlx::test]
async fn a_guest_applies_and_the_application_names_the_former_one(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = closed(&app).await;
    let path = format!("/consultations/{id}/again");
    let aki = app.as_(aki()).await;
    let wrong = aki.post(&path, &[("summary", "The alerts again"), ("minutes", "7")]).await;
    wrong.assert_status(422).assert_says("applications-new-confidential_missing");
    assert_eq!(wrong.texts("textarea"), ["The alerts again"]);
    let form = [("summary", "The alerts again"), ("minutes", "30"), ("confidential", "yes")];
    let page = aki.get(&path).await;
    sqlx::query("update calls set confidentiality_version = confidentiality_version + 1")
        .execute(&app.db)
        .await
        .unwrap();
    let stale = aki.submit(&page, &path, &form).await;
    stale.assert_status(422).assert_says("applications-new-confidential_changed");

    let application = aki.post(&path, &form).await.assert_status(303).leads_to();

    let application = application.split('?').next().unwrap().to_owned();
    let twice = aki.post(&path, &form).await;
    twice.assert_status(409).assert_says("applications-new-already");
    assert_eq!(twice.texts("textarea"), ["The alerts again"]);
    let hana = app.as_(hana()).await;
    let child = hana.post(&format!("{application}/acceptance"), &[]).await.assert_status(303).leads_to();
    app.run_jobs().await;
    let child = child.trim_start_matches("/consultations/").split('?').next().unwrap().to_owned();
    assert_eq!(items(&app, &child).await, carried());
    let former: uuid::Uuid = sqlx::query_scalar("select former_id from consultations where consultation_id = $1::uuid")
        .bind(&child)
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(former, id.0);
}

#[sqlx::test]
async fn nobody_goes_on_before_it_is_over_and_what_was_typed_stays(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    let path = format!("/consultations/{id}/again");
    app.as_(hana()).await.post(&path, &[]).await.assert_status(409).assert_says("sessions-again-not_over");
    let form = [("summary", "The alerts again"), ("minutes", "30"), ("confidential", "yes")];

    let refused = app.as_(aki()).await.post(&path, &form).await;

    refused.assert_status(409).assert_says("sessions-again-not_over");
    assert_eq!(refused.texts("pre"), ["The alerts again"]);
    app.as_(ren()).await.post(&path, &form).await.assert_status(404);
}

#[sqlx::test]
async fn what_is_typed_for_the_next_time_waits_until_it_is_sent(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = closed(&app).await;
    let path = format!("/consultations/{id}/again");
    let aki = app.as_(aki()).await;
    let page = aki.get(&path).await;
    let draft = page.attributes("form[data-autosave]", "data-autosave").remove(0);
    aki.post(&draft, &[("summary", "The pager ag"), ("minutes", "60")]).await.assert_status(204);

    let again = aki.get(&path).await;

    again.assert_says("applications-new-unsent");
    assert_eq!(again.texts("textarea[name=summary]"), ["The pager ag"]);
    assert_eq!(again.attributes("input[name=minutes][checked]", "value"), ["60"]);
    aki.submit(&again, &path, &[("confidential", "yes")]).await.assert_status(303);
    assert!(!aki.get(&path).await.text().contains("The pager ag"));
}

#[sqlx::test]
async fn a_call_that_administrators_hold_back_goes_on_with_nobody(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = closed(&app).await;
    let path = format!("/consultations/{id}/again");
    let call = app.call_of(id).await.replace("/calls/", "/admin/calls/");
    let (hana_browser, toma_browser) = (app.as_(hana()).await, app.as_(toma()).await);

    toma_browser.post(&call, &[("act", "suspend"), ("reason", "It sells courses")]).await.assert_status(303);

    hana_browser.get(&path).await.assert_says("sessions-again-not_let");
    hana_browser.post(&path, &[]).await.assert_status(409).assert_says("sessions-again-not_let");
    toma_browser.post(&call, &[("act", "restore")]).await.assert_status(303);
    hana_browser.post(&path, &[]).await.assert_status(303);
}
