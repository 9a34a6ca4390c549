//! Where requests come from: only our own name is answered, and unsafe methods only from our own
//! pages. No tokens in forms that somebody could forget (OWASP CSRF Prevention, Fetch Metadata).

use super::Platform;
use super::asker::cookie_name;
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
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if !safe && !is_our_page(&platform, &request) {
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
    let origin = &platform.config.origin;
    let with_port = match origin.port() {
        Some(port) => format!("{}:{port}", platform.config.instance()),
        None => platform.config.instance().to_owned(),
    };
    host.eq_ignore_ascii_case(&with_port)
}

fn is_our_page(platform: &Platform, request: &ServiceRequest) -> bool {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => origin == platform.config.origin.origin().ascii_serialization(),
        // No browser of today sends neither; without a sign-in there is nothing to abuse.
        (None, None) => request.cookie(cookie_name(platform.config.is_local())).is_none(),
    }
}
