//! C: requests that a page elsewhere makes, and headers.

use super::wire;
use crate::access::{self, random_path};
use crate::support::digest::{changed, digest};
use crate::support::*;
use actix_web::http::Method;
use kabeuchi::app;
use kabeuchi::domain::person::Locale;
use kabeuchi::platform::route::Declared;
use reqwest::{Client, RequestBuilder};
use sqlx::PgPool;

#[sqlx::test]
async fn trust_c10_reading_changes_nothing(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let world = World::build(&app, Locale::Ja).await;
    let mut readers = Vec::new();
    for visit in &world.visits {
        readers.push(world.browser_of(&app, visit).await);
    }
    let before = digest(&db).await;
    for (visit, reader) in world.visits.iter().zip(&readers) {
        reader.get(&visit.path).await.assert_status(visit.status);
        reader.head(&visit.path).await.assert_status(visit.status);
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

/// Where each route leads: to a real thing, where the world has one, else to one that exists nowhere.
fn routes(world: &access::World, method: Method) -> Vec<String> {
    let of = |declared: &Declared| world.path(declared).unwrap_or_else(|| random_path(declared));
    app::routes().declared().iter().filter(|declared| declared.method == method).map(of).collect()
}

/// A form with these headers alone.
fn bare(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> RequestBuilder {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = client.post(format!("{}{path}", app.origin));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body("act=keep&body=x&name=Evil");
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

/// Sends a form to every route as those who may do most, and sees it refused.
async fn refused_everywhere(app: &TestApp, headers: &[&[(&str, &str)]]) {
    let world = access::World::writing(app).await;
    let mut cookies = Vec::new();
    for persona in [hana(), aki(), toma()] {
        cookies.push(format!("dev-sign-in={}", app.as_(persona).await.cookies()["dev-sign-in"]));
    }
    let before = digest(&app.db).await;
    let paths = routes(&world, Method::POST);
    assert!(paths.len() > 70, "only {}", paths.len());
    for path in paths {
        for (cookie, headers) in cookies.iter().flat_map(|cookie| headers.iter().map(move |headers| (cookie, headers)))
        {
            let answer = bare(app, &path, headers).header("cookie", cookie).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {headers:?}");
            assert_eq!(answer.headers()["vary"], "Sec-Fetch-Site, Origin", "{path}");
            assert!(!answer.headers().contains_key("set-cookie"), "{path}");
        }
    }
    assert_eq!(changed(&before, &digest(&app.db).await), Vec::<String>::new());
}

#[sqlx::test]
async fn trust_c01_forms_of_other_sites_are_refused_by_every_route(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let origin = app.origin.clone();
    let cases: [&[(&str, &str)]; 3] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &origin)],
        &[("sec-fetch-site", "nonsense")],
    ];
    refused_everywhere(&app, &cases).await;
    app.visitor()
        .with("sec-fetch-site", "cross-site")
        .post("/sign-in", &[])
        .await
        .assert_says("problem-forbidden-text");
}

#[sqlx::test]
async fn trust_c02_forms_of_a_sibling_are_refused_by_every_route(db: PgPool) {
    let app = TestApp::spawn(db).await;
    refused_everywhere(&app, &[&[("sec-fetch-site", "same-site")]]).await;
}

#[sqlx::test]
async fn trust_c03_forms_of_another_origin_are_refused_by_every_route(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let secure = app.origin.replace("http:", "https:");
    let other_port = app.origin.rsplit_once(':').unwrap().0.to_owned();
    let cases: [&[(&str, &str)]; 5] = [
        &[("origin", "null")],
        &[("origin", "https://evil.example")],
        &[("origin", &secure)],
        &[("origin", &other_port)],
        &[("origin", "")],
    ];
    refused_everywhere(&app, &cases).await;
}

#[sqlx::test]
async fn trust_c03_a_form_over_http_of_an_instance_on_https_is_refused(db: PgPool) {
    let app = TestApp::spawn_with(db, |config| config.origin = "https://kabeuchi.example".parse().unwrap()).await;
    for (origin, expected) in [("http://kabeuchi.example", 403), ("https://kabeuchi.example", 422)] {
        let asked = bare(&app, "/sign-in", &[("host", "kabeuchi.example"), ("origin", origin)]).send().await.unwrap();
        assert_eq!(asked.status(), expected, "{origin}");
    }
}

#[sqlx::test]
async fn trust_c04_without_a_word_of_where_it_comes_from_no_cookie_is_honoured(db: PgPool) {
    let app = TestApp::spawn(db).await;
    refused_everywhere(&app, &[&[]]).await;
    let attempt = bare(&app, "/sign-in/code", &[("cookie", "dev-sign-in-attempt=abc")]).send().await.unwrap();
    assert_eq!(attempt.status(), 403);
    let path = app.apply_path(app.open_call(hana()).await).await;
    let by_hand = bare(&app, &path, &[]).send().await.unwrap();
    assert_eq!(by_hand.status(), 422, "without a cookie it comes as far as its content");
}

#[sqlx::test]
async fn trust_c05_only_our_own_name_is_answered(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let ours = wire::host(&app.origin);
    let ask = async |target: &str, hosts: &str| {
        let bytes = format!(
            "POST {target} HTTP/1.1\r\n{hosts}sec-fetch-site: same-origin\r\n\
            content-type: application/x-www-form-urlencoded\r\ncontent-length: 25\r\nconnection: close\r\n\r\nemail=aki%40example.org&x="
        );
        let said = wire::said(&app.origin, bytes.as_bytes()).await;
        said.strip_prefix("HTTP/1.1 ").map(|said| said[..3].to_owned()).unwrap_or_default()
    };
    let own = format!("Host: {ours}\r\n");
    let port = ours.rsplit_once(':').unwrap().1;
    for (target, hosts, expected) in [
        ("/sign-in".to_owned(), "Host: evil.example\r\n".to_owned(), "421"),
        ("/sign-in".to_owned(), format!("Host: evil.example:{port}\r\n"), "421"),
        ("/sign-in".to_owned(), format!("Host: localhost.evil.example:{port}\r\n"), "421"),
        ("/sign-in".to_owned(), format!("Host: {ours}.\r\n"), "421"),
        ("/sign-in".to_owned(), "Host: localhost\r\n".to_owned(), "421"),
        ("/sign-in".to_owned(), "Host:\r\n".to_owned(), "421"),
        ("/sign-in".to_owned(), format!("{own}Host: evil.example\r\n"), "400"),
        ("/sign-in".to_owned(), format!("{own}{own}"), "400"),
        ("http://evil.example/sign-in".to_owned(), own.clone(), "421"),
        (format!("http://{ours}@evil.example/sign-in"), own.clone(), "421"),
        (format!("http://evil.example@{ours}/sign-in"), own.clone(), "421"),
        (format!("http://{ours}/sign-in"), "Host: evil.example\r\n".to_owned(), "421"),
    ] {
        assert_eq!(ask(&target, &hosts).await, expected, "{target} {hosts}");
    }
    app.run_jobs().await;
    assert_eq!(app.mailbox().all().await.len(), 0, "nothing is mailed");

    for (target, hosts) in [("/sign-in".to_owned(), own.clone()), (format!("{}/sign-in", app.origin), own)] {
        assert_eq!(ask(&target, &hosts).await, "303", "{target}");
    }
}

#[sqlx::test]
async fn trust_c06_the_address_is_that_of_the_trusted_hop(db: PgPool) {
    let app = TestApp::spawn_with(db, |config| config.trusted_hops = 2).await;
    let chain = (1..=10).map(|n| format!("198.51.100.{n}")).collect::<Vec<_>>().join(", ");
    let headers = [("x-forwarded-for", &*chain), ("sec-fetch-site", "same-origin"), ("forwarded", "for=10.0.0.1")];
    let body = "email=aki%40example.org";
    bare(&app, "/sign-in", &headers).body(body).send().await.unwrap();
    let two_lines = [
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-for", "203.0.113.7:4711, 192.0.2.1"),
        ("sec-fetch-site", "same-origin"),
    ];
    bare(&app, "/sign-in", &two_lines).body(body).send().await.unwrap();
    let too_few = [("x-forwarded-for", "10.0.0.2"), ("sec-fetch-site", "same-origin")];
    bare(&app, "/sign-in", &too_few).body(body).send().await.unwrap();

    let buckets: Vec<String> = sqlx::query_scalar(
        "select split_part(bucket, ':', 2) from limits where bucket like 'sign-in-network:%' order by 1",
    )
    .fetch_all(&app.db)
    .await
    .unwrap();
    assert_eq!(buckets, ["127.0.0.1", "198.51.100.9", "203.0.113.7"]);
}

/// Addresses elsewhere, as somebody would plant them.
const OUTSIDE: &str =
    "next=https://evil.example/&return_to=//evil.example&url=/%5Cevil.example&back=https:evil.example";

fn assert_leads_inside(page: &Page) {
    let Some(location) = page.location() else { return };
    assert!(
        location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\"),
        "{}: {location}",
        page.path
    );
    let path = location.split('?').next().unwrap();
    assert!(!path.contains("evil"), "{}: {location}", page.path);
}

#[sqlx::test]
async fn trust_c07_every_way_on_stays_inside(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = access::World::writing(&app).await;
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(OUTSIDE.as_bytes()).into_owned().collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut led = 0;
    for persona in [None, Some(hana()), Some(aki())] {
        for (method, path) in [Method::GET, Method::POST]
            .into_iter()
            .flat_map(|m| routes(&world, m.clone()).into_iter().map(move |p| (m.clone(), p)))
        {
            let browser = match persona {
                Some(persona) => app.as_(persona).await,
                None => app.visitor(),
            };
            let browser = browser.with("referer", "https://evil.example/").with("x-forwarded-host", "evil.example");
            let page = match method {
                Method::GET => browser.get(&format!("{path}?{OUTSIDE}")).await,
                _ => browser.post(&format!("{path}?{OUTSIDE}"), &fields).await,
            };
            led += usize::from(page.location().is_some());
            assert_leads_inside(&page);
        }
    }
    assert!(led > 60, "only {led} led on");
}

#[sqlx::test]
async fn trust_c08_line_ends_in_addresses_begin_no_header(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let evil = "a%0d%0aset-cookie:%20evil=1%0d%0a%0d%0ab";
    for declared in app::routes().declared() {
        let mut path = declared.path.to_owned();
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, evil);
        }
        let path = format!("{path}?next=/{evil}&said={evil}&language={evil}");
        for browser in [app.visitor(), hana.clone()] {
            let page = match declared.method {
                Method::GET => browser.get(&path).await,
                _ if declared.path == "/sign-out" => continue,
                _ => browser.post(&path, &[("next", "/a\r\nset-cookie: evil=1"), ("email", "a\r\n@example.org")]).await,
            };
            assert!(page.status < 500, "{path}: {}", page.text());
            let cookies = page.headers.get_all("set-cookie").iter().filter(|c| c.to_str().unwrap().contains("evil"));
            assert_eq!(cookies.count(), 0, "{path}");
        }
    }
    let file = "a\r\nset-cookie: evil=1";
    for name in ["dev-sign-in", "dev-sign-in-attempt"] {
        let visitor = app.visitor();
        visitor.set_cookie(name, &url::form_urlencoded::byte_serialize(file.as_bytes()).collect::<String>());
        visitor.get("/home").await.assert_status(303);
        visitor.post("/sign-in/code", &[("code", "ABCD2345")]).await.assert_status(410);
    }
}

fn header<'p>(page: &'p Page, name: &str) -> &'p str {
    page.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// What is wrong with the headers of an answer.
fn faults(page: &Page) -> Vec<String> {
    let (policy, kind) = (header(page, "content-security-policy"), header(page, "content-type"));
    let is_framed_by_us = page.path.starts_with("/mailbox/") && policy.contains("frame-ancestors 'self'");
    let is_sandboxed = policy.contains("sandbox") && policy.contains("default-src 'none'");
    let checks = [
        ("default-src", policy.contains("default-src 'none'")),
        ("frame-ancestors", policy.contains("frame-ancestors 'none'") || is_framed_by_us || is_sandboxed),
        ("inline", !policy.contains("script-src 'unsafe") && !policy.contains("'unsafe-eval'")),
        ("frame-src", !policy.contains("frame-src") || page.path.starts_with("/mailbox")),
        ("nosniff", header(page, "x-content-type-options") == "nosniff"),
        ("referrer", ["same-origin", "no-referrer"].contains(&header(page, "referrer-policy"))),
        ("opener", header(page, "cross-origin-opener-policy") == "same-origin"),
        ("resource", header(page, "cross-origin-resource-policy") == "same-origin"),
        ("permissions", header(page, "permissions-policy").contains("camera=()")),
        ("cache", !header(page, "cache-control").is_empty()),
        // The bytes of a file are as somebody sent them, and are never drawn here.
        (
            "charset",
            page.body.is_empty()
                || header(page, "content-disposition").starts_with("attachment")
                || !kind.starts_with("text/")
                || kind.contains("charset=utf-8"),
        ),
        ("kind", page.body.is_empty() || !kind.is_empty()),
        ("cors", !page.headers.keys().any(|name| name.as_str().starts_with("access-control-"))),
    ];
    checks
        .iter()
        .filter(|(_, is_right)| !is_right)
        .map(|(what, _)| format!("{what}: {} {}", page.status, page.path))
        .collect()
}

#[sqlx::test]
async fn trust_c12_every_answer_carries_the_headers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = access::World::writing(&app).await;
    let (mut found, mut statuses) = (Vec::new(), std::collections::BTreeSet::new());
    for persona in [None, Some(hana()), Some(aki()), Some(toma())] {
        for path in routes(&world, Method::GET).into_iter().chain(routes(&world, Method::POST)) {
            let browser = match persona {
                Some(persona) => app.as_(persona).await,
                None => app.visitor(),
            };
            let pages = [
                browser.get(&path).await,
                browser.head(&path).await,
                browser.clone().with("sec-fetch-site", "cross-site").post(&path, &[]).await,
                browser.post(&path, &[("act", "nothing-known")]).await,
                browser.post_raw(&path, b"a=%00".to_vec()).await,
            ];
            statuses.extend(pages.iter().map(|page| page.status));
            found.extend(pages.iter().flat_map(faults));
        }
    }
    let kept = app.as_(aki()).await.post("/drafts/item/1", &[("body", "a text")]).await;
    statuses.insert(kept.status);
    found.extend(faults(&kept));
    assert!(found.is_empty(), "{}", found.join("\n"));
    let all = [200, 204, 303, 400, 401, 403, 404, 405, 409, 410, 422];
    let missing: Vec<_> = all.iter().filter(|status| !statuses.contains(status)).collect();
    assert!(missing.is_empty(), "never seen: {missing:?} of {statuses:?}");
}

#[sqlx::test]
async fn trust_c12_an_instance_on_https_is_known_for_it_by_every_answer(db: PgPool) {
    let app = TestApp::spawn_with(db, |config| config.origin = "https://kabeuchi.example".parse().unwrap()).await;
    let visitor = app.visitor().with("host", "kabeuchi.example");
    for declared in app::routes().declared() {
        let path = random_path(declared);
        let page = match declared.method {
            Method::GET => visitor.get(&path).await,
            _ => visitor.post(&path, &[]).await,
        };
        let known = header(&page, "strict-transport-security");
        assert_eq!(known, "max-age=31536000; includeSubDomains", "{} {path}", page.status);
        assert_eq!(faults(&page), Vec::<String>::new());
    }
}

#[sqlx::test]
async fn trust_c09_nobody_frames_us(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (visitor, aki) = (app.visitor(), app.as_(aki()).await);
    let pages = [
        (200, visitor.get("/").await),
        (303, visitor.get("/home").await),
        (400, visitor.post_raw("/sign-in", b"email=%00".to_vec()).await),
        (401, visitor.post("/settings/profile", &[]).await),
        (403, visitor.clone().with("sec-fetch-site", "cross-site").post("/sign-in", &[]).await),
        (404, aki.get("/nowhere").await),
        (405, aki.get("/sign-out").await),
        (410, visitor.get("/previews/nonsense").await),
        (413, visitor.post_raw("/sign-in", vec![b'a'; 600 * 1024]).await),
        (421, visitor.clone().with("host", "evil.example").get("/").await),
        (422, visitor.post("/sign-in", &[]).await),
        (200, aki.get("/home").await),
    ];
    for (status, page) in pages {
        page.assert_status(status);
        assert!(header(&page, "content-security-policy").contains("frame-ancestors 'none'"), "{status} {}", page.path);
        assert!(!header(&page, "content-security-policy").contains("frame-src"), "{status} {}", page.path);
    }
    let mailbox = visitor.get("/mailbox").await;
    assert!(header(&mailbox, "content-security-policy").contains("frame-src 'self'"));
}

#[sqlx::test]
async fn trust_c11_a_page_elsewhere_is_told_nothing_by_a_preflight(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = access::World::writing(&app).await;
    let client = Client::new();
    for path in routes(&world, Method::GET).into_iter().chain(routes(&world, Method::POST)) {
        let request = client.request(reqwest::Method::OPTIONS, format!("{}{path}", app.origin));
        let request = request.header("origin", "https://evil.example").header("access-control-request-method", "POST");
        let answer = request.header("sec-fetch-site", "cross-site").send().await.unwrap();
        assert!([404, 405].contains(&answer.status().as_u16()), "{path}: {}", answer.status());
        let told: Vec<_> =
            answer.headers().keys().filter(|name| name.as_str().starts_with("access-control-")).collect();
        assert!(told.is_empty(), "{path}: {told:?}");
    }
}

/// Links to elsewhere tell nothing of where they stand, and an address with a token is told to nobody.
#[sqlx::test]
async fn trust_l07_no_link_to_elsewhere_tells_where_it_stands(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::build(&app, Locale::En).await;
    let mut outward = 0;
    for visit in &world.visits {
        let page = world.browser_of(&app, visit).await.get(&visit.path).await;
        outward += page.links("http").iter().filter(|link| !link.starts_with(&app.origin)).count();
        assert!(["same-origin", "no-referrer"].contains(&header(&page, "referrer-policy")), "{}", visit.path);
        assert_eq!(page.attributes("[referrerpolicy], meta[name=referrer]", "referrerpolicy"), Vec::<String>::new());
        assert_eq!(page.attributes("meta[name=referrer]", "content"), Vec::<String>::new());
    }
    assert!(outward > 3, "only {outward} links lead elsewhere");
    for declared in app::routes().declared().iter().filter(|declared| declared.path.contains("{token}")) {
        let page = match declared.method {
            Method::GET => app.visitor().get(&random_path(declared)).await,
            _ => app.visitor().post(&random_path(declared), &[]).await,
        };
        assert_eq!(header(&page, "referrer-policy"), "no-referrer", "{declared:?}");
    }
    for path in ["/sign-in?next=/invitations/AAAA", "/bookings/x?key=AAAA", "/settings/profile?next=/previews/AAAA"] {
        let page = app.visitor().get(path).await;
        assert_eq!(header(&page, "referrer-policy"), "no-referrer", "{path}");
    }
    assert_eq!(header(&app.visitor().get("/sign-in").await, "referrer-policy"), "same-origin");
}
