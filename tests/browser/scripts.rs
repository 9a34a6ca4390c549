//! What JavaScript adds: text is kept while it is typed, a look at Markdown, times by arrow keys.
//! Each page is complete without it, which the journeys show.

use crate::chrome::{Chrome, Mode};
use crate::support::*;
use kabeuchi::domain::person::Locale;
use sqlx::PgPool;

const MODE: Mode = Mode { locale: Locale::En, has_scripts: true };

/// Aki's browser on a page of a consultation that was just opened.
async fn writing(app: &TestApp, below: &str) -> (Chrome, String) {
    let consultation = app.consultation(hana(), aki()).await;
    let chrome = Chrome::open(&app.origin, MODE).await;
    chrome.sign_in(app.as_(aki()).await.cookies()["dev-sign-in"].clone()).await;
    let path = format!("/consultations/{consultation}{below}");
    chrome.goto(&path).await;
    (chrome, path)
}

#[sqlx::test]
async fn what_is_typed_is_kept_and_the_page_says_so(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (chrome, path) = writing(&app, "/questions").await;

    chrome.fill("body", "half a thou").await;
    chrome.until("document.querySelector('[data-autosave-note]').textContent.startsWith('Draft kept')").await;

    let elsewhere = app.as_(aki()).await.get(&path).await;
    elsewhere.assert_says("questions-writing-unsent");
    assert_eq!(elsewhere.texts("textarea[name=body]"), ["half a thou"]);
    chrome.close().await;
}

#[sqlx::test]
async fn a_look_at_markdown_leaves_the_text_and_the_page(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (chrome, path) = writing(&app, "/questions").await;

    chrome.fill("body", "We are **four** <script>no</script>").await;
    chrome.press("button[data-preview]").await;
    chrome.until("!document.querySelector('[data-preview-area]').hidden").await;

    assert_eq!(chrome.evaluate("document.querySelector('[data-preview-area] strong').textContent").await, "four");
    assert_eq!(chrome.evaluate("document.querySelector('[data-preview-area] script')").await, serde_json::Value::Null);
    assert_eq!(chrome.value("body").await, "We are **four** <script>no</script>");
    assert_eq!(chrome.path().await, path);
    chrome.close().await;
}

#[sqlx::test]
async fn arrow_keys_walk_through_the_times_as_they_lie(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    // The first of the days begins later than the others.
    app.clock.advance(chrono::TimeDelta::hours(3));
    let (chrome, _) = writing(&app, "/bookings/new").await;
    chrome.press(".slot-grid__day:not(.slot-grid__day--none) .slot input").await;
    let at = "document.querySelector('main input[name=start]:checked')?.value";
    let first = chrome.evaluate(at).await;

    chrome.type_key("\u{e015}").await;
    let below = chrome.evaluate(at).await;
    chrome.type_key("\u{e014}").await;
    let beside = chrome.evaluate(at).await;
    chrome.type_key("\u{e012}").await;
    chrome.type_key("\u{e013}").await;

    let instant = |value: &serde_json::Value| {
        chrono::DateTime::parse_from_rfc3339(value.as_str().expect("a time is chosen")).unwrap()
    };
    assert_eq!(instant(&below) - instant(&first), chrono::TimeDelta::minutes(30));
    assert_eq!(instant(&beside) - instant(&below), chrono::TimeDelta::days(1), "the same time of the next day");
    assert_eq!(chrome.evaluate(at).await, first, "and back");
    chrome.close().await;
}

#[sqlx::test]
async fn on_a_telephone_one_day_can_be_seen_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let (chrome, path) = writing(&app, "/bookings/new").await;
    chrome.set_width(390).await;
    chrome.goto(&path).await;
    let shown = "[...document.querySelectorAll('.slot-grid__day')].filter(day => !day.hidden).length";
    assert_eq!(chrome.evaluate(shown).await, 7);

    chrome.press(".slot-grid__filter button:nth-child(2)").await;

    assert_eq!(chrome.evaluate(shown).await, 1);
    assert_eq!(chrome.overflow().await, None);
    chrome.close().await;
}

#[sqlx::test]
async fn case_21_the_browsers_zone_is_proposed_and_never_taken_by_itself(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let chrome = Chrome::open(&app.origin, MODE).await;
    chrome.sign_in(app.as_(aki()).await.cookies()["dev-sign-in"].clone()).await;
    chrome.goto("/settings/profile").await;
    let own = chrome.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone").await;
    assert_eq!(chrome.value("time_zone").await, "Asia/Tokyo");
    if own != "Asia/Tokyo" {
        chrome.press(".field__after button").await;
        assert_eq!(serde_json::Value::from(chrome.value("time_zone").await), own);
    }
    chrome.close().await;
}
