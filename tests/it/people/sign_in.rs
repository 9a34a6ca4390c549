//! Mailed links and codes.

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

#[sqlx::test]
async fn a_mailed_link_signs_in_once_and_leads_on(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.visitor();
    let asked = browser.get("/sign-in?next=/settings/sign-ins").await;
    let sent = browser.submit(&asked, "/sign-in", &[("email", "Aki@Example.org")]).await;
    browser.get(&sent.leads_to()).await.assert_says("people-code-sent");
    app.run_jobs().await;
    let mail = app.mailbox().to_address("Aki@example.org").await.pop().unwrap();

    let page = browser.get(&mail.link()).await;
    assert!(page.text().contains("A***@example.org"), "{}", page.text());
    let signed_in = browser.submit(&page, &mail.link(), &[]).await;

    let profile = browser.get(&signed_in.leads_to()).await;
    profile.assert_says("people-profile-first");
    let chosen =
        browser.submit(&profile, "/settings/profile", &[("name", "Aki"), ("time_zone", "Europe/Berlin")]).await;
    assert_eq!(chosen.leads_to(), "/settings/sign-ins");
    browser.get("/settings/sign-ins").await.assert_says("people-sign_ins-this");
    app.visitor().get(&mail.link()).await.assert_status(410);
}

#[sqlx::test]
async fn a_mailed_link_works_from_its_page_in_another_language(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.visitor();
    browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let link = format!("{}?language=ja", app.mailbox().to_address("aki@example.org").await.remove(0).link());

    let page = browser.get(&link).await;

    let there = page.attributes("main form", "action").remove(0);
    assert_eq!(there, link);
    assert!(browser.submit(&page, &there, &[]).await.leads_to().starts_with("/settings/profile"));
}

#[sqlx::test]
async fn trust_b01_an_unknown_address_gets_the_same_answer(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;

    let known = app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await;
    let unknown = app.visitor().post("/sign-in", &[("email", "nobody@example.org")]).await;

    assert_eq!((known.status, known.location(), known.body), (unknown.status, unknown.location(), unknown.body));
}

#[sqlx::test]
async fn trust_b03_a_scanner_opening_the_link_spends_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.visitor();
    browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().last_to(aki()).await.link();

    for _ in 0..5 {
        app.visitor().get(&link).await.assert_status(200);
    }
    app.visitor().head(&link).await.assert_status(200);

    browser.post(&link, &[]).await.assert_status(303);
}

#[sqlx::test]
async fn trust_b05_one_link_signs_in_one_browser(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().last_to(aki()).await.link();
    let (one, other) = (app.visitor(), app.visitor());

    let (first, second) = tokio::join!(one.post(&link, &[]), other.post(&link, &[]));

    let mut both = [first.status, second.status];
    both.sort();
    assert_eq!(both, [303, 410]);
    let sign_ins: i64 = sqlx::query_scalar("select count(*) from sign_ins").fetch_one(&app.db).await.unwrap();
    assert_eq!(sign_ins, 1);
}

/// What a dead link shows, without what differs at every request.
async fn dead(app: &TestApp, link: &str) -> [String; 2] {
    let visitor = app.visitor();
    let pages = [visitor.get(link).await, visitor.post(link, &[]).await];
    pages.map(|page| {
        page.assert_status(410).assert_says("problem-gone-text");
        page.body.replace(page.headers["x-request-id"].to_str().unwrap(), "").replace(link, "")
    })
}

#[sqlx::test]
async fn trust_b06_dead_links_look_alike(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.visitor();
    let mut links = Vec::new();
    for _ in 0..3 {
        browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        links.push(app.mailbox().last_to(aki()).await.link());
    }
    let [first, second, newest] = <[String; 3]>::try_from(links).unwrap();
    let random = format!("/sign-in/{}", kabeuchi::platform::random::token());
    let cut = newest[..newest.len() - 1].to_owned();
    let longer = format!("{newest}A");
    app.visitor().get(&newest).await.assert_status(200);

    let mut pages = Vec::new();
    for link in [&first, &second, &random, &cut, &longer] {
        pages.push(dead(&app, link).await);
    }
    app.visitor().post(&newest, &[]).await.assert_status(303);
    pages.push(dead(&app, &newest).await);
    browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let late = app.mailbox().last_to(aki()).await.link();
    app.clock.advance(TimeDelta::minutes(10));
    pages.push(dead(&app, &late).await);

    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:?}");
}

#[sqlx::test]
async fn the_code_of_the_mail_is_the_other_way(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.visitor();
    browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let code = app.mailbox().last_to(aki()).await.code();

    app.visitor().post("/sign-in/code", &[("code", &code)]).await.assert_status(410);
    let signed_in = browser.post("/sign-in/code", &[("code", &code.to_lowercase())]).await;

    assert!(signed_in.leads_to().starts_with("/settings/profile"));
}

#[sqlx::test]
async fn trust_b09_the_fifth_wrong_code_ends_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.visitor();
    browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let code = app.mailbox().last_to(aki()).await.code();

    for _ in 0..4 {
        browser.post("/sign-in/code", &[("code", "AAAA-AAAA")]).await.assert_status(422);
    }
    browser.post("/sign-in/code", &[("code", "AAAA-AAAA")]).await.assert_status(410);

    browser.post("/sign-in/code", &[("code", &code)]).await.assert_status(410);
}

#[sqlx::test]
async fn trust_b09_one_network_guesses_ten_codes_in_an_hour(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let mut wrong = Vec::new();
    for n in 0..3 {
        let browser = app.visitor();
        browser.post("/sign-in", &[("email", &format!("a{n}@example.org"))]).await.assert_status(303);
        for _ in 0..4 {
            wrong.push(browser.post("/sign-in/code", &[("code", "AAAA-AAAA")]).await.status);
        }
    }
    assert_eq!(wrong, [[422; 10].as_slice(), &[429; 2]].concat());
    app.clock.advance(TimeDelta::hours(1));
    app.visitor().post("/sign-in/code", &[("code", "AAAA-AAAA")]).await.assert_status(410);
}

#[sqlx::test]
async fn trust_b23_no_way_of_signing_in_leads_out(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    for name in ["sign-in-address", "sign-in-network"] {
        app.budget(name, 1000).await;
    }
    let long = format!("/{}", "a".repeat(3000));
    for outside in ["https://evil", "//evil", "/\\evil", "/%2f%2fevil", "javascript:alert(1)", &long] {
        let by_link = app.visitor();
        by_link.post("/sign-in", &[("email", "aki@example.org"), ("next", outside)]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(aki()).await.link();
        assert_eq!(by_link.post(&link, &[]).await.leads_to(), "/home", "{outside}");

        let by_code = app.visitor();
        by_code.post("/sign-in", &[("email", "aki@example.org"), ("next", outside)]).await.assert_status(303);
        app.run_jobs().await;
        let code = app.mailbox().last_to(aki()).await.code();
        assert_eq!(by_code.post("/sign-in/code", &[("code", &code)]).await.leads_to(), "/home", "{outside}");

        let named = [("name", "Aki"), ("time_zone", "Asia/Tokyo"), ("locale", "en"), ("next", outside)];
        let led = by_code.post("/settings/profile", &named).await.leads_to();
        assert!(led.starts_with("/home"), "{outside}: {led}");
    }
}

#[sqlx::test]
async fn trust_b24_another_case_of_an_address_is_the_same_person(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    for typed in ["AKI@example.org", "aki@EXAMPLE.ORG", "Aki@Example.org."] {
        let browser = app.visitor();
        browser.post("/sign-in", &[("email", typed)]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(aki()).await.link();
        assert_eq!(browser.post(&link, &[]).await.leads_to(), "/home", "{typed}");
    }
    let people: i64 = sqlx::query_scalar("select count(*) from people").fetch_one(&app.db).await.unwrap();
    assert_eq!(people, 1);
}

#[sqlx::test]
async fn trust_b10_foreign_host_names_are_not_answered(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let forged = app
        .visitor()
        .with("x-forwarded-host", "evil.example")
        .with("x-forwarded-proto", "https")
        .with("forwarded", "host=evil.example");

    forged.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
    app.run_jobs().await;

    assert!(app.mailbox().last_to(aki()).await.text.contains(&app.origin));
    app.visitor().with("host", "evil.example").get("/sign-in").await.assert_status(421);
}

#[sqlx::test]
async fn trust_h01_the_sixth_mail_of_an_hour_is_not_sent(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for _ in 0..6 {
        app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
        app.run_jobs().await;
    }
    assert_eq!(app.mailbox().to(aki()).await.len(), 5);
}

#[sqlx::test]
async fn trust_h01_what_is_not_sent_is_counted_and_answered_alike(db: PgPool) {
    let metrics = format!("127.0.0.1:{}", free_port());
    let (_server, origin) = Process::serve(&db, &[("KABEUCHI_METRICS_LISTEN", metrics.clone())]).await;
    // The hour of the budget is the machine's: as if it had been used up in it.
    let used = "insert into limits (bucket, began_at, count) select 'sign-in-address:aki@example.org', date_trunc('hour', now()), 5";
    sqlx::query(used).execute(&db).await.unwrap();
    let visitor = Browser::new(origin);

    let sent = visitor.post("/sign-in", &[("email", "mio@example.org")]).await;
    let withheld = visitor.post("/sign-in", &[("email", "aki@example.org")]).await;

    assert_eq!((withheld.status, withheld.leads_to()), (sent.status, sent.leads_to()));
    let counted = reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
    assert!(counted.contains("kabeuchi_sign_in_mails_withheld_total 1"), "{counted}");
}

#[sqlx::test]
async fn trust_h02_one_network_asks_twenty_times_in_ten_minutes(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for n in 0..20 {
        app.visitor().post("/sign-in", &[("email", &format!("a{n}@example.org"))]).await.assert_status(303);
    }
    let refused =
        app.visitor().with("x-forwarded-for", "203.0.113.9").post("/sign-in", &[("email", "b@example.org")]).await;
    refused.assert_status(429);
    assert!(refused.headers.contains_key("retry-after"));
}

#[sqlx::test]
async fn a_wrong_address_is_told_beside_the_field_and_kept(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let refused = app.visitor().post("/sign-in", &[("email", "aki at example")]).await;
    refused.assert_status(422).assert_says("field-address");
    assert_eq!(refused.attributes("input[name=email]", "value"), ["aki at example"]);
}
