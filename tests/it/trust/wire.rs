//! K: what stands before the pages: bytes on the wire, slow senders, methods, and a handler that panics.

use crate::support::*;
use sqlx::PgPool;
use std::fs::File;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The host and port of an application.
pub fn host(origin: &str) -> String {
    origin.trim_start_matches("http://").to_owned()
}

async fn connect(origin: &str) -> TcpStream {
    let port = host(origin).rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

/// What a server says to these bytes until it closes.
pub async fn said(origin: &str, bytes: &[u8]) -> String {
    let mut stream = connect(origin).await;
    // Whoever refuses early may close while the rest is on its way.
    let _ = stream.write_all(bytes).await;
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut piece).await {
        answer.extend_from_slice(&piece[..length]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The statuses of all answers on one connection.
fn statuses(said: &str) -> Vec<&str> {
    said.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect()
}

#[sqlx::test]
async fn trust_k09_what_two_readers_could_read_differently_is_refused_and_the_connection_closed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let host = host(&app.origin);
    let post = format!("POST /sign-in HTTP/1.1\r\nHost: {host}\r\nsec-fetch-site: same-origin\r\n");
    let hidden = format!("GET /hidden HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let many: String = (0..10_000).map(|n| format!("x-{n}: 1\r\n")).collect();
    let cases = [
        ("both lengths", format!("{post}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}")),
        (
            "both lengths turned",
            format!("{post}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n{hidden}"),
        ),
        ("two lengths", format!("{post}content-length: 0\r\ncontent-length: 60\r\n\r\n{hidden}")),
        ("two equal lengths", format!("{post}content-length: 0\r\ncontent-length: 0\r\n\r\n{hidden}")),
        ("a list of lengths", format!("{post}content-length: 0, 0\r\n\r\n{hidden}")),
        ("a signed length", format!("{post}content-length: +0\r\n\r\n{hidden}")),
        (
            "two codings",
            format!("{post}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n{hidden}"),
        ),
        ("an unknown coding", format!("{post}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}")),
        ("a folded line", format!("{post}x-folded: a\r\n b\r\ncontent-length: 0\r\n\r\n{hidden}")),
        ("a space before the colon", format!("{post}content-length : 0\r\n\r\n{hidden}")),
        ("a bare return", format!("{post}x-bare: a\rcontent-length: 60\r\n\r\n{hidden}")),
        ("two hosts", format!("GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n{hidden}")),
        ("no host", "GET / HTTP/1.1\r\n\r\n".to_owned()),
        ("100 kB in one header", format!("{post}x-long: {}\r\n\r\n{hidden}", "a".repeat(140_000))),
        ("10,000 headers", format!("{post}{many}\r\n{hidden}")),
    ];
    for (name, bytes) in cases {
        let said = said(&app.origin, bytes.as_bytes()).await;
        assert!(matches!(statuses(&said)[..], ["400" | "431"]), "{name}: {said}");
    }
    let form = "content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n";
    let bare = format!("{post}{form}\r\n1\na\r\n0\r\n\r\n{hidden}");
    let answered = said(&app.origin, bare.as_bytes()).await;
    assert!(matches!(statuses(&answered)[..], [] | ["400"]), "a chunk that ends in a bare line feed: {answered}");
    let long =
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nx-long: {}\r\nconnection: close\r\n\r\n", "a".repeat(100_000));
    let answered = said(&app.origin, long.as_bytes()).await;
    assert!(matches!(statuses(&answered)[..], ["200" | "400" | "431"]), "{answered}");
}

/// RFC 9112, 2.2 lets a reader take a line feed alone as the end of a line: it then ends a line for all that
/// follows, and nothing is seen as a request that was written as a body.
#[sqlx::test]
async fn trust_k09_a_bare_line_feed_ends_a_line_and_hides_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let host = host(&app.origin);
    let hidden = "GET /hidden HTTP/1.1\nHost: x\n\n";
    let bytes = format!(
        "POST /sign-in HTTP/1.1\nHost: {host}\nsec-fetch-site: cross-site\ncontent-length: {}\nconnection: close\n\n{hidden}",
        hidden.len()
    );

    let said = said(&app.origin, bytes.as_bytes()).await;

    assert!(matches!(statuses(&said)[..], ["400" | "403"]), "{said}");
}

#[sqlx::test]
async fn trust_k11_a_body_where_none_belongs_and_one_that_is_only_announced_change_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let host = host(&app.origin);
    let next = format!("GET /nowhere HTTP/1.1\r\nHost: {host}\r\nconnection: close\r\n\r\n");
    let hidden = format!("GET /hidden HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let with_body = format!("GET / HTTP/1.1\r\nHost: {host}\r\ncontent-length: {}\r\n\r\n{hidden}{next}", hidden.len());
    let answered = said(&app.origin, with_body.as_bytes()).await;
    assert!(matches!(statuses(&answered)[..], ["200", "404"] | ["200"]), "{answered}");

    let announced = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nsec-fetch-site: same-origin\r\nexpect: 100-continue\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 700000\r\n\r\n"
    );
    let answered = said(&app.origin, announced.as_bytes()).await;
    assert_eq!(statuses(&answered).last(), Some(&"413"), "{answered}");
    app.visitor().get("/").await.assert_status(200);
}

#[sqlx::test]
async fn trust_k07_methods_that_echo_or_tunnel_are_refused(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let host = host(&app.origin);
    let aki = app.as_(aki()).await.cookies()["dev-sign-in"].clone();
    for cookie in ["", &format!("cookie: dev-sign-in={aki}\r\n")] {
        for (method, target) in [("TRACE", "/"), ("TRACE", "/settings/profile"), ("CONNECT", "/"), ("TRACK", "/")] {
            let bytes = format!(
                "{method} {target} HTTP/1.1\r\nHost: {host}\r\nsec-fetch-site: none\r\n{cookie}connection: close\r\n\r\n"
            );
            let said = said(&app.origin, bytes.as_bytes()).await;
            assert_eq!(statuses(&said), ["405"], "{method} {target}: {said}");
            assert!(said.to_lowercase().contains("\r\nallow: get, head"), "{said}");
            assert!(!said.contains(&aki), "{method} says the cookie");
        }
    }
    let tunnel = format!("CONNECT evil.example:443 HTTP/1.1\r\nHost: {host}\r\nconnection: close\r\n\r\n");
    let said = said(&app.origin, tunnel.as_bytes()).await;
    assert_eq!(statuses(&said), ["421"], "{said}");
}

#[sqlx::test]
async fn trust_k06_what_serves_operators_is_not_on_the_public_port(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let css = app.visitor().get("/").await.attributes("link[rel=stylesheet]", "href").remove(0);
    let folder = css.rsplit_once('/').unwrap().0.to_owned();
    let (map, backup, up) = (format!("{css}.map"), format!("{css}~"), format!("{folder}/..%2f..%2fCargo.toml"));
    let paths = [
        "/metrics",
        "/debug",
        "/debug/pprof",
        "/status",
        "/server-status",
        "/actuator",
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/.sqlx",
        "/Cargo.toml",
        "/Cargo.lock",
        "/backup.sql",
        "/dump.sql.gz",
        "/index.html~",
        "/keys",
        "/tombstones",
        "/files",
        "/static/js/autosave.js",
        "/migrations",
        &map,
        &backup,
        &up,
    ];
    for path in paths {
        for browser in [app.visitor(), app.as_(toma()).await] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
    }
    for path in
        [format!("{folder}/../../Cargo.toml"), format!("{folder}/..\\..\\Cargo.toml"), format!("{folder}//etc/passwd")]
    {
        let bytes = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nconnection: close\r\n\r\n", host(&app.origin));
        let said = said(&app.origin, bytes.as_bytes()).await;
        assert!(matches!(statuses(&said)[..], ["404" | "400"]), "{path}: {said}");
    }
}

#[sqlx::test]
async fn trust_k08_a_panic_is_a_page_and_the_next_request_is_answered(db: PgPool) {
    let listen = format!("127.0.0.1:{}", free_port());
    let variables =
        [("KABEUCHI_FAILPOINTS", "before_commit=panic".to_owned()), ("KABEUCHI_METRICS_LISTEN", listen.clone())];
    TestApp::spawn(db.clone()).await.as_(toma()).await;
    let (_process, origin) = Process::serve(&db, &variables).await;
    let visitor = Browser::new(origin);

    for _ in 0..6 {
        let page = visitor.post("/sign-in", &[("email", "aki@example.org")]).await;
        page.assert_status(500).assert_says("problem-unexpected-text");
        assert_eq!(page.texts(".problem__id code"), [page.headers["x-request-id"].to_str().unwrap()]);
        assert!(page.headers.contains_key("content-security-policy"));
        assert!(!page.body.contains("failpoint"), "{}", page.body);
        visitor.get("/").await.assert_status(200);
    }

    let metrics = reqwest::get(format!("http://{listen}/metrics")).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("kabeuchi_panics_total 6"), "{metrics}");
    let kept: i64 = sqlx::query_scalar("select count(*) from sign_in_requests").fetch_one(&db).await.unwrap();
    assert_eq!(kept, 0);
}

/// Heads that never end and bodies that never come, while others go on.
#[sqlx::test]
async fn trust_k10_slow_senders_are_cut_and_keep_nobody_waiting(db: PgPool) {
    let (_process, origin) = Process::serve(&db, &[]).await;
    let host = host(&origin);
    let head = format!("GET / HTTP/1.1\r\nHost: {host}\r\nx-slow: a");
    let body = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nemail=aki"
    );
    let (mut slow, began) = (Vec::new(), Instant::now());
    for (bytes, count) in [(head, 300), (body, 20)] {
        for _ in 0..count {
            let mut stream = connect(&origin).await;
            stream.write_all(bytes.as_bytes()).await.unwrap();
            slow.push(tokio::spawn(async move { read(&mut stream).await }));
        }
    }

    let visitor = Browser::new(origin);
    for _ in 0..20 {
        let page = tokio::time::timeout(Duration::from_secs(5), visitor.get("/")).await.expect("others go on");
        page.assert_status(200);
    }

    for (n, task) in slow.into_iter().enumerate() {
        let said = tokio::time::timeout(Duration::from_secs(40), task).await.expect("it is cut").unwrap();
        assert!(n >= 300 || began.elapsed() < Duration::from_secs(15), "heads are cut after 10 s");
        assert!(said.is_empty() || statuses(&said) == ["408"], "{said}");
    }
}

/// What nineteen of twenty visits of the front page take at most.
async fn usual_wait(visitor: &Browser) -> Duration {
    let mut taken = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        visitor.get("/").await.assert_status(200);
        taken.push(began.elapsed());
    }
    taken.sort();
    taken[190]
}

#[sqlx::test]
#[ignore = "script/measure slow"]
async fn slow_two_thousand_heads_that_never_end_keep_nobody_waiting(db: PgPool) {
    let (_process, origin) = Process::serve(&db, &[]).await;
    let (visitor, head) =
        (Browser::new(origin.clone()), format!("GET / HTTP/1.1\r\nHost: {}\r\nx-slow: a", host(&origin)));
    usual_wait(&visitor).await;
    let alone = usual_wait(&visitor).await;
    let mut slow = Vec::new();
    for _ in 0..2_000 {
        let mut stream = connect(&origin).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }

    let beside = usual_wait(&visitor).await;

    println!("nineteen of twenty visits take {alone:?} alone and {beside:?} beside 2,000 heads");
    assert!(beside < 2 * alone + Duration::from_millis(20));
    for mut stream in slow {
        let said = tokio::time::timeout(Duration::from_secs(15), read(&mut stream)).await.expect("it is cut");
        assert!(said.is_empty() || statuses(&said) == ["408"], "{said}");
    }
}

/// Anybody can send them, as many as they like.
#[sqlx::test]
async fn broken_heads_are_counted_and_fill_no_log(db: PgPool) {
    let path = std::env::temp_dir().join(format!("kabeuchi-log-{}", uuid::Uuid::new_v4().simple()));
    let metrics = format!("127.0.0.1:{}", free_port());
    let variables = [("RUST_LOG", "info".to_owned()), ("KABEUCHI_METRICS_LISTEN", metrics.clone())];
    let (process, origin) = Process::serve_logging(&db, &variables, File::create(&path).unwrap()).await;

    for broken in ["GET / HTTP/9.9\r\n\r\n", "\0\u{1}\u{16}\u{3}\r\n\r\n", "GET /\u{7f} HTTP/1.1\r\nx y: z\r\n\r\n"] {
        assert_eq!(statuses(&said(&origin, broken.as_bytes()).await), ["400"], "{broken:?}");
    }

    let counted = reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
    assert!(counted.contains("kabeuchi_broken_connections_total 3"), "{counted}");
    process.signal("TERM");
    drop(process);
    let log = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(log.contains("INFO") && !log.contains("ERROR") && !log.contains("stream error"), "{log}");
}
