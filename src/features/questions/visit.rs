//! Who was here when, so that what is new can be marked. Written after the answer, outside of it:
//! reading changes nothing of the document.

use super::store;
use crate::domain::id::ConsultationId;
use crate::platform::Platform;
use crate::platform::asker::Asker;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

const DOCUMENT: &str = "/consultations/{consultation}/questions";

/// Marks a visit of the document after a page of it was shown; never for a prefetch.
pub async fn mark(
    platform: web::Data<Platform>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let visit = visited(&request);
    let now = platform.clock.now();
    let response = next.call(request).await?;
    if let (Some((id, asker)), true) = (visit, response.status().is_success())
        && let Some(person) = asker.person()
        && platform.visits.is_due((id.0, person.id.0), now)
    {
        let marked = match platform.db.acquire().await {
            Ok(mut conn) => store::mark_visit(&mut conn, id, person.id, now).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = marked {
            tracing::warn!(%error, "marking a visit");
        }
    }
    Ok(response.map_into_boxed_body())
}

fn visited(request: &ServiceRequest) -> Option<(ConsultationId, Asker)> {
    let is_prefetch = request.headers().get("sec-purpose").is_some_and(|v| v.as_bytes().starts_with(b"prefetch"));
    let pattern = request.match_pattern()?;
    let is_document = pattern.starts_with(DOCUMENT) && !pattern.ends_with("note");
    if request.method() != Method::GET || is_prefetch || !is_document {
        return None;
    }
    // No route is matched out here, so the path is read by hand.
    let id = request.path().split('/').nth(2)?.parse().ok()?;
    let asker = request.extensions().get::<Asker>().cloned()?;
    Some((id, asker))
}
