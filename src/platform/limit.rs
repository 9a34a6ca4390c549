//! Rate limits, counted in PostgreSQL so that all processes share one budget.

use super::Platform;
use super::error::AppError;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// How often something may happen within a while.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub name: &'static str,
    pub count: i32,
    pub per: TimeDelta,
}

impl Limit {
    /// Counts one try by `who`; `TooMany` with the seconds until the next while begins.
    pub async fn take(&self, platform: &Platform, who: &str) -> Result<(), AppError> {
        let now = platform.clock.now();
        match self.counted(platform, who, now).await? <= self.count {
            true => Ok(()),
            false => {
                Err(AppError::TooMany { retry_after_seconds: (self.began(now) + self.per - now).num_seconds().max(1) })
            }
        }
    }

    /// Counts one try by `who`; whether it is within the budget.
    pub async fn allows(&self, platform: &Platform, who: &str) -> Result<bool, AppError> {
        Ok(self.counted(platform, who, platform.clock.now()).await? <= self.count)
    }

    async fn counted(&self, platform: &Platform, who: &str, now: DateTime<Utc>) -> Result<i32, AppError> {
        let count = sqlx::query_scalar!(
            r#"insert into limits (bucket, began_at, count) values ($1, $2, 1)
               on conflict (bucket) do update
                  set count = case when limits.began_at = excluded.began_at then limits.count + 1 else 1 end,
                      began_at = excluded.began_at
               returning count"#,
            format!("{}:{who}", self.name),
            self.began(now),
        )
        .fetch_one(&platform.db)
        .await?;
        Ok(count)
    }

    fn began(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.duration_trunc(self.per).unwrap_or(now)
    }
}
