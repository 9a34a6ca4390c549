//! Draws the page of what went wrong, in the visitor's language, and logs it once.

use super::bots;
use super::error::AppError;
use super::form::Typed;
use super::i18n::Told;
use super::limit;
use super::page::Frame;
use super::{audit, telemetry, work};
use crate::domain::retention;
use actix_web::HttpMessage;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use askama::Template;
use chrono::{DateTime, Utc};

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem {
    frame: Frame,
    status: StatusCode,
    request_id: String,
    typed: Vec<String>,
    retry_after_seconds: i64,
    /// Refused until the person showed again who they are.
    is_reauth: bool,
    purged_at: Option<DateTime<Utc>>,
}

impl Problem {
    fn title(&self) -> Told {
        self.frame.t(match self.status.as_u16() {
            400 => "problem-unreadable-title",
            401 => "problem-sign_in-title",
            403 if self.is_reauth => "problem-reauth-title",
            403 => "problem-forbidden-title",
            404 => "problem-not_found-title",
            405 => "problem-method-title",
            408 => "problem-too_slow-title",
            409 => "problem-conflict-title",
            410 if self.purged_at.is_some() => "problem-purged-title",
            410 => "problem-gone-title",
            413 => "problem-too_large-title",
            421 => "problem-misdirected-title",
            422 => "problem-unprocessable-title",
            429 => "problem-too_many-title",
            503 => "problem-unavailable-title",
            _ => "problem-unexpected-title",
        })
    }

    fn purged(&self, at: DateTime<Utc>) -> Told {
        let told = self.frame.t("problem-purged-text").saying("day", self.frame.speech.day_of(at));
        told.with("days", retention::DOCUMENTS.num_days())
    }

    /// Where to sign in and come back to this page.
    fn sign_in_path(&self) -> String {
        let back: String = url::form_urlencoded::byte_serialize(self.frame.path().as_bytes()).collect();
        match self.status {
            StatusCode::UNAUTHORIZED => self.frame.carry(&format!("/sign-in?next={back}")),
            _ => self.frame.carry("/sign-in"),
        }
    }

    /// Where to confirm and come back to this page.
    fn confirmation_path(&self) -> String {
        let back: String = url::form_urlencoded::byte_serialize(self.frame.path().as_bytes()).collect();
        format!("/settings/confirmation?next={back}")
    }

    fn explanation(&self) -> Told {
        match self.status.as_u16() {
            400 => self.frame.t("problem-unreadable-text"),
            401 => self.frame.t("problem-sign_in-text"),
            403 if self.is_reauth => self.frame.t("problem-reauth-text"),
            403 => self.frame.t("problem-forbidden-text"),
            404 => self.frame.t("problem-not_found-text"),
            405 => self.frame.t("problem-method-text"),
            408 => self.frame.t("problem-too_slow-text"),
            409 => self.frame.t("problem-conflict-text"),
            410 if let Some(at) = self.purged_at => self.purged(at),
            410 => self.frame.t("problem-gone-text"),
            413 => self.frame.t("problem-too_large-text"),
            421 => self.frame.t("problem-misdirected-text"),
            422 => self.frame.t("problem-unprocessable-text"),
            429 => self.frame.say(&limit::told(self.retry_after_seconds)),
            503 => self.frame.t("problem-unavailable-text"),
            _ => self.frame.t("problem-unexpected-text"),
        }
    }
}

/// Replaces the empty body of a refused request by a page. Handlers' own answers pass.
pub async fn draw(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, actix_web::Error> {
    let response = next.call(request).await?.map_into_left_body();
    audit::watch(&response);
    let status = response.status();
    let ours = response.headers().contains_key(header::CONTENT_TYPE) && response.response().error().is_none();
    if !(status.is_client_error() || status.is_server_error()) || ours {
        return Ok(response);
    }
    Ok(drawn(response))
}

fn drawn<B: MessageBody>(response: ServiceResponse<EitherBody<B, BoxBody>>) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let error = response.response().error();
    let known = error.and_then(|e| e.as_error::<AppError>());
    let retry_after_seconds = match known {
        Some(AppError::TooMany { retry_after_seconds }) => *retry_after_seconds,
        _ => 1,
    };
    let purged_at = match known {
        Some(AppError::Purged { at }) => Some(*at),
        _ => None,
    };
    log(&response, known);
    let typed = response.request().extensions_mut().remove::<Typed>();
    let page = Problem {
        frame: Frame::of_request(response.request()),
        status: response.status(),
        request_id: telemetry::request_id(response.request()).map(|id| id.0.simple().to_string()).unwrap_or_default(),
        typed: typed.map(|t| written(t.0.all())).unwrap_or_default(),
        retry_after_seconds,
        is_reauth: matches!(known, Some(AppError::ConfirmationNeeded)),
        purged_at,
    };
    let html = page.render().unwrap_or_else(|error| {
        tracing::error!(%error, "drawing a problem page");
        String::new()
    });
    let (request, mut response) = response.into_parts();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    ServiceResponse::new(request, response.set_body(BoxBody::new(html)).map_into_right_body())
}

/// What a person wrote, without secrets and what the page itself put in: keys, choices, instants.
fn written(values: &[(String, String)]) -> Vec<String> {
    let is_word = |value: &str| value.is_ascii() && !value.contains(char::is_whitespace) && !value.contains('@');
    let is_put_in = |value: &str| is_word(value) && (value.len() <= 20 || uuid::Uuid::parse_str(value).is_ok());
    let is_secret = |name: &str| ["once", "password", "code", bots::MARK, work::CHALLENGE].contains(&name);
    let values = values.iter().filter(|(name, _)| !is_secret(name)).map(|(_, value)| value.trim());
    values.filter(|value| !value.is_empty() && !is_put_in(value)).map(str::to_owned).collect()
}

fn log<B>(response: &ServiceResponse<B>, error: Option<&AppError>) {
    let path = response.request().match_pattern().unwrap_or_default();
    if error.is_some_and(|error| audit::heed(response.request(), error)) {
        return;
    }
    match error {
        Some(error @ (AppError::Unexpected(_) | AppError::Unavailable(_))) => {
            tracing::error!(%error, path, "a request failed")
        }
        Some(error) => tracing::info!(%error, path, "a request was refused"),
        None if response.status().is_server_error() => {
            let cause = response.response().error().map(ToString::to_string);
            tracing::error!(cause, path, "a request failed");
        }
        None => tracing::info!(status = response.status().as_u16(), path, "a request was refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_is_given_back_and_what_the_page_put_in_is_not() {
        let pairs = |values: &[&str]| values.iter().map(|v| ("field".to_owned(), v.to_string())).collect::<Vec<_>>();
        let put_in = ["", "pick", "60", "2027-01-05T00:00:00Z", "01a21409-6bbd-73de-ba37-b0c63c4483c4", "on"];
        assert_eq!(written(&pairs(&put_in)), Vec::<String>::new());
        let secrets = [
            ("password", "a long app password of theirs"),
            ("code", "ABCD EFGH"),
            ("drawn", "AXRlc3RzAAAAAAAAAAAAAAAAA"),
            ("challenge", "AXRlc3RzAAAAAAAAAAAAAAAAA"),
        ];
        assert!(written(&secrets.map(|(name, value)| (name.to_owned(), value.to_owned()))).is_empty());
        let by_hand = ["困っています", "not sure", "aki@example.org", "https://example.org/a-long-address"];
        assert_eq!(written(&pairs(&by_hand)), by_hand);
    }
}
