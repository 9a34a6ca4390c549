//! H: floods, programs that fill forms, and what happens when nothing can be counted.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::id::CallId;
use reqwest::{Client, RequestBuilder};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::collections::BTreeSet;
use std::time::Duration;

const ROUGH: [(&str, &str); 4] =
    [("summary", "Where to begin as the first SRE?"), ("minutes", "30"), ("confidential", "yes"), ("locale", "en")];

/// A form of a sender behind one proxy that is trusted.
fn posting(app: &TestApp, path: &str, forwarded: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    client
        .post(format!("{}{path}", app.origin))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("x-forwarded-for", forwarded)
        .body(body)
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

fn address(n: usize) -> String {
    format!("person-{n}@example.org")
}

async fn behind_a_proxy(db: PgPool) -> TestApp {
    TestApp::spawn_with(db, |config| config.trusted_hops = 1).await.with_usual_budgets().await
}

#[sqlx::test]
async fn trust_h03_what_a_sender_writes_into_headers_gives_no_other_budget(db: PgPool) {
    let app = behind_a_proxy(db).await;
    let asking = |n: usize| {
        let forwarded = format!("198.51.100.{n}, 10.0.{n}.1, 192.0.2.7");
        let request = posting(&app, "/sign-in", &forwarded, &[("email", &address(n))]);
        let elsewhere = format!("198.51.100.{n}");
        ["cf-connecting-ip", "x-real-ip", "true-client-ip", "x-client-ip", "forwarded"]
            .iter()
            .fold(request, |request, name| request.header(*name, &elsewhere))
    };
    for n in 0..20 {
        assert_eq!(status(asking(n)).await, 303, "{n}");
    }
    assert_eq!(status(asking(20)).await, 429);
    assert_eq!(status(posting(&app, "/sign-in", "192.0.2.8", &[("email", "other@example.org")])).await, 303);
}

#[sqlx::test]
async fn trust_h03_without_a_trusted_proxy_the_header_is_not_looked_at(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for n in 0..20 {
        let request = posting(&app, "/sign-in", &format!("198.51.100.{n}"), &[("email", &address(n))]);
        assert_eq!(status(request).await, 303, "{n}");
    }
    assert_eq!(status(posting(&app, "/sign-in", "198.51.100.99", &[("email", "late@example.org")])).await, 429);
}

#[sqlx::test]
async fn trust_h04_all_addresses_of_one_network_share_its_budget(db: PgPool) {
    let app = behind_a_proxy(db).await;
    for n in 0..20 {
        let request = posting(&app, "/sign-in", &format!("2001:db8:1:2:{n:x}::{n:x}"), &[("email", &address(n))]);
        assert_eq!(status(request).await, 303, "{n}");
    }
    for (forwarded, expected) in
        [("2001:db8:1:2:ffff::1", 429), ("[2001:db8:1:2::1]:4711", 429), ("2001:db8:1:3::1", 303)]
    {
        let request = posting(&app, "/sign-in", forwarded, &[("email", "late@example.org")]);
        assert_eq!(status(request).await, expected, "{forwarded}");
    }
    // One office over IPv4, however its proxy writes that.
    for n in 0..25 {
        let request = posting(&app, "/sign-in", &format!("::ffff:192.0.2.{n}"), &[("email", &address(n))]);
        assert_eq!(status(request).await, 303, "{n} has a budget of its own");
    }
}

#[sqlx::test]
async fn trust_h05_processes_share_one_budget(db: PgPool) {
    let replicas =
        [TestApp::spawn(db.clone()).await, TestApp::spawn(db.clone()).await, TestApp::spawn(db.clone()).await];
    let mut passed = 0;
    for n in 0..60 {
        let page = replicas[n % 3].visitor().post("/sign-in", &[("email", &address(n))]).await;
        passed += usize::from(page.status == 303);
    }
    assert_eq!(passed, 20);
}

#[sqlx::test]
async fn trust_h06_without_counters_nobody_signs_in_or_applies_and_all_may_read(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let (path, drawn) = (app.apply_path(call).await, app.drawn(call, TimeDelta::minutes(1)));
    let room = app.consultation(hana(), aki()).await;
    let (aki, visitor) = (app.as_(aki()).await, app.visitor());
    sqlx::query("alter table limits rename to gone").execute(&app.db).await.unwrap();

    let fields = [ROUGH.as_slice(), &[("email", "mio@example.org"), ("drawn", &drawn)]].concat();
    let refused = [
        visitor.post("/sign-in", &[("email", "aki@example.org")]).await,
        visitor.post("/sign-in/code", &[("code", "ABCD2345")]).await,
        visitor.post(&path, &fields).await,
        aki.post(&path, &ROUGH).await,
        aki.post(&format!("/consultations/{room}/participants"), &[("email", "mio@example.org")]).await,
    ];

    for page in &refused {
        page.assert_status(503).assert_says("problem-unavailable-text");
        assert!(page.headers.contains_key("retry-after"));
    }
    assert_eq!(refused[2].texts("textarea"), [ROUGH[0].1, "mio@example.org"]);
    assert_eq!(refused[3].texts("textarea"), [ROUGH[0].1]);
    let invited: i64 = sqlx::query_scalar("select count(*) from invitations").fetch_one(&app.db).await.unwrap();
    assert_eq!(invited, 0);
    for path in ["/", "/sign-in", path.trim_end_matches("/applications/new"), &path] {
        visitor.get(path).await.assert_status(200);
    }
    aki.get("/home").await.assert_status(200);
    let kept = [("name", "Aki"), ("locale", "en"), ("time_zone", "Asia/Tokyo")];
    aki.post("/settings/profile", &kept).await.assert_status(303);
}

/// Somebody new, signed in.
async fn somebody(app: &TestApp, n: usize) -> Browser {
    let (name, email) = (format!("Person {n}"), address(n));
    app.as_(Persona { name: name.leak(), email: email.leak(), ..ren() }).await
}

/// Applies as somebody new from a network of their own.
async fn apply_from(app: &TestApp, path: &str, n: usize, network: &'static str) -> Page {
    somebody(app, n).await.with("x-forwarded-for", network).post(path, &ROUGH).await
}

fn network(n: usize) -> &'static str {
    format!("10.{}.{}.1", n / 250, n % 250).leak()
}

#[sqlx::test]
async fn trust_h07_a_flood_of_applications_to_one_call_ends_at_its_budget_and_is_one_mail(db: PgPool) {
    let app = behind_a_proxy(db).await;
    app.budget("unsafe", 1000).await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    let mut answers = Vec::new();
    for n in 0..200 {
        answers.push(apply_from(&app, &path, n, network(n)).await);
    }

    let (sent, refused) = answers.split_at(60);
    assert!(sent.iter().all(|page| page.status == 303), "{}", sent.iter().map(|p| p.text()).collect::<String>());
    for page in refused {
        page.assert_status(429).assert_says("problem-too_many-text");
        assert_eq!(page.texts("textarea"), [ROUGH[0].1]);
    }
    let count: i64 = sqlx::query_scalar("select count(*) from applications").fetch_one(&app.db).await.unwrap();
    assert_eq!(count, 60);
    app.run_jobs().await;
    app.pass(TimeDelta::hours(1)).await;
    let told = app.mailbox().subjects(hana()).await;
    let one_by_one = told.iter().filter(|subject| subject.starts_with("An application")).count();
    assert_eq!((one_by_one, told.len()), (5, 6), "{told:?}");
    assert!(app.mailbox().last_to(hana()).await.text.contains("60 applications"), "one mail for the rest");
    let elsewhere = app.apply_path(app.open_call(sora()).await).await;
    apply_from(&app, &elsewhere, 300, network(300)).await.assert_status(303);
    apply_from(&app, &path, 301, network(301)).await.assert_status(303);
}

#[sqlx::test]
async fn trust_h07_what_visitors_leave_at_one_call_ends_at_its_budget(db: PgPool) {
    let app = behind_a_proxy(db).await;
    let call = app.open_call(hana()).await;
    let (path, drawn) = (app.apply_path(call).await, app.drawn(call, TimeDelta::minutes(1)));
    let mut passed = 0;
    for n in 0..80 {
        let email = address(n);
        let fields = [ROUGH.as_slice(), &[("email", &email), ("drawn", &drawn)]].concat();
        passed += usize::from(status(posting(&app, &path, network(n), &fields)).await == 303);
    }
    assert_eq!(passed, 60);
    let kept: i64 = sqlx::query_scalar("select count(*) from visitor_drafts").fetch_one(&app.db).await.unwrap();
    assert_eq!(kept, 60);
}

#[sqlx::test]
async fn ten_applications_come_from_one_network_in_an_hour_and_three_from_one_person_in_a_day(db: PgPool) {
    let app = behind_a_proxy(db).await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    for n in 0..10 {
        apply_from(&app, &path, n, "192.0.2.7").await.assert_status(303);
    }
    let page = apply_from(&app, &path, 10, "192.0.2.7").await;
    page.assert_status(429).assert_says("problem-too_many-text");
    assert_eq!(page.headers["retry-after"], "3600");
    assert!(page.text().contains("60 minutes"), "{}", page.text());
    assert_eq!(page.texts("textarea"), [ROUGH[0].1]);

    let aki = app.as_(aki()).await;
    let mut paths = Vec::new();
    for _ in 0..4 {
        paths.push(app.apply_path(app.open_call(sora()).await).await);
    }
    for path in &paths[..3] {
        aki.post(path, &ROUGH).await.assert_status(303);
    }
    aki.post(&paths[3], &ROUGH).await.assert_status(429);
    app.clock.advance(TimeDelta::days(1));
    aki.post(&paths[3], &ROUGH).await.assert_status(303);
}

#[sqlx::test]
async fn a_form_that_is_refused_for_its_content_costs_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await.with_usual_budgets().await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    let aki = app.as_(aki()).await;
    for _ in 0..12 {
        aki.post(&path, &[("summary", " ")]).await.assert_status(422);
    }
    aki.post(&path, &ROUGH).await.assert_status(303);
}

#[sqlx::test]
async fn a_flood_of_forms_is_shed_and_reading_and_drafts_go_on(db: PgPool) {
    let app = TestApp::spawn(db).await.with_usual_budgets().await;
    app.budget("unsafe-person", 1000).await;
    let (visitor, aki) = (app.visitor(), app.as_(aki()).await);
    for n in 0..300 {
        let page = visitor.post("/sign-in", &[("email", "no address")]).await;
        assert_eq!(page.status, 422, "{n}");
    }
    visitor.post("/sign-in", &[("email", "no address")]).await.assert_status(429);
    for n in 0..300 {
        let page = aki.post("/settings/profile", &[("name", "")]).await;
        assert_eq!(page.status, 422, "strangers stop nobody who belongs here: {n}");
    }

    let page = aki.post("/settings/profile", &[("name", "A name of several words")]).await;

    page.assert_status(429).assert_says("problem-too_many-text");
    assert_eq!(page.headers["retry-after"], "60");
    assert_eq!(page.texts("textarea"), ["A name of several words"]);
    visitor.get("/").await.assert_status(200);
    aki.get("/home").await.assert_status(200);
    aki.post("/drafts/item/1", &[("body", "still kept")]).await.assert_status(204);
    app.clock.advance(TimeDelta::minutes(1));
    let kept = [("name", "Aki"), ("locale", "en"), ("time_zone", "Asia/Tokyo")];
    aki.post("/settings/profile", &kept).await.assert_status(303);
}

#[sqlx::test]
async fn one_person_stops_nobody_else_and_can_always_sign_out(db: PgPool) {
    let app = TestApp::spawn(db).await.with_usual_budgets().await;
    let (aki_browser, toma_browser) = (app.as_(aki()).await, app.with_code(toma()).await);
    for n in 0..301 {
        let page = aki_browser.post("/settings/profile", &[("name", "")]).await;
        assert_eq!(page.status, if n < 60 { 422 } else { 429 }, "{n}");
    }

    aki_browser.post("/sign-out", &[]).await.assert_status(303);

    aki_browser.get("/home").await.assert_status(303);
    let close = [("act", "decide"), ("kind", "account"), ("reason", "A flood")];
    let person = format!("/admin/people/{}", app.id_of(aki()).await);
    toma_browser.post(&person, &close).await.assert_status(303);
}

#[sqlx::test]
async fn a_draft_is_kept_thirty_times_a_minute_and_person(db: PgPool) {
    let app = TestApp::spawn(db).await.with_usual_budgets().await;
    let (aki, mio) = (app.as_(aki()).await, app.as_(mio()).await);
    for _ in 0..30 {
        aki.post("/drafts/item/1", &[("body", "a text")]).await.assert_status(204);
    }
    let page = aki.post("/drafts/item/1", &[("body", "a text of mine")]).await;
    page.assert_status(429);
    assert_eq!(page.texts("textarea"), ["a text of mine"]);
    mio.post("/drafts/item/1", &[("body", "a text")]).await.assert_status(204);
    app.clock.advance(TimeDelta::minutes(1));
    aki.post("/drafts/item/1", &[("body", "a text")]).await.assert_status(204);
}

async fn left(app: &TestApp) -> i64 {
    sqlx::query_scalar(
        "select (select count(*) from visitor_drafts) + (select count(*) from sign_in_requests) + (select count(*) from applications)",
    )
    .fetch_one(&app.db)
    .await
    .unwrap()
}

/// A visitor's form as it goes out.
async fn leave(app: &TestApp, call: CallId, drawn: &str, homepage: &str) -> Page {
    let path = app.apply_path(call).await;
    let more = [("email", "aki@example.org"), ("drawn", drawn), ("homepage", homepage)];
    app.visitor().post(&path, &[ROUGH.as_slice(), &more].concat()).await
}

#[sqlx::test]
async fn trust_h08_whoever_fills_the_hidden_field_sees_success_and_nothing_is_kept(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let drawn = app.drawn(call, TimeDelta::minutes(1));
    let honest = leave(&app, call, &drawn, "").await;
    let before = left(&app).await;
    assert_eq!(before, 2, "an honest form is kept");

    let page = leave(&app, call, &drawn, "https://spam.example").await;

    assert_eq!(page.leads_to(), honest.leads_to());
    let names = |page: &Page| page.headers.keys().map(|name| name.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(names(&page), names(&honest));
    let signed_in = app.as_(aki()).await;
    let filled = [ROUGH.as_slice(), &[("homepage", "https://spam.example")]].concat();
    assert_eq!(left(&app).await, before);
    signed_in.post(&app.apply_path(call).await, &filled).await.assert_status(303);
    assert_eq!(left(&app).await, before + 1, "a person whose browser fills every field is heard");
}

#[sqlx::test]
async fn trust_h08_what_is_sent_too_fast_or_too_late_comes_back_with_its_text(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let other = app.drawn(app.open_call(sora()).await, TimeDelta::minutes(1));
    let drawn = |ago| app.drawn(call, ago);
    let cut = drawn(TimeDelta::minutes(1)).split_off(4);
    for (mark, says) in [
        (drawn(TimeDelta::milliseconds(500)), "applications-new-too_fast"),
        (drawn(TimeDelta::hours(24) + TimeDelta::seconds(1)), "applications-new-expired"),
        (other, "applications-new-expired"),
        (cut, "applications-new-expired"),
        ("nonsense".to_owned(), "applications-new-expired"),
        (String::new(), "applications-new-expired"),
    ] {
        let page = leave(&app, call, &mark, "").await;
        page.assert_status(422).assert_says(says);
        assert_eq!(page.texts("textarea"), [ROUGH[0].1]);
        assert_eq!(page.attributes("#field-email", "value"), ["aki@example.org"]);
    }
    assert_eq!(left(&app).await, 0);
}

#[sqlx::test]
async fn whoever_was_too_fast_or_too_late_sends_the_same_page_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    let visitor = app.visitor();
    let fields = [ROUGH.as_slice(), &[("email", "aki@example.org")]].concat();
    let page = visitor.get(&path).await;
    assert_eq!(page.attributes("[aria-hidden] #field-homepage", "tabindex"), ["-1"], "nobody comes upon it");
    let fast = visitor.submit(&page, &path, &fields).await;
    fast.assert_status(422).assert_says("applications-new-too_fast");
    app.clock.advance(TimeDelta::seconds(2));
    visitor.submit(&fast, &path, &[]).await.assert_status(303);

    let page = visitor.get(&path).await;
    app.clock.advance(TimeDelta::hours(25));
    let late = visitor.submit(&page, &path, &fields).await;
    late.assert_status(422).assert_says("applications-new-expired");
    app.clock.advance(TimeDelta::seconds(2));
    visitor.submit(&late, &path, &[]).await.assert_status(303);
}

#[sqlx::test]
async fn trust_h10_a_page_far_out_and_a_long_question_cost_no_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.apply(aki(), app.open_call(hana()).await).await;
    let long = "a".repeat(10_000);
    let browsers = [app.visitor(), app.as_(hana()).await, app.as_(aki()).await, app.as_(toma()).await];
    for list in [
        "/",
        "/search",
        "/reports",
        "/applications",
        "/calls",
        "/home",
        "/home/search",
        "/library",
        "/gifts",
        "/admin/people",
        "/admin/jobs",
    ] {
        for query in [
            "page=1000000000&after=1000000000&before=1000000000&offset=1000000000".to_owned(),
            format!("q={long}&page=-1"),
        ] {
            for browser in &browsers {
                let path = format!("{list}?{query}");
                browser.get(&path).await;
                let began = std::time::Instant::now();
                let page = browser.get(&path).await;
                assert!(matches!(page.status, 200 | 303 | 400 | 403 | 404), "{list}: {}", page.status);
                assert!(began.elapsed().as_millis() < 500, "{list}: {:?}", began.elapsed());
            }
        }
    }
}

/// The texts of a list's rows over all of its pages, as the links to the next lead.
async fn rows_of(app: &TestApp, browser: &Browser, list: &str, row: &str) -> Vec<String> {
    let (mut rows, mut next, mut costs) = (Vec::new(), Some(list.to_owned()), BTreeSet::new());
    while let Some(path) = next {
        browser.get(&path).await;
        app.statements.take();
        let page = browser.get(&path).await;
        costs.insert(app.statements.take());
        let shown = page.texts(row);
        assert!(!shown.is_empty() && shown.len() <= 100, "{path} shows {}", shown.len());
        rows.extend(shown);
        next = page.attributes("a[rel=next]", "href").pop();
    }
    assert_eq!(costs.len(), 1, "the last page of {list} costs what the first does: {costs:?}");
    rows
}

#[sqlx::test]
async fn trust_h10_hundreds_of_rows_are_read_a_page_at_a_time_each_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let toma = app.with_code(toma()).await;
    for sql in [
        "insert into people (person_id, email, name, locale, time_zone, created_at)
         select gen_random_uuid(), 'n' || n || '@example.org', 'Person ' || n, 'en', 'Asia/Tokyo', now() from generate_series(1, 330) n",
        "insert into audit_entries (audit_entry_id, at, action, outcome, object_kind, object_id)
         select gen_random_uuid(), timestamptz '2027-01-01' + n * interval '1 minute', 'host_granted', 'done', 'person', (select person_id from people where name = 'Person ' || n)
           from generate_series(1, 330) n",
    ] {
        sqlx::query(sql).execute(&app.db).await.unwrap();
    }

    let people = rows_of(&app, &toma, "/admin/people?search=Person", "main .card__title").await;
    let granted = rows_of(&app, &toma, "/admin/audit?action=host_granted", "main ol.card-list > li").await;

    assert_eq!((people.len(), people.iter().collect::<BTreeSet<_>>().len()), (330, 330));
    assert_eq!(granted.len(), 330);
}

/// Another pool of the same database, with one connection in it.
async fn one_connection(db: &PgPool) -> PgPool {
    let one = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(3));
    one.connect_with(db.connect_options().as_ref().clone()).await.unwrap()
}

#[sqlx::test]
async fn whoever_is_counted_holds_one_connection_at_a_time(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let room = app.consultation(hana(), aki()).await;
    let item = app.ask(room, aki(), "Which SLO first?", "We have none").await;
    let post = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/")).remove(0);
    let calendar = app.connect(hana(), "http://calendar.test:9/private.ics").await;
    let one = one_connection(&db).await;
    let narrow = TestApp::spawn(one.clone()).await;
    let (aki, hana) = (app.as_(aki()).await.at(&narrow.origin), app.as_(hana()).await.at(&narrow.origin));
    let moved = [
        ("act", "save"),
        ("name", "Work"),
        ("all_day", "as_marked"),
        ("tentative", "busy"),
        ("unanswered", "busy"),
        ("stance", "takes"),
        ("address", "http://calendar.test:9/other.ics"),
    ];

    let participants = format!("/consultations/{room}/participants");
    aki.post(&participants, &[("email", "mio@example.org")]).await.assert_status(303);
    hana.post(&format!("{post}/complaints/new"), &[("kind", "spam")]).await.assert_status(303);
    hana.post(&calendar, &moved).await.assert_status(303);

    drop(narrow);
    one.close().await;
}

#[sqlx::test]
async fn whoever_asks_for_a_link_holds_one_connection_at_a_time(db: PgPool) {
    let one = one_connection(&db).await;
    let app = TestApp::spawn(one.clone()).await;

    app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);

    drop(app);
    one.close().await;
}
