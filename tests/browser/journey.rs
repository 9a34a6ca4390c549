//! The whole way, walked by two people in a real browser: apply, write, schedule, talk, reflect,
//! publish.

use crate::chrome::{Chrome, Mode};
use crate::support::*;
use kabeuchi::domain::person::Locale;
use kabeuchi::platform::i18n::Speech;
use sqlx::PgPool;

const APPLICANT: &str = "applicant@example.org";

/// Two browsers in one mode.
struct Walk {
    app: TestApp,
    mode: Mode,
    host: Chrome,
    guest: Chrome,
}

impl Walk {
    async fn begin(db: PgPool, mode: Mode) -> Self {
        let app = TestApp::spawn(db).await;
        let hana = Persona { locale: mode.locale, ..hana() };
        let cookie = app.as_(hana).await.cookies()["dev-sign-in"].clone();
        app.offer_hours(hana).await;
        let (host, guest) = Chrome::open_two(&app.origin, mode).await;
        host.sign_in(cookie).await;
        Self { app, mode, host, guest }
    }

    /// The page says this in the language of the walk.
    async fn says(&self, chrome: &Chrome, key: &'static str) {
        let told = Speech { locale: self.mode.locale, zone: chrono_tz::Asia::Tokyo }.t(key).to_string();
        let (text, told) = (plain(&chrome.text().await), plain(&told));
        assert!(text.contains(&told), "{:?}: {} does not say {key}: {text}", self.mode, chrome.path().await);
        assert_eq!(chrome.attribute("html", "lang").await.as_deref(), Some(self.mode.locale.as_str()));
    }

    /// The link of the newest mail to the applicant, after all work is done.
    async fn mailed(&self) -> String {
        self.app.run_jobs().await;
        self.app.mailbox().to_address(APPLICANT).await.pop().expect("the applicant got a mail").link()
    }

    async fn write_call(&self) -> String {
        let host = &self.host;
        host.goto("/calls/new").await;
        for (name, text) in [
            ("title", "SREの最初の一歩 / First steps of an SRE"),
            ("slug", "sre"),
            ("why", "I learn too"),
            ("topics", "SRE: SLO, on-call"),
            ("scope", "One next action"),
        ] {
            host.fill(name, text).await;
        }
        host.follow("form[action='/calls/new'] .button--primary").await;
        self.says(host, "calls-opening-public").await;
        host.follow("form[action$='/opening'] .button--primary").await;
        host.path().await
    }

    async fn apply(&self, call: &str) {
        let guest = &self.guest;
        guest.goto(call).await;
        guest.follow("main a[href*='/applications/new']").await;
        guest.fill("summary", "何から始めればいいかわかりません。Where to begin?").await;
        guest.choose("confidential", "yes").await;
        guest.fill("email", APPLICANT).await;
        guest.go_on().await;
        guest.goto(&self.mailed().await).await;
        guest.go_on().await;
        guest.fill("name", "亜希").await;
        guest.go_on().await;
        self.says(guest, "applications-new-unsent").await;
        assert!(guest.value("summary").await.contains("何から始めれば"), "what was typed survives");
        guest.go_on().await;
        self.says(guest, "applications-stage-submitted").await;
        self.app.run_jobs().await;
    }

    async fn accept(&self) -> String {
        let host = &self.host;
        host.goto("/applications").await;
        host.follow(".card__title a").await;
        host.follow("a[href$='/acceptance']").await;
        host.follow("form[action$='/acceptance'] .button--primary").await;
        let room = host.path().await;
        assert_eq!(self.mailed().await, room);
        room
    }

    async fn write(&self, room: &str) {
        let (host, guest) = (&self.host, &self.guest);
        guest.goto(room).await;
        guest.go_on().await;
        guest.choose("kind", "question").await;
        guest.fill("title", "Which SLO first?").await;
        guest.fill("body", "We have **none**.").await;
        guest.follow("button[value='add']").await;
        guest.goto(&format!("{room}/turn")).await;
        guest.follow("form[action$='/turn'] .button--primary").await;
        self.says(guest, "consultations-turn-hosts").await;
        self.app.run_jobs().await;
        host.goto("/home").await;
        host.follow(".card__title a").await;
        host.follow(".item__title a").await;
        host.fill("body", "The one that people would miss.").await;
        host.follow("button[value='answer']").await;
        host.goto(&format!("{room}/questions")).await;
        host.follow(".item__title a").await;
        host.follow("button[value='keep']").await;
        host.goto(&format!("{room}/turn")).await;
        host.follow("form[action$='/turn'] .button--primary").await;
        assert_eq!(self.mailed().await, format!("{room}/questions"));
    }

    async fn agree(&self, room: &str) {
        let agenda = format!("{room}/agenda");
        self.guest.goto(&agenda).await;
        self.guest.fill("goal", "来週ひとつ始める / Begin one thing").await;
        self.guest.follow("button[value='goal']").await;
        self.guest.follow("button[value='ok']").await;
        self.host.goto(&agenda).await;
        self.host.follow("button[value='agree']").await;
        self.guest.goto(room).await;
        self.says(&self.guest, "home-consultation-next_book").await;
    }

    async fn book(&self, room: &str) {
        let guest = &self.guest;
        guest.goto(&format!("{room}/bookings/new")).await;
        guest.press(".slot input").await;
        guest.follow(".button-row .button--primary").await;
        self.says(guest, "bookings-show-ics").await;
        let booking = guest.path().await;
        self.app.run_jobs().await;
        for mail in
            [self.app.mailbox().last_to(hana()).await, self.app.mailbox().to_address(APPLICANT).await.pop().unwrap()]
        {
            assert!(mail.calendar.is_some_and(|part| part.contains("METHOD:REQUEST")));
        }
        self.app
            .clock
            .advance(self.app.start_of(&booking).await - kabeuchi::platform::clock::Clock::now(&*self.app.clock));
        self.app.run_jobs().await;
    }

    async fn talk(&self, room: &str) {
        let host = &self.host;
        host.goto(&format!("{room}/run")).await;
        host.follow("button[value='start']").await;
        self.guest.goto(&format!("{room}/run")).await;
        assert!(self.guest.text().await.contains("Which SLO first?"));
        host.press(".run-block:has(input[name=outcome]) summary").await;
        host.press("input[name=outcome][value=covered]").await;
        host.follow("form:has(input[name=outcome]) button").await;
        host.goto(&format!("{room}/actions")).await;
        host.fill("what", "本を送る / Send the book").await;
        host.follow("form .button--primary").await;
        host.goto(&format!("{room}/run")).await;
        host.follow("button[value='finish']").await;
        assert_eq!(self.mailed().await, format!("{room}/feedback"));
    }

    async fn reflect(&self, room: &str) {
        let guest = &self.guest;
        guest.goto(&format!("{room}/feedback")).await;
        guest.fill("answer1", "聞いてもらえてよかったです / Glad to be heard").await;
        guest.choose("quote1", "yes").await;
        guest.fill("answer2", "Not for others to read").await;
        guest.follow("button[value='submit']").await;
        self.host.goto(&format!("{room}/answers")).await;
        let answers = self.host.text().await;
        assert!(answers.contains("Glad to be heard") && answers.contains("Not for others to read"), "{answers}");
    }

    async fn publish(&self, room: &str) -> String {
        let (host, guest) = (&self.host, &self.guest);
        host.goto(&format!("{room}/report")).await;
        host.follow("button[value='draft']").await;
        host.fill("title", "最初の一歩 / A first step").await;
        host.press("input[name='quote']").await;
        host.follow("button[value='save']").await;
        host.follow("button[value='preview']").await;
        let preview = self.mailed().await;
        assert!(preview.starts_with("/previews/"), "{preview}");
        guest.goto(&preview).await;
        guest.follow("button[value='approve']").await;
        host.goto(&format!("{room}/report/publication")).await;
        for check in ["names", "terms", "third_parties"] {
            host.choose(check, "yes").await;
        }
        host.follow("form .button--primary").await;
        host.path().await
    }

    async fn read(&self, report: &str, call: &str) {
        let visitor = self.app.visitor().get(report).await;
        visitor.assert_status(200);
        assert!(visitor.text().contains("Glad to be heard") && !visitor.text().contains("Not for others to read"));
        assert!(!visitor.text().contains("亜希"), "nobody is named");
        assert!(visitor.links(call).len() >= 2, "the report ends with the call");
        self.guest.goto(report).await;
        self.says(&self.guest, "calls-box-apply").await;
    }
}

/// Text without the spaces and breaks that a browser draws differently.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

async fn walk(db: PgPool, mode: Mode) {
    let walk = Walk::begin(db, mode).await;
    let call = walk.write_call().await;
    walk.apply(&call).await;
    let room = walk.accept().await;
    walk.write(&room).await;
    walk.agree(&room).await;
    walk.book(&room).await;
    walk.talk(&room).await;
    walk.reflect(&room).await;
    let report = walk.publish(&room).await;
    walk.read(&report, &call).await;
    walk.host.close().await;
    walk.guest.close().await;
}

#[sqlx::test]
async fn the_journey_in_japanese(db: PgPool) {
    walk(db, Mode { locale: Locale::Ja, has_scripts: true }).await;
}

#[sqlx::test]
async fn the_journey_in_japanese_without_scripts(db: PgPool) {
    walk(db, Mode { locale: Locale::Ja, has_scripts: false }).await;
}

#[sqlx::test]
async fn the_journey_in_english(db: PgPool) {
    walk(db, Mode { locale: Locale::En, has_scripts: true }).await;
}

#[sqlx::test]
async fn the_journey_in_english_without_scripts(db: PgPool) {
    walk(db, Mode { locale: Locale::En, has_scripts: false }).await;
}
