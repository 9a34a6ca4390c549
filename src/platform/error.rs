//! What ends a request without the page it asked for; `problem.rs` draws the page.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use thiserror::Error;

/// Why the asked-for page is not shown. Refusals of a rule are answered on the page that asked and
/// are not in here: somebody must choose.
#[derive(Debug, Error)]
pub enum AppError {
    #[error("not found, or not yours to know about")]
    NotFound,
    #[error("sign-in needed")]
    SignInNeeded,
    #[error("to be confirmed first")]
    ConfirmationNeeded,
    #[error("seen, but not allowed")]
    NotAllowed,
    #[error("no longer possible: {0}")]
    NotNow(&'static str),
    #[error("spent or dead link")]
    Gone,
    #[error("kept no longer")]
    Purged { at: DateTime<Utc> },
    #[error("came from another site")]
    CrossOrigin,
    #[error("unreadable request")]
    Unreadable,
    #[error("wrong values: {0}")]
    Unprocessable(&'static str),
    #[error("too large")]
    TooLarge,
    #[error("took too long to send")]
    TooSlow,
    #[error("unknown host name")]
    Misdirected,
    #[error("too many attempts")]
    TooMany { retry_after_seconds: i64 },
    #[error("answered elsewhere")]
    SeeOther { location: String },
    #[error("this form is being worked on")]
    BeingDone,
    #[error("briefly unavailable: {0:#}")]
    Unavailable(anyhow::Error),
    #[error("{0:#}")]
    Unexpected(anyhow::Error),
}

/// What a handler gives back.
pub type Answer = Result<HttpResponse, AppError>;

impl From<anyhow::Error> for AppError {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<sqlx::Error>() {
            Ok(error) => error.into(),
            Err(error) => AppError::Unexpected(error),
        }
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        // 22021: a NUL came in by the address; PostgreSQL has no such text.
        if error.as_database_error().is_some_and(|e| e.code().as_deref() == Some("22021")) {
            return AppError::Unreadable;
        }
        let passing = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // Class 57P: the server stops or starts; 57014: the statement's time is over;
            // 40001 and 40P01: the transaction lost against others.
            sqlx::Error::Database(e) => {
                e.code().is_some_and(|c| c.starts_with("57P") || ["57014", "40001", "40P01", "55P03"].contains(&&*c))
            }
            _ => false,
        };
        match passing {
            true => AppError::Unavailable(error.into()),
            false => AppError::Unexpected(error.into()),
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            AppError::NotFound => StatusCode::NOT_FOUND,
            AppError::SignInNeeded => StatusCode::UNAUTHORIZED,
            AppError::NotAllowed | AppError::ConfirmationNeeded | AppError::CrossOrigin => StatusCode::FORBIDDEN,
            AppError::NotNow(_) | AppError::BeingDone => StatusCode::CONFLICT,
            AppError::Gone | AppError::Purged { .. } => StatusCode::GONE,
            AppError::Unreadable => StatusCode::BAD_REQUEST,
            AppError::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            AppError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            AppError::TooSlow => StatusCode::REQUEST_TIMEOUT,
            AppError::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            AppError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            AppError::SeeOther { .. } => StatusCode::SEE_OTHER,
            AppError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            AppError::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            AppError::SeeOther { location } => answer.insert_header((header::LOCATION, location.as_str())),
            AppError::TooMany { retry_after_seconds } => {
                answer.insert_header((header::RETRY_AFTER, retry_after_seconds.to_string()))
            }
            AppError::BeingDone => answer.insert_header((header::RETRY_AFTER, "1")),
            AppError::Unavailable(_) => answer.insert_header((header::RETRY_AFTER, "5")),
            AppError::CrossOrigin => answer.insert_header((header::VARY, "Sec-Fetch-Site, Origin")),
            _ => &mut answer,
        };
        answer.finish()
    }
}

/// Answers 303: after a POST the browser shows another page.
pub fn see_other(location: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location.as_ref())).finish()
}
