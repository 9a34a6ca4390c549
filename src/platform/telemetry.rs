//! Logs, the request's ID, metrics. Logs carry IDs and routes, never addresses, tokens or texts.

mod lines;

use self::lines::Lines;
use super::random;
use crate::domain::id::RequestId;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::field::{Field, Visit};
use tracing::{Event, Instrument, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// The logs of the process; what was logged last is written when this is dropped.
pub struct Logs(Lines);

impl Drop for Logs {
    fn drop(&mut self) {
        self.0.settle(Duration::from_secs(1));
    }
}

/// Sends logs to standard error: text on a terminal, JSON elsewhere. `RUST_LOG` filters.
pub fn start_logs() -> Logs {
    let lines = Lines::to(std::io::stderr());
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(Arc::new(lines.clone())).with_target(false);
    match std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        true => logs.finish().with(BrokenConnections).init(),
        false => logs.json().flatten_event(true).finish().with(BrokenConnections).init(),
    }
    Logs(lines)
}

/// What strangers send into a connection, and how they break it off, is counted: a line each, as an error,
/// would let anybody fill the logs.
struct BrokenConnections;

impl<S: Subscriber> Layer<S> for BrokenConnections {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let mut told = Told(false);
        if event.metadata().target() == "actix_http::h1::dispatcher" {
            event.record(&mut told);
        }
        if told.0 {
            metrics::counter!("kabeuchi_broken_connections_total").increment(1);
        }
        !told.0
    }
}

/// Whether an event is the one by which the HTTP library gives a connection up.
struct Told(bool);

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 |= field.name() == "message" && format!("{value:?}").starts_with("stream error: ");
    }
}

/// Begins to count; the handle prints what `/metrics` shows.
pub fn start_metrics() -> anyhow::Result<PrometheusHandle> {
    Ok(PrometheusBuilder::new().install_recorder()?)
}

/// The ID that page, logs, facts, jobs and mails share.
pub fn request_id(request: &HttpRequest) -> Option<RequestId> {
    request.extensions().get::<RequestId>().copied()
}

/// Gives the request an ID, a span with its route, and counts its answer.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = RequestId(random::key());
    request.extensions_mut().insert(id);
    let id = id.0.simple().to_string();
    let route = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let span = tracing::info_span!("request", id, method = %request.method(), route);
    let began = Instant::now();
    let mut response = next.call(request).instrument(span).await?;
    let status = response.status().as_u16().to_string();
    metrics::counter!("kabeuchi_requests_total", "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!("kabeuchi_request_seconds", "route" => route).record(began.elapsed().as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}
