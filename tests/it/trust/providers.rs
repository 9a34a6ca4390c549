//! B: signing in by a provider, among issuers that lie. J34 and J35: issuers that are down, and keys that
//! change.

mod github;

use crate::support::digest::{changed, digest};
use crate::support::feeds::Answer;
use crate::support::issuer::{DISCOVERY, GITHUB_TOKEN, Issuer, KEYS, Lie, TOKEN};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::config::providers::Provider;
use kabeuchi::domain::person::Locale;
use kabeuchi::features::admin::retention;
use kabeuchi::platform::clock::Clock;
use serde_json::json;
use sqlx::PgPool;
use std::process::Command;
use std::time::{Duration, Instant};

const ACME: &str = "/sign-in/providers/acme";
const CALLBACK: &str = "/sign-in/providers/acme/callback";
const SETTINGS: &str = "/settings/providers";

/// An application with these providers, which may go to no other machine of a network of its own.
async fn with(db: PgPool, providers: Vec<Provider>) -> TestApp {
    let app = TestApp::spawn_with(db, |config| {
        config.fetch_allow = Vec::new();
        config.providers = providers;
    })
    .await;
    app.budget("provider-network", 1000).await;
    app
}

/// One whose issuer's addresses are trusted.
async fn with_acme(db: PgPool) -> (TestApp, Issuer) {
    let issuer = Issuer::start().await;
    (with(db, vec![issuer.provider("acme", true)]).await, issuer)
}

/// Presses the button of the sign-in page; where it leads.
async fn there(browser: &Browser, way: &str) -> String {
    let page = browser.get("/sign-in?next=/applications").await;
    browser.submit(&page, way, &[]).await.leads_to()
}

/// There and back.
async fn by_acme(app: &TestApp, issuer: &Issuer, browser: &Browser) -> Page {
    let there = there(browser, ACME).await;
    browser.get(&issuer.allows(&there, app.clock.now())).await
}

/// Links in the settings of somebody; the page that they come back to.
async fn link(app: &TestApp, issuer: &Issuer, browser: &Browser) -> Page {
    let there = browser.post(SETTINGS, &[("act", "link"), ("provider", "acme")]).await.leads_to();
    browser.get(&issuer.allows(&there, app.clock.now())).await
}

async fn count(app: &TestApp, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&app.db).await.unwrap()
}

/// Nobody was let in and nobody was made.
async fn nobody_came_in(app: &TestApp, browser: &Browser) {
    assert!(!browser.cookies().contains_key("dev-sign-in"));
    assert_eq!((count(app, "sign_ins").await, count(app, "identities").await), (0, 0));
}

#[sqlx::test]
async fn whoever_a_trusted_issuer_vouches_for_has_an_account_and_comes_again(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let browser = app.visitor();

    let there = there(&browser, ACME).await;
    let page = browser.get(&issuer.allows(&there, app.clock.now())).await;

    assert!(there.contains("scope=openid+email") && !there.contains("secret"), "{there}");
    assert!(page.leads_to().starts_with("/settings/profile?next="), "{}", page.leads_to());
    let profile = browser.get(&page.leads_to()).await;
    let named = [("name", "Aki"), ("time_zone", "Asia/Tokyo")];
    assert_eq!(browser.submit(&profile, "/settings/profile", &named).await.leads_to(), "/applications");
    assert!(!browser.cookies().contains_key("dev-sign-in-attempt"));
    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert_eq!(mail.link(), SETTINGS);
    // Another address there is still the same person.
    issuer.knows("subject-1", "elsewhere@example.org", true);
    let again = app.visitor();
    assert_eq!(by_acme(&app, &issuer, &again).await.leads_to(), "/applications");
    assert_eq!(again.get(SETTINGS).await.texts("h2.card__title"), ["Acme"]);
    assert_eq!((count(&app, "people").await, count(&app, "identities").await), (1, 1));
    assert_eq!(issuer.asked(DISCOVERY), 1);
}

#[sqlx::test]
async fn trust_b11_a_way_back_without_or_with_a_foreign_state_lets_nobody_in(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let (browser, other) = (app.visitor(), app.visitor());
    let path = issuer.allows(&there(&browser, ACME).await, app.clock.now());
    let theirs = issuer.allows(&there(&other, ACME).await, app.clock.now());
    let code = url::Url::parse(&format!("http://x{path}")).unwrap();
    let code = code.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let before = digest(&app.db).await;

    for (who, path) in [
        (&browser, format!("{CALLBACK}?code={code}")),
        (&browser, format!("{CALLBACK}?code={code}&state=")),
        (&browser, format!("{CALLBACK}?code={code}&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        (&browser, CALLBACK.to_owned()),
        (&browser, theirs.clone()),
        (&other, path.clone()),
        (&app.visitor(), path.clone()),
    ] {
        let page = who.get(&path).await;
        page.assert_status(400).assert_says("people-providers-refused");
        assert_eq!(page.attributes("input[name=email]", "value"), [""], "the mail way stands beside");
        assert!(page.links(CALLBACK).is_empty(), "an address that was spent leads nowhere in another language either");
    }
    app.platform.audit.settle().await;
    assert_eq!(count(&app, "audit_entries where action = 'sign_in_refused' and outcome = 'refused'").await, 7);
    browser.get(&format!("{path}&state=twice")).await.assert_status(400);
    browser.get("/sign-in/providers/nobody/callback").await.assert_status(404);
    // A look at it alone spends nothing.
    browser.head(&path).await.assert_status(400);

    assert_eq!(changed(&before, &digest(&app.db).await), Vec::<String>::new());
    assert_eq!(issuer.asked(TOKEN), 0);
    nobody_came_in(&app, &browser).await;
    browser.get(&path).await.assert_status(303);
    app.clock.advance(TimeDelta::minutes(10));
    other.get(&theirs).await.assert_status(400);
    nobody_but_one(&app).await;
}

async fn nobody_but_one(app: &TestApp) {
    assert_eq!((count(app, "sign_ins").await, count(app, "identities").await), (1, 1));
}

#[sqlx::test]
async fn trust_b11_one_provider_cannot_answer_for_another(db: PgPool) {
    let (acme, evil) = (Issuer::start().await, Issuer::start().await);
    let app = with(db, vec![acme.provider("acme", true), evil.provider("evil", false)]).await;
    let browser = app.visitor();
    let path = acme.allows(&there(&browser, ACME).await, app.clock.now());

    browser.get(&path.replace("/acme/", "/evil/")).await.assert_status(400);
    let iss: String = url::form_urlencoded::byte_serialize(evil.origin.as_bytes()).collect();
    browser.get(&format!("{path}&iss={iss}")).await.assert_status(400);

    nobody_came_in(&app, &browser).await;
    assert_eq!((acme.asked(TOKEN), evil.asked(TOKEN)), (0, 0));
    // One that says that it names itself must; one that does is believed.
    let path = acme.allows(&there(&browser, ACME).await, app.clock.now());
    let iss: String = url::form_urlencoded::byte_serialize(acme.origin.as_bytes()).collect();
    browser.get(&format!("{path}&iss={iss}")).await.assert_status(303);
}

/// Each lie with what is wrong with it.
fn lies(issuer: &Issuer, app: &TestApp) -> Vec<Lie> {
    let at = app.clock.now().timestamp();
    vec![
        Lie::Unsigned,
        Lie::ByPublicKey,
        Lie::BySecret,
        Lie::ByStranger,
        Lie::Claim("aud", json!("another client")),
        Lie::Claim("aud", json!(["kabeuchi", "another client"])),
        Lie::Claim("azp", json!("another client")),
        Lie::Without("aud"),
        Lie::Claim("iss", json!("http://127.0.0.1:1")),
        Lie::Claim("iss", json!(format!("{}/", issuer.origin))),
        Lie::Without("iss"),
        Lie::Without("exp"),
        Lie::Claim("exp", json!(at - 60)),
        Lie::Without("iat"),
        Lie::Claim("iat", json!(at + 61)),
        Lie::Claim("iat", json!(at - 661)),
        Lie::Claim("nonce", json!("of another try")),
        Lie::Without("nonce"),
        Lie::Without("sub"),
        Lie::Claim("sub", json!("")),
        Lie::Claim("sub", json!("s".repeat(256))),
    ]
}

#[sqlx::test]
async fn trust_b12_no_id_token_that_lies_is_believed(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let mut texts = Vec::new();
    for (n, lie) in lies(&issuer, &app).into_iter().enumerate() {
        let browser = app.visitor();
        issuer.lies(lie.clone());
        let page = by_acme(&app, &issuer, &browser).await;
        assert_eq!(page.status, 400, "{lie:?}: {}", page.text());
        page.assert_says("people-providers-refused");
        texts.push(page.text());
        nobody_came_in(&app, &browser).await;
        assert_eq!(issuer.asked(TOKEN), n + 1, "{lie:?} was told");
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "which check failed is nobody's business");
    assert_eq!(count(&app, "people").await, 0);

    // The clocks may be apart a little, and the truth is believed.
    let at = app.clock.now().timestamp();
    for lie in [Lie::Claim("exp", json!(at - 59)), Lie::Claim("iat", json!(at + 60)), Lie::Truth] {
        issuer.lies(lie.clone());
        assert_eq!(by_acme(&app, &issuer, &app.visitor()).await.status, 303, "{lie:?}");
    }
}

#[sqlx::test]
async fn trust_b23_a_provider_leads_nobody_out(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let known = app.visitor();
    let profile = by_acme(&app, &issuer, &known).await.leads_to();
    let page = known.get(&profile).await;
    known.submit(&page, "/settings/profile", &[("name", "Aki"), ("time_zone", "Asia/Tokyo")]).await.assert_status(303);
    for outside in ["https://evil", "//evil", "/\\evil", "/%2f%2fevil", "javascript:alert(1)"] {
        let browser = app.visitor();
        let there = browser.post(ACME, &[("next", outside)]).await.leads_to();
        assert_eq!(browser.get(&issuer.allows(&there, app.clock.now())).await.leads_to(), "/home", "{outside}");
    }
}

#[sqlx::test]
async fn trust_b13_a_way_back_is_gone_once(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let browser = app.visitor();
    let path = issuer.allows(&there(&browser, ACME).await, app.clock.now());
    let attempt = browser.cookies()["dev-sign-in-attempt"].clone();
    browser.get(&path).await.assert_status(303);

    browser.set_cookie("dev-sign-in-attempt", &attempt);
    browser.get(&path).await.assert_status(400);

    assert_eq!(issuer.asked(TOKEN), 1, "no code is shown twice, whatever the issuer would say to it");
    browser.get("/settings/sign-ins").await.assert_status(200);
    nobody_but_one(&app).await;
    // Two at once.
    let (one, other) = (app.visitor(), app.visitor());
    let path = issuer.allows(&there(&one, ACME).await, app.clock.now());
    other.set_cookie("dev-sign-in-attempt", &one.cookies()["dev-sign-in-attempt"]);
    let (first, second) = tokio::join!(one.get(&path), other.get(&path));
    let mut both = [first.status, second.status];
    both.sort();
    assert_eq!((both, issuer.asked(TOKEN)), ([303, 400], 2));
}

#[sqlx::test]
async fn trust_b14_an_equal_address_links_nothing(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let browser = app.as_(aki()).await;
    issuer.knows("a stranger", "AKI@example.org", true);

    let stranger = app.visitor();
    let page = by_acme(&app, &issuer, &stranger).await;

    page.assert_status(409).assert_says("people-providers-link_first");
    assert!(!stranger.cookies().contains_key("dev-sign-in"));
    assert_eq!((count(&app, "people").await, count(&app, "identities").await), (1, 0));
    assert_eq!(page.attributes("input[name=next]", "value")[0], "/applications");
    // Whoever is signed in links, and comes in by it from then on.
    assert_eq!(link(&app, &issuer, &browser).await.leads_to(), "/settings/providers?said=done");
    assert_eq!(by_acme(&app, &issuer, &stranger).await.leads_to(), "/applications");
    // No address at all makes nobody either.
    issuer.lies(Lie::Without("email"));
    issuer.knows("another", "nobody@example.org", true);
    by_acme(&app, &issuer, &app.visitor()).await.assert_status(409).assert_says("people-providers-link_first");
    assert_eq!(count(&app, "people").await, 1);
}

#[sqlx::test]
async fn trust_b14_an_address_that_its_account_can_have_back_makes_no_other(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let browser = app.as_(aki()).await;
    browser.post("/settings/address", &[("email", "aki@new.example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().to_address("aki@new.example.org").await.pop().unwrap().link();
    browser.post(&link, &[]).await.assert_status(303);

    by_acme(&app, &issuer, &app.visitor()).await.assert_status(409).assert_says("people-providers-link_first");

    assert_eq!(count(&app, "people").await, 1);
}

#[sqlx::test]
async fn trust_b15_an_address_that_was_only_said_is_asked_by_mail(db: PgPool) {
    let (trusted, other) = (Issuer::start().await, Issuer::start().await);
    let app = with(db, vec![trusted.provider("acme", true), other.provider("other", false)]).await;
    app.as_(aki()).await;
    trusted.knows("subject-1", "new@example.org", false);
    let mut answers = Vec::new();
    for (issuer, way, address, verified) in [
        (&trusted, ACME, "new@example.org", false),
        (&trusted, ACME, "aki@example.org", false),
        (&other, "/sign-in/providers/other", "newer@example.org", true),
        (&other, "/sign-in/providers/other", "aki@example.org", true),
    ] {
        let browser = app.visitor();
        issuer.knows("subject-1", address, verified);
        let there = there(&browser, way).await;
        let page = browser.get(&issuer.allows(&there, app.clock.now())).await;
        answers.push((page.status, page.location(), page.body.clone()));
        assert!(!browser.cookies().contains_key("dev-sign-in"));
        browser.get(&page.leads_to()).await.assert_says("flash-unproven").assert_says("people-code-sent");
        app.run_jobs().await;
        let mail = app.mailbox().to_address(address).await.pop().unwrap();
        let led = browser.post(&mail.link(), &[]).await.leads_to();
        assert!(led.contains("applications"), "{led}");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "known and unknown addresses have one answer");
    assert_eq!((count(&app, "people").await, count(&app, "identities").await), (3, 0));
}

/// What an issuer says of itself: whose document it is, and where its page is.
fn document(issuer: &Issuer, name: &str, page: &str, more: &str) -> Answer {
    let document = json!({
        "issuer": name,
        "authorization_endpoint": page,
        "jwks_uri": format!("{}{KEYS}", issuer.origin),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "more": more,
    });
    Answer::text("application/json", &document.to_string())
}

#[sqlx::test]
async fn fault_j34_an_issuer_that_is_down_slow_or_mad_stops_nobody_else(db: PgPool) {
    let (issuer, fine) = (Issuer::start().await, Issuer::start().await);
    let app = with(db, vec![issuer.provider("acme", true), fine.provider("fine", true)]).await;
    let signed_in = app.as_(hana()).await;
    let nothing = Answer::Slow(Vec::new());
    let huge = document(&issuer, &issuer.origin, &issuer.origin, &"x".repeat(256 * 1024));
    let moved = Answer::redirect(&format!("{}{DISCOVERY}", fine.origin));
    for (path, answer) in [
        (DISCOVERY, Answer::status("503 Service Unavailable")),
        (DISCOVERY, Answer::text("application/json", "<html>")),
        (DISCOVERY, Answer::text("text/html", "{}")),
        (DISCOVERY, huge.clone()),
        (DISCOVERY, moved),
        (DISCOVERY, nothing.clone()),
        (KEYS, nothing.clone()),
    ] {
        issuer.answers(path, answer.clone());
        let browser = app.visitor();
        let page = browser.get("/sign-in?next=/applications").await;
        let began = Instant::now();
        let refused = browser.submit(&page, ACME, &[]).await;
        assert!(began.elapsed() < Duration::from_secs(5), "{path} {answer:?}");
        refused.assert_status(503).assert_says("people-providers-unavailable");
        browser.submit(&refused, "/sign-in", &[("email", "mio@example.org")]).await.assert_status(303);
        issuer.recovers();
        sqlx::query("delete from limits").execute(&app.db).await.unwrap();
    }
    signed_in.get("/home").await.assert_status(200);
    // Its document is about somebody else, or leads people elsewhere.
    for (name, page) in [(&fine.origin, &issuer.origin), (&issuer.origin, &fine.origin)] {
        issuer.answers(DISCOVERY, document(&issuer, name, page, ""));
        app.visitor().post(ACME, &[]).await.assert_status(503);
        issuer.recovers();
    }
    for answer in [Answer::status("500 Internal Server Error"), Answer::text("application/json", "[]"), huge, nothing] {
        let browser = app.visitor();
        let there = there(&browser, ACME).await;
        issuer.answers(TOKEN, answer);
        let began = Instant::now();
        let page = browser.get(&issuer.allows(&there, app.clock.now())).await;
        assert!(began.elapsed() < Duration::from_secs(5));
        page.assert_status(503).assert_says("people-providers-unavailable");
        issuer.recovers();
    }
    for (error, status, key) in [
        ("access_denied", 200, "people-providers-declined"),
        ("temporarily_unavailable", 503, "people-providers-unavailable"),
        ("invalid_scope", 400, "people-providers-refused"),
    ] {
        let browser = app.visitor();
        let path = issuer.refuses(&there(&browser, ACME).await, error);
        browser.get(&path).await.assert_status(status).assert_says(key);
        browser.get(&path).await.assert_status(400);
    }
    by_acme(&app, &issuer, &app.visitor()).await.assert_status(303);
}

#[sqlx::test]
async fn fault_j35_keys_that_change_are_fetched_once_a_minute(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let sign_in = async || by_acme(&app, &issuer, &app.visitor()).await.status;
    assert_eq!((sign_in().await, issuer.asked(KEYS)), (303, 1));

    issuer.rotates("second");
    issuer.publishes();
    // Whoever wants many fetches names many keys.
    assert_eq!((sign_in().await, issuer.asked(KEYS)), (400, 1));
    app.clock.advance(TimeDelta::seconds(60));
    assert_eq!((sign_in().await, issuer.asked(KEYS)), (303, 2));
    assert_eq!((sign_in().await, issuer.asked(KEYS)), (303, 2));

    issuer.rotates("third");
    for minute in 0..5 {
        app.clock.advance(TimeDelta::seconds(60));
        assert_eq!((sign_in().await, issuer.asked(KEYS)), (400, 3 + minute));
        assert_eq!((sign_in().await, issuer.asked(KEYS)), (400, 3 + minute));
    }
    app.clock.advance(TimeDelta::seconds(60));
    let many = json!({ "keys": vec![json!({ "kty": "EC", "kid": "x".repeat(100) }); 3000] });
    issuer.answers(KEYS, Answer::text("application/json", &many.to_string()));
    assert_eq!(sign_in().await, 503);
    issuer.recovers();
    issuer.publishes();
    app.clock.advance(TimeDelta::seconds(60));
    assert_eq!(sign_in().await, 303);
}

#[sqlx::test]
async fn only_whoever_is_freshly_confirmed_links_and_each_is_told_by_mail(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let browser = app.visitor();
    browser.set_cookie("dev-sign-in", &app.as_(aki()).await.cookies()["dev-sign-in"]);
    let begun = browser.post(SETTINGS, &[("act", "link"), ("provider", "acme")]).await.leads_to();
    app.clock.advance(TimeDelta::minutes(15));

    browser.get(SETTINGS).await.assert_status(303);
    let link_again = browser.post(SETTINGS, &[("act", "link"), ("provider", "acme")]).await;
    link_again.assert_status(403).assert_says("problem-reauth-title");
    browser.get(&issuer.allows(&begun, app.clock.now())).await.assert_status(400);
    assert_eq!(count(&app, "identities").await, 0);

    // Begun by one person, brought back while another is signed in, or nobody.
    let (akis, rens) = (app.as_(aki()).await, app.as_(ren()).await);
    for change in [rens.cookies()["dev-sign-in"].as_str(), "nobody"] {
        let begun = akis.post(SETTINGS, &[("act", "link"), ("provider", "acme")]).await.leads_to();
        let other = app.visitor();
        other.set_cookie("dev-sign-in-attempt", &akis.cookies()["dev-sign-in-attempt"]);
        other.set_cookie("dev-sign-in", change);
        other.get(&issuer.allows(&begun, app.clock.now())).await.assert_status(400);
    }
    assert_eq!(count(&app, "identities").await, 0);
    app.mailbox().empty().await;

    assert_eq!(link(&app, &issuer, &akis).await.leads_to(), "/settings/providers?said=done");
    assert_eq!(link(&app, &issuer, &akis).await.leads_to(), "/settings/providers?said=done");
    link(&app, &issuer, &rens).await.assert_status(409).assert_says("people-providers-others");
    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(aki()).await, ["An account was linked to yours"]);

    let page = akis.get(SETTINGS).await;
    let identity = page.attributes("input[name=identity]", "value").remove(0);
    let fields = [("act", "unlink"), ("identity", identity.as_str())];
    rens.post(SETTINGS, &fields).await.assert_status(404);
    akis.post(SETTINGS, &[("act", "steal")]).await.assert_status(422);
    akis.post(SETTINGS, &fields).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(aki()).await.pop().unwrap(), "An account was unlinked from yours");
    by_acme(&app, &issuer, &app.visitor()).await.assert_status(409);
    let facts: Vec<String> =
        sqlx::query_scalar("select fact ->> 'fact' from facts where fact ->> 'fact' like 'identity%' order by fact_id")
            .fetch_all(&app.db)
            .await
            .unwrap();
    assert_eq!(facts, ["identity_linked", "identity_unlinked"]);
}

#[sqlx::test]
async fn a_try_is_kept_for_a_day(db: PgPool) {
    let (app, _issuer) = with_acme(db).await;
    there(&app.visitor(), ACME).await;
    retention::plan(&app.platform).await.unwrap();
    for left in [1, 0] {
        app.clock.advance(TimeDelta::hours(24));
        app.run_jobs().await;
        assert_eq!(count(&app, "provider_attempts").await, left);
    }
}

#[test]
fn faults_of_providers_are_told_when_the_program_starts() {
    let told = Command::new(env!("CARGO_BIN_EXE_kabeuchi"))
        .arg("check-config")
        .env_remove("DATABASE_URL")
        .env("KABEUCHI_DATA_DIR", env!("CARGO_TARGET_TMPDIR"))
        .env("KABEUCHI_OIDC_ACME_CLIENT_SECRET", "hunter2")
        .output()
        .unwrap();
    let text = String::from_utf8([told.stdout, told.stderr].concat()).unwrap();
    assert_eq!(told.status.code(), Some(2), "{text}");
    assert!(text.contains("KABEUCHI_OIDC_ACME_ISSUER: needed") && !text.contains("hunter2"), "{text}");
}

#[sqlx::test]
async fn one_network_goes_to_providers_and_comes_back_forty_times_in_ten_minutes(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let app = app.with_usual_budgets().await;
    for _ in 0..20 {
        app.visitor().post(ACME, &[]).await.assert_status(303);
        app.visitor().get(CALLBACK).await.assert_status(400);
    }

    app.visitor().post(ACME, &[]).await.assert_status(429);
    app.visitor().get(CALLBACK).await.assert_status(429);

    assert_eq!(issuer.asked(TOKEN), 0);
}

#[sqlx::test]
async fn whoever_has_an_app_is_asked_for_its_code_after_a_provider_too(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let browser = app.with_code(aki()).await;
    link(&app, &issuer, &browser).await.assert_status(303);
    let again = app.visitor();

    assert_eq!(by_acme(&app, &issuer, &again).await.leads_to(), "/sign-in/second-factor");

    assert!(!again.cookies().contains_key("dev-sign-in"));
    again.get("/sign-in/second-factor").await.assert_says("people-second_factor-sign_in_text");
    again.post("/sign-in/second-factor", &[("code", "000000")]).await.assert_status(422);
}

#[sqlx::test]
async fn no_secret_of_a_way_to_a_provider_is_stored_as_it_is(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let browser = app.visitor();
    let next = "/sign-in?next=/invitations/canary-token";
    let page = browser.get(next).await;
    let there = browser.submit(&page, ACME, &[]).await.leads_to();
    let state = url::Url::parse(&there).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    browser.get(&issuer.allows(&there, app.clock.now())).await.assert_status(303);
    let form = issuer.last(TOKEN);
    let verifier = form.split("code_verifier=").nth(1).unwrap().split('&').next().unwrap();
    assert_eq!(verifier.len(), 43);
    let tables = ["provider_attempts", "sign_in_requests", "once_keys", "facts", "jobs"];
    for secret in [verifier, state.as_str(), "canary-token", &browser.cookies()["dev-sign-in"]] {
        for table in tables {
            let found = format!("{table} t where to_jsonb(t)::text like '%{secret}%'");
            assert_eq!(count(&app, &found).await, 0, "{secret} in {table}");
        }
    }
}

#[sqlx::test]
async fn forms_may_lead_to_the_providers_and_to_nobody_else(db: PgPool) {
    let (app, issuer) = with_acme(db).await;
    let page = app.visitor().get("/sign-in").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains(&format!("form-action 'self' {};", issuer.origin)), "{policy}");
    assert_eq!(html::faults(&page), Vec::<String>::new());
    let browser = app.as_(aki()).await;
    link(&app, &issuer, &browser).await;
    for locale in Locale::ALL {
        let ja = app.visitor().with("accept-language", locale.as_str()).get("/sign-in").await;
        assert_eq!(html::faults(&ja), Vec::<String>::new());
        assert!(ja.text().contains("Acme"), "{}", ja.text());
    }
    let settings = browser.get(SETTINGS).await;
    assert_eq!(html::faults(&settings), Vec::<String>::new());
    assert_eq!(settings.texts("button[value=link]"), ["Link Acme"]);
}
