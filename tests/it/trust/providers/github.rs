//! GitHub, which speaks OAuth 2 without an ID token.

use super::*;

const GITHUB: &str = "/sign-in/providers/github";

async fn with_github(db: PgPool) -> (TestApp, Issuer) {
    let issuer = Issuer::start().await;
    (with(db, vec![issuer.github()]).await, issuer)
}

async fn by_github(app: &TestApp, issuer: &Issuer, browser: &Browser) -> Page {
    let there = there(browser, GITHUB).await;
    browser.get(&issuer.allows(&there, app.clock.now())).await
}

#[sqlx::test]
async fn its_number_is_the_name_and_its_primary_verified_address_counts(db: PgPool) {
    let (app, issuer) = with_github(db).await;
    let browser = app.visitor();
    assert!(by_github(&app, &issuer, &browser).await.leads_to().starts_with("/settings/profile"));
    browser.get("/settings/profile").await.assert_says("people-profile-first");

    issuer.knows("renamed", "elsewhere@example.org", true);
    let again = app.visitor();
    by_github(&app, &issuer, &again).await.assert_status(303);

    let stored: (String, String) =
        sqlx::query_as("select issuer, subject from identities").fetch_one(&app.db).await.unwrap();
    assert_eq!(stored, (issuer.origin.clone(), "4711".to_owned()));
    let emails: Vec<String> = sqlx::query_scalar("select email from people").fetch_all(&app.db).await.unwrap();
    assert_eq!(emails, ["aki@example.org"]);
    assert!(issuer.last(GITHUB_TOKEN).contains("code_verifier="));
    assert!(issuer.last("/api/v3/user").contains("Bearer access"));
}

#[sqlx::test]
async fn trust_b15_an_address_that_it_did_not_verify_is_asked_by_mail(db: PgPool) {
    let (app, issuer) = with_github(db).await;
    issuer.knows("aki", "aki@example.org", false);
    let browser = app.visitor();

    let page = by_github(&app, &issuer, &browser).await;

    assert_eq!(page.leads_to(), "/sign-in/code?said=unproven");
    nobody_came_in(&app, &browser).await;
    assert_eq!(count(&app, "people").await, 0);
}

#[sqlx::test]
async fn trust_b14_an_equal_address_links_nothing(db: PgPool) {
    let (app, issuer) = with_github(db).await;
    app.as_(aki()).await;
    by_github(&app, &issuer, &app.visitor()).await.assert_status(409).assert_says("people-providers-link_first");
    assert_eq!(count(&app, "identities").await, 0);
}

#[sqlx::test]
async fn a_code_that_it_does_not_know_and_an_api_that_is_down_let_nobody_in(db: PgPool) {
    let (app, issuer) = with_github(db).await;
    let browser = app.visitor();
    let path = issuer.allows(&there(&browser, GITHUB).await, app.clock.now());
    browser.get(&path.replace("code=code-", "code=other-")).await.assert_status(400);
    for path in ["/api/v3/user", "/api/v3/user/emails", GITHUB_TOKEN] {
        for answer in [Answer::status("500 Oh"), Answer::text("application/json", "null"), Answer::Slow(Vec::new())] {
            issuer.answers(path, answer);
            by_github(&app, &issuer, &browser).await.assert_status(503).assert_says("people-providers-unavailable");
            issuer.recovers();
        }
    }
    nobody_came_in(&app, &browser).await;
}
