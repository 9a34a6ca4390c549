//! The one way out, to addresses that people give and to providers that the settings name, with budgets.
//!
//! A name is resolved here, every answer is looked at, and the connection is made to one of the
//! addresses that were looked at: between check and connection nothing is asked again. A name with
//! one forbidden answer is refused whole. Redirects are new addresses and pass all of this anew.
//!
//! Why not a ready client: none bounds the bytes of headers, and each brings a pool, a resolver and
//! proxies of its own that would have to be switched off one by one. One request is one connection.

mod address;
mod body;
mod public;

pub use address::Address;

use crate::config::Config;
use crate::config::providers::Provider;
use body::Taken;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode, client::conn::http1};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use url::{Origin, Url};

/// Redirects that are followed.
const REDIRECTS: usize = 3;
/// Addresses of one name that are tried.
const TRIED: usize = 4;
const MAX_HEADERS: usize = 100;

/// Why nothing was fetched. What the other side said is never shown, only one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("policy")]
    Policy,
    #[error("dns")]
    Dns,
    #[error("connect")]
    Connect,
    #[error("timeout")]
    Timeout,
    #[error("certificate")]
    Certificate,
    #[error("redirects")]
    Redirects,
    #[error("too large")]
    TooLarge,
    #[error("cut off")]
    CutOff,
    #[error("denied")]
    Denied,
    #[error("gone")]
    Gone,
    #[error("status")]
    Status,
    #[error("kind")]
    Kind,
}

impl Failure {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Failure::Policy => "policy",
            Failure::Dns => "dns",
            Failure::Connect => "connect",
            Failure::Timeout => "timeout",
            Failure::Certificate => "certificate",
            Failure::Redirects => "redirects",
            Failure::TooLarge => "too_large",
            Failure::CutOff => "cut_off",
            Failure::Denied => "denied",
            Failure::Gone => "gone",
            Failure::Status => "status",
            Failure::Kind => "kind",
        }
    }

    /// What a host reads. Refused by policy, no such name, closed port and silence are one sentence,
    /// so that nobody can look around in our network by adding calendars.
    pub fn key(self) -> &'static str {
        match self {
            Failure::Policy | Failure::Dns | Failure::Connect | Failure::Timeout => "fetch-unreachable",
            Failure::Certificate => "fetch-certificate",
            Failure::Redirects => "fetch-redirects",
            Failure::TooLarge => "fetch-too_large",
            Failure::CutOff => "fetch-cut_off",
            Failure::Denied => "fetch-denied",
            Failure::Gone => "fetch-gone",
            Failure::Status => "fetch-status",
            Failure::Kind => "fetch-kind",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        use Failure::*;
        let all = [Policy, Dns, Connect, Timeout, Certificate, Redirects, TooLarge, CutOff, Denied, Gone, Status, Kind];
        all.into_iter().find(|failure| failure.as_str() == word)
    }

    fn is_about_the_way(self) -> bool {
        matches!(self, Failure::Policy | Failure::Dns | Failure::Connect | Failure::Timeout)
    }
}

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub struct Budgets {
    pub connect: Duration,
    pub first_byte: Duration,
    pub total: Duration,
    pub wire: usize,
    pub decoded: usize,
    pub headers: usize,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(5),
            total: Duration::from_secs(15),
            wire: 2 * 1024 * 1024,
            decoded: 8 * 1024 * 1024,
            headers: 64 * 1024,
        }
    }
}

type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Who answers for names.
pub trait Resolve: Send + Sync {
    /// All addresses of a name.
    fn resolve<'a>(&'a self, name: &'a str) -> Resolving<'a>;
}

/// The machine's resolver.
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> Resolving<'a> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|socket| socket.ip()).collect()) })
    }
}

/// What is asked for.
pub struct Request<'a> {
    pub address: &'a Address,
    pub method: Method,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Sent to the origin of `address` alone, and never further.
    pub authorization: Option<HeaderValue>,
    pub body: Bytes,
    /// Kinds of content that are taken; none are all.
    pub kinds: &'static [&'static str],
    /// Refusals that the asker understands itself; they come back without their text.
    pub refusals: &'static [StatusCode],
    /// Whether it goes to the origin of `address` alone, whatever a redirect says.
    pub stays: bool,
}

impl<'a> Request<'a> {
    /// A plain GET.
    pub fn get(address: &'a Address) -> Self {
        Self {
            address,
            method: Method::GET,
            headers: Vec::new(),
            authorization: None,
            body: Bytes::new(),
            kinds: &[],
            refusals: &[],
            stays: false,
        }
    }

    /// The same with another header, where the value can be one.
    pub fn with(mut self, name: HeaderName, value: Option<&str>) -> Self {
        self.headers.extend(value.and_then(|value| HeaderValue::from_str(value).ok()).map(|value| (name, value)));
        self
    }
}

/// What came back: 2xx, 304, or a refusal that the asker understands.
#[derive(Debug)]
pub struct Fetched {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Fetched {
    /// A header as text.
    pub fn header(&self, name: HeaderName) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }
}

/// Goes out.
pub struct HttpClient {
    allow: Vec<IpNet>,
    /// Origins that the settings name; they may lie in any network.
    configured: Vec<Origin>,
    origin: Url,
    listeners: Vec<SocketAddr>,
    resolver: Box<dyn Resolve>,
    budgets: Budgets,
    tls: TlsConnector,
}

impl HttpClient {
    /// A client of the settings.
    pub fn of(config: &Config) -> Self {
        Self {
            allow: config.fetch_allow.clone(),
            configured: config.providers.iter().flat_map(Provider::origins).collect(),
            origin: config.origin.clone(),
            listeners: [Some(config.listen), config.metrics_listen].into_iter().flatten().collect(),
            resolver: Box::new(SystemResolver),
            budgets: Budgets::default(),
            tls: trusting(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }),
        }
    }

    /// The same with other names.
    pub fn with_resolver(self, resolver: impl Resolve + 'static) -> Self {
        Self { resolver: Box::new(resolver), ..self }
    }

    /// The same with other budgets.
    pub fn with_budgets(self, budgets: Budgets) -> Self {
        Self { budgets, ..self }
    }

    /// The same, trusting others.
    pub fn with_roots(self, roots: RootCertStore) -> Self {
        Self { tls: trusting(roots), ..self }
    }

    /// Reads an address as it was typed; what can be refused without asking anybody, is.
    pub fn address(&self, typed: &str) -> Result<Address, Failure> {
        let address = Address::parse(typed)?;
        self.judge(&address)?;
        Ok(address)
    }

    /// Reads an address that the settings name, or that a provider named there gives.
    pub fn address_of_provider(&self, given: &str) -> Result<Address, Failure> {
        let address = Address::parse(given)?;
        let is_configured = self.configured.contains(&address.url().origin());
        let address = address.configured(is_configured);
        self.judge(&address)?;
        Ok(address)
    }

    /// Asks a provider once. A redirect is a failure: what is sent is for nobody else. Nothing is disguised,
    /// since no stranger chose the address.
    pub async fn exchange(&self, request: Request<'_>, most: usize, patience: Duration) -> Result<Fetched, Failure> {
        let total = self.budgets.total.min(patience);
        let budgets = Budgets { total, wire: most, decoded: most, ..self.budgets };
        let asking = async {
            let connection = self.connect(request.address).await?;
            let authorization = request.authorization.as_ref();
            let (response, _connection) = self.ask(connection, request.address, &request, authorization).await?;
            match is_redirect(response.status()) {
                true => Err(Failure::Redirects),
                false => read(response, &request, &budgets).await,
            }
        };
        timeout(total, asking).await.unwrap_or(Err(Failure::Timeout))
    }

    /// Fetches within the budgets, following redirects.
    pub async fn fetch(&self, request: Request<'_>) -> Result<Fetched, Failure> {
        let began = Instant::now();
        let fetched = match timeout_at(began + self.budgets.total, self.follow(request)).await {
            Ok(fetched) => fetched,
            Err(_) => Err(Failure::Timeout),
        };
        if fetched.as_ref().is_err_and(|failure| failure.is_about_the_way()) {
            // A refusal takes as long as silence, or its haste would tell what is there.
            tokio::time::sleep_until(began + self.budgets.connect).await;
        }
        fetched
    }

    async fn follow(&self, request: Request<'_>) -> Result<Fetched, Failure> {
        let mut address = request.address.clone();
        for _ in 0..=REDIRECTS {
            let is_first_origin = address.url().origin() == request.address.url().origin();
            if request.stays && !is_first_origin {
                return Err(Failure::Policy);
            }
            let authorization = request.authorization.as_ref().filter(|_| is_first_origin);
            let connection = self.connect(&address).await?;
            let (response, _connection) = self.ask(connection, &address, &request, authorization).await?;
            if !is_redirect(response.status()) {
                return read(response, &request, &self.budgets).await;
            }
            address = self.redirected(&address, &response)?;
        }
        Err(Failure::Redirects)
    }

    fn redirected(&self, from: &Address, response: &Response<Incoming>) -> Result<Address, Failure> {
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let to = location.and_then(|location| from.url().join(location).ok()).ok_or(Failure::Redirects)?;
        let to = self.address(to.as_str())?;
        match from.is_secret() && !to.is_secret() {
            true => Err(Failure::Policy),
            false => Ok(to),
        }
    }

    /// What needs no name to be resolved.
    fn judge(&self, address: &Address) -> Result<(), Failure> {
        let is_own = address.url().origin() == self.origin.origin();
        let is_allowed = match address.ip() {
            Some(ip) => self.may_connect(address, SocketAddr::new(ip, address.port())),
            // Only names of a network that was allowed may be unusual; which, its answers say.
            None => {
                address.is_configured() || !self.allow.is_empty() || (address.is_usual() && !address.is_inside_name())
            }
        };
        match is_allowed && !is_own {
            true => Ok(()),
            false => Err(Failure::Policy),
        }
    }

    fn may_connect(&self, address: &Address, to: SocketAddr) -> bool {
        let is_listener = |own: &SocketAddr| {
            own.port() == to.port() && (own.ip() == to.ip() || own.ip().is_unspecified() && to.ip().is_loopback())
        };
        let is_allowed = address.is_configured() || self.allow.iter().any(|network| network.contains(&to.ip()));
        !self.listeners.iter().any(is_listener) && (is_allowed || address.is_usual() && public::is_public(to.ip()))
    }

    async fn resolve(&self, address: &Address) -> Result<Vec<SocketAddr>, Failure> {
        self.judge(address)?;
        let ips = match (address.ip(), address.name()) {
            (Some(ip), _) => vec![ip],
            (None, Some(name)) => self.resolver.resolve(name).await.map_err(|_| Failure::Dns)?,
            (None, None) => Vec::new(),
        };
        let sockets: Vec<SocketAddr> = ips.into_iter().map(|ip| SocketAddr::new(ip, address.port())).collect();
        match sockets.is_empty() {
            true => Err(Failure::Dns),
            false if sockets.iter().all(|to| self.may_connect(address, *to)) => Ok(sockets),
            false => Err(Failure::Policy),
        }
    }

    async fn connect(&self, address: &Address) -> Result<Box<dyn Stream>, Failure> {
        let connecting = async {
            let sockets = self.resolve(address).await?;
            let mut stream = Err(Failure::Connect);
            for socket in sockets.into_iter().take(TRIED) {
                stream = TcpStream::connect(socket).await.map_err(|_| Failure::Connect);
                if stream.is_ok() {
                    break;
                }
            }
            self.secured(address, stream?).await
        };
        timeout(self.budgets.connect, connecting).await.unwrap_or(Err(Failure::Timeout))
    }

    async fn secured(&self, address: &Address, stream: TcpStream) -> Result<Box<dyn Stream>, Failure> {
        if !address.is_secret() {
            return Ok(Box::new(stream));
        }
        let name = match (address.ip(), address.name()) {
            (Some(ip), _) => ServerName::IpAddress(ip.into()),
            (None, name) => ServerName::try_from(name.unwrap_or_default().to_owned()).map_err(|_| Failure::Policy)?,
        };
        let stream = self.tls.connect(name, stream).await.map_err(|_| Failure::Certificate)?;
        Ok(Box::new(stream))
    }

    async fn ask(
        &self,
        stream: Box<dyn Stream>,
        address: &Address,
        request: &Request<'_>,
        authorization: Option<&HeaderValue>,
    ) -> Result<(Response<Incoming>, Connection), Failure> {
        let asking = async {
            let (mut sender, connection) = http1::Builder::new()
                .max_buf_size(self.budgets.headers)
                .max_headers(MAX_HEADERS)
                .handshake(TokioIo::new(stream))
                .await
                .map_err(|_| Failure::Connect)?;
            let connection = Connection(tokio::spawn(connection).abort_handle());
            let asked = asked(address, request, authorization)?;
            let response = sender.send_request(asked).await.map_err(|_| Failure::CutOff)?;
            // The buffer is looked at between reads alone, so that it may hold up to twice its size.
            match bytes_of(response.headers()) > self.budgets.headers {
                true => Err(Failure::CutOff),
                false => Ok((response, connection)),
            }
        };
        timeout(self.budgets.first_byte, asking).await.unwrap_or(Err(Failure::Timeout))
    }
}

/// TLS with whoever these vouch for.
fn trusting(roots: RootCertStore) -> TlsConnector {
    let mut tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(tls))
}

async fn read(response: Response<Incoming>, request: &Request<'_>, budgets: &Budgets) -> Result<Fetched, Failure> {
    let (parts, body) = response.into_parts();
    match parts.status {
        status if status == StatusCode::NOT_MODIFIED || request.refusals.contains(&status) => {
            return Ok(Fetched { status, headers: parts.headers, body: Vec::new() });
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(Failure::Denied),
        StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Failure::Gone),
        status if !status.is_success() => return Err(Failure::Status),
        _ => {}
    }
    if !is_of_kind(&parts.headers, request.kinds) {
        return Err(Failure::Kind);
    }
    let taken = Taken::of(&parts.headers, budgets)?;
    let body = taken.all(body).await?;
    Ok(Fetched { status: parts.status, headers: parts.headers, body })
}

/// A stream of bytes, sealed by TLS or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Ends with its request, whatever the other side still sends.
struct Connection(AbortHandle);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn asked(
    address: &Address,
    request: &Request<'_>,
    authorization: Option<&HeaderValue>,
) -> Result<hyper::Request<Full<Bytes>>, Failure> {
    let mut asked = hyper::Request::builder()
        .method(request.method.clone())
        .uri(address.target())
        .header(header::HOST, address.authority())
        .header(header::USER_AGENT, "Kabeuchi")
        .header(header::ACCEPT_ENCODING, "gzip")
        .body(Full::new(request.body.clone()))
        .map_err(|_| Failure::Policy)?;
    asked.headers_mut().extend(request.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    if let Some(authorization) = authorization {
        asked.headers_mut().insert(header::AUTHORIZATION, authorization.clone());
    }
    Ok(asked)
}

fn bytes_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Without a kind of its own, content is judged by what reads it.
fn is_of_kind(headers: &HeaderMap, kinds: &[&str]) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return true };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kinds.is_empty() || kinds.contains(&kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use crate::config::providers::Kind;

    fn client(allow: &[&str]) -> HttpClient {
        let mut config = Settings::default().check().unwrap();
        config.fetch_allow = allow.iter().map(|network| network.parse().unwrap()).collect();
        config.origin = "https://kabeuchi.example.org".parse().unwrap();
        HttpClient::of(&config)
    }

    fn refused(client: &HttpClient, addresses: &[&str]) {
        for typed in addresses {
            assert_eq!(client.address(typed).map(|a| a.url().to_string()), Err(Failure::Policy), "{typed}");
        }
    }

    #[test]
    fn trust_e01_every_spelling_of_this_machine_is_refused() {
        let client = client(&[]);
        refused(
            &client,
            &[
                "https://127.0.0.1/a.ics",
                "https://localhost/a.ics",
                "https://localhost./a.ics",
                "https://calendar.localhost/",
                "https://[::1]/",
                "https://0.0.0.0/",
                "https://0/",
                "https://2130706433/",
                "https://0x7f.1/",
                "https://127.1/",
                "https://0177.0.0.1/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[::]/",
                "https://①②⑦.⓪.⓪.①/",
                "http://calendar.example.org/a.ics",
            ],
        );
    }

    #[test]
    fn trust_e02_what_tells_a_cloud_machines_secrets_is_refused() {
        refused(
            &client(&[]),
            &[
                "https://169.254.169.254/latest/meta-data",
                "https://metadata.google.internal/",
                "https://[fd00:ec2::254]/",
                "https://100.100.100.200/",
            ],
        );
    }

    #[test]
    fn trust_e07_addresses_that_mean_two_things_are_refused() {
        refused(
            &client(&[]),
            &[
                "https://user:word@calendar.example.org/",
                "https://good.example.org@evil.example.org/",
                "https://calendar.example.org\t/",
                "https://calendar.example\n.org/",
                "https://calendar.example.org\\@evil.example.org/",
                "ftp://calendar.example.org/",
                "file:///etc/passwd",
                "gopher://calendar.example.org/",
                "calendar.example.org/a.ics",
                "https:///a.ics",
                "",
            ],
        );
        let long = format!("https://calendar.example.org/{}", "a".repeat(2000));
        refused(&client(&[]), &[&long]);
    }

    #[test]
    fn trust_e08_other_ports_are_refused() {
        for port in [22, 25, 80, 5432, 6379, 8443, 9200] {
            refused(&client(&[]), &[&format!("https://calendar.example.org:{port}/")]);
        }
    }

    #[test]
    fn trust_e10_the_instance_itself_is_refused() {
        refused(&client(&[]), &["https://kabeuchi.example.org/feeds/a.ics", "https://KABEUCHI.example.org:443/"]);
        refused(&client(&["127.0.0.0/8"]), &["http://127.0.0.1:8080/"]);
    }

    #[test]
    fn what_was_allowed_may_be_plain_and_on_any_port_and_nothing_else() {
        let client = client(&["192.168.1.0/24", "fd12::/16"]);
        for typed in ["http://192.168.1.9:5232/hana/", "https://[fd12::1]:8443/", "http://radicale.internal:5232/"] {
            assert!(client.address(typed).is_ok(), "{typed}");
        }
        refused(&client, &["http://192.168.2.9:5232/", "https://[fd13::1]/", "http://93.184.215.14/"]);
    }

    #[test]
    fn what_the_settings_name_is_for_its_provider_alone() {
        let mut config = Settings::default().check().unwrap();
        config.providers = vec![Provider {
            name: "lab".into(),
            title: "Lab".into(),
            kind: Kind::OpenIdConnect,
            issuer: "http://10.0.0.7:9000/realms/lab".into(),
            client_id: "kabeuchi".into(),
            client_secret: "secret".into(),
            trusts_addresses: false,
        }];
        let client = HttpClient::of(&config);
        assert!(client.address_of_provider("http://10.0.0.7:9000/keys").is_ok());
        for other in ["http://10.0.0.7:9001/keys", "https://10.0.0.7:9000/keys", "http://10.0.0.8:9000/keys"] {
            assert_eq!(client.address_of_provider(other).map(drop), Err(Failure::Policy), "{other}");
        }
        refused(&client, &["http://10.0.0.7:9000/realms/lab/calendar.ics"]);
    }

    #[test]
    fn addresses_of_calendar_programs_are_https() {
        let address = client(&[]).address(" webcal://calendar.example.org/a.ics#b ").unwrap();
        assert_eq!(address.url().as_str(), "https://calendar.example.org/a.ics");
    }

    #[test]
    fn refused_and_unreachable_are_one_sentence() {
        for failure in [Failure::Policy, Failure::Dns, Failure::Connect, Failure::Timeout] {
            assert_eq!(failure.key(), "fetch-unreachable");
            assert_eq!(Failure::parse(failure.as_str()), Some(failure));
        }
        let budgets = Budgets::default();
        assert_eq!((budgets.connect.as_secs(), budgets.first_byte.as_secs(), budgets.total.as_secs()), (5, 5, 15));
        assert_eq!((budgets.wire, budgets.decoded, budgets.headers), (2 << 20, 8 << 20, 64 << 10));
    }
}
