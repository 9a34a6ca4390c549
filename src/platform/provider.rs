//! Providers, asked who somebody is: OpenID Connect issuers and GitHub.
//!
//! They are the only machines that a page waits for: whoever chose one is away at it anyway, and four
//! seconds later the page says that it does not answer. What they say is believed after every check alone;
//! which one failed is written into the log and never shown.

mod github;
mod openid;

use super::http_client::{Failure, Request};
use super::{Platform, random};
use crate::config::providers::{Kind, Provider};
use crate::domain::person::EmailAddress;
use hyper::StatusCode;
use oauth2::{HttpRequest, HttpResponse};
use std::future::Future;
use std::time::Duration;

pub use openid::Cache;

/// How long a page waits.
const PATIENCE: Duration = Duration::from_secs(4);
/// Bytes that are taken of an answer.
const MOST: usize = 256 * 1024;
/// Longest name that a provider has for somebody.
const LONGEST_SUBJECT: usize = 255;

/// Why nobody was identified. The words are for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It does not answer, or answers what nobody understands.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// It says no, or what it says does not hold.
    #[error("refused: {0}")]
    Refused(&'static str),
}

/// One way to a provider and back: what is told on the way there, and compared on the way back.
pub struct Journey {
    /// Address that the browser comes back to.
    pub back: String,
    pub state: String,
    pub nonce: String,
    /// Of PKCE (RFC 7636): shown when the code is changed into a token, and nowhere else.
    pub verifier: String,
}

impl Journey {
    /// A new one.
    pub fn to_come_back_to(back: String) -> Self {
        Self { back, state: random::token(), nonce: random::token(), verifier: random::token() }
    }
}

/// What a browser brought back.
pub struct Brought {
    pub code: String,
    /// Who sent the browser back (RFC 9207); empty where it is not said.
    pub issuer: String,
}

/// What a provider says of somebody.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// Its name for them, which is never given to another.
    pub subject: String,
    pub address: Option<EmailAddress>,
    pub is_verified: bool,
}

/// Where the browser goes.
pub async fn way_there(platform: &Platform, provider: &Provider, journey: &Journey) -> Result<String, Trouble> {
    match &provider.kind {
        Kind::OpenIdConnect => patiently(openid::way_there(platform, provider, journey)).await,
        Kind::GitHub { .. } => github::way_there(provider, journey),
    }
}

/// Who came back.
pub async fn identify(
    platform: &Platform,
    provider: &Provider,
    journey: Journey,
    brought: Brought,
) -> Result<Said, Trouble> {
    let said = match &provider.kind {
        Kind::OpenIdConnect => patiently(openid::identify(platform, provider, journey, brought)).await?,
        Kind::GitHub { api } => patiently(github::identify(platform, provider, api, journey, brought)).await?,
    };
    match said.subject.is_empty() || said.subject.len() > LONGEST_SUBJECT || said.subject.contains('\0') {
        true => Err(Trouble::Refused("subject")),
        false => Ok(said),
    }
}

async fn patiently<T>(asking: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or(Err(Trouble::Unavailable("slow")))
}

/// Refusals of what was asked, which say nothing of how the provider is.
const REFUSALS: &[StatusCode] = &[StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];

/// Carries one message of the protocol crates.
async fn ask(platform: &Platform, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let (parts, body) = request.into_parts();
    let address = platform.http.address_of_provider(&parts.uri.to_string())?;
    let request = Request {
        method: parts.method,
        headers: parts.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        body: body.into(),
        kinds: &["application/json", "application/jwk-set+json"],
        refusals: REFUSALS,
        ..Request::get(&address)
    };
    let fetched = platform.http.exchange(request, MOST, PATIENCE).await?;
    let mut response = HttpResponse::new(fetched.body);
    *response.status_mut() = fetched.status;
    *response.headers_mut() = fetched.headers;
    Ok(response)
}

/// What became of a code that was shown.
fn of_token<E: oauth2::ErrorResponse>(error: oauth2::RequestTokenError<Failure, E>) -> Trouble {
    use oauth2::RequestTokenError::*;
    match error {
        Request(_) => Trouble::Unavailable("token"),
        ServerResponse(_) | Other(_) => Trouble::Refused("code"),
        Parse(_, body) if is_about_a_token(&body) => Trouble::Refused("token"),
        Parse(..) => Trouble::Unavailable("nonsense"),
    }
}

/// Whether an answer that could not be read is one at all.
fn is_about_a_token(body: &[u8]) -> bool {
    let told = serde_json::from_slice::<serde_json::Value>(body).unwrap_or_default();
    told.get("id_token").or(told.get("error")).is_some()
}
