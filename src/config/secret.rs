//! Secrets of the settings: each stands in its variable, or in a file that nobody else can read.

use super::{Fault, fault};
use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use url::{Host, Url};

/// A secret's variable, that of its file, and an example of the file.
pub(super) struct Secret {
    pub variable: &'static str,
    pub file: &'static str,
    pub example: &'static str,
}

impl Secret {
    /// The value, whichever way it is given; a file without the line break at its end.
    pub fn of(&self, faults: &mut Vec<Fault>, value: Option<String>, file: Option<PathBuf>) -> Option<String> {
        let path = match (value, file) {
            (Some(_), Some(_)) => {
                faults.push(fault(self.file, &format!("given beside {}: one of both", self.variable), self.example));
                return None;
            }
            (value, None) => return value,
            (None, Some(path)) => path,
        };
        self.read(&path).map_err(|what| faults.push(fault(self.file, what, self.example))).ok()
    }

    fn read(&self, path: &PathBuf) -> Result<String, &'static str> {
        let about = fs::metadata(path).map_err(|_| "no such file, or not one that this account may read")?;
        if about.permissions().mode() & 0o007 != 0 {
            return Err("others on this machine may read the file: chmod o= it");
        }
        let text = fs::read_to_string(path).map_err(|_| "a file that this account may not read")?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// Whether a URL names this machine, to which nothing needs to be enciphered.
fn is_here(url: &Url) -> bool {
    match url.host() {
        // A socket's folder stands in a parameter or percent-encoded in the place of the host.
        None => true,
        // In schemes that browsers do not know, addresses are names too.
        Some(Host::Domain(name)) => {
            let is_loopback = name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
            is_loopback || name == "localhost" || name.ends_with(".localhost") || name.starts_with("%2")
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
    }
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Whether what goes to this PostgreSQL may go unenciphered over a network.
pub(super) fn is_clear_postgres(value: &str) -> bool {
    let Ok(url) = Url::parse(value) else { return false };
    let is_clear = parameter(&url, "sslmode").is_some_and(|mode| ["disable", "allow"].contains(&mode.as_str()));
    is_clear && !is_here(&url) && parameter(&url, "host").is_none_or(|host| !host.starts_with('/'))
}

/// Whether mails, and the password, may go unenciphered over a network.
pub(super) fn is_clear_smtp(url: &Url) -> bool {
    url.scheme() == "smtp" && parameter(url, "tls").as_deref() != Some("required") && !is_here(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_clear() {
        for (url, is_clear) in [
            ("postgres://k:x@db.example.org/k", false),
            ("postgres://k:x@db.example.org/k?sslmode=disable", true),
            ("postgres://k:x@db.example.org/k?sslmode=allow", true),
            ("postgres://k:x@db.example.org/k?sslmode=verify-full", false),
            ("postgres://k:x@127.0.0.1/k?sslmode=disable", false),
            ("postgres://k:x@localhost/k?sslmode=disable", false),
            ("postgres:///k?host=/var/run/postgresql&sslmode=disable", false),
            ("postgres://k@%2Fvar%2Frun%2Fpostgresql/k?sslmode=disable", false),
        ] {
            assert_eq!(is_clear_postgres(url), is_clear, "{url}");
        }
        for (url, is_clear) in [
            ("smtps://u:x@mail.example.org", false),
            ("smtp://u:x@mail.example.org", true),
            ("smtp://mail.example.org:587?tls=opportunistic", true),
            ("smtp://u:x@mail.example.org:587?tls=required", false),
            ("smtp://127.0.0.1:2525", false),
            ("smtp://[::1]:2525", false),
        ] {
            assert_eq!(is_clear_smtp(&Url::parse(url).unwrap()), is_clear, "{url}");
        }
    }
}
