//! A small believable world, built by replaying real acts with a hand-held clock: each is a request
//! to the application itself, so nothing is here that people could not have done.

mod acts;
mod applied;
mod aside;
mod calls;
mod earlier;
mod learned;
mod previewed;
mod shelf;
mod stage;
mod talks;

use crate::config::Config;
use crate::features::people;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use stage::Stage;

/// How long ago the world began.
const BEGAN: TimeDelta = TimeDelta::days(208);
/// Mails of the last days stay in the mailbox.
const MAILS_KEPT: TimeDelta = TimeDelta::days(5);

/// Fills an empty instance; false where people are here already.
pub async fn fill(config: &Config, db: &PgPool, now: DateTime<Utc>) -> anyhow::Result<bool> {
    let mut conn = db.acquire().await?;
    if !people::is_empty(&mut conn).await? {
        return Ok(false);
    }
    drop(conn);
    let stage = Stage::open(config.clone(), db.clone(), now - BEGAN, now).await?;
    calls::enter(&stage).await?;
    let calls = calls::publish(&stage).await?;
    learned::wording(&stage, &calls).await?;
    learned::choose_mails(&stage).await?;
    shelf::fill(&stage).await?;
    let left = earlier::held(&stage, &calls).await?;
    talks::reported(&stage, &calls).await?;
    acts::decided(&stage, &calls).await?;
    talks::ended(&stage, &calls).await?;
    let told = previewed::talked(&stage, &calls).await?;
    earlier::again(&stage, &left).await?;
    talks::present(&stage, &calls).await?;
    acts::waiting(&stage, &calls).await?;
    previewed::shown(&stage, &told).await?;
    stage.until(now).await?;
    stage.tidy(now - MAILS_KEPT).await?;
    Ok(true)
}
