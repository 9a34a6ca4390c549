//! What administrators make of a reported application, and of an appeal against that.

use super::store::{self, Reported};
use crate::domain::abuse::{Decision, Refused};
use crate::domain::application::{DeclineKind, end_of_day};
use crate::domain::id::{AbuseReportId, PersonId};
use crate::features::calls;
use crate::platform::db::Tx;
use crate::platform::error::AppError;

/// An administrator takes a report up.
pub async fn take_up_abuse_report(
    tx: &mut Tx,
    id: AbuseReportId,
    by: PersonId,
) -> Result<Result<(), Refused>, AppError> {
    match store::report_for_update(tx, id).await?.report.triage(by) {
        Ok(moved) => store::save_report(tx, moved, by, None).await.map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Gives the application back to the host (`Dismissed`) or turns it away (`Actioned`).
pub async fn decide_abuse_report(
    tx: &mut Tx,
    id: AbuseReportId,
    to: Decision,
    by: PersonId,
    note: Option<&str>,
) -> Result<Result<(), Refused>, AppError> {
    let reported = store::report_for_update(tx, id).await?;
    let decided = match reported.report.decide(to, by, tx.now()) {
        Ok(decided) => decided,
        Err(refused) => return Ok(Err(refused)),
    };
    let (application, now) = (store::system(tx, reported.application).await?, tx.now());
    let call = calls::find(tx, application.call).await?.ok_or(AppError::NotFound)?;
    let moved = match to {
        Decision::Actioned => application.turn_away(now),
        Decision::Dismissed => application.give_back(end_of_day(now, call.reply_days.into(), call.host_zone.0), now),
    };
    let moved = moved.map_err(|_| AppError::NotNow("not reported any more"))?;
    store::save(tx, moved).await?;
    store::save_report(tx, decided, by, note).await.map(Ok)
}

/// The last word over an appeal, by another than who decided. Refused also where somebody was faster.
pub async fn conclude_abuse_report(
    tx: &mut Tx,
    id: AbuseReportId,
    to: Decision,
    by: PersonId,
    reason: &str,
) -> Result<Result<(), Refused>, AppError> {
    let reported = store::report_for_update(tx, id).await?;
    let concluded = match reported.report.conclude(to, by) {
        Ok(concluded) => concluded,
        Err(refused) => return Ok(Err(refused)),
    };
    turn_away_after_all(tx, &reported, to).await?;
    store::save_report(tx, concluded, by, Some(reason)).await.map(Ok)
}

/// What the host was right about ends an application that still waits. What was turned away stays so:
/// whoever was right may apply again.
async fn turn_away_after_all(tx: &mut Tx, reported: &Reported, to: Decision) -> Result<(), AppError> {
    let application = store::system(tx, reported.application).await?;
    if to != Decision::Actioned || !application.stage.is_waiting() {
        return Ok(());
    }
    let moved = application.decline(DeclineKind::Rules, None, tx.now());
    store::save(tx, moved.map_err(|_| AppError::NotNow("not waiting any more"))?).await?;
    Ok(())
}
