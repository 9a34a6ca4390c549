//! The embedded database: killed with -9 and started again, the program attaches to it.

use crate::support::{free_port, until_some};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Serves on its own embedded database; killed when the test ends before it.
struct Served {
    child: Child,
    origin: String,
}

impl Served {
    fn start(folder: &Path, port: u16, more: &[&str]) -> Self {
        let origin = format!("http://localhost:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_kabeuchi"))
            .arg("serve")
            .args(more)
            .args(["--listen", &format!("127.0.0.1:{port}"), "--origin", &origin])
            .arg("--data-dir")
            .arg(folder.join("data"))
            .env_remove("DATABASE_URL")
            .env("RUST_LOG", "error")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, origin }
    }

    async fn page(&self, path: &str) -> Option<String> {
        let answer = reqwest::get(format!("{}{path}", self.origin)).await.ok()?;
        if answer.status().is_success() { answer.text().await.ok() } else { None }
    }

    async fn ready(&self) {
        until_some("the server is ready", async || self.page("/ready").await).await;
    }

    fn stop(mut self, signal: &str) {
        Command::new("kill").args([&format!("-{signal}"), &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder of the test's own, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("kabeuchi-it-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&path).unwrap();
        // As root, the database runs as another account, which must reach its folder.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[actix_web::test]
async fn killed_with_minus_nine_it_attaches_to_its_cluster_and_sends_what_waited() {
    let folder = Folder::new();
    let pages_only = Served::start(&folder.0, free_port(), &["--no-work"]);
    pages_only.ready().await;
    let sent = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
        .post(format!("{}/sign-in", pages_only.origin))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("email=aki%40example.org")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 303);
    assert!(!pages_only.page("/mailbox").await.unwrap().contains("aki@example.org"), "the mail waits");
    pages_only.stop("KILL");

    let again = Served::start(&folder.0, free_port(), &[]);

    again.ready().await;
    let mailed = async || again.page("/mailbox").await.filter(|page| page.contains("aki@example.org"));
    until_some("the mail that waited is sent", mailed).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(again.page("/mailbox").await.unwrap().matches("aki@example.org").count(), 1);
    again.stop("TERM");
}
