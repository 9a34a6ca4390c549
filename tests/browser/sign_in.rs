//! Signing in by the mailed link or by a provider, and out again.

use crate::chrome::{ALL_MODES, Chrome};
use crate::support::issuer::Issuer;
use crate::support::*;
use chrono::TimeDelta;
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

/// Adds a passkey on this page, which the script makes possible.
async fn add_passkey(chrome: &Chrome, name: &str) {
    chrome.goto("/settings/second-factor").await;
    assert_eq!(chrome.evaluate("document.querySelector('[data-passkey-without]').hidden").await, true);
    chrome.fill("name", name).await;
    chrome.follow("form[data-passkey=create] button").await;
}

/// Looks at the present page as a telephone and a wide screen show it, for people who see and who do not.
async fn look(chrome: &Chrome) {
    for width in [390, 1280] {
        chrome.set_width(width).await;
        assert_eq!(chrome.overflow().await, None, "{}", chrome.path().await);
        if let Some(folder) = std::env::var_os("KABEUCHI_PICTURES") {
            let name = format!("{}-{width}-{}.png", chrome.path().await.replace('/', "_"), uuid::Uuid::new_v4());
            std::fs::write(std::path::Path::new(&folder).join(name), chrome.picture().await).unwrap();
        }
    }
    assert_eq!(chrome.axe().await, Vec::<String>::new(), "{}", chrome.path().await);
}

#[sqlx::test]
async fn a_host_adds_a_passkey_and_signs_in_with_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for (mode, host) in ALL_MODES.into_iter().filter(|mode| mode.has_scripts).zip([hana(), sora()]) {
        let host = Persona { locale: mode.locale, ..host };
        let chrome = Chrome::open(&app.origin, mode).await;
        chrome.plug_authenticator_in().await;
        chrome.sign_in(app.as_(host).await.cookies()["dev-sign-in"].clone()).await;
        add_passkey(&chrome, "Laptop").await;
        assert_eq!(chrome.evaluate("document.querySelectorAll('main li code').length").await, 10, "{mode:?}");
        // The device says that it has one; nothing is changed by that.
        chrome.goto("/settings/second-factor").await;
        look(&chrome).await;
        chrome.fill("name", "Laptop").await;
        chrome.press("form[data-passkey=create] button").await;
        chrome.until("!document.querySelector('[data-passkey-error]').hidden").await;
        let is_told = "(e => e.textContent === e.dataset.present)(document.querySelector('[data-passkey-error]'))";
        assert_eq!(chrome.evaluate(is_told).await, true, "{mode:?}: {}", chrome.text().await);

        // What the owner is told of the new passkey is not the mail that leads in.
        app.run_jobs().await;
        chrome.press(".menu summary").await;
        chrome.follow("form[action='/sign-out'] button").await;
        chrome.goto("/sign-in?next=/settings/second-factor").await;
        chrome.fill("email", host.email).await;
        chrome.go_on().await;
        app.run_jobs().await;
        chrome.goto(&app.mailbox().last_to(host).await.link()).await;
        chrome.go_on().await;
        assert_eq!(chrome.path().await, "/sign-in/second-factor");
        look(&chrome).await;
        chrome.follow("form[data-passkey=get] button").await;

        assert_eq!(chrome.path().await, "/settings/second-factor", "{mode:?}: {}", chrome.text().await);
        assert!(chrome.text().await.contains("Laptop"));
        app.clock.advance(TimeDelta::minutes(15));
        chrome.goto("/settings/second-factor").await;
        assert_eq!(chrome.path().await, "/settings/confirmation");
        look(&chrome).await;
        chrome.follow("form[data-passkey=get] button").await;
        assert_eq!(chrome.path().await, "/settings/second-factor");
        chrome.close().await;
    }
}

#[sqlx::test]
async fn without_scripts_a_passkey_is_not_offered_and_codes_are(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let mode = ALL_MODES.into_iter().find(|mode| !mode.has_scripts).unwrap();
    let chrome = Chrome::open(&app.origin, mode).await;
    chrome.sign_in(app.as_(hana()).await.cookies()["dev-sign-in"].clone()).await;

    chrome.goto("/settings/second-factor").await;

    assert_eq!(chrome.evaluate("document.querySelector('form[data-passkey]').checkVisibility()").await, false);
    assert_eq!(chrome.evaluate("document.querySelector('[data-passkey-without]').checkVisibility()").await, true);
    chrome.go_on().await;
    assert_eq!(chrome.evaluate("document.querySelectorAll('dd code').length").await, 1, "{}", chrome.text().await);
    chrome.close().await;
}
