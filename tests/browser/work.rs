//! Work before an application, where administrators ask for it: done while somebody writes, and by mail where
//! there is no JavaScript.

use crate::chrome::{Chrome, Mode};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::person::Locale;
use sqlx::PgPool;

/// Somebody's browser on the form of a call.
async fn applying(app: &TestApp, persona: Persona, path: &str, has_scripts: bool) -> Chrome {
    let chrome = Chrome::open(&app.origin, Mode { locale: persona.locale, has_scripts }).await;
    chrome.sign_in(app.as_(persona).await.cookies()["dev-sign-in"].clone()).await;
    chrome.goto(path).await;
    chrome
}

async fn write(chrome: &Chrome) {
    chrome.fill("summary", "何から始めればいいかわかりません。Where to begin?").await;
    chrome.choose("confidential", "yes").await;
}

async fn spent(app: &TestApp) -> i64 {
    sqlx::query_scalar("select count(*) from spent_challenges").fetch_one(&app.db).await.unwrap()
}

#[sqlx::test]
async fn whoever_writes_a_while_sends_at_once_and_whoever_cannot_work_opens_a_mail(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.ask_for_work().await;
    let path = app.apply_path(app.open_call(hana()).await).await;

    let chrome = applying(&app, aki(), &path, true).await;
    write(&chrome).await;
    chrome.go_on().await;
    assert!(chrome.path().await.starts_with("/applications/"), "{}", chrome.text().await);
    assert_eq!(spent(&app).await, 1);
    chrome.close().await;

    let mio = Persona { locale: Locale::Ja, ..mio() };
    let chrome = applying(&app, mio, &path, false).await;
    write(&chrome).await;
    chrome.go_on().await;
    assert_eq!(chrome.path().await, "/sign-in/code", "{}", chrome.text().await);
    app.run_jobs().await;
    chrome.goto(&app.mailbox().last_to(mio).await.link()).await;
    chrome.go_on().await;
    assert_eq!(chrome.path().await, path);
    assert!(chrome.value("summary").await.contains("何から始めれば"));
    chrome.go_on().await;
    assert!(chrome.path().await.starts_with("/applications/"), "{}", chrome.text().await);
    assert_eq!(spent(&app).await, 1);
    chrome.close().await;
}

#[sqlx::test]
async fn whoever_writes_for_an_hour_works_on_a_challenge_of_now(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.ask_for_work().await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    let chrome = applying(&app, aki(), &path, true).await;
    write(&chrome).await;
    chrome.until("document.querySelector('[name=work]').value !== ''").await;

    app.clock.advance(TimeDelta::hours(1));
    chrome.evaluate("(() => { const now = Date.now; Date.now = () => now() + 3_600_000; return true })()").await;
    chrome.go_on().await;

    assert!(chrome.path().await.starts_with("/applications/"), "{}", chrome.text().await);
    assert_eq!(spent(&app).await, 1);
    chrome.close().await;
}
