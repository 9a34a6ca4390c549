//! Certificates of servers: one that is good, and those by which a server proves nothing.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use std::sync::{Arc, LazyLock};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// Vouches for the servers of tests, and is trusted by all applications of tests.
static AUTHORITY: LazyLock<CertifiedIssuer<'static, KeyPair>> = LazyLock::new(authority);

/// What a server on this machine shows.
#[derive(Clone, Copy, Debug)]
pub enum Certificate {
    /// For `calendar.test` and 127.0.0.1, by an authority that is trusted.
    Good,
    Expired,
    NotYetValid,
    OfAnotherName,
    SelfSigned,
    /// By an authority that nobody knows.
    OfAStranger,
}

impl Certificate {
    /// All that are no proof.
    pub const REFUSED: [Certificate; 5] = [
        Certificate::Expired,
        Certificate::NotYetValid,
        Certificate::OfAnotherName,
        Certificate::SelfSigned,
        Certificate::OfAStranger,
    ];

    /// A server's side of TLS.
    pub fn config(self) -> Arc<ServerConfig> {
        let names = match self {
            Certificate::OfAnotherName => vec!["elsewhere.test".to_owned()],
            _ => vec!["calendar.test".to_owned(), "127.0.0.1".to_owned()],
        };
        let mut params = CertificateParams::new(names).unwrap();
        match self {
            Certificate::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Certificate::NotYetValid => params.not_before = date_time_ymd(2126, 1, 1),
            _ => {}
        }
        let key = KeyPair::generate().unwrap();
        let certificate = match self {
            Certificate::SelfSigned => params.self_signed(&key),
            Certificate::OfAStranger => params.signed_by(&key, &authority()),
            _ => params.signed_by(&key, &AUTHORITY),
        };
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.unwrap().der().clone()], key.into());
        Arc::new(config.unwrap())
    }
}

/// Whom the applications of tests trust.
pub fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(AUTHORITY.der().clone()).unwrap();
    roots
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}
