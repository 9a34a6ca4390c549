//! A CalDAV server of a test's own: Debian's Radicale.

use super::process::free_port;
use std::fs;
use std::path::PathBuf;
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
        let child = Command::new("radicale")
            .arg("--config")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("script/test installs radicale");
        let radicale = Self { child, folder, url: format!("http://127.0.0.1:{port}/") };
        for _ in 0..200 {
            if reqwest::get(&radicale.url).await.is_ok() {
                return radicale;
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
}

impl Drop for Radicale {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn authorization() -> String {
    use base64::Engine;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    format!("Basic {pair}")
}
