//! What people type runs nowhere: a browser without our policy opens every page of a world in which
//! everybody types markup, and pages that hold the whole corpus. With the policy, no page of ours breaks
//! it, and none asks another machine for anything.

mod corpus;

use crate::chrome::{Chrome, Mode};
use crate::support::world::World;
use crate::support::*;
use kabeuchi::domain::person::Locale;
use serde_json::Value;
use sqlx::PgPool;

const MODE: Mode = Mode { locale: Locale::En, has_scripts: true };

/// Counts what a payload would call, what the policy stops, and forms that are sent by scripts.
const WATCH: &str = "
    window.ran = []; window.stopped = []; window.submitted = 0;
    for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => { window.ran.push(name) };
    document.write = document.writeln = () => { window.ran.push('write') };
    for (const name of ['submit', 'requestSubmit']) HTMLFormElement.prototype[name] = () => { window.submitted += 1 };
    document.addEventListener('securitypolicyviolation', e => window.stopped.push(`${e.violatedDirective} ${e.blockedURI}`));
";

/// Does to every element what people do to some, then tells what ran, and addresses that would run.
const PROVOKED: &str = "(() => {
    const events = ['mouseover', 'pointerenter', 'focus', 'blur', 'input', 'toggle', 'error', 'load', 'animationend', 'beforetoggle'];
    for (const element of document.querySelectorAll('main *, head *')) for (const event of events) element.dispatchEvent(new Event(event));
    const ways = ['http:', 'https:', 'mailto:', 'otpauth:'];
    const links = [...document.querySelectorAll('a, area')].filter(a => a.href && !ways.includes(new URL(a.href, document.baseURI).protocol));
    return window.ran.concat(links.map(a => a.href));
})()";

/// Machines other than ours that the page asked for something.
const ASKED: &str = "performance.getEntriesByType('resource').map(e => e.name).filter(name => !name.startsWith(origin) && !name.startsWith('data:'))";

async fn open(app: &TestApp) -> Chrome {
    let chrome = Chrome::open(&app.origin, MODE).await;
    chrome.begin_pages_with(WATCH).await;
    chrome
}

/// What ran on a page, and whom it asked.
async fn found(chrome: &Chrome, path: &str) -> Vec<String> {
    chrome.goto(path).await;
    let lists = [chrome.evaluate(PROVOKED).await, chrome.evaluate(ASKED).await];
    lists.into_iter().flat_map(|list| strings(&list)).map(|what| format!("{path}: {what}")).collect()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

async fn sign_in(app: &TestApp, chrome: &Chrome, persona: Persona) {
    chrome.sign_in(app.as_(persona).await.cookies()["dev-sign-in"].clone()).await;
}

/// Whatever stands in the way of markup is taken away, and it runs: otherwise nothing would be shown.
async fn assert_watched(chrome: &Chrome) {
    chrome.goto("/").await;
    let into = "(document.querySelector('main').innerHTML += '<img src=x onerror=alert(1)>', true)";
    assert_eq!(chrome.evaluate(into).await, true);
    chrome.until("window.ran.length > 0").await;
}

#[sqlx::test]
async fn trust_d01_the_corpus_runs_nowhere_without_our_policy(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let contexts = corpus::contexts(&app).await;
    let chrome = open(&app).await;
    chrome.ignore_policies().await;
    assert_watched(&chrome).await;
    let ran = "window.ran.length > 0";
    assert_eq!(chrome.evaluate_in_frames(&["<img src=x onerror=alert(1)>"], ran).await, [true], "frames are watched");

    let mut found = Vec::new();
    for context in &contexts {
        chrome.goto("/sign-in").await;
        for drawn in context.documents.chunks(8) {
            let documents: Vec<&str> = drawn.iter().map(|(_, html)| html.as_str()).collect();
            let told = chrome.evaluate_in_frames(&documents, &format!("{PROVOKED}.concat({ASKED})")).await;
            for ((path, _), list) in drawn.iter().zip(&told) {
                found.extend(strings(list).into_iter().map(|what| format!("{}, {path}: {what}", context.name)));
            }
        }
    }

    chrome.close().await;
    for context in &contexts {
        println!("{}: {} payloads in {} documents", context.name, context.payloads, context.documents.len());
        assert!(context.payloads >= 500, "{} payloads as {}", context.payloads, context.name);
    }
    assert_eq!(found, Vec::<String>::new());
}

#[sqlx::test]
async fn trust_d01_nothing_runs_where_everybody_types_markup(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::hostile(&app).await;
    let chrome = open(&app).await;
    chrome.ignore_policies().await;
    assert_watched(&chrome).await;

    let mut ran = Vec::new();
    for visit in in_order(&world) {
        if let Some(persona) = visit.who {
            sign_in(&app, &chrome, persona).await;
        }
        ran.extend(found(&chrome, &visit.path).await);
    }

    chrome.close().await;
    assert_eq!(ran, Vec::<String>::new());
}

/// Visitors first: a cookie is never taken back.
fn in_order(world: &World) -> Vec<&world::Visit> {
    let mut visits: Vec<&world::Visit> = world.visits.iter().collect();
    visits.sort_by_key(|visit| visit.who.map(|who| who.email));
    visits
}

/// What this tells of every page in normal use, with our policy on.
async fn told(db: PgPool, locale: Locale, what: &str) -> Vec<String> {
    let app = TestApp::spawn(db).await;
    let world = World::build(&app, locale).await;
    let chrome = open(&app).await;
    chrome.goto("/").await;
    let foreign =
        "document.body.appendChild(Object.assign(new Image(), { src: 'https://evil.example/x' })).src.length > 0";
    assert_eq!(chrome.evaluate(foreign).await, true);
    chrome.until("window.stopped.length > 0").await;

    let mut told = Vec::new();
    for visit in in_order(&world) {
        if let Some(persona) = visit.who {
            sign_in(&app, &chrome, persona).await;
        }
        chrome.goto(&visit.path).await;
        told.extend(strings(&chrome.evaluate(what).await).into_iter().map(|what| format!("{}: {what}", visit.name)));
    }
    chrome.close().await;
    told
}

#[sqlx::test]
async fn trust_d06_no_page_breaks_the_policy(db: PgPool) {
    assert_eq!(told(db, Locale::En, "window.stopped").await, Vec::<String>::new());
}

#[sqlx::test]
async fn trust_l06_no_page_asks_another_machine(db: PgPool) {
    assert_eq!(told(db, Locale::Ja, ASKED).await, Vec::<String>::new());
}

#[sqlx::test]
async fn trust_b04_a_scanner_that_runs_scripts_spends_no_link(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    app.visitor().post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().last_to(aki()).await.link();
    let spent = "select count(*) from sign_in_requests where spent_at is not null";

    for _ in 0..3 {
        let scanner = open(&app).await;
        scanner.goto(&link).await;
        assert_eq!(scanner.evaluate(PROVOKED).await, Value::Array(Vec::new()));
        assert_eq!(scanner.evaluate("window.submitted").await, 0, "no script sends a form");
        assert_eq!(scanner.path().await, link);
        scanner.close().await;
    }
    assert_eq!(sqlx::query_scalar::<_, i64>(spent).fetch_one(&db).await.unwrap(), 0);

    let chrome = Chrome::open(&app.origin, MODE).await;
    chrome.goto(&link).await;
    chrome.go_on().await;
    assert_eq!(sqlx::query_scalar::<_, i64>(spent).fetch_one(&db).await.unwrap(), 1, "and the person's button does");
    chrome.close().await;
}
