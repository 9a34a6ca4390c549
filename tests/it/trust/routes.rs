//! A: every declared route as somebody who is not signed in, by other methods and by other spellings.

use super::wire;
use crate::access::{World, random_path};
use crate::support::digest::{changed, digest};
use crate::support::*;
use actix_web::http::Method;
use kabeuchi::app;
use kabeuchi::platform::route::{Declared, Need};
use reqwest::Client;
use sqlx::PgPool;

/// Routes that ask for a person before anything is loaded.
fn private() -> Vec<Declared> {
    let is_open = |need| matches!(need, Need::Public | Need::Token | Need::BookingBearer);
    app::routes().declared().iter().filter(|declared| !is_open(declared.need)).cloned().collect()
}

/// The paths of a route: that of a real thing, where the world has one, and one that exists nowhere.
fn paths(world: &World, declared: &Declared) -> Vec<String> {
    world.path(declared).into_iter().chain([random_path(declared)]).collect()
}

#[sqlx::test]
async fn trust_a09_a_visitor_learns_nothing_from_where_they_are_led(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::writing(&app).await;
    let (visitor, mut walked) = (app.visitor(), 0);
    for declared in private().iter().filter(|declared| declared.method == Method::GET) {
        for path in paths(&world, declared) {
            let back: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            assert_eq!(visitor.get(&path).await.leads_to(), format!("/sign-in?next={back}"), "{declared:?}");
            walked += 1;
        }
    }
    assert!(walked > 100, "only {walked}");
}

#[sqlx::test]
async fn trust_a10_a_visitors_form_changes_nothing_and_comes_back(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let world = World::writing(&app).await;
    let (visitor, before) = (app.visitor(), digest(&db).await);
    for declared in private().iter().filter(|declared| declared.method == Method::POST) {
        for path in paths(&world, declared) {
            let page = visitor.post(&path, &[("body", "what I typed"), ("act", "keep")]).await;
            page.assert_status(401);
            assert_eq!(page.texts("textarea"), ["what I typed"], "{declared:?}");
            let large = visitor.post_raw(&path, vec![b'a'; 600 * 1024]).await;
            assert_eq!(large.status, 413, "{declared:?}");
        }
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

#[sqlx::test]
async fn trust_a11_other_methods_are_refused_everywhere_with_those_that_are_taken(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let world = World::writing(&app).await;
    let cookie = format!("dev-sign-in={}", app.as_(hana()).await.cookies()["dev-sign-in"]);
    let (client, before) = (Client::new(), digest(&db).await);
    let routes = app::routes();
    for declared in routes.declared() {
        let same = routes.declared().iter().filter(|d| d.path == declared.path);
        let taken =
            same.map(|d| if d.method == Method::GET { "GET, HEAD" } else { "POST" }).collect::<Vec<_>>().join(", ");
        let path = paths(&world, declared).remove(0);
        for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH, reqwest::Method::OPTIONS]
        {
            let request = client.request(method.clone(), format!("{}{path}", app.origin)).header("cookie", &cookie);
            let answer = request.header("sec-fetch-site", "same-origin").body("act=keep").send().await.unwrap();
            assert_eq!(answer.status(), 405, "{method} {path}");
            assert_eq!(answer.headers()["allow"], taken, "{method} {path}");
        }
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
    app.as_(aki()).await.get("/sign-out").await.assert_status(405).assert_says("problem-method-text");
}

#[sqlx::test]
async fn trust_a12_the_head_of_a_page_is_the_page_without_its_body(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let world = World::writing(&app).await;
    let browsers = [app.visitor(), app.as_(hana()).await, app.as_(aki()).await, app.as_(toma()).await];
    let before = digest(&db).await;
    for declared in app::routes().declared().iter().filter(|declared| declared.method == Method::GET) {
        for path in paths(&world, declared) {
            for browser in &browsers {
                let (head, page) = (browser.head(&path).await, browser.get(&path).await);
                assert_eq!((head.status, head.size), (page.status, 0), "{path}");
                assert_eq!(head.headers.get("location"), page.headers.get("location"), "{path}");
            }
        }
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

/// Other spellings of a path, as they go over the wire.
fn variants(path: &str) -> Vec<String> {
    let (parent, last) = path.rsplit_once('/').unwrap();
    let slashed = |slash: &str| path.replacen('/', slash, 2);
    vec![
        format!("{path}/"),
        format!("/{path}"),
        slashed("//"),
        slashed("/./"),
        slashed("/%2e/"),
        slashed("/%2f"),
        format!("/assets/%2e%2e{path}"),
        format!("/assets/..{path}"),
        format!("/live/%2e%2e/%2e%2e{path}"),
        format!("{parent}/x/%2e%2e/{last}"),
        format!("{parent}/x/../{last}"),
        format!("{parent}/{}", last.to_uppercase()),
        path.to_uppercase(),
        format!("{path};x=1"),
        format!("{path}%3bx=1"),
        format!("{path}%00"),
        format!("{path}%20"),
        format!("{path}."),
        format!("{path}\\"),
        format!("{path}.html"),
        path.replacen('/', "\\", 1),
    ]
}

#[sqlx::test]
async fn trust_a13_no_other_spelling_of_a_path_is_weaker(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::writing(&app).await;
    let ren = app.as_(ren()).await.cookies()["dev-sign-in"].clone();
    let ask = async |path: &str, cookie: &str| {
        let host = wire::host(&app.origin);
        let bytes = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{cookie}connection: close\r\n\r\n");
        let said = wire::said(&app.origin, bytes.as_bytes()).await;
        said.strip_prefix("HTTP/1.1 ").map(|said| said[..3].to_owned()).unwrap_or_default()
    };
    for declared in private().iter().filter(|d| d.method == Method::GET && d.need != Need::SignedIn) {
        let Some(path) = world.path(declared) else { continue };
        for variant in variants(&path) {
            let visitor = ask(&variant, "").await;
            assert!(["303", "404", "400"].contains(&&*visitor), "{variant} of {path}: {visitor} for a visitor");
            let stranger = ask(&variant, &format!("cookie: dev-sign-in={ren}\r\n")).await;
            assert!(["404", "403", "400"].contains(&&*stranger), "{variant} of {path}: {stranger} for a stranger");
        }
    }
}
