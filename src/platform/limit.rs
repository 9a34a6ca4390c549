//! Rate limits, counted in PostgreSQL so that all processes share one budget.

use super::Platform;
use super::asker::Asker;
use super::db::Tx;
use super::error::AppError;
use super::i18n::Message;
use super::route::given_back;
use crate::domain::id::PersonId;
use crate::domain::retention;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;

pub mod table;

/// How often something may happen within a while. An administrator's row in `budgets` goes before
/// the count. All of them stand in [`table`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    name: &'static str,
    count: i32,
    per: TimeDelta,
    /// Least and most that an administrator may choose.
    bounds: (i32, i32),
    /// Key of what it counts.
    key: &'static str,
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

    /// Its name, which is stored.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The program's own count.
    pub fn usual(&self) -> i32 {
        self.count
    }

    /// The count that is in force.
    pub async fn most(&self, conn: &mut PgConnection) -> Result<i32, AppError> {
        Ok(self.chosen_in(&chosen(conn).await?))
    }

    /// The count that is in force where administrators chose these.
    pub fn chosen_in(&self, chosen: &HashMap<String, i32>) -> i32 {
        chosen.get(self.name).copied().unwrap_or(self.count)
    }

    /// Least and most that an administrator may choose.
    pub fn bounds(&self) -> (i32, i32) {
        self.bounds
    }

    /// Key of what it counts.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The while, as people say it: the unit and how many of it.
    pub fn within(&self) -> (&'static str, i64) {
        match self.per.num_minutes() {
            1440 => ("days", 1),
            minutes if minutes % 60 == 0 => ("hours", minutes / 60),
            minutes => ("minutes", minutes),
        }
    }

    /// Whether an administrator may choose this count.
    pub fn takes(&self, count: i32) -> bool {
        (self.bounds.0..=self.bounds.1).contains(&count)
    }

    /// Sets the count, as part of a change that the caller records. The program's own leaves no row.
    pub async fn set(&self, tx: &mut Tx, count: i32) -> Result<(), AppError> {
        sqlx::query!("delete from budgets where name = $1", self.name).execute(&mut **tx).await?;
        if count != self.count {
            let set = sqlx::query!("insert into budgets (name, count) values ($1, $2)", self.name, count);
            set.execute(&mut **tx).await?;
        }
        Ok(())
    }

    fn began(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.duration_trunc(self.per).unwrap_or(now)
    }
}

/// The counts that administrators set, by the names of the budgets.
pub async fn chosen(conn: &mut PgConnection) -> Result<HashMap<String, i32>, AppError> {
    let rows = sqlx::query!("select name, count from budgets").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.count)).collect())
}

/// Deletes counts of whiles that are long over, which name addresses and networks; gives their number.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let longest = table::ALL.iter().map(|limit| limit.per).max().unwrap_or_default();
    let gone = sqlx::query!(
        r#"delete from limits where bucket in
                  (select bucket from limits where began_at <= $1 order by began_at limit $2)"#,
        now - longest - retention::LIMITS,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
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

/// Refuses what changes something while the whole instance gets too much of it, or too much of one person.
/// Drafts have a budget of each person's own, and whoever wants to sign out always can.
pub async fn shed(
    platform: web::Data<Platform>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_counted = !request.path().starts_with("/drafts/") && request.path() != "/sign-out";
    if request.method() == Method::POST && is_counted {
        let person = request.extensions().get::<Asker>().and_then(Asker::person).map(|person| person.id);
        match counted(&platform, person).await {
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

/// What is beyond a person's own share takes nothing of what all have.
async fn counted(platform: &Platform, person: Option<PersonId>) -> Result<(), AppError> {
    let Some(person) = person else { return table::OF_INSTANCE.take(platform, "visitors").await };
    table::OF_PERSON.take(platform, &person.to_string()).await?;
    table::OF_INSTANCE.take(platform, "people").await
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
