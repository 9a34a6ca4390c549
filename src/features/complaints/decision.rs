//! What administrators make of a complaint, and of an appeal against that. What they do about the thing itself is
//! an act of its own.

use super::store;
use crate::domain::abuse::{Decision, Refused};
use crate::domain::id::{ComplaintId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;

/// An administrator takes a complaint up.
pub async fn take_up(tx: &mut Tx, id: ComplaintId, by: PersonId) -> Result<Result<(), Refused>, AppError> {
    match store::locked(tx, id).await?.report.triage(by) {
        Ok(moved) => store::save(tx, moved, by, None).await.map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Decides; whom it goes against reads the reason.
pub async fn decide(
    tx: &mut Tx,
    id: ComplaintId,
    to: Decision,
    by: PersonId,
    reason: &str,
) -> Result<Result<(), Refused>, AppError> {
    let now = tx.now();
    match store::locked(tx, id).await?.report.decide(to, by, now) {
        Ok(moved) => store::save(tx, moved, by, Some(reason)).await.map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}

/// The last word over an appeal, by another than who decided.
pub async fn conclude(
    tx: &mut Tx,
    id: ComplaintId,
    to: Decision,
    by: PersonId,
    reason: &str,
) -> Result<Result<(), Refused>, AppError> {
    match store::locked(tx, id).await?.report.conclude(to, by) {
        Ok(moved) => store::save(tx, moved, by, Some(reason)).await.map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}
