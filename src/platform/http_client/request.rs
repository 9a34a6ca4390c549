//! What is asked for and what comes back, within which budgets.

use super::body::Taken;
use super::{Address, Failure};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use std::time::Duration;

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

/// Reads an answer within the budgets.
pub(super) async fn read(
    response: Response<Incoming>,
    request: &Request<'_>,
    budgets: &Budgets,
) -> Result<Fetched, Failure> {
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

/// The request as it is sent to an address, which a redirect may have changed.
pub(super) fn asked(
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

/// Bytes of all names and values.
pub(super) fn bytes_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// Whether an answer says that something is elsewhere.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Without a kind of its own, content is judged by what reads it.
fn is_of_kind(headers: &HeaderMap, kinds: &[&str]) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return true };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kinds.is_empty() || kinds.contains(&kind.as_str())
}
