//! Headers of every answer, problem pages included.

use super::Platform;
use crate::config::Config;
use crate::config::providers::Provider;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;

/// Nothing inline, nothing foreign. Scripts insert server-rendered pieces through one policy. Forms lead to
/// this site, and on to the providers that people sign in by: browsers look at the whole way.
pub struct Policy {
    page: HeaderValue,
    /// Each mail stands in a frame, as its receiver's program would show it.
    mailbox: HeaderValue,
}

impl Policy {
    /// That of the settings.
    pub fn of(config: &Config) -> Self {
        let homes: String = config.providers.iter().filter_map(Provider::home).map(|home| format!(" {home}")).collect();
        let page = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; form-action 'self'{homes}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; \
             require-trusted-types-for 'script'; trusted-types kabeuchi"
        );
        let value = |policy: String| HeaderValue::try_from(policy).expect("origins are written in ASCII");
        Self { mailbox: value(format!("{page}; frame-src 'self'")), page: value(page) }
    }
}

/// Adds what is missing; a handler that set its own value keeps it.
pub async fn add(
    platform: web::Data<Platform>,
    policy: web::Data<Policy>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let (bears_secret, is_mailbox) = (bears_secret(&request), request.path().starts_with("/mailbox"));
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = if is_mailbox { &policy.mailbox } else { &policy.page };
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, if bears_secret { "no-referrer" } else { "same-origin" });
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    );
    set(headers, header::CACHE_CONTROL, "no-store");
    if platform.config.origin.scheme() == "https" {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    Ok(response)
}

/// Whether the address holds a key or a token, its own or that of the page to go on to.
fn bears_secret(request: &ServiceRequest) -> bool {
    let of_route = request.match_pattern().is_some_and(|pattern| pattern.contains("{token}"));
    let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    of_route || pairs.any(|(name, _)| name == "key" || name == "next")
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
