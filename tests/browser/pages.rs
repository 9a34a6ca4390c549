//! Every page under axe in both schemes, and never wider than a telephone. With `KABEUCHI_PICTURES`
//! naming a folder, pictures of the pages that people should look at are kept there.

use crate::chrome::{Chrome, Mode};
use crate::support::world::{Visit, World};
use crate::support::*;
use kabeuchi::domain::person::Locale;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The pages of which pictures are kept.
const PICTURED: [&str; 17] = [
    "front",
    "call",
    "application-as-visitor",
    "document",
    "item",
    "agenda",
    "times",
    "run",
    "run-before",
    "feedback",
    "report",
    "report-editor",
    "home",
    "home-of-a-host",
    "inbox",
    "profile",
    "hours",
];

#[sqlx::test]
async fn axe_finds_nothing_and_nothing_is_wider_than_a_telephone_in_japanese(db: PgPool) {
    walk(db, Locale::Ja).await;
}

#[sqlx::test]
async fn axe_finds_nothing_and_nothing_is_wider_than_a_telephone_in_english(db: PgPool) {
    walk(db, Locale::En).await;
}

async fn walk(db: PgPool, locale: Locale) {
    let app = TestApp::spawn(db).await;
    let world = World::build(&app, locale).await;
    let chrome = Chrome::open(&app.origin, Mode { locale, has_scripts: true }).await;
    let mut groups: BTreeMap<Option<&str>, Vec<&Visit>> = BTreeMap::new();
    for visit in &world.visits {
        groups.entry(visit.who.map(|who| who.email)).or_default().push(visit);
    }
    let mut found = Vec::new();
    // Visitors come first: a cookie is never taken back.
    for visits in groups.values() {
        if let Some(persona) = visits[0].who {
            chrome.sign_in(app.as_(persona).await.cookies()["dev-sign-in"].clone()).await;
        }
        for visit in visits {
            found.extend(look_at(&chrome, visit).await.into_iter().map(|fault| format!("{}: {fault}", visit.name)));
            keep_pictures(&chrome, visit, locale).await;
        }
    }
    chrome.close().await;
    assert!(found.is_empty(), "{locale:?}\n{}", found.join("\n"));
}

/// What is wrong with a page, wide and narrow, light and dark.
async fn look_at(chrome: &Chrome, visit: &Visit) -> Vec<String> {
    chrome.prefer_scheme("light").await;
    chrome.set_width(1280).await;
    chrome.goto(&visit.path).await;
    let mut found = chrome.axe().await;
    found.extend(chrome.overflow().await.map(|what| format!("wider than 1280 px: {what}")));
    chrome.prefer_scheme("dark").await;
    found.extend(chrome.axe_again().await.into_iter().map(|fault| format!("dark: {fault}")));
    chrome.set_width(390).await;
    found.extend(chrome.overflow().await.map(|what| format!("wider than 390 px: {what}")));
    found
}

async fn keep_pictures(chrome: &Chrome, visit: &Visit, locale: Locale) {
    let Some(folder) = std::env::var_os("KABEUCHI_PICTURES").map(PathBuf::from) else { return };
    if !PICTURED.contains(&visit.name) {
        return;
    }
    for width in [390, 1280] {
        chrome.set_width(width).await;
        chrome.goto(&visit.path).await;
        for scheme in ["light", "dark"] {
            chrome.prefer_scheme(scheme).await;
            let file = format!("{}-{}-{width}-{scheme}.png", visit.name, locale.as_str());
            std::fs::write(folder.join(file), chrome.picture().await).unwrap();
        }
    }
}
