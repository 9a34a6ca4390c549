//! What administrators make of a reported application.

use super::store;
use crate::domain::abuse::Stage;
use crate::domain::application::end_of_day;
use crate::domain::id::{AbuseReportId, PersonId};
use crate::features::calls;
use crate::platform::db::Tx;
use crate::platform::error::AppError;

/// Gives the application back to the host (`Dismissed`) or turns it away (`Actioned`). `NotNow` where
/// somebody decided before.
pub async fn decide_abuse_report(
    tx: &mut Tx,
    id: AbuseReportId,
    to: Stage,
    by: PersonId,
    note: Option<&str>,
) -> Result<(), AppError> {
    let (stage, application) = store::report_for_update(tx, id).await?;
    let decided = stage.decide(id, to).map_err(|_| AppError::NotNow("decided already"))?;
    store::lock(tx, application).await?;
    let (application, now) = (store::system(tx, application).await?, tx.now());
    let call = calls::find(tx, application.call).await?.ok_or(AppError::NotFound)?;
    let moved = match to {
        Stage::Actioned => application.turn_away(now),
        _ => application.give_back(end_of_day(now, call.reply_days.into(), call.host_zone.0), now),
    };
    let moved = moved.map_err(|_| AppError::NotNow("not reported any more"))?;
    store::save(tx, moved).await?;
    store::save_report(tx, id, decided, by, note).await
}
