//! Servers of calendars that do as they are told, names that lead where a test wants, a witness of
//! connections that must not be made.

use super::certificates::Certificate;
use kabeuchi::platform::http_client::{Budgets, Resolve};
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// Networks that tests may fetch from: this address of the machine, and no other of it.
pub const FETCH_ALLOW: [&str; 1] = ["127.0.0.1/32"];

/// As in earnest, but a tenth of the time.
pub const BUDGETS: Budgets = Budgets {
    connect: Duration::from_millis(500),
    first_byte: Duration::from_millis(500),
    total: Duration::from_millis(1500),
    wire: 2 * 1024 * 1024,
    decoded: 8 * 1024 * 1024,
    headers: 64 * 1024,
};

/// Every name leads to these in turn; the last one stays.
type Answers = Vec<Vec<IpAddr>>;

static NAMES: LazyLock<Mutex<HashMap<String, Answers>>> = LazyLock::new(Mutex::default);

/// The resolver of tests; it knows `calendar.test` and what a test told it.
pub struct Names;

impl Names {
    /// From now on this name leads to these addresses, one list for each time it is asked for.
    pub fn tell(name: &str, answers: &[&[&str]]) {
        let answers = answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).rev().collect();
        NAMES.lock().unwrap().insert(name.to_owned(), answers);
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>> {
        let mut names = NAMES.lock().unwrap();
        let answer = match (name, names.get_mut(name)) {
            (_, Some(answers)) if answers.len() > 1 => Ok(answers.pop().unwrap()),
            (_, Some(answers)) => Ok(answers[0].clone()),
            ("calendar.test", None) => Ok(vec!["127.0.0.1".parse().unwrap()]),
            (_, None) => Err(io::ErrorKind::NotFound.into()),
        };
        Box::pin(async move { answer })
    }
}

/// What a server answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A head and a body as they are.
    Bytes(Vec<u8>),
    /// A head and a body, then silence with the connection open.
    Slow(Vec<u8>),
    /// A head at once, and a body when the test lets it go.
    Held(Vec<u8>, Vec<u8>, Arc<Notify>),
    /// A head, and this again and again.
    Endless(Vec<u8>, Vec<u8>),
}

impl Answer {
    /// A calendar with these events.
    pub fn calendar(events: &str) -> Self {
        Self::text("text/calendar; charset=utf-8", &calendar(events))
    }

    /// A text of a kind.
    pub fn text(kind: &str, body: &str) -> Self {
        Self::with(
            &format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}", body.len()),
            body.as_bytes(),
        )
    }

    /// A head without its last line, and a body.
    pub fn with(head: &str, body: &[u8]) -> Self {
        Self::Bytes([head.as_bytes(), b"\r\nconnection: close\r\n\r\n", body].concat())
    }

    /// A calendar with these events, when the test lets it go.
    pub fn held(events: &str, lets_go: Arc<Notify>) -> Self {
        let body = calendar(events).into_bytes();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        Self::Held(head.into_bytes(), body, lets_go)
    }

    /// A status without a body.
    pub fn status(status: &str) -> Self {
        Self::with(&format!("HTTP/1.1 {status}\r\ncontent-length: 0"), b"")
    }

    /// A way on.
    pub fn redirect(to: &str) -> Self {
        Self::status(&format!("302 Found\r\nlocation: {to}"))
    }
}

/// Events in a calendar.
pub fn calendar(events: &str) -> String {
    let events = events.trim().lines().map(str::trim).collect::<Vec<_>>().join("\r\n");
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//EN\r\n{events}\r\nEND:VCALENDAR\r\n")
}

/// One event: UID, start and end in UTC.
pub fn event(uid: &str, start: &str, end: &str) -> String {
    format!(
        "BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:{start}\nDTEND:{end}\nSUMMARY:private words\nEND:VEVENT\n"
    )
}

/// A server on this machine.
pub struct FeedServer {
    pub port: u16,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    /// Behind TLS, where it has one.
    certificate: Arc<Mutex<Option<Certificate>>>,
}

impl FeedServer {
    /// Starts on 127.0.0.1.
    pub async fn start(answer: Answer) -> Self {
        Self::start_at("127.0.0.1", answer).await
    }

    /// The same behind TLS.
    pub async fn start_with(certificate: Certificate, answer: Answer) -> Self {
        let server = Self::start(answer).await;
        server.shows(certificate);
        server
    }

    /// From now on it is behind TLS, with this certificate.
    pub fn shows(&self, certificate: Certificate) {
        *self.certificate.lock().unwrap() = Some(certificate);
    }

    /// Starts on another address of this machine, which nobody may ask: a witness.
    pub async fn witness() -> Self {
        Self::start_at("127.0.0.2", Answer::calendar("")).await
    }

    async fn start_at(ip: &str, answer: Answer) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            answer: Arc::new(Mutex::new(answer)),
            asked: Arc::default(),
            connections: Arc::default(),
            certificate: Arc::default(),
        };
        let (answer, asked, connections) = (server.answer.clone(), server.asked.clone(), server.connections.clone());
        let certificate = server.certificate.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (answer, asked) = (answer.clone(), asked.clone());
                match *certificate.lock().unwrap() {
                    None => tokio::spawn(serve(stream, answer, asked)),
                    Some(certificate) => tokio::spawn(async move {
                        if let Ok(stream) = TlsAcceptor::from(certificate.config()).accept(stream).await {
                            serve(stream, answer, asked).await;
                        }
                    }),
                };
            }
        });
        server
    }

    /// Where its calendar is; the path is a secret.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/private-7f3a9c/basic.ics", self.port)
    }

    /// The same by its name, behind TLS.
    pub fn secret_url(&self) -> String {
        format!("https://calendar.test:{}/private-7f3a9c/basic.ics", self.port)
    }

    /// From now on it answers this.
    pub fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Heads of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

async fn serve(mut stream: impl Stream, answer: Arc<Mutex<Answer>>, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => head.extend_from_slice(&buffer[..n]),
        }
    }
    asked.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
    let answer = answer.lock().unwrap().clone();
    let _ = answered(&mut stream, answer).await;
}

async fn answered(stream: &mut impl Stream, answer: Answer) -> io::Result<()> {
    match answer {
        Answer::Bytes(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Answer::Slow(bytes) => {
            stream.write_all(&bytes).await?;
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        }
        Answer::Held(head, body, lets_go) => {
            stream.write_all(&head).await?;
            lets_go.notified().await;
            stream.write_all(&body).await?;
            stream.shutdown().await
        }
        Answer::Endless(head, again) => {
            stream.write_all(&head).await?;
            loop {
                stream.write_all(&again).await?;
            }
        }
    }
}
