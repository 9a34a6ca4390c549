//! Ways that not every consultation takes, walked in a real browser: in Japanese with JavaScript and
//! in English without. One browser becomes another person by another sign-in.

use crate::chrome::{Chrome, Mode};
use crate::support::browser::told;
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::person::Locale;
use kabeuchi::platform::i18n::Speech;
use sqlx::PgPool;

const JA: Mode = Mode { locale: Locale::Ja, has_scripts: true };
const EN: Mode = Mode { locale: Locale::En, has_scripts: false };

/// One browser, and the people who sit down at it.
struct Story {
    app: TestApp,
    mode: Mode,
    chrome: Chrome,
}

impl Story {
    async fn begin(db: PgPool, mode: Mode) -> Self {
        let app = TestApp::spawn(db).await;
        let chrome = Chrome::open(&app.origin, mode).await;
        Self { app, mode, chrome }
    }

    fn speaking(&self, persona: Persona) -> Persona {
        Persona { locale: self.mode.locale, ..persona }
    }

    /// This person opens a page.
    async fn open(&self, persona: Persona, path: &str) {
        let cookie = self.app.as_(self.speaking(persona)).await.cookies()["dev-sign-in"].clone();
        self.chrome.sign_in(cookie).await;
        self.chrome.goto(path).await;
    }

    /// The page says this in the language of the walk.
    async fn says(&self, key: &'static str) {
        let speech = Speech { locale: self.mode.locale, zone: chrono_tz::Asia::Tokyo };
        let (text, word) = (plain(&self.chrome.text().await), plain(&speech.t(key).to_string()));
        assert!(text.contains(&word), "{:?}: {} does not say {key}: {text}", self.mode, self.chrome.path().await);
        assert_eq!(self.chrome.attribute("html", "lang").await.as_deref(), Some(self.mode.locale.as_str()));
    }

    /// The newest mail to somebody has this subject.
    async fn told(&self, persona: Persona, key: &'static str) {
        self.app.run_jobs().await;
        let subject = self.app.mailbox().last_to(persona).await.subject;
        let told = told(self.mode.locale, key);
        assert!(told.iter().all(|part| subject.contains(part.trim())), "{subject:?} instead of {key}");
    }
}

/// Text without the spaces and breaks that a browser draws differently.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The guests did not come, say why, and get another time.
async fn no_show(db: PgPool, mode: Mode) {
    let story = Story::begin(db, mode).await;
    let chrome = &story.chrome;
    let id = story.app.booked(story.speaking(hana()), story.speaking(aki())).await;
    let room = format!("/consultations/{id}");
    let page = format!("{room}/no-show");
    story.app.clock.advance(TimeDelta::hours(24) + TimeDelta::minutes(9));
    story.open(hana(), &page).await;
    story.says("sessions-no_show-not_now").await;
    story.app.clock.advance(TimeDelta::minutes(1));
    chrome.goto(&page).await;
    chrome.choose("absent", "guest").await;
    chrome.follow("main .button--danger").await;
    story.says("sessions-no_show-guest_absent").await;

    story.open(aki(), &page).await;
    story.says("sessions-no_show-wait").await;
    chrome.fill("words", "リンクが開きませんでした / The link was dead").await;
    chrome.follow("button[value='contest']").await;

    story.open(hana(), &page).await;
    story.says("sessions-no_show-contested").await;
    assert!(chrome.text().await.contains("The link was dead"));
    chrome.follow("button[value='second_chance']").await;

    story.open(aki(), &room).await;
    story.says("home-consultation-next_book").await;
    chrome.goto(&format!("{room}/bookings/new")).await;
    chrome.press(".slot input").await;
    chrome.follow(".button-row .button--primary").await;
    story.says("bookings-show-ics").await;
    story.told(aki(), "bookings-mail-booked-subject").await;
    story.told(hana(), "bookings-mail-booked-subject").await;
    story.chrome.close().await;
}

#[sqlx::test]
async fn a_no_show_and_a_second_chance_in_japanese(db: PgPool) {
    no_show(db, JA).await;
}

#[sqlx::test]
async fn a_no_show_and_a_second_chance_in_english_without_scripts(db: PgPool) {
    no_show(db, EN).await;
}
