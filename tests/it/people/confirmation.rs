//! Being asked again who one is.

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

const CONFIRMATION: &str = "/settings/confirmation";

/// A browser of somebody, whose sign-in nothing carries on.
async fn left_alone(app: &TestApp, persona: Persona) -> Browser {
    let browser = app.visitor();
    browser.set_cookie("dev-sign-in", &app.as_(persona).await.cookies()["dev-sign-in"]);
    browser
}

#[sqlx::test]
async fn an_administrator_is_asked_again_after_a_quarter_of_an_hour(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(ren()).await;
    let ren_id = app.id_of(ren()).await.to_string();
    let toma_browser = left_alone(&app, toma()).await;
    toma_browser.get("/admin/people").await.assert_status(200);
    app.clock.advance(TimeDelta::minutes(15));

    for path in ["/admin/people", "/admin/jobs", "/admin/answers", "/admin/abuse-reports"] {
        let back: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        assert_eq!(toma_browser.get(path).await.leads_to(), format!("{CONFIRMATION}?next={back}"));
    }
    let refused = toma_browser.post("/admin/people", &[("person", &ren_id), ("act", "grant")]).await;
    refused.assert_status(403).assert_says("problem-reauth-title");
    app.as_(ren()).await.get("/calls").await.assert_status(403);

    let page = toma_browser.get(&format!("{CONFIRMATION}?next=/admin/people")).await;
    toma_browser.submit(&page, CONFIRMATION, &[("act", "send")]).await.assert_status(303);
    app.run_jobs().await;
    let code = app.mailbox().last_to(toma()).await.code();
    let page = toma_browser.get(&format!("{CONFIRMATION}?next=/admin/people")).await;
    let confirmed = toma_browser.submit(&page, CONFIRMATION, &[("act", "confirm"), ("code", &code)]).await;

    assert_eq!(confirmed.leads_to(), "/admin/people");
    let granted = toma_browser.post("/admin/people", &[("person", &ren_id), ("act", "grant")]).await;
    granted.assert_status(303);
    app.clock.advance(TimeDelta::minutes(14));
    toma_browser.get("/admin/people").await.assert_status(200);
    app.clock.advance(TimeDelta::minutes(1));
    toma_browser.get("/admin/people").await.assert_status(303);
}

#[sqlx::test]
async fn a_code_is_for_one_browser_once_and_dies_by_the_fifth_wrong_one(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (one, other) = (left_alone(&app, aki()).await, left_alone(&app, aki()).await);
    let ask = async |browser: &Browser| {
        browser.post(CONFIRMATION, &[("act", "send")]).await.assert_status(303);
        app.run_jobs().await;
        app.mailbox().last_to(aki()).await.code()
    };
    let confirm =
        async |browser: &Browser, code: &str| browser.post(CONFIRMATION, &[("act", "confirm"), ("code", code)]).await;
    app.clock.advance(TimeDelta::minutes(15));
    let code = ask(&one).await;

    confirm(&other, &code).await.assert_status(422).assert_says("people-confirmation-dead");
    confirm(&one, &code).await.assert_status(303);
    confirm(&one, &code).await.assert_status(422).assert_says("people-confirmation-dead");

    let code = ask(&other).await;
    for _ in 0..4 {
        confirm(&other, "AAAA-AAAA").await.assert_status(422).assert_says("people-code-wrong");
    }
    confirm(&other, "AAAA-AAAA").await.assert_status(422).assert_says("people-confirmation-dead");
    confirm(&other, &code).await.assert_status(422).assert_says("people-confirmation-dead");
    other.get("/settings/address").await.assert_status(303);

    let code = ask(&other).await;
    app.clock.advance(TimeDelta::minutes(10));
    confirm(&other, &code).await.assert_status(422).assert_says("people-confirmation-dead");
}

#[sqlx::test]
async fn confirming_leads_to_no_other_site(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(aki()).await;
    let page = browser.get(&format!("{CONFIRMATION}?next=https://evil.example")).await;
    assert_eq!(page.attributes("input[name=next]", "value"), ["/home"]);
    browser.post(CONFIRMATION, &[("act", "send")]).await.assert_status(303);
    app.run_jobs().await;
    let code = app.mailbox().last_to(aki()).await.code();

    let led = browser.post(CONFIRMATION, &[("act", "confirm"), ("code", &code), ("next", "//evil.example")]).await;

    assert_eq!(led.leads_to(), "/home");
}
