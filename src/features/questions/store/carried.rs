//! What was left for the next time, and comes along to it.

use super::{NewItem, add_item, all};
use crate::domain::id::ConsultationId;
use crate::domain::question::{Origin, Stage};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// Titles of the items that were left for the next time, in order.
pub async fn left_for_next_time(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<String>, AppError> {
    let left = all(conn, id).await?.into_iter().map(|listed| listed.item).filter(|item| item.stage == Stage::NextTime);
    Ok(left.map(|item| item.title).collect())
}

/// Brings the items along that were left for the next time, once. The caller holds the lock of the
/// consultation that they come to.
pub async fn carry(tx: &mut Tx, from: ConsultationId, to: ConsultationId) -> Result<(), AppError> {
    if all(tx, to).await?.iter().any(|listed| listed.item.origin == Origin::Carried) {
        return Ok(());
    }
    for item in all(tx, from).await?.into_iter().map(|listed| listed.item) {
        if item.stage != Stage::NextTime {
            continue;
        }
        let new = NewItem {
            author: item.author,
            side: item.side,
            kind: item.kind,
            origin: Origin::Carried,
            stage: Stage::Asked,
            title: &item.title,
        };
        add_item(tx, to, new).await?;
    }
    Ok(())
}
