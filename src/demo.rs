//! A small believable world, built by replaying real acts with a hand-held clock.

use crate::config::Config;
use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// Fills an empty instance; false where people are here already.
pub async fn fill(_config: &Config, db: &PgPool, _now: DateTime<Utc>) -> anyhow::Result<bool> {
    let empty = sqlx::query_scalar!(r#"select not exists (select from people) as "empty!""#).fetch_one(db).await?;
    Ok(empty)
}
