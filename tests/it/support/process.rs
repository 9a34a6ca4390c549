//! The program itself as other processes, to be killed, stopped and started again; and a mail server
//! that keeps what it gets.

use super::app::raise_budgets;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use sqlx::PgPool;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A running program; killed when it is dropped.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a role on the test's database. `failpoints` as the program reads them.
    pub fn start(db: &PgPool, role: &[&str], smtp: &MailServer, failpoints: &str) -> Self {
        Self::start_with(db, role, &smtp.variables(failpoints))
    }

    /// Starts a role on the test's database with these variables; without a mail server among them,
    /// mails are kept in the database.
    pub fn start_with(db: &PgPool, role: &[&str], variables: &[(&str, String)]) -> Self {
        Self::start_logging(db, role, variables, Stdio::null())
    }

    /// The same, and keeps what it logs.
    pub fn start_logging(db: &PgPool, role: &[&str], variables: &[(&str, String)], log: impl Into<Stdio>) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_kabeuchi"))
            .args(role)
            .env("DATABASE_URL", url_of(db))
            .env("KABEUCHI_DATA_DIR", std::env::temp_dir())
            .env("RUST_LOG", "error")
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { child }
    }

    /// Starts one that serves pages and does no work, and waits until it is ready; gives its origin.
    pub async fn serve(db: &PgPool, variables: &[(&str, String)]) -> (Self, String) {
        Self::serve_logging(db, variables, Stdio::null()).await
    }

    /// The same, and keeps what it logs.
    pub async fn serve_logging(db: &PgPool, variables: &[(&str, String)], log: impl Into<Stdio>) -> (Self, String) {
        raise_budgets(db).await;
        let port = free_port();
        let (listen, origin) = (format!("127.0.0.1:{port}"), format!("http://localhost:{port}"));
        let role = ["serve", "--no-work", "--listen", &listen, "--origin", &origin];
        let process = Self::start_logging(db, &role, variables, log);
        for _ in 0..200 {
            if reqwest::get(format!("{origin}/ready")).await.is_ok_and(|answer| answer.status().is_success()) {
                return (process, origin);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not get ready");
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the process has ended by itself.
    pub async fn ended(&mut self) {
        for _ in 0..600 {
            if self.child.try_wait().unwrap().is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the process did not end");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How far the clock of processes is ahead of the database's; they read it from a file.
pub struct ClockOffset(PathBuf);

impl ClockOffset {
    /// None yet.
    pub fn new() -> Self {
        let file = std::env::temp_dir().join(format!("kabeuchi-clock-{}", uuid::Uuid::new_v4().simple()));
        let offset = Self(file);
        offset.set(TimeDelta::zero());
        offset
    }

    /// What a process is told that lives by it.
    pub fn variable(&self) -> (&'static str, String) {
        ("KABEUCHI_CLOCK_OFFSET", self.0.to_str().unwrap().to_owned())
    }

    /// From now on, for all processes.
    pub fn set(&self, ahead: TimeDelta) {
        // Written aside and renamed: nobody ever reads half a number.
        let written = self.0.with_extension("new");
        fs::write(&written, ahead.num_milliseconds().to_string()).unwrap();
        fs::rename(&written, &self.0).unwrap();
    }
}

impl Drop for ClockOffset {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The address of the test's own database.
pub fn url_of(db: &PgPool) -> String {
    let mut url = url::Url::parse(&std::env::var("DATABASE_URL").unwrap()).unwrap();
    url.set_path(db.connect_options().get_database().unwrap());
    url.to_string()
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until something is true of the database.
pub async fn until(db: &PgPool, what: &str, condition: &'static str) {
    for _ in 0..600 {
        if sqlx::query_scalar::<_, bool>(condition).fetch_one(db).await.unwrap() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never became true: {what}");
}

/// A mail server on this machine that takes everything, or says to receivers what a test tells it to.
#[derive(Clone)]
pub struct MailServer {
    port: u16,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    taken: Vec<String>,
    /// Lines before the mails: who is named as sender and receiver.
    commands: Vec<String>,
    /// A receiver, and what is answered where it is named.
    refusal: Option<(String, String)>,
}

impl MailServer {
    /// Listens on a port of its own.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), heard: Arc::default() };
        let heard = server.heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, heard.clone()));
            }
        });
        server
    }

    /// What a process is told that sends by it, with failpoints.
    pub fn variables(&self, failpoints: &str) -> [(&'static str, String); 4] {
        [
            ("KABEUCHI_SMTP_URL", self.url()),
            ("KABEUCHI_MAIL_FROM", "kabeuchi@example.org".into()),
            ("KABEUCHI_LEASE_SECONDS", "1".into()),
            ("KABEUCHI_FAILPOINTS", failpoints.to_owned()),
        ]
    }

    /// Its address, as the settings say it.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Answers so whenever this receiver is named.
    pub fn refuse(&self, receiver: &str, answer: &str) {
        self.heard.lock().unwrap().refusal = Some((receiver.to_owned(), answer.to_owned()));
    }

    /// Takes everything again.
    pub fn relent(&self) {
        self.heard.lock().unwrap().refusal = None;
    }

    /// The decoded parts of a mail as it came, text first.
    pub fn parts(raw: &str) -> Vec<String> {
        let bodies = raw.split("Content-Transfer-Encoding: base64\n").skip(1);
        let body = |part: &str| {
            let (_, encoded) = part.strip_prefix('\n').map(|body| ("", body)).or(part.split_once("\n\n")).unwrap();
            let encoded: String = encoded.lines().take_while(|line| !line.starts_with("--")).collect();
            String::from_utf8(STANDARD.decode(encoded.trim()).unwrap()).unwrap().replace("\r\n", "\n")
        };
        bodies.map(body).collect()
    }

    /// The mails taken so far, as they came.
    pub fn mails(&self) -> Vec<String> {
        self.heard.lock().unwrap().taken.clone()
    }

    /// What was said before the mails so far.
    pub fn commands(&self) -> Vec<String> {
        self.heard.lock().unwrap().commands.clone()
    }

    /// Message-IDs of the mails taken so far.
    pub fn message_ids(&self) -> Vec<String> {
        let id = |mail: &String| {
            mail.lines().find_map(|l| l.strip_prefix("Message-ID: ").map(str::to_owned)).unwrap_or_default()
        };
        self.heard.lock().unwrap().taken.iter().map(id).collect()
    }
}

async fn converse(stream: TcpStream, heard: Arc<Mutex<Heard>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        heard.lock().unwrap().commands.push(line.clone());
        match word.as_str() {
            "RCPT" => {
                let refusal = heard.lock().unwrap().refusal.clone().filter(|(receiver, _)| line.contains(receiver));
                let answer = refusal.map_or_else(|| "250 ok".to_owned(), |(_, answer)| answer);
                write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    mail += &line;
                    mail.push('\n');
                }
                heard.lock().unwrap().taken.push(mail);
                write.write_all(b"250 taken\r\n").await.ok()?;
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.ok()?;
                return None;
            }
            _ => write.write_all(b"250 ok\r\n").await.ok()?,
        }
    }
    None
}

/// Waits until something is there.
pub async fn until_some<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never came: {what}");
}
