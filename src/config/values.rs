//! What the values of the settings mean; each fault is said in words that go behind the variable's name.

use super::SealingKey;
use super::secret::{is_clear_postgres, is_clear_smtp};
use crate::domain::person::EmailAddress;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use secrecy::{SecretBox, SecretString};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use url::Url;

pub(super) fn address(value: &str) -> Result<SocketAddr, &'static str> {
    value.parse().map_err(|_| "not an address with a port")
}

pub(super) fn number<T: std::str::FromStr>(value: &str) -> Result<T, &'static str> {
    value.parse().map_err(|_| "not a whole number")
}

pub(super) fn seconds(value: &str) -> Result<u64, &'static str> {
    number::<u64>(value).and_then(|n| if n > 0 { Ok(n) } else { Err("a lease of no time ends before it begins") })
}

pub(super) fn origin(value: &str) -> Result<Url, &'static str> {
    let url = Url::parse(value).map_err(|_| "not a URL")?;
    let plain = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    match url.scheme() {
        "http" | "https" if plain && url.host_str().is_some() => Ok(url),
        "http" | "https" => Err("only scheme, host and port belong into it"),
        _ => Err("neither http nor https"),
    }
}

pub(super) fn contact(value: &str) -> Result<Url, &'static str> {
    let address = match EmailAddress::parse(value) {
        Ok(address) => Url::parse(&format!("mailto:{}", address.as_str())),
        Err(_) => Url::parse(value),
    };
    let is_usable = |url: &Url| url.scheme() == "mailto" || url.scheme() == "https" && url.has_host();
    address.ok().filter(is_usable).ok_or("neither a mail address nor the https address of a page")
}

pub(super) fn postgres(value: &str) -> Result<SecretString, &'static str> {
    let scheme = value.split("://").next().unwrap_or_default();
    match scheme {
        "postgres" | "postgresql" if is_clear_postgres(value) => {
            Err("sslmode lets passwords and texts go over the network in clear: require or verify-full")
        }
        "postgres" | "postgresql" => Ok(value.to_owned().into()),
        _ => Err("not a postgres:// URL"),
    }
}

pub(super) fn smtp(value: &str) -> Result<SecretString, &'static str> {
    let url = Url::parse(value).map_err(|_| "not a URL")?;
    match url.scheme() {
        "smtp" if is_clear_smtp(&url) => {
            Err("mails would go over the network in clear: smtps://, or ?tls=required at its end")
        }
        "smtp" | "smtps" if url.has_host() => Ok(SecretString::from(value)),
        _ => Err("neither smtp:// nor smtps:// with a host"),
    }
}

pub(super) fn sender(value: &str) -> Result<EmailAddress, &'static str> {
    EmailAddress::parse(value).map_err(|_| "not a mail address")
}

pub(super) fn scanner(value: &str) -> Result<String, &'static str> {
    let parts = value.rsplit_once(':').filter(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    parts.map(|_| value.to_owned()).ok_or("not a host with a port")
}

pub(super) fn networks(value: &str) -> Result<Vec<IpNet>, &'static str> {
    let network = |word: &str| word.parse().or_else(|_| word.parse::<IpAddr>().map(IpNet::from)).map(|n| n.trunc());
    let words = value.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(network).collect::<Result<_, _>>().map_err(|_| "not networks or addresses with commas between them")
}

/// Reads keys, newest first, as the variable and the file in the data folder have them.
pub fn sealing_keys(value: &str) -> Result<Vec<SealingKey>, &'static str> {
    let words = value.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty());
    let keys: Option<Vec<SealingKey>> = words.map(sealing_key).collect();
    let keys = keys.ok_or("each is an id of at most 32 letters and digits, a colon, and 32 bytes in base64")?;
    let is_told_twice = |n: usize| keys[..n].iter().any(|key| key.id == keys[n].id);
    match (0..keys.len()).any(is_told_twice) {
        true => Err("two keys have the same id"),
        false => Ok(keys),
    }
}

fn sealing_key(word: &str) -> Option<SealingKey> {
    let (id, key) = word.split_once(':')?;
    let is_id = (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let key: [u8; 32] = STANDARD.decode(key).ok()?.try_into().ok()?;
    is_id.then(|| SealingKey { id: id.to_owned(), key: Arc::new(SecretBox::new(Box::new(key))) })
}

pub(super) fn is_loopback(origin: &Url) -> bool {
    match origin.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(url::Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}
