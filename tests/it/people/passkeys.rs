//! Passkeys beside the mail: added, used, and among devices and browsers that lie.

mod lies;

use super::second_factor::{SETTINGS, SIGN_IN, by_mail, set_up, try_code};
use crate::support::authenticator::Authenticator;
use crate::support::digest::{changed, digest};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::config::MailSettings;
use kabeuchi::domain::audit::Action;
use kabeuchi::domain::person::EmailAddress;
use kabeuchi::features::admin::retention;
use kabeuchi::features::people::{Along, invite};
use kabeuchi::platform::readiness;
use serde_json::Value;
use sqlx::PgPool;

const CONFIRMATION: &str = "/settings/confirmation";

/// What the script is told to ask the device for.
async fn asked(browser: &Browser, path: &str) -> Value {
    let told = browser.post(path, &[("act", "ask_passkey")]).await;
    told.assert_status(200);
    assert_eq!(told.headers["content-type"], "application/json");
    serde_json::from_str(&told.body).unwrap()
}

async fn send_new(browser: &Browser, answer: &str) -> Page {
    browser.post(SETTINGS, &[("act", "add_passkey"), ("name", "Laptop"), ("passkey", answer)]).await
}

async fn send(browser: &Browser, path: &str, answer: &str) -> Page {
    browser.post(path, &[("act", "passkey"), ("passkey", answer), ("next", "/calls")]).await
}

/// Adds a passkey of this device, as a page with its script does.
async fn add(app: &TestApp, browser: &Browser, device: &mut Authenticator) -> Page {
    let asked = asked(browser, SETTINGS).await;
    send_new(browser, &device.answer(&asked, &app.origin)).await
}

/// A browser of somebody who has a passkey on this device.
async fn with_passkey(app: &TestApp, persona: Persona, device: &mut Authenticator) -> Browser {
    let browser = app.as_(persona).await;
    add(app, &browser, device).await.assert_status(200).assert_says("people-recovery_codes-text");
    browser
}

/// A sign-in that waits, and what it is asked.
async fn waiting(app: &TestApp, persona: Persona) -> (Browser, Value) {
    let (browser, page) = by_mail(app, persona).await;
    assert_eq!(page.leads_to(), SIGN_IN);
    let asked = asked(&browser, SIGN_IN).await;
    (browser, asked)
}

async fn count(app: &TestApp, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&app.db).await.unwrap()
}

async fn written_down(app: &TestApp, action: Action) -> i64 {
    app.platform.audit.settle().await;
    let sql = "select count(*) from audit_entries where action = $1";
    sqlx::query_scalar(sql).bind(action.as_str()).fetch_one(&app.db).await.unwrap()
}

fn sorted(one: &Page, other: &Page) -> [u16; 2] {
    let mut both = [one.status, other.status];
    both.sort();
    both
}

/// Lets tests lie more often than an hour allows.
async fn patient(db: PgPool) -> TestApp {
    let app = TestApp::spawn(db).await;
    for name in ["second-factor", "sign-in-address", "sign-in-network"] {
        app.budget(name, 1000).await;
    }
    app
}

#[sqlx::test]
async fn whoever_added_a_passkey_signs_in_by_mail_and_passkey(db: PgPool) {
    let (app, mut device) = (TestApp::spawn(db).await, Authenticator::new());
    let (laptop, telephone) = (app.as_(hana()).await, app.as_(hana()).await);

    let shown = add(&app, &laptop, &mut device).await;

    shown.assert_status(200).assert_says("people-recovery_codes-text");
    let recovery = shown.texts("li code");
    assert_eq!(recovery.len(), 10);
    telephone.get("/calls").await.assert_status(303);
    let page = laptop.get(SETTINGS).await;
    page.assert_says("people-passkey-never");
    assert_eq!((html::faults(&page), page.texts("h3")), (Vec::new(), vec!["Laptop".to_owned()]));
    let (browser, asked) = waiting(&app, hana()).await;
    assert!(browser.get("/calls").await.leads_to().starts_with("/sign-in?"), "the mail alone lets nobody in");
    let waits = browser.get(SIGN_IN).await;
    waits.assert_says("people-passkey-or_recovery").assert_says("people-passkey-use");
    assert_eq!(html::faults(&waits), Vec::<String>::new());
    let answer = device.answer(&asked, &app.origin);
    // The answer is of the browser that opened the link.
    send(&app.visitor(), SIGN_IN, &answer).await.assert_status(410);
    assert_eq!(send(&browser, SIGN_IN, &answer).await.leads_to(), "/applications");
    browser.get("/calls").await.assert_status(200);
    browser.get(SETTINGS).await.assert_says("people-passkey-used");
    // Without the device, and without JavaScript.
    let (browser, _) = by_mail(&app, hana()).await;
    try_code(&browser, &recovery[3]).await.assert_status(303);
    let (browser, _) = by_mail(&app, hana()).await;
    try_code(&browser, &recovery[3]).await.assert_status(422);
    assert_eq!(written_down(&app, Action::PasskeyAdded).await, 1);
}

#[sqlx::test]
async fn the_device_is_told_the_configured_site_and_what_it_has_already(db: PgPool) {
    let (app, mut device) = (TestApp::spawn(db).await, Authenticator::new());
    let browser = with_passkey(&app, hana(), &mut device).await;
    let elsewhere = browser.clone().with("x-forwarded-host", "evil.example").with("forwarded", "host=evil.example");

    let new = asked(&elsewhere, SETTINGS).await;
    let (_, used) = waiting(&app, hana()).await;

    assert_eq!((new["rp"]["id"].as_str(), used["rpId"].as_str()), (Some("localhost"), Some("localhost")));
    assert_eq!(new["excludeCredentials"][0]["id"], used["allowCredentials"][0]["id"]);
    assert_eq!(new["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!((new["timeout"].as_i64(), new["attestation"].as_str()), (Some(300_000), Some("none")));
    assert_eq!(new["authenticatorSelection"]["userVerification"], "preferred");
    assert_eq!(used["userVerification"], "preferred");
    let algorithms: Vec<_> = new["pubKeyCredParams"].as_array().unwrap().iter().map(|p| p["alg"].as_i64()).collect();
    assert_eq!(algorithms, [Some(-8), Some(-7), Some(-257)]);
}

#[sqlx::test]
async fn a_passkey_confirms_what_is_asked_again(db: PgPool) {
    let (app, mut device) = (TestApp::spawn(db).await, Authenticator::new());
    let browser = with_passkey(&app, toma(), &mut device).await;
    app.clock.advance(TimeDelta::minutes(15));
    let way = browser.get("/admin/people").await.leads_to();
    let page = browser.get(&way).await;
    page.assert_says("people-confirmation-by_passkey").assert_does_not_say("people-confirmation-send");
    assert_eq!(html::faults(&page), Vec::<String>::new());
    browser.post(CONFIRMATION, &[("act", "send")]).await.assert_status(422);
    browser.post(SETTINGS, &[("act", "ask_passkey")]).await.assert_status(403).assert_says("problem-reauth-text");

    let asked = asked(&browser, CONFIRMATION).await;
    let confirmed = send(&browser, CONFIRMATION, &device.answer(&asked, &app.origin)).await;

    assert_eq!(confirmed.leads_to(), "/calls");
    browser.get("/admin/people").await.assert_status(200);
    app.clock.advance(TimeDelta::minutes(15));
    browser.get("/admin/people").await.assert_status(303);
}

#[sqlx::test]
async fn a_passkey_is_of_one_person(db: PgPool) {
    let (app, mut device) = (TestApp::spawn(db).await, Authenticator::new());
    with_passkey(&app, hana(), &mut device).await;
    let sora_browser = app.as_(sora()).await;
    let asked = asked(&sora_browser, SETTINGS).await;
    let before = digest(&app.db).await;

    for device in [&device.forged(), &device] {
        let answer = device.say(&device.words(&asked, &app.origin));
        let page = send_new(&sora_browser, &answer).await;
        page.assert_status(422);
    }

    let changed = changed(&before, &digest(&app.db).await);
    assert_eq!(changed, ["passkey_ceremonies"]);
    let page = add(&app, &sora_browser, &mut device).await;
    page.assert_status(422).assert_says("people-passkey-taken");
    let (_, page) = by_mail(&app, sora()).await;
    assert_eq!(page.leads_to(), "/applications");
}

#[sqlx::test]
async fn ten_passkeys_are_the_most_and_each_has_a_name(db: PgPool) {
    let app = patient(db).await;
    let browser = with_passkey(&app, hana(), &mut Authenticator::new()).await;
    let mut last = Authenticator::new();
    let asked_unnamed = asked(&browser, SETTINGS).await;
    let answer = last.answer(&asked_unnamed, &app.origin);
    let unnamed = browser.post(SETTINGS, &[("act", "add_passkey"), ("name", " "), ("passkey", &answer)]).await;
    unnamed.assert_status(422).assert_says("field-missing");
    for _ in 0..8 {
        assert_eq!(
            add(&app, &browser, &mut Authenticator::new()).await.leads_to(),
            "/settings/second-factor?said=done"
        );
    }
    let asked_before = asked(&browser, SETTINGS).await;
    let other = app.as_(hana()).await;
    sqlx::query("update sign_ins set factor_at = created_at").execute(&app.db).await.unwrap();
    let asked_elsewhere = asked(&other, SETTINGS).await;
    let (mut tenth, mut eleventh) = (Authenticator::new(), Authenticator::new());
    let (tenth, eleventh) = (tenth.answer(&asked_before, &app.origin), eleventh.answer(&asked_elsewhere, &app.origin));
    let (one, two) = tokio::join!(send_new(&browser, &tenth), send_new(&other, &eleventh));
    assert_eq!(sorted(&one, &two), [303, 409]);

    browser.post(SETTINGS, &[("act", "ask_passkey")]).await.assert_status(409);

    let page = browser.get(SETTINGS).await;
    page.assert_says("people-passkey-full");
    assert_eq!((count(&app, "passkeys").await, page.texts("h3").len()), (10, 10));
}

#[sqlx::test]
async fn recovery_codes_come_with_the_first_factor_and_go_with_the_last(db: PgPool) {
    let (app, mut device) = (patient(db).await, Authenticator::new());
    let browser = with_passkey(&app, hana(), &mut device).await;
    browser.post(SETTINGS, &[("act", "begin")]).await.assert_status(303);
    let key = browser.get(SETTINGS).await.texts("dd code").remove(0);
    let telephone = super::second_factor::Telephone::with_key(&key);
    let code = telephone.code(&app, 0);
    let page = browser.post(SETTINGS, &[("act", "confirm"), ("code", &code)]).await;
    assert_eq!(page.leads_to(), "/settings/second-factor?said=done", "the codes that there are stay");
    let id = browser.get(SETTINGS).await.attributes("input[name=passkey]", "value").remove(0);
    app.as_(sora()).await.post(SETTINGS, &[("act", "remove_passkey"), ("passkey", &id)]).await.assert_status(404);

    browser.post(SETTINGS, &[("act", "remove")]).await.assert_status(303);
    assert_eq!(count(&app, "recovery_codes").await, 10);
    let (waits, asked) = waiting(&app, hana()).await;
    send(&waits, SIGN_IN, &device.answer(&asked, &app.origin)).await.assert_status(303);
    browser.get(SETTINGS).await.assert_says("people-second_factor-remove_text");
    app.clock.advance(TimeDelta::minutes(15));
    let remove = [("act", "remove_passkey"), ("passkey", id.as_str())];
    browser.post(SETTINGS, &remove).await.assert_status(403).assert_says("problem-reauth-text");
    waits.post(SETTINGS, &remove).await.assert_status(403);
    let asked = super::passkeys::asked(&browser, CONFIRMATION).await;
    send(&browser, CONFIRMATION, &device.answer(&asked, &app.origin)).await.assert_status(303);
    browser.post(SETTINGS, &remove).await.assert_status(303);

    assert_eq!((count(&app, "recovery_codes").await, count(&app, "passkeys").await), (0, 0));
    assert_eq!(written_down(&app, Action::PasskeyRemoved).await, 1);
    let (_, page) = by_mail(&app, hana()).await;
    assert_eq!(page.leads_to(), "/applications");
}

#[sqlx::test]
async fn whoever_has_the_machine_takes_lost_passkeys_away(db: PgPool) {
    let (app, mut device) = (TestApp::spawn(db).await, Authenticator::new());
    let browser = with_passkey(&app, toma(), &mut device).await;
    let address = EmailAddress::parse(toma().email).unwrap();
    let plain = invite(&app.platform, &address, Along::default()).await.unwrap();
    assert_eq!(app.visitor().post(&plain, &[]).await.leads_to(), SIGN_IN, "a link alone is not enough");

    let link = invite(&app.platform, &address, Along { grants: true, ..Along::default() }).await.unwrap();

    browser.get("/admin/people").await.assert_status(303);
    assert_eq!(app.visitor().post(&link, &[]).await.leads_to(), "/home");
    assert_eq!((count(&app, "passkeys").await, count(&app, "recovery_codes").await), (0, 0));
}

#[sqlx::test]
async fn whoever_has_an_app_adds_a_passkey_and_chooses_between_them(db: PgPool) {
    let (app, mut device) = (TestApp::spawn(db).await, Authenticator::new());
    let browser = app.as_(hana()).await;
    let telephone = set_up(&app, &browser).await;

    assert_eq!(add(&app, &browser, &mut device).await.leads_to(), "/settings/second-factor?said=done");

    browser.get("/calls").await.assert_status(200);
    let (waits, asked) = waiting(&app, hana()).await;
    waits.get(SIGN_IN).await.assert_says("people-passkey-or_code");
    send(&waits, SIGN_IN, &device.answer(&asked, &app.origin)).await.assert_status(303);
    let (waits, _) = by_mail(&app, hana()).await;
    try_code(&waits, &telephone.code(&app, 0)).await.assert_status(303);
    let (waits, _) = by_mail(&app, hana()).await;
    try_code(&waits, &telephone.recovery[0]).await.assert_status(303);
}

#[sqlx::test]
async fn an_instance_at_an_ip_address_says_that_there_are_no_passkeys(db: PgPool) {
    let app = TestApp::spawn_with(db, |config| config.origin.set_host(Some("127.0.0.1")).unwrap()).await;
    let browser = app.as_(hana()).await.at(&app.origin.replace("localhost", "127.0.0.1"));

    let page = browser.get(SETTINGS).await;

    page.assert_status(200).assert_says("people-passkey-unnamed");
    assert!(page.attributes("form[data-passkey]", "action").is_empty());
    browser.post(SETTINGS, &[("act", "ask_passkey")]).await.assert_status(409);
}

#[sqlx::test]
async fn the_passkey_of_a_thief_goes_with_the_address_that_is_undone(db: PgPool) {
    let (app, mut own, mut of_thief) = (TestApp::spawn(db).await, Authenticator::new(), Authenticator::new());
    let browser = with_passkey(&app, aki(), &mut own).await;
    app.clock.advance(TimeDelta::seconds(1));
    browser.post("/settings/address", &[("email", "thief@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().to_address("thief@example.org").await.pop().unwrap().link();
    add(&app, &browser, &mut of_thief).await.assert_status(303);
    browser.post(&link, &[]).await.assert_status(303);
    app.run_jobs().await;

    let undo = app.mailbox().last_to(aki()).await.link();
    app.visitor().post(&undo, &[]).await.assert_status(303);

    let left: Vec<Vec<u8>> = sqlx::query_scalar("select credential from passkeys").fetch_all(&app.db).await.unwrap();
    assert_eq!((left, count(&app, "recovery_codes").await), (vec![own.credential.clone()], 10));
    let (waits, asked) = waiting(&app, aki()).await;
    send(&waits, SIGN_IN, &own.answer(&asked, &app.origin)).await.assert_status(303);
}

#[sqlx::test]
async fn passkeys_are_taken_along_by_name_and_go_with_their_person(db: PgPool) {
    let (app, mut device) = (TestApp::spawn(db).await, Authenticator::new());
    let browser = with_passkey(&app, aki(), &mut device).await;
    asked(&browser, CONFIRMATION).await;
    let mut conn = app.db.acquire().await.unwrap();

    let parts = kabeuchi::features::home::archive::parts(&mut conn, app.id_of(aki()).await).await.unwrap();

    let taken = parts.iter().find(|part| part.table == "passkeys").unwrap();
    let names: Vec<_> = taken.rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((taken.rows[0]["name"].as_str(), names), (Some("Laptop"), vec!["created_at", "last_used_at", "name"]));
    drop(conn);
    browser.post("/settings/deletion", &[("sure", "yes")]).await.assert_status(303);
    app.run_jobs().await;
    for table in ["passkeys", "passkey_ceremonies", "recovery_codes"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
}

#[sqlx::test]
async fn away_from_a_machine_of_ones_own_a_passkey_is_enough_for_an_administrator(db: PgPool) {
    let from = EmailAddress::parse("kabeuchi@example.org").unwrap();
    let smtp = MailSettings::Smtp { url: "smtp://mail.example.org".into(), from };
    let app = TestApp::spawn_with(db, |config| config.mail = smtp).await;
    let browser = app.as_(toma()).await;
    let lacks = async || {
        let checks = readiness::of_database(&app.platform, &mut app.db.acquire().await.unwrap()).await.unwrap();
        checks.into_iter().find(|check| check.what == readiness::What::Factors).unwrap().number
    };
    assert_eq!(browser.get("/admin/people").await.leads_to(), "/settings/second-factor?next=%2Fadmin%2Fpeople");
    assert_eq!(lacks().await, 1);

    add(&app, &browser, &mut Authenticator::new()).await.assert_status(200);

    browser.get("/admin/people").await.assert_status(200);
    assert_eq!(lacks().await, 0);
}

#[sqlx::test]
async fn whoever_it_belongs_to_hears_of_every_change(db: PgPool) {
    let (app, mut device) = (patient(db).await, Authenticator::new());
    let browser = app.as_(hana()).await;
    let told = async |words: &str| {
        app.run_jobs().await;
        let mail = app.mailbox().last_to(hana()).await;
        assert_eq!(mail.subject, "Your second factor changed");
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
        app.mailbox().empty().await;
    };

    set_up(&app, &browser).await;
    told("Codes of an app are set up").await;
    add(&app, &browser, &mut device).await.assert_status(303);
    told("A passkey was added").await;
    browser.post(SETTINGS, &[("act", "codes")]).await.assert_status(200);
    told("New recovery codes were made").await;
    browser.post(SETTINGS, &[("act", "remove")]).await.assert_status(303);
    told("Codes of an app are not asked for any more").await;
    let id = browser.get(SETTINGS).await.attributes("input[name=passkey]", "value").remove(0);
    browser.post(SETTINGS, &[("act", "remove_passkey"), ("passkey", &id)]).await.assert_status(303);
    told("A passkey was removed").await;
}
