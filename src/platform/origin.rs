//! Where requests come from: only our own name is answered, and unsafe methods only from our own
//! pages. No tokens in forms that somebody could forget (OWASP CSRF Prevention, Fetch Metadata).

use super::Platform;
use super::asker;
use super::error::AppError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web;

/// Refuses foreign Host names and unsafe requests of other sites.
pub async fn check(
    platform: web::Data<Platform>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !is_our_name(&platform, &request) {
        return Ok(request.error_response(AppError::Misdirected));
    }
    let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(request.method());
    if !is_safe && !is_our_page(&platform, &request) {
        asker::recall(&platform, &request).await;
        return Ok(request.error_response(AppError::CrossOrigin));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn is_our_name(platform: &Platform, request: &ServiceRequest) -> bool {
    // Probes of a balancer know the address of the process, not its name.
    if matches!(request.path(), "/live" | "/ready") {
        return true;
    }
    let mut hosts = request.headers().get_all(header::HOST);
    let (Some(host), None) = (hosts.next().and_then(|h| h.to_str().ok()), hosts.next()) else { return false };
    // A target with a name of its own goes before the header (RFC 9112, 3.2.2).
    let target = request.uri().authority().map(|authority| authority.as_str());
    let origin = &platform.config.origin;
    let with_port = match origin.port() {
        Some(port) => format!("{}:{port}", platform.config.instance()),
        None => platform.config.instance().to_owned(),
    };
    [Some(host), target].into_iter().flatten().all(|name| name.eq_ignore_ascii_case(&with_port))
}

fn is_our_page(platform: &Platform, request: &ServiceRequest) -> bool {
    let text = |name: header::HeaderName| request.headers().get(name).map(|v| v.to_str().unwrap_or_default());
    match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => origin == platform.config.origin.origin().ascii_serialization(),
        // No browser of today sends neither; without a cookie there is nothing to abuse.
        (None, None) => !request.headers().contains_key(header::COOKIE),
    }
}
