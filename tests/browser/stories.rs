//! Ways that not every consultation takes, walked in a real browser: in Japanese with JavaScript and
//! in English without. One browser becomes another person by another sign-in.

#[path = "stories/reports.rs"]
mod reports;
#[path = "stories/talks.rs"]
mod talks;

use crate::chrome::{Chrome, Mode};
use crate::support::browser::says;
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
        // Whom mails speak to in which language is settled when they first come.
        for persona in [hana(), aki(), mio(), ren(), sora(), kai()] {
            app.as_(Persona { locale: mode.locale, ..persona }).await;
        }
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
        assert!(says(&subject, self.mode.locale, key), "{subject:?} instead of {key}");
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
    story.told(hana(), "sessions-mail-contested-subject").await;

    story.open(hana(), &page).await;
    story.says("sessions-no_show-contested").await;
    assert!(chrome.text().await.contains("The link was dead"));
    chrome.follow("button[value='second_chance']").await;
    story.told(aki(), "consultations-news-chance_subject").await;

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

/// One question, answered and settled; nobody needs to talk, and they still may.
async fn resolved_in_writing(db: PgPool, mode: Mode) {
    let story = Story::begin(db, mode).await;
    let chrome = &story.chrome;
    let id = story.app.consultation(story.speaking(hana()), story.speaking(aki())).await;
    let room = format!("/consultations/{id}");
    let item = story.app.ask(id, story.speaking(aki()), "Which SLO first?", "We have none.").await;
    story.open(hana(), &item).await;
    chrome.fill("body", "The one that people would miss.").await;
    chrome.follow("button[value='answer']").await;

    story.open(aki(), &item).await;
    assert!(chrome.text().await.contains("The one that people would miss."));
    chrome.follow("button[value='settle']").await;

    story.open(hana(), &format!("{room}/resolution")).await;
    chrome.follow("button[value='propose']").await;
    chrome.goto(&format!("{room}/resolution")).await;
    story.says("questions-resolution-waits").await;

    story.open(aki(), &format!("{room}/resolution")).await;
    chrome.follow("button[value='confirm']").await;
    story.told(aki(), "feedback-mail-ask-subject").await;
    chrome.goto(&format!("{room}/feedback")).await;
    chrome.fill("answer1", "Glad to be heard").await;
    chrome.follow("button[value='submit']").await;
    story.says("feedback-form-sent").await;

    chrome.goto(&format!("{room}/resolution")).await;
    story.says("questions-resolution-resolved").await;
    story.says("questions-resolution-talk_text").await;
    let bookings: i64 = sqlx::query_scalar("select count(*) from bookings").fetch_one(&story.app.db).await.unwrap();
    assert_eq!(bookings, 0, "nobody booked a time");
    chrome.follow("button[value='talk']").await;
    chrome.goto(&format!("{room}/questions")).await;
    assert!(chrome.text().await.contains("Which SLO first?"));
    assert_eq!(story.app.stage_of(id).await, kabeuchi::domain::consultation::Stage::Preparing);
    story.chrome.close().await;
}

#[sqlx::test]
async fn resolved_in_writing_in_japanese(db: PgPool) {
    resolved_in_writing(db, JA).await;
}

#[sqlx::test]
async fn resolved_in_writing_in_english_without_scripts(db: PgPool) {
    resolved_in_writing(db, EN).await;
}
