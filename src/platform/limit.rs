//! Rate limits, counted in PostgreSQL so that all processes share one budget.

use super::Platform;
use super::asker::Asker;
use super::error::AppError;
use super::i18n::Message;
use super::route::given_back;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// What all visitors may send together, and all who are signed in, so that a flood leaves room for reading
/// and strangers stop nobody who belongs here.
const OF_INSTANCE: Limit = Limit { name: "unsafe", count: 300, per: TimeDelta::minutes(1) };

/// How often something may happen within a while. An administrator's row in `budgets` goes before
/// the count.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub name: &'static str,
    pub count: i32,
    pub per: TimeDelta,
}

impl Limit {
    /// Counts one try by `who`; `TooMany` with the seconds until the next while begins.
    pub async fn take(&self, platform: &Platform, who: &str) -> Result<(), AppError> {
        match self.allows(platform, who).await? {
            true => Ok(()),
            false => {
                let now = platform.clock.now();
                Err(AppError::TooMany { retry_after_seconds: (self.began(now) + self.per - now).num_seconds().max(1) })
            }
        }
    }

    /// Counts one try by `who`; whether it is within the budget.
    pub async fn allows(&self, platform: &Platform, who: &str) -> Result<bool, AppError> {
        let allowed = sqlx::query_scalar!(
            r#"insert into limits (bucket, began_at, count) values ($1, $2, 1)
               on conflict (bucket) do update
                  set count = case when limits.began_at = excluded.began_at then limits.count + 1 else 1 end,
                      began_at = excluded.began_at
               returning count <= coalesce((select b.count from budgets b where b.name = $3), $4) as "allowed!""#,
            format!("{}:{who}", self.name),
            self.began(platform.clock.now()),
            self.name,
            self.count,
        )
        .fetch_one(&platform.db)
        .await;
        // Without a count nobody may, and nothing else is wrong with the instance.
        allowed.map_err(|error| AppError::Unavailable(error.into()))
    }

    fn began(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.duration_trunc(self.per).unwrap_or(now)
    }
}

/// Seconds as people say them: the unit and how many of it, rounded up.
fn rounded(seconds: i64) -> (&'static str, i64) {
    match seconds {
        ..=90 => ("seconds", seconds),
        91..=5400 => ("minutes", (seconds + 59) / 60),
        _ => ("hours", (seconds + 3599) / 3600),
    }
}

/// Says when it goes on.
pub fn told(retry_after_seconds: i64) -> Message {
    let (unit, count) = rounded(retry_after_seconds);
    Message::new("problem-too_many-text").with("unit", unit).with("count", count)
}

/// Refuses what changes something while the whole instance gets too much of it. Drafts have a budget
/// of each person's own.
pub async fn shed(
    platform: web::Data<Platform>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if request.method() == Method::POST && !request.path().starts_with("/drafts/") {
        let who = match request.extensions().get::<Asker>().and_then(Asker::person) {
            Some(_) => "people",
            None => "visitors",
        };
        match OF_INSTANCE.take(&platform, who).await {
            Err(error @ AppError::TooMany { .. }) => {
                let error = given_back(&mut request, error).await;
                return Ok(request.error_response(error));
            }
            // It spares the instance and guards nothing: what does has a limit of its own.
            Err(error) => tracing::warn!(%error, "counting what the instance gets"),
            Ok(()) => {}
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_waits_are_told_in_minutes_and_hours() {
        assert_eq!(
            [30, 90, 91, 3600, 5401].map(rounded),
            [("seconds", 30), ("seconds", 90), ("minutes", 2), ("minutes", 60), ("hours", 2)]
        );
    }
}
