//! The whole way, walked by two people in a real browser: apply, write, schedule, talk, reflect,
//! publish.

use crate::chrome::{Chrome, Mode};
use crate::support::browser::says;
use crate::support::*;
use chrono::TimeDelta;
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
        let (host, guest) = Chrome::open_two(&app.origin, mode).await;
        let walk = Self { app, mode, host, guest };
        walk.sign_the_host_in().await;
        walk
    }

    /// A host who was away for half a day signs in anew.
    async fn sign_the_host_in(&self) {
        let hana = Persona { locale: self.mode.locale, ..hana() };
        let cookie = self.app.as_(hana).await.cookies()["dev-sign-in"].clone();
        self.host.sign_in(cookie).await;
    }

    /// The page says this in the language of the walk.
    async fn says(&self, chrome: &Chrome, key: &'static str) {
        let (text, told) = (plain(&chrome.text().await), plain(&self.word(key)));
        assert!(text.contains(&told), "{:?}: {} does not say {key}: {text}", self.mode, chrome.path().await);
        assert_eq!(chrome.attribute("html", "lang").await.as_deref(), Some(self.mode.locale.as_str()));
    }

    /// The link of the newest mail to the applicant, after all work is done.
    async fn mailed(&self) -> String {
        self.app.run_jobs().await;
        self.app.mailbox().to_address(APPLICANT).await.pop().expect("the applicant got a mail").link()
    }

    /// The newest mail to somebody has this subject, whatever it is about.
    async fn told(&self, address: &str, key: &'static str) {
        self.app.run_jobs().await;
        let mail = self.app.mailbox().to_address(address).await.pop();
        let subject = mail.unwrap_or_else(|| panic!("{address} got no mail: {key}")).subject;
        assert!(says(&subject, self.mode.locale, key), "{address} got {subject:?} instead of {key}");
    }

    async fn offer_hours(&self) {
        let host = &self.host;
        host.goto("/availability").await;
        self.says(host, "availability-hours-empty").await;
        for day in ["mon", "tue", "wed", "thu", "fri"] {
            host.set_time(&format!("{day}_from"), "09:00").await;
            host.set_time(&format!("{day}_to"), "17:00").await;
        }
        host.go_on().await;
        self.says(host, "flash-saved").await;
        assert_eq!(host.value("fri_to").await, "17:00");
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
        self.says(host, "flash-published").await;
        host.path().await
    }

    async fn apply(&self, call: &str) {
        let guest = &self.guest;
        guest.goto("/").await;
        self.says(guest, "home-front-calls").await;
        guest.follow(".card__title a").await;
        assert_eq!(guest.path().await, call);
        self.says(guest, "home-call-topics").await;
        guest.follow("main a[href*='/applications/new']").await;
        self.says(guest, "applications-new-vague").await;
        guest.fill("summary", "何から始めればいいかわかりません。Where to begin?").await;
        guest.choose("confidential", "yes").await;
        guest.fill("email", APPLICANT).await;
        self.app.clock.advance(TimeDelta::seconds(5));
        guest.go_on().await;
        self.says(guest, "people-code-sent").await;
        self.told(APPLICANT, "people-mail-sign_in-subject").await;
        guest.goto(&self.mailed().await).await;
        self.says(guest, "people-link-as").await;
        guest.go_on().await;
        self.says(guest, "people-profile-first").await;
        guest.fill("name", "亜希").await;
        guest.go_on().await;
        self.says(guest, "applications-new-unsent").await;
        assert!(guest.value("summary").await.contains("何から始めれば"), "what was typed survives");
        guest.go_on().await;
        self.says(guest, "applications-stage-submitted").await;
        self.told(APPLICANT, "applications-mail-submitted-subject").await;
        self.told(hana().email, "applications-mail-arrived-subject").await;
    }

    async fn accept(&self) -> String {
        let host = &self.host;
        host.goto("/applications").await;
        self.says(host, "applications-inbox-waiting").await;
        host.follow(".card__title a").await;
        self.says(host, "applications-stage-yours").await;
        host.follow("a[href$='/acceptance']").await;
        host.follow("form[action$='/acceptance'] .button--primary").await;
        let room = host.path().await;
        self.told(APPLICANT, "applications-mail-accepted-subject").await;
        assert_eq!(self.mailed().await, room);
        room
    }

    async fn write(&self, room: &str) {
        let (host, guest) = (&self.host, &self.guest);
        guest.goto(room).await;
        self.says(guest, "home-consultation-next_write").await;
        guest.go_on().await;
        self.says(guest, "questions-show-empty_title").await;
        guest.choose("kind", "question").await;
        guest.fill("title", "Which SLO first?").await;
        guest.fill("body", "We have **none**.").await;
        guest.follow("button[value='add']").await;
        guest.goto(&format!("{room}/turn")).await;
        guest.follow("form[action$='/turn'] .button--primary").await;
        self.says(guest, "consultations-turn-hosts").await;
        self.told(hana().email, "questions-mail-turn-subject").await;
        host.goto("/home").await;
        self.says(host, "home-me-title").await;
        host.follow(".card__title a").await;
        host.follow(".item__title a").await;
        host.fill("body", "The one that people would miss.").await;
        host.follow("button[value='answer']").await;
        host.goto(&format!("{room}/questions")).await;
        host.follow(".item__title a").await;
        host.follow("button[value='keep']").await;
        self.says(host, "questions-item-for_session").await;
        host.goto(&format!("{room}/turn")).await;
        host.follow("form[action$='/turn'] .button--primary").await;
        // While the applicant is on the page, no mail tells of it.
        self.app.clock.advance(chrono::TimeDelta::minutes(3));
        self.told(APPLICANT, "questions-mail-turn-subject").await;
        assert_eq!(self.mailed().await, format!("{room}/questions"));
        guest.goto(&format!("{room}/questions")).await;
        self.says(guest, "consultations-turn-yours").await;
        assert!(guest.text().await.contains("The one that people would miss."));
    }

    async fn agree(&self, room: &str) {
        let agenda = format!("{room}/agenda");
        self.guest.goto(&agenda).await;
        self.guest.fill("goal", "来週ひとつ始める / Begin one thing").await;
        self.guest.follow("button[value='goal']").await;
        self.guest.follow("button[value='ok']").await;
        self.host.goto(&agenda).await;
        self.host.follow("button[value='agree']").await;
        self.says(&self.host, "questions-agenda-ready").await;
        self.told(APPLICANT, "questions-mail-agreed-subject").await;
        self.guest.goto(room).await;
        self.says(&self.guest, "home-consultation-next_book").await;
    }

    async fn book(&self, room: &str) {
        let guest = &self.guest;
        guest.goto(&format!("{room}/bookings/new")).await;
        guest.press(".slot input").await;
        guest.follow(".button-row .button--primary").await;
        self.says(guest, "bookings-show-ics").await;
        assert_eq!(guest.heading().await, self.word("bookings-show-title"));
        let booking = guest.path().await;
        self.told(APPLICANT, "bookings-mail-booked-subject").await;
        self.told(hana().email, "bookings-mail-booked-subject").await;
        for mail in
            [self.app.mailbox().last_to(hana()).await, self.app.mailbox().to_address(APPLICANT).await.pop().unwrap()]
        {
            assert!(mail.calendar.is_some_and(|part| part.contains("METHOD:REQUEST")));
        }
        self.app
            .clock
            .advance(self.app.start_of(&booking).await - kabeuchi::platform::clock::Clock::now(&*self.app.clock));
        self.app.run_jobs().await;
        self.sign_the_host_in().await;
    }

    async fn talk(&self, room: &str) {
        let host = &self.host;
        host.goto(&format!("{room}/run")).await;
        host.follow("button[value='start']").await;
        self.guest.goto(&format!("{room}/run")).await;
        self.says(&self.guest, "consultations-turn-in_session").await;
        assert!(self.guest.text().await.contains("Which SLO first?"));
        host.press(".run-block:has(input[name=outcome]) summary").await;
        host.choose("outcome", "covered").await;
        host.follow("form:has(input[name=outcome]) button").await;
        self.says(host, "questions-item-covered").await;
        host.goto(&format!("{room}/actions")).await;
        host.fill("what", "本を送る / Send the book").await;
        host.follow("form .button--primary").await;
        host.goto(&format!("{room}/run")).await;
        assert!(host.text().await.contains("Send the book"));
        host.follow("button[value='finish']").await;
        self.told(APPLICANT, "feedback-mail-ask-subject").await;
        assert_eq!(self.mailed().await, format!("{room}/feedback"));
    }

    async fn reflect(&self, room: &str) {
        let guest = &self.guest;
        guest.goto(&format!("{room}/feedback")).await;
        guest.fill("answer1", "聞いてもらえてよかったです / Glad to be heard").await;
        guest.choose("quote1", "yes").await;
        guest.fill("answer2", "Not for others to read").await;
        for (n, text) in [(3, "本を読む / To read it"), (4, "なし / No"), (5, "なし / No"), (6, "ありがとう / Thanks")]
        {
            guest.fill(&format!("answer{n}"), text).await;
        }
        guest.follow("button[value='submit']").await;
        self.says(guest, "feedback-form-sent").await;
        self.host.goto(&format!("{room}/answers")).await;
        for question in kabeuchi::domain::feedback::questions(kabeuchi::domain::feedback::FORM_VERSION) {
            self.says(&self.host, question).await;
        }
        let answers = self.host.text().await;
        assert!(answers.contains("Glad to be heard") && answers.contains("Not for others to read"), "{answers}");
    }

    async fn publish(&self, room: &str) -> String {
        let (host, guest) = (&self.host, &self.guest);
        host.goto(&format!("{room}/report")).await;
        self.says(host, "reports-report-lead").await;
        host.follow("button[value='draft']").await;
        self.says(host, "reports-report-is_draft").await;
        assert!(host.value("body").await.contains("SRE"), "the draft is made from the consultation");
        host.fill("body", "# 話したこと / What we did\n\nWe talked about **one** thing.").await;
        host.fill("title", "最初の一歩 / A first step").await;
        host.press("input[name='quote']").await;
        host.follow("button[value='save']").await;
        self.says(host, "reports-report-saved_reads").await;
        host.follow("button[value='preview']").await;
        self.says(host, "reports-report-is_in_preview").await;
        self.told(APPLICANT, "reports-mail-preview-subject").await;
        let preview = self.mailed().await;
        assert!(preview.starts_with("/previews/"), "{preview}");
        guest.goto(&preview).await;
        self.says(guest, "reports-preview-what").await;
        guest.follow("button[value='approve']").await;
        // The host had the report open a moment ago: the mail waits for that.
        self.app.clock.advance(TimeDelta::minutes(3));
        self.told(hana().email, "reports-mail-approved-subject").await;
        host.goto(&format!("{room}/report")).await;
        self.says(host, "reports-report-is_approved").await;
        host.follow("a[href$='/publication']").await;
        for check in ["names", "terms", "third_parties", "small_numbers", "dates", "recognisable"] {
            host.choose(check, "yes").await;
        }
        host.follow("form .button--primary").await;
        self.says(host, "flash-published").await;
        self.told(APPLICANT, "reports-mail-published-subject").await;
        host.path().await
    }

    /// Whoever is not signed in reads the report; it ends with the call.
    async fn read(&self, report: &str, call: &str) {
        let visitor = &self.guest;
        visitor.press(".menu summary").await;
        visitor.follow("form[action='/sign-out'] button").await;
        visitor.follow(".card__title a[href^='/reports/']").await;
        assert_eq!(visitor.path().await, report);
        assert_eq!(visitor.heading().await, "最初の一歩 / A first step");
        let text = visitor.text().await;
        assert!(text.contains("Glad to be heard") && text.contains("What we did"), "{text}");
        assert!(
            !text.contains("Not for others to read") && !text.contains("亜希"),
            "nothing more than allowed: {text}"
        );
        self.says(visitor, "calls-box-open").await;
        visitor.follow(&format!(".call-box a[href^='{call}'].button--quiet")).await;
        assert_eq!(visitor.path().await, call);
    }

    /// A message in the language of the walk.
    fn word(&self, key: &'static str) -> String {
        Speech { locale: self.mode.locale, zone: chrono_tz::Asia::Tokyo }.t(key).to_string()
    }
}

/// Text without the spaces and breaks that a browser draws differently.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

async fn walk(db: PgPool, mode: Mode) {
    let walk = Walk::begin(db, mode).await;
    walk.offer_hours().await;
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
