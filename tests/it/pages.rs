//! What is true of every page: headers, valid HTML, no sign of what is inside.

use crate::support::*;
use kabeuchi::domain::person::Locale;
use sqlx::PgPool;

/// Bytes of a first view: the page, its style sheet, its scripts.
const MOST_BYTES: usize = 60_000;
/// Statements of a page, finding the asker included.
const MOST_STATEMENTS: usize = 12;
/// The desk of a report asks for all that the finder has to know: names ever there, terms, what was let
/// stand, notes. A host opens it a few times in the life of a report.
const MOST_STATEMENTS_OF_A_DESK: usize = 15;

#[sqlx::test]
async fn every_page_is_valid_light_and_quickly_asked_for_in_japanese(db: PgPool) {
    walk(db, Locale::Ja).await;
}

#[sqlx::test]
async fn every_page_is_valid_light_and_quickly_asked_for_in_english(db: PgPool) {
    walk(db, Locale::En).await;
}

async fn walk(db: PgPool, locale: Locale) {
    let app = TestApp::spawn(db).await;
    let world = World::build(&app, locale).await;
    let beside = beside(&app).await;
    let (mut found, mut most) = (Vec::new(), 0);
    for visit in &world.visits {
        let browser = world.browser_of(&app, visit).await;
        app.statements.take();
        let page = browser.get(&visit.path).await;
        let statements = app.statements.take();
        let small = browser.with("accept-encoding", "br").get(&visit.path).await.size + beside;
        let mut faults = html::faults(&page);
        if page.status != visit.status {
            faults.push(format!("{} instead of {}: {}", page.status, visit.status, page.text()));
        }
        if page.attributes("html", "lang") != [locale.as_str()] {
            faults.push("another language".to_owned());
        }
        if !is_guarded(&page) {
            faults.push("no policy".to_owned());
        }
        most = most.max(statements);
        let most_statements = if visit.name == "report-editor" { MOST_STATEMENTS_OF_A_DESK } else { MOST_STATEMENTS };
        if statements > most_statements {
            faults.push(format!("{statements} statements"));
        }
        if small > MOST_BYTES {
            faults.push(format!("{small} bytes"));
        }
        found.extend(faults.into_iter().map(|fault| format!("{}: {fault} ({})", visit.name, visit.path)));
    }
    assert!(found.is_empty(), "{} of {} pages\n{}", found.len(), world.visits.len(), found.join("\n"));
    assert!(most > 5, "statements are not counted");
}

/// What answers with something other than a page of its own.
const NO_PAGES: [&str; 11] = [
    "/assets/{hash}/{name:.*}",
    "/bookings/{booking}/event.ics",
    "/consultations/{consultation}/export",
    "/consultations/{consultation}/materials/{material}/file",
    "/consultations/{consultation}/run/sheet",
    "/feeds/{token}.ics",
    "/live",
    "/mailbox/{mail}/html",
    "/ready",
    "/reports/{series}/feed.atom",
    // A page for a sign-in that waits; for everyone else the way to sign in.
    "/sign-in/second-factor",
];

#[sqlx::test]
async fn every_page_that_is_declared_is_among_those_that_are_walked(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::build(&app, Locale::En).await;
    let routes = kabeuchi::app::routes();
    let mut patterns: Vec<&str> = routes.declared().iter().filter(|d| d.method == "GET").map(|d| d.path).collect();
    // As they are mounted: a fixed word goes before a variable.
    patterns.sort_by_key(|path| path.split('/').map(|part| part.starts_with('{')).collect::<Vec<_>>());
    let of = |path: &str| patterns.iter().find(|pattern| fits(pattern, path));
    let walked: Vec<_> = world.visits.iter().filter_map(|visit| of(visit.path.split('?').next().unwrap())).collect();
    let missing: Vec<_> = patterns.iter().filter(|p| !walked.contains(p) && !NO_PAGES.contains(p)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let gone: Vec<_> = NO_PAGES.iter().filter(|path| !patterns.contains(path)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(part, word)| part.starts_with('{') || *part == word)
}

/// Compressed bytes of what every page fetches.
async fn beside(app: &TestApp) -> usize {
    let visitor = app.visitor();
    let page = visitor.get("/").await;
    let visitor = visitor.with("accept-encoding", "br");
    let mut wanted = page.attributes("link[rel=stylesheet], link[rel=icon]", "href");
    wanted.extend(page.attributes("script", "src"));
    let mut bytes = 0;
    let mut at = 0;
    while at < wanted.len() {
        let path = wanted[at].clone();
        let plain = app.visitor().get(&path).await;
        plain.assert_status(200);
        for name in plain.body.split("import ").skip(1).filter_map(|line| line.split('"').nth(1)) {
            let module = path.rsplit_once('/').unwrap().0.to_owned() + name.trim_start_matches('.');
            if !wanted.contains(&module) {
                wanted.push(module);
            }
        }
        bytes += visitor.get(&path).await.size;
        at += 1;
    }
    assert!(wanted.len() > 8 && bytes > 5_000, "{wanted:?}: {bytes}");
    bytes
}

/// The policy that trust.md draws, on whatever answers.
fn is_guarded(page: &Page) -> bool {
    let policy = page.headers.get("content-security-policy").map(|policy| policy.to_str().unwrap()).unwrap_or_default();
    ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "trusted-types kabeuchi"]
        .iter()
        .all(|part| policy.contains(part))
}

#[test]
fn what_is_wrong_with_a_page_is_found() {
    let wrong = "<!DOCTYPE html><html lang=en><head><title>t</title></head><body style='x'><h1>a</h1><h3 id=a>b</h3>\
        <span id=a><div>c</div></span><ul><p>d</p></ul><a href='#nowhere'><button>e</button></a><input name=f>\
        <label for=g>g</label><script>h()</script><img src='https://example.org/i' onclick=j><p></div></body></html>";
    let found = html::faults(&Page::of(wrong)).join("\n");
    for fault in [
        "Unexpected token",
        "style= on <body>",
        "h3 after h1",
        "id a twice",
        "<div> in the phrase <span>",
        "<p> in <ul>",
        "href names nowhere",
        "<button> in <a>",
        "no label: <input",
        "for names g",
        "<script> inline",
        "<img> fetches https:",
        "onclick= on <img>",
    ] {
        assert!(found.contains(fault), "{fault} is not among\n{found}");
    }
}

#[sqlx::test]
async fn refusals_and_failures_are_valid_pages_with_the_same_policy(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let room = format!("/consultations/{consultation}");
    let (visitor, aki, hana) = (app.visitor(), app.as_(aki()).await, app.as_(hana()).await);
    let mut answers = vec![
        (400, visitor.post_raw("/sign-in", b"email=%00".to_vec()).await),
        (401, visitor.post(&format!("{room}/questions"), &[("body", "what I typed")]).await),
        (403, visitor.clone().with("sec-fetch-site", "cross-site").post("/sign-in", &[]).await),
        (404, aki.get("/consultations/nothing").await),
        (405, visitor.get("/sign-out").await),
        (409, aki.post(&format!("{room}/feedback"), &[("answer1", "early")]).await),
        (410, visitor.get("/previews/nonsense").await),
        (413, visitor.post_raw("/sign-in", vec![b'a'; 600 * 1024]).await),
        (422, visitor.post("/sign-in", &[("email", "no address")]).await),
        (422, hana.post("/calls/new", &[]).await),
        (422, hana.post("/availability", &[("mon_from", "25:00"), ("mon_to", "x"), ("revision", "0")]).await),
        (422, aki.post(&format!("{room}/questions"), &[]).await),
        (422, aki.post(&format!("{room}/bookings/new"), &[("start", "soon"), ("minutes", "60")]).await),
        (422, aki.post(&format!("{room}/participants"), &[("email", "nobody")]).await),
        (422, aki.post("/settings/profile", &[("name", "")]).await),
    ];
    sqlx::query("alter table calls rename to gone").execute(&app.db).await.unwrap();
    answers.push((500, visitor.get("/").await));

    let mut found = Vec::new();
    for (status, page) in answers {
        let mut faults = html::faults(&page);
        if page.status != status {
            faults.push(format!("{} instead: {}", page.status, page.text()));
        }
        if !is_guarded(&page) {
            faults.push("no policy".to_owned());
        }
        found.extend(faults.into_iter().map(|fault| format!("{status} {}: {fault}", page.path)));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[sqlx::test]
async fn trust_d08_unreadable_forms_are_no_errors_of_ours(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for (body, status) in [(&b"email=%00"[..], 400), (b"email=%ff", 400), (b"\xff\xfe", 400), (b"", 422)] {
        app.visitor().post_raw("/sign-in", body.to_vec()).await.assert_status(status);
    }
    app.visitor()
        .post_raw("/sign-in", vec![b'a'; 600 * 1024])
        .await
        .assert_status(413)
        .assert_says("problem-too_large-text");
}

#[sqlx::test]
async fn problem_pages_speak_the_visitors_language(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let page = app.visitor().with("accept-language", "ja,en;q=0.5").get("/nowhere").await;
    page.assert_status(404);
    assert!(page.text().contains("ページがありません"), "{}", page.text());
    assert_eq!(page.attributes("html", "lang"), ["ja"]);
}

#[sqlx::test]
async fn trust_i09_a_form_sent_twice_does_one_thing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.visitor();
    let page = browser.get("/sign-in").await;

    let first = browser.submit(&page, "/sign-in", &[("email", "aki@example.org")]).await;
    let second = browser.submit(&page, "/sign-in", &[("email", "aki@example.org")]).await;
    let other = browser.submit(&page, "/sign-in", &[("email", "ren@example.org")]).await;

    assert_eq!(first.leads_to(), second.leads_to());
    other.assert_status(422).assert_says("problem-unprocessable-text");
    app.run_jobs().await;
    assert_eq!(app.mailbox().all().await.len(), 1);
}

#[sqlx::test]
async fn what_was_written_comes_back_whatever_is_refused(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    app.join(consultation, mio()).await;
    let typed = [("reason", "We found somebody else to ask"), ("once", "01a21409-6bbd-73de-ba37-b0c63c4483c4")];
    let path = format!("/consultations/{consultation}/cancellation");

    for (persona, status) in [(mio(), 403), (ren(), 404)] {
        let page = app.as_(persona).await.post(&path, &typed).await;
        page.assert_status(status);
        assert_eq!(page.texts("textarea"), ["We found somebody else to ask"], "{status}");
    }
    let visitor = app.visitor().post(&path, &typed).await;
    visitor.assert_status(401);
    let back: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    assert_eq!(visitor.links("/sign-in?next="), [format!("/sign-in?next={back}")]);
}

#[sqlx::test]
async fn the_foot_of_a_page_says_how_to_reach_whoever_operates_the_instance(db: PgPool) {
    let silent = TestApp::spawn(db.clone()).await;
    silent.visitor().get("/").await.assert_does_not_say("site-contact");
    let app = TestApp::spawn_with(db, |config| config.contact = "mailto:ops@example.org".parse().ok()).await;
    for path in ["/", "/policies/privacy", "/nothing"] {
        let page = app.visitor().get(path).await;
        assert_eq!(page.links("mailto:"), ["mailto:ops@example.org"], "{path}");
    }
}
