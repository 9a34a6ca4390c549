//! An address as it may be written: one meaning, no credentials, nothing that hides.

use super::Failure;
use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// Longest address.
const MAX_LENGTH: usize = 2000;
/// Endings of names that only a local network answers for.
const INSIDE: [&str; 8] = ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa"];

/// An http or https address with a host. It often carries a token: only its origin is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
    /// Whether the operator's settings name its origin.
    is_configured: bool,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({}/…)", self.origin())
    }
}

impl Address {
    /// Reads an address as it was typed.
    pub(super) fn parse(typed: &str) -> Result<Self, Failure> {
        let typed = typed.trim();
        let means_two = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        if typed.len() > MAX_LENGTH || typed.contains(means_two) {
            return Err(Failure::Policy);
        }
        let is_subscription = typed.get(..9).is_some_and(|scheme| scheme.eq_ignore_ascii_case("webcal://"));
        let written = if is_subscription { format!("https://{}", &typed[9..]) } else { typed.to_owned() };
        let has_slashes = written
            .split_once(':')
            .is_some_and(|(_, rest)| rest.strip_prefix("//").is_some_and(|rest| !rest.starts_with('/')));
        let mut url = Url::parse(&written).map_err(|_| Failure::Policy)?;
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host() && has_slashes;
        let has_credentials = !url.username().is_empty() || url.password().is_some() || has_userinfo(&written);
        if !is_web || has_credentials || url.as_str().len() > MAX_LENGTH {
            return Err(Failure::Policy);
        }
        url.set_fragment(None);
        Ok(Self { url, is_configured: false })
    }

    /// The same, where the operator's settings name its origin.
    pub(super) fn configured(self, is_configured: bool) -> Self {
        Self { is_configured, ..self }
    }

    pub(super) fn is_configured(&self) -> bool {
        self.is_configured
    }

    /// The whole address: for sealing and asking, never for showing.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Scheme, host and port: what may be shown.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Whether it is spoken to by TLS.
    pub(super) fn is_secret(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether it is https on its own port.
    pub(super) fn is_usual(&self) -> bool {
        self.is_secret() && self.port() == 443
    }

    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// The address that stands in place of a name.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        match self.url.host()? {
            Host::Ipv4(ip) => Some(ip.into()),
            Host::Ipv6(ip) => Some(ip.into()),
            Host::Domain(_) => None,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self.url.host()? {
            Host::Domain(name) => Some(name),
            _ => None,
        }
    }

    /// Whether no public server answers for its name.
    pub(super) fn is_inside_name(&self) -> bool {
        let name = self.name().unwrap_or_default().trim_end_matches('.');
        let ends = |inside: &str| name.strip_suffix(inside).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        !name.contains('.') || INSIDE.iter().any(|inside| ends(inside))
    }

    /// The value of `Host`.
    pub(super) fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Path and query.
    pub(super) fn target(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }
}

/// `https://@evil` has an empty one, which the parser drops.
fn has_userinfo(written: &str) -> bool {
    let authority = written.split("//").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    authority.contains('@')
}
