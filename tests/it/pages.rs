//! What is true of every page: headers, valid HTML, no sign of what is inside.

use crate::support::*;
use sqlx::PgPool;

#[sqlx::test]
async fn trust_c12_every_answer_carries_the_headers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for path in ["/", "/sign-in", "/nowhere", "/live", "/sign-in/AAAA"] {
        let page = app.visitor().get(path).await;
        let header = |name: &str| page.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(header("content-type").contains("charset=utf-8"), "{path}");
    }
    assert_eq!(app.visitor().get("/sign-in/AAAA").await.headers["referrer-policy"], "no-referrer");
}

#[sqlx::test]
async fn trust_c01_requests_of_other_sites_are_refused(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for site in ["cross-site", "same-site"] {
        let other = app.visitor().with("sec-fetch-site", site);
        other.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(403);
    }
    app.visitor()
        .with("origin", "https://evil.example")
        .post("/sign-in", &[("email", "aki@example.org")])
        .await
        .assert_status(403);
    app.visitor().with("origin", "null").post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(403);
}

#[sqlx::test]
async fn trust_a11_other_methods_are_refused_with_a_page(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let page = app.as_(aki()).await.get("/sign-out").await;
    page.assert_status(405).assert_says("problem-method-text");
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
async fn a_form_sent_twice_does_one_thing(db: PgPool) {
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
