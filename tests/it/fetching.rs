//! The one way out: what is not asked, and where an answer is cut.

use crate::support::certificates::{Certificate, roots};
use crate::support::feeds::{Answer, BUDGETS, FETCH_ALLOW, FeedServer, Names, event};
use crate::support::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use kabeuchi::config::{Config, Database, MailSettings};
use kabeuchi::domain::person::EmailAddress;
use kabeuchi::platform::http_client::{Failure, Fetched, HttpClient, Request};
use sqlx::PgPool;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn client() -> HttpClient {
    client_of_the_world().with_roots(roots())
}

/// Trusts whom the world trusts.
fn client_of_the_world() -> HttpClient {
    client_that_may(&FETCH_ALLOW)
}

/// May ask these networks, and the public internet.
fn client_that_may(networks: &[&str]) -> HttpClient {
    let config = Config {
        data_dir: "unused".into(),
        listen: "127.0.0.1:8080".parse().unwrap(),
        origin: "https://kabeuchi.example.org".parse().unwrap(),
        database: Database::Embedded,
        migrate_url: None,
        mail: MailSettings::Mailbox { from: EmailAddress::parse("kabeuchi@example.org").unwrap() },
        metrics_listen: None,
        trusted_hops: 0,
        pg_bin: None,
        pg_user: None,
        lease: Duration::from_secs(60),
        fetch_allow: networks.iter().map(|network| network.parse().unwrap()).collect(),
        keys: Vec::new(),
        scanner: None,
        contact: None,
        providers: Vec::new(),
    };
    HttpClient::of(&config).with_resolver(Names).with_budgets(BUDGETS)
}

async fn fetch(url: &str) -> Result<Fetched, Failure> {
    let client = client();
    let address = client.address(url)?;
    client.fetch(Request { kinds: &["text/calendar"], ..Request::get(&address) }).await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn packed(encoding: &str, body: &[u8]) -> Answer {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\n{encoding}\r\ncontent-length: {length}");
    Answer::with(&head, body)
}

#[tokio::test]
async fn a_calendar_is_fetched_packed_or_not() {
    let text = crate::support::feeds::calendar(&event("a", "20270112T000000Z", "20270112T010000Z"));
    let server = FeedServer::start(Answer::text("text/calendar", &text)).await;
    assert_eq!(fetch(&server.url()).await.unwrap().body, text.as_bytes());

    server.answers(packed("content-encoding: gzip", &gzip(text.as_bytes())));

    assert_eq!(fetch(&server.url()).await.unwrap().body, text.as_bytes());
    let asked = &server.asked()[0];
    assert!(asked.starts_with("GET /private-7f3a9c/basic.ics HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains(&format!("host: 127.0.0.1:{}\r\n", server.port)), "{asked}");
}

#[tokio::test]
async fn a_calendar_is_fetched_over_tls_by_name_and_by_address() {
    let server = FeedServer::start_with(Certificate::Good, Answer::calendar("")).await;
    for url in [server.secret_url(), format!("https://127.0.0.1:{}/", server.port)] {
        assert!(fetch(&url).await.unwrap().body.starts_with(b"BEGIN:VCALENDAR"), "{url}");
    }
}

#[tokio::test]
async fn fault_j17_who_does_not_prove_their_name_is_told_nothing() {
    for certificate in Certificate::REFUSED {
        let server = FeedServer::start_with(certificate, Answer::calendar("")).await;

        let failure = fetch(&server.secret_url()).await.unwrap_err();

        assert_eq!((failure, failure.key()), (Failure::Certificate, "fetch-certificate"), "{certificate:?}");
        assert_eq!((server.connections(), server.asked()), (1, vec![]), "nothing is said, and nothing is tried again");
    }
    let server = FeedServer::start_with(Certificate::Good, Answer::calendar("")).await;
    let client = client_of_the_world();
    let address = client.address(&server.secret_url()).unwrap();
    assert_eq!(client.fetch(Request::get(&address)).await.unwrap_err(), Failure::Certificate);
}

#[tokio::test]
async fn fault_j17_a_server_without_tls_is_not_asked_in_the_clear() {
    let server = FeedServer::start(Answer::calendar("")).await;

    assert!(fetch(&server.secret_url()).await.is_err());

    assert_eq!((server.connections(), server.asked()), (1, vec![]));
}

#[tokio::test]
async fn trust_e06_what_was_secret_is_not_led_into_the_clear() {
    let clear = FeedServer::start(Answer::calendar("")).await;
    let server = FeedServer::start_with(Certificate::Good, Answer::redirect(&clear.url())).await;

    assert_eq!(fetch(&server.secret_url()).await.unwrap_err(), Failure::Policy);

    assert_eq!((server.asked().len(), clear.connections()), (1, 0));
}

#[tokio::test]
async fn trust_e04_a_name_with_one_private_answer_is_refused_whole() {
    let witness = FeedServer::witness().await;
    let server = FeedServer::start(Answer::calendar("")).await;
    Names::tell("two-faced.test", &[&["127.0.0.1", "127.0.0.2"]]);
    for port in [server.port, witness.port] {
        assert_eq!(fetch(&format!("http://two-faced.test:{port}/")).await.unwrap_err(), Failure::Policy);
    }
    assert_eq!((server.connections(), witness.connections()), (0, 0));
}

#[tokio::test]
async fn trust_e05_a_name_that_changes_its_answer_is_judged_by_the_one_that_is_connected_to() {
    let witness = FeedServer::witness().await;
    let server = FeedServer::start(Answer::redirect(&format!("http://rebinding.test:{}/", witness.port))).await;
    Names::tell("rebinding.test", &[&["127.0.0.1"], &["127.0.0.2"]]);

    let fetched = fetch(&format!("http://rebinding.test:{}/", server.port)).await;

    assert_eq!(fetched.unwrap_err(), Failure::Policy);
    assert_eq!((server.connections(), witness.connections()), (1, 0));
}

#[tokio::test]
async fn trust_e06_redirects_lead_nowhere_that_an_address_may_not() {
    let witness = FeedServer::witness().await;
    let server = FeedServer::start(Answer::calendar("")).await;
    for to in [
        format!("http://127.0.0.2:{}/", witness.port),
        format!("http://[::ffff:127.0.0.2]:{}/", witness.port),
        "http://169.254.169.254/latest/meta-data".into(),
        "https://[fd00:ec2::254]/".into(),
        "http://calendar.example.org/".into(),
        "ftp://127.0.0.1/".into(),
        "file:///etc/passwd".into(),
        "gopher://127.0.0.1/".into(),
        "//127.0.0.2/".into(),
    ] {
        server.answers(Answer::redirect(&to));
        let failure = fetch(&server.url()).await.unwrap_err();
        assert!(matches!(failure, Failure::Policy | Failure::Dns), "{to}: {failure}");
    }
    assert_eq!(witness.connections(), 0);
}

#[tokio::test]
async fn trust_e06_a_loop_ends_after_three_redirects() {
    let server = FeedServer::start(Answer::redirect("/again")).await;
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::Redirects);
    assert_eq!(server.connections(), 4);
    server.answers(Answer::status("302 Found"));
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::Redirects);
}

#[tokio::test]
async fn trust_e09_a_name_that_nobody_answers_for_fails_closed() {
    Names::tell("empty.test", &[&[]]);
    assert_eq!(fetch("https://nowhere.test/").await.unwrap_err(), Failure::Dns);
    assert_eq!(fetch("https://empty.test/").await.unwrap_err(), Failure::Dns);
}

#[tokio::test]
async fn trust_e11_credentials_stay_with_the_origin_they_are_for() {
    let other = FeedServer::start(Answer::calendar("")).await;
    let server = FeedServer::start(Answer::redirect(&other.url())).await;
    let client = client();
    let address = client.address(&server.url()).unwrap();
    let authorization = Some("Basic aGFuYTpzZWNyZXQ=".parse().unwrap());

    client.fetch(Request { authorization, ..Request::get(&address) }).await.unwrap();

    assert!(server.asked()[0].contains("authorization: Basic aGFuYTpzZWNyZXQ="), "{:?}", server.asked());
    assert!(!other.asked()[0].to_lowercase().contains("authorization"), "{:?}", other.asked());
}

#[tokio::test]
async fn trust_e13_a_refusal_a_closed_port_and_silence_look_alike() {
    let closed = crate::support::free_port();
    let silent = FeedServer::start(Answer::Slow(Vec::new())).await;
    Names::tell("private.test", &[&["10.0.0.1"]]);
    for url in [
        format!("http://127.0.0.1:{closed}/"),
        "https://private.test/".into(),
        "https://nowhere.test/".into(),
        silent.url(),
    ] {
        let began = Instant::now();
        let failure = fetch(&url).await.unwrap_err();
        assert_eq!(failure.key(), "fetch-unreachable", "{url}");
        assert!(began.elapsed() >= BUDGETS.connect, "{url}: {:?}", began.elapsed());
    }
}

#[sqlx::test]
async fn trust_e14_proxies_of_the_environment_are_not_asked(db: PgPool) {
    let app = TestApp::spawn_now(db.clone()).await;
    let (proxy, server) = (FeedServer::witness().await, FeedServer::start(Answer::calendar("")).await);
    app.connect(hana(), &server.url()).await;
    let at_proxy = format!("http://127.0.0.2:{}", proxy.port);
    let names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    let mut variables: Vec<_> = names.map(|name| (name, at_proxy.clone())).to_vec();
    variables.push(("KABEUCHI_FETCH_ALLOW", FETCH_ALLOW.join(",")));
    variables.push(("KABEUCHI_KEYS", KEYS.to_owned()));

    let _worker = Process::start_with(&db, &["work"], &variables);
    until(&db, "the calendar was read", "select bool_or(stage = 'done' and kind = 'calendars.read') from jobs").await;

    assert_eq!((server.asked().len(), proxy.connections()), (1, 0));
}

#[tokio::test]
async fn trust_e15_what_is_too_large_is_cut_while_it_comes() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\n".to_vec();
    let told = [&head[..], b"content-length: 104857600\r\n\r\n"].concat();
    let server = FeedServer::start(Answer::Endless(told, vec![b'a'; 65536])).await;
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::TooLarge);

    let chunk = [b"10000\r\n".to_vec(), vec![b'a'; 65536], b"\r\n".to_vec()].concat();
    server.answers(Answer::Endless([&head[..], b"transfer-encoding: chunked\r\n\r\n"].concat(), chunk));
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::TooLarge);

    // 64 MB that are 64 kB on the wire, in three ways of packing.
    let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    server.answers(packed("content-encoding: gzip", &bomb));
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::TooLarge);
    server.answers(packed("content-encoding: gzip, gzip", &gzip(&bomb)));
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::Kind);
    server.answers(packed("content-encoding: gzip\r\ncontent-encoding: gzip", &gzip(&bomb)));
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::Kind);
}

#[tokio::test]
async fn trust_e16_what_is_slow_or_never_ends_is_cut() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\n";
    for slow in [format!("{head}content-length: 9\r\n\r\nBEGIN"), format!("{head}\r\nBEGIN:VCAL"), head.to_owned()] {
        let server = FeedServer::start(Answer::Slow(slow.clone().into_bytes())).await;
        let began = Instant::now();
        assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::Timeout, "{slow}");
        assert!(began.elapsed() < BUDGETS.total + Duration::from_millis(500), "{:?}", began.elapsed());
    }
    let flood =
        Answer::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x-flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".to_vec());
    let server = FeedServer::start(flood).await;
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::CutOff);
    let long = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\ncontent-length: 0", "a".repeat(100_000));
    server.answers(Answer::with(&long, b""));
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::CutOff);
}

#[tokio::test]
async fn what_breaks_off_is_not_taken_for_whole() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/calendar";
    let server = FeedServer::start(Answer::with(&format!("{head}\r\ncontent-length: 99"), b"BEGIN:VCALENDAR")).await;
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::CutOff);
    let half = gzip(b"BEGIN:VCALENDAR");
    server.answers(packed("content-encoding: gzip", &half[..half.len() - 9]));
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::CutOff);
}

#[tokio::test]
async fn refusals_of_the_server_have_their_reasons() {
    let server = FeedServer::start(Answer::calendar("")).await;
    for (status, failure) in [
        ("401 Unauthorized", Failure::Denied),
        ("403 Forbidden", Failure::Denied),
        ("404 Not Found", Failure::Gone),
        ("410 Gone", Failure::Gone),
        ("500 Oh", Failure::Status),
        ("204 No Content", Failure::Kind),
    ] {
        server
            .answers(Answer::with(&format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: 0"), b""));
        assert_eq!(fetch(&server.url()).await.unwrap_err(), failure, "{status}");
    }
    server.answers(Answer::text("text/html", "<!DOCTYPE html><title>Sign in</title>"));
    assert_eq!(fetch(&server.url()).await.unwrap_err(), Failure::Kind);
}

/// What nobody may make the program ask, one a line.
const CORPUS: &str = include_str!("../fixtures/addresses.txt");

#[tokio::test]
async fn trust_e01_nothing_of_the_corpus_is_asked_not_even_behind_a_name() {
    let witness = FeedServer::witness().await;
    let lines: Vec<String> = CORPUS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.replace("{port}", &witness.port.to_string()))
        .collect();
    assert!(lines.len() >= 300, "{}", lines.len());
    let client = Arc::new(client_that_may(&[]));
    let fetch = |url: String| {
        let client = client.clone();
        async move { client.fetch(Request::get(&client.address(&url)?)).await }
    };
    let mut asked = tokio::task::JoinSet::new();
    for (n, line) in lines.into_iter().enumerate() {
        if let Some(ip) = address_in(&line) {
            let (name, line) = (format!("corpus-{n}.test"), line.clone());
            Names::tell(&name, &[&[ip.as_str()]]);
            let fetched = fetch(format!("https://{name}/"));
            asked.spawn(async move { (format!("a name for {line}"), fetched.await) });
        }
        let fetched = fetch(line.clone());
        asked.spawn(async move { (line, fetched.await) });
    }
    let fetched = asked.join_all().await;
    let through: Vec<_> = fetched.iter().filter(|(_, f)| !matches!(f, Err(Failure::Policy | Failure::Dns))).collect();
    assert!(through.is_empty(), "{through:#?}");
    assert_eq!(witness.connections(), 0);
}

/// The address that a line spells.
fn address_in(line: &str) -> Option<String> {
    match url::Url::parse(line).ok()?.host()? {
        url::Host::Ipv4(ip) => Some(ip.to_string()),
        url::Host::Ipv6(ip) => Some(ip.to_string()),
        url::Host::Domain(_) => None,
    }
}
