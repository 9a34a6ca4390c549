//! A CalDAV server of a test's own: Debian's Radicale.

use super::process::free_port;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Hana's user and app password.
pub const USER: &str = "hana";
pub const PASSWORD: &str = "app-password: 7f3a9c 壁";

/// A running server; ended and removed with the test.
pub struct Radicale {
    child: Child,
    folder: PathBuf,
    pub url: String,
}

impl Radicale {
    /// Starts it empty.
    pub async fn start() -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("kabeuchi-radicale-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let users = folder.join("users");
        fs::write(&users, format!("{USER}:{PASSWORD}\n")).unwrap();
        let config = folder.join("config");
        let (storage, users) = (folder.join("storage"), users.display());
        let settings = format!(
            "[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {users}\nhtpasswd_encryption = plain\ndelay = 0\n\
             [storage]\nfilesystem_folder = {}\n[logging]\nlevel = error\n",
            storage.display()
        );
        fs::write(&config, settings).unwrap();
        let child = Self::run(&config);
        let radicale = Self { child, folder, url: format!("http://127.0.0.1:{port}/") };
        radicale.answers().await;
        radicale
    }

    /// Stops it; what is in it stays.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again.
    pub async fn again(&mut self) {
        self.child = Self::run(&self.folder.join("config"));
        self.answers().await;
    }

    fn run(config: &Path) -> Child {
        let mut radicale = Command::new("radicale");
        let radicale = radicale.arg("--config").arg(config).stdout(Stdio::null()).stderr(Stdio::null());
        radicale.spawn().expect("script/test installs radicale")
    }

    async fn answers(&self) {
        for _ in 0..200 {
            if reqwest::get(&self.url).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("radicale does not answer");
    }

    /// Makes a calendar with these events, or replaces it; gives its address.
    pub async fn calendar(&self, name: &str, text: &str) -> String {
        let url = format!("{}{USER}/{name}/", self.url);
        let put = reqwest::Client::new().put(&url).header("content-type", "text/calendar; charset=utf-8");
        let answer = put.header("authorization", authorization()).body(text.to_owned()).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        url
    }

    /// The events that are in a calendar, by their address.
    pub async fn events(&self, name: &str) -> BTreeMap<String, String> {
        let collection = format!("{}{USER}/{name}/", self.url);
        let listed = self.ask("PROPFIND", &collection, "").await;
        let hrefs = listed.split("<href>").skip(1).filter_map(|part| part.split("</href>").next());
        let mut events = BTreeMap::new();
        for href in hrefs.filter(|href| href.ends_with(".ics")) {
            let url = format!("{}{}", self.url.trim_end_matches('/'), href);
            events.insert(url.clone(), self.ask("GET", &url, "").await);
        }
        events
    }

    /// The one event of a calendar, its lines unfolded.
    pub async fn event(&self, name: &str) -> (String, String) {
        let events = self.events(name).await;
        assert_eq!(events.len(), 1, "{events:?}");
        let (url, text) = events.into_iter().next().unwrap();
        (url, text.replace("\r\n ", "").replace("\n ", ""))
    }

    /// What the host's own program puts there.
    pub async fn put(&self, url: &str, text: &str) {
        self.ask("PUT", url, text).await;
    }

    /// What the host's own program deletes.
    pub async fn delete(&self, url: &str) {
        self.ask("DELETE", url, "").await;
    }

    async fn ask(&self, method: &str, url: &str, body: &str) -> String {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = reqwest::Client::new().request(method, url).header("authorization", authorization());
        let answer = request.header("depth", "1").body(body.to_owned()).send().await.unwrap();
        assert!(answer.status().is_success(), "{url}: {}", answer.status());
        answer.text().await.unwrap()
    }
}

impl Drop for Radicale {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn authorization() -> String {
    use base64::Engine;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    format!("Basic {pair}")
}
