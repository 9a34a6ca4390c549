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
mod failure;
mod public;
mod request;

pub use address::Address;
pub use failure::Failure;
pub use request::{Budgets, Fetched, Request};

use crate::config::Config;
use crate::config::providers::Provider;
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{Response, client::conn::http1};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use request::{asked, bytes_of, is_redirect, read};
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

#[cfg(test)]
mod tests;
