//! The codes of an app beside the mail.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::config::MailSettings;
use kabeuchi::domain::person::EmailAddress;
use kabeuchi::domain::totp::{code, step};
use kabeuchi::features::people::{Along, invite};
use kabeuchi::platform::clock::Clock;
use sqlx::PgPool;

pub const SETTINGS: &str = "/settings/second-factor";
pub const SIGN_IN: &str = "/sign-in/second-factor";

/// An app on somebody's telephone, which knows nothing but the key that it was told.
pub struct Telephone {
    key: Vec<u8>,
    pub recovery: Vec<String>,
}

impl Telephone {
    /// One that was told this key.
    pub fn with_key(typed: &str) -> Self {
        Self { key: read(&typed.replace(' ', "")), recovery: Vec::new() }
    }

    /// The code of now, or of steps before and after.
    pub fn code(&self, app: &TestApp, steps: i64) -> String {
        let step = step(app.clock.now()) + steps;
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.key);
        code(ring::hmac::sign(&key, &step.to_be_bytes()).as_ref().try_into().unwrap())
    }
}

/// Base 32 as an app reads it.
fn read(key: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        _ => c - b'2' + 26,
    };
    let bits: String = key.bytes().map(|c| format!("{:05b}", digit(c))).collect();
    bits.as_bytes().chunks_exact(8).map(|b| u8::from_str_radix(std::str::from_utf8(b).unwrap(), 2).unwrap()).collect()
}

/// Sets an app up in a browser that was confirmed just now.
pub async fn set_up(app: &TestApp, browser: &Browser) -> Telephone {
    browser.post(SETTINGS, &[("act", "begin")]).await.assert_status(303);
    let page = browser.get(SETTINGS).await;
    let typed = page.texts("dd code").remove(0).replace(' ', "");
    let link = page.links("otpauth://totp/").remove(0);
    assert!(link.contains(&format!("?secret={typed}&issuer=")), "{link}");
    let mut telephone = Telephone::with_key(&typed);
    let now = telephone.code(app, 0);
    let shown = browser.post(SETTINGS, &[("act", "confirm"), ("code", &now)]).await;
    shown.assert_status(200).assert_says("people-recovery_codes-text");
    telephone.recovery = shown.texts("li code");
    assert_eq!(telephone.recovery.len(), 10);
    app.clock.advance(TimeDelta::seconds(30));
    telephone
}

/// Goes as far as the mail leads, in a browser of its own.
pub async fn by_mail(app: &TestApp, persona: Persona) -> (Browser, Page) {
    let browser = app.visitor();
    app.run_jobs().await;
    browser.post("/sign-in", &[("email", persona.email), ("next", "/applications")]).await.assert_status(303);
    app.run_jobs().await;
    let page = browser.post(&app.mailbox().last_to(persona).await.link(), &[]).await;
    (browser, page)
}

pub async fn try_code(browser: &Browser, code: &str) -> Page {
    browser.post(SIGN_IN, &[("code", code)]).await
}

#[sqlx::test]
async fn whoever_set_up_an_app_signs_in_by_mail_and_code(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let telephone = set_up(&app, &app.as_(hana()).await).await;

    let (browser, page) = by_mail(&app, hana()).await;

    assert_eq!(page.leads_to(), SIGN_IN);
    assert!(!browser.cookies().contains_key("dev-sign-in"));
    assert!(browser.get("/calls").await.leads_to().starts_with("/sign-in?"), "the mail alone lets nobody in");
    let waits = browser.get(SIGN_IN).await;
    waits.assert_status(200).assert_says("people-second_factor-sign_in_text");
    assert_eq!(html::faults(&waits), Vec::<String>::new());
    // The code is for the browser that opened the link.
    try_code(&app.visitor(), &telephone.code(&app, 0)).await.assert_status(410);
    assert_eq!(try_code(&browser, &telephone.code(&app, 0)).await.leads_to(), "/applications");
    browser.get("/calls").await.assert_status(200);
    assert!(app.visitor().get(SIGN_IN).await.leads_to().starts_with("/sign-in"));
}

#[sqlx::test]
async fn a_clock_may_be_wrong_by_one_step_and_a_code_works_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let telephone = set_up(&app, &app.as_(hana()).await).await;
    for (steps, status) in [(-2, 422), (2, 422), (-1, 303), (0, 303), (1, 303)] {
        // Four steps, so that nothing of one round is near in the next.
        app.clock.advance(TimeDelta::minutes(2));
        let (browser, _) = by_mail(&app, hana()).await;
        assert_eq!(try_code(&browser, &telephone.code(&app, steps)).await.status, status, "{steps}");
        app.clock.advance(TimeDelta::minutes(10));
    }
    app.clock.advance(TimeDelta::hours(1));
    let (browser, _) = by_mail(&app, hana()).await;
    let now = telephone.code(&app, 0);
    try_code(&browser, &now).await.assert_status(303);

    let (again, _) = by_mail(&app, hana()).await;
    try_code(&again, &now).await.assert_status(422).assert_says("people-second_factor-wrong_left");
    try_code(&again, &telephone.code(&app, -1)).await.assert_status(422);
    try_code(&again, &telephone.code(&app, 1)).await.assert_status(303);
    // Two browsers send one code at once.
    app.clock.advance(TimeDelta::hours(1));
    let ((one, _), (other, _)) = (by_mail(&app, hana()).await, by_mail(&app, hana()).await);
    let now = telephone.code(&app, 0);
    let (first, second) = tokio::join!(try_code(&one, &now), try_code(&other, &now));
    let mut both = [first.status, second.status];
    both.sort();
    assert_eq!(both, [303, 422]);
}

#[sqlx::test]
async fn the_fifth_wrong_code_ends_the_sign_in(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let telephone = set_up(&app, &app.as_(hana()).await).await;
    let (browser, _) = by_mail(&app, hana()).await;
    let right = telephone.code(&app, 0);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..4 {
        try_code(&browser, wrong).await.assert_status(422);
    }
    try_code(&browser, wrong).await.assert_status(410);

    try_code(&browser, &right).await.assert_status(410);

    assert!(browser.get(SIGN_IN).await.leads_to().starts_with("/sign-in"));
    // Tries count per person as well, however often somebody begins anew.
    let mut refused = 0;
    while refused == 0 {
        app.clock.advance(TimeDelta::seconds(1));
        sqlx::query("delete from limits where bucket like 'sign-in-%'").execute(&app.db).await.unwrap();
        let (browser, _) = by_mail(&app, hana()).await;
        for _ in 0..4 {
            refused += i32::from(try_code(&browser, wrong).await.status == 429);
        }
    }
}

#[sqlx::test]
async fn a_recovery_code_works_once_in_place_of_the_app(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let telephone = set_up(&app, &app.as_(hana()).await).await;
    let stored: Vec<Vec<u8>> =
        sqlx::query_scalar("select code_hash from recovery_codes").fetch_all(&app.db).await.unwrap();
    assert!(stored.iter().all(|hash| hash.len() == 32));
    let sealed: Vec<u8> = sqlx::query_scalar("select sealed from second_factors").fetch_one(&app.db).await.unwrap();
    assert!(!sealed.windows(20).any(|part| part == telephone.key), "the key is sealed");
    let (browser, _) = by_mail(&app, hana()).await;

    let typed = telephone.recovery[3].to_lowercase();
    try_code(&browser, &typed).await.assert_status(303);

    assert!(browser.get(SETTINGS).await.texts("dd").contains(&"9".to_owned()));
    let (again, _) = by_mail(&app, hana()).await;
    try_code(&again, &typed).await.assert_status(422);
    // New ones replace all that there were.
    let page = browser.post(SETTINGS, &[("act", "codes")]).await;
    let new = page.texts("li code");
    try_code(&again, &telephone.recovery[4]).await.assert_status(422);
    try_code(&again, &new[4]).await.assert_status(303);
}

#[sqlx::test]
async fn setting_an_app_up_ends_the_sign_ins_that_mail_alone_made(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (laptop, telephone) = (app.as_(hana()).await, app.as_(hana()).await);

    set_up(&app, &laptop).await;

    telephone.get("/calls").await.assert_status(303);
    laptop.get("/calls").await.assert_status(200);
    // One that a former release made meanwhile counts for nothing.
    app.as_(hana()).await.get("/calls").await.assert_status(303);
}

#[sqlx::test]
async fn an_app_is_asked_again_by_its_code_and_not_by_mail(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(toma()).await;
    let telephone = set_up(&app, &browser).await;
    app.clock.advance(TimeDelta::minutes(15));
    let confirmation = browser.get("/admin/people").await.leads_to();
    browser.get(&confirmation).await.assert_says("people-confirmation-by_app");

    browser.post("/settings/confirmation", &[("act", "send")]).await.assert_status(422);
    let wrong = browser.post("/settings/confirmation", &[("act", "confirm"), ("code", "12345")]).await;
    wrong.assert_status(422).assert_says("people-second_factor-wrong");
    browser.post(SETTINGS, &[("act", "remove")]).await.assert_status(403).assert_says("problem-reauth-text");
    let now = telephone.code(&app, 0);
    let fields = [("act", "confirm"), ("code", now.as_str()), ("next", "/admin/people")];
    assert_eq!(browser.post("/settings/confirmation", &fields).await.leads_to(), "/admin/people");

    browser.get("/admin/people").await.assert_status(200);
    browser.post(SETTINGS, &[("act", "remove")]).await.assert_status(303);
    let (by_mail_alone, page) = by_mail(&app, toma()).await;
    assert_eq!(page.leads_to(), "/applications");
    by_mail_alone.get("/applications").await.assert_status(200);
}

#[sqlx::test]
async fn away_from_a_machine_of_ones_own_an_administrator_sets_an_app_up_first(db: PgPool) {
    let from = EmailAddress::parse("kabeuchi@example.org").unwrap();
    let smtp = MailSettings::Smtp { url: "smtp://mail.example.org".into(), from };
    let app = TestApp::spawn_with(db, |config| config.mail = smtp).await;
    let browser = app.as_(toma()).await;

    let way = browser.get("/admin/people").await.leads_to();
    assert_eq!(way, "/settings/second-factor?next=%2Fadmin%2Fpeople");
    browser.post("/admin/people", &[("act", "grant")]).await.assert_status(403).assert_says("problem-reauth-text");
    set_up(&app, &browser).await;

    browser.get("/admin/people").await.assert_status(200);
}

#[sqlx::test]
async fn a_wrong_first_code_turns_nothing_on(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(hana()).await;
    browser.post(SETTINGS, &[("act", "confirm"), ("code", "123456")]).await.assert_status(409);
    browser.post(SETTINGS, &[("act", "begin")]).await.assert_status(303);

    let refused = browser.post(SETTINGS, &[("act", "confirm"), ("code", "12345")]).await;

    refused.assert_status(422).assert_says("people-second_factor-wrong");
    let (_, page) = by_mail(&app, hana()).await;
    assert_eq!(page.leads_to(), "/applications");
}

#[sqlx::test]
async fn whoever_has_the_machine_takes_a_lost_app_away(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(toma()).await;
    set_up(&app, &browser).await;
    let address = EmailAddress::parse(toma().email).unwrap();
    let plain = invite(&app.platform, &address, Along::default()).await.unwrap();
    assert_eq!(app.visitor().post(&plain, &[]).await.leads_to(), SIGN_IN, "a link alone is not enough");

    let link = invite(&app.platform, &address, Along { grants: true, ..Along::default() }).await.unwrap();

    browser.get("/admin/people").await.assert_status(303);
    assert_eq!(app.visitor().post(&link, &[]).await.leads_to(), "/home");
}

#[sqlx::test]
async fn whoever_has_the_machine_takes_a_lost_app_from_a_host_who_stays_what_they_are(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(hana()).await;
    set_up(&app, &browser).await;
    let address = EmailAddress::parse(hana().email).unwrap();
    let without = Along { loses_factor: true, ..Along::default() };

    let link = invite(&app.platform, &address, without).await.unwrap();

    assert!(browser.get("/home").await.leads_to().starts_with("/sign-in"), "they are signed out everywhere");
    assert_eq!(app.visitor().post(&link, &[]).await.leads_to(), "/home");
    app.as_(hana()).await.get("/admin/people").await.assert_status(404);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(hana()).await.subject, "Your second factor changed");
    // Whom nobody knows gets a link as ever, and no account by it.
    let nobody = EmailAddress::parse("nobody@example.org").unwrap();
    invite(&app.platform, &nobody, without).await.unwrap();
    let people: i64 = sqlx::query_scalar("select count(*) from people").fetch_one(&app.db).await.unwrap();
    assert_eq!(people, 1);
}
