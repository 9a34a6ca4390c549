//! Secrets of the settings: each stands in its variable, or in a file that nobody else can read.

use super::{Fault, fault};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use url::Url;

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
        read_private(&path).map_err(|what| faults.push(fault(self.file, what, self.example))).ok()
    }
}

/// A file that nobody else on this machine can read, without the line break at its end; why not otherwise.
pub fn read_private(path: &Path) -> Result<String, &'static str> {
    let about = fs::metadata(path).map_err(|_| "no such file, or not one that this account may read")?;
    if about.permissions().mode() & 0o007 != 0 {
        return Err("others on this machine may read the file: chmod o= it");
    }
    let text = fs::read_to_string(path).map_err(|_| "a file that this account may not read")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Whether a URL names this machine, to which nothing needs to be enciphered. In schemes that browsers do not
/// know, addresses are names too.
fn is_here(url: &Url) -> bool {
    url.host_str().is_none_or(|host| is_loopback(host.trim_matches(['[', ']'])))
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Whether what goes to this PostgreSQL may go unenciphered over a network, as the driver understands the value:
/// it knows several names of a parameter, takes the last, and looks into the environment.
pub(super) fn is_clear_postgres(value: &str) -> bool {
    let Ok(options) = value.parse::<PgConnectOptions>() else { return false };
    let is_clear = matches!(options.get_ssl_mode(), PgSslMode::Disable | PgSslMode::Allow);
    let host = options.get_host().trim_matches(['[', ']']);
    is_clear && options.get_socket().is_none() && !is_loopback(host)
}

/// Whether a name, or an address without brackets, is of this machine.
fn is_loopback(host: &str) -> bool {
    let is_address = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    is_address || host == "localhost" || host.ends_with(".localhost")
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
            ("postgres://k:x@db.example.org/k?ssl-mode=disable", true),
            ("postgres://k:x@db.example.org/k?sslmode=DISABLE", true),
            ("postgres://k:x@db.example.org/k?sslmode=require&sslmode=disable", true),
            ("postgres://k:x@localhost/k?host=db.example.org&sslmode=disable", true),
            ("postgres://k:x@localhost/k?hostaddr=192.0.2.7&sslmode=disable", true),
            ("postgres://k:x@db.example.org/k?sslmode=verify-full", false),
            ("postgres://k:x@127.0.0.1/k?sslmode=disable", false),
            ("postgres://k:x@[::1]/k?sslmode=disable", false),
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
