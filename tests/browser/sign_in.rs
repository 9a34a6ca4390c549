//! Signing in by the mailed link or by a provider, and out again.

use crate::chrome::{ALL_MODES, Chrome};
use crate::support::issuer::Issuer;
use crate::support::*;
use sqlx::PgPool;

#[sqlx::test]
async fn a_newcomer_signs_in_by_the_mailed_link_and_chooses_a_name(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for (n, mode) in ALL_MODES.into_iter().enumerate() {
        let address = format!("newcomer{n}@example.org");
        let chrome = Chrome::open(&app.origin, mode).await;
        chrome.goto("/sign-in?next=/settings/sign-ins").await;
        chrome.fill("email", &address).await;
        chrome.go_on().await;
        app.run_jobs().await;
        chrome.goto(&app.mailbox().to_address(&address).await[0].link()).await;
        chrome.go_on().await;
        chrome.fill("name", "新しい人").await;
        chrome.go_on().await;
        assert_eq!(chrome.path().await, "/settings/sign-ins", "{mode:?}: {}", chrome.text().await);
        assert_eq!(chrome.attribute("html", "lang").await.as_deref(), Some(mode.locale.as_str()));

        chrome.press(".menu summary").await;
        chrome.follow("form[action='/sign-out'] button").await;
        chrome.goto("/home").await;
        assert_eq!(chrome.path().await, "/sign-in");
        chrome.close().await;
    }
}

/// On another site: the policy lets the form lead there, and the browser brings its cookie back.
#[sqlx::test]
async fn a_newcomer_signs_in_by_a_provider(db: PgPool) {
    let issuer = Issuer::start().await;
    let app = TestApp::spawn_with(db, |config| config.providers = vec![issuer.provider("acme", true)]).await;
    for (n, mode) in ALL_MODES.into_iter().enumerate() {
        issuer.knows(&format!("subject-{n}"), &format!("newcomer{n}@example.org"), true);
        let chrome = Chrome::open(&app.origin, mode).await;
        chrome.goto("/sign-in?next=/settings/providers").await;
        chrome.follow("form[action^='/sign-in/providers/acme'] button").await;
        chrome.fill("name", "新しい人").await;
        chrome.go_on().await;
        assert_eq!(chrome.path().await, "/settings/providers", "{mode:?}: {}", chrome.text().await);
        assert!(chrome.text().await.contains("Acme"), "{mode:?}");
        chrome.close().await;
    }
}
