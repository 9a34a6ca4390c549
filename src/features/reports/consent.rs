//! A quote or an approval is taken back: the report that needed it disappears in the same
//! transaction.

use super::mails::HiddenMail;
use super::store;
use crate::domain::id::{PersonId, QuoteId, ReportId};
use crate::domain::report::Verdict;
use crate::features::consultations;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use serde::{Deserialize, Serialize};

/// Hides what uses a quote, or sends it back to the desk. The caller revoked the quote in this
/// transaction.
pub async fn hide_for_quote(tx: &mut Tx, quote: QuoteId) -> Result<(), AppError> {
    for id in store::using(tx, quote).await? {
        lose_consent(tx, id).await?;
    }
    Ok(())
}

/// Takes back a person's own approval of a report as it stands; false where there is none.
pub async fn revoke_approval(tx: &mut Tx, person: PersonId, report: ReportId) -> Result<bool, AppError> {
    let Some(consultation) = store::consultation_of(tx, report).await? else { return Ok(false) };
    consultations::lock(tx, consultation).await?;
    let Some(written) = store::system(tx, report).await? else { return Ok(false) };
    let revision = written.report.revision;
    if !store::revocable(tx, report, revision, person).await? {
        return Ok(false);
    }
    store::answer(tx, report, revision, person, Verdict::Revoked, None).await?;
    lose_consent(tx, report).await?;
    tx.enqueue_now(HiddenMail { report, by_administrator: false }).await?;
    Ok(true)
}

async fn lose_consent(tx: &mut Tx, id: ReportId) -> Result<(), AppError> {
    let Some(consultation) = store::consultation_of(tx, id).await? else { return Ok(()) };
    consultations::lock(tx, consultation).await?;
    let now = tx.now();
    if let Some(Ok(moved)) = store::system(tx, id).await?.map(|written| written.report.lose_consent(now)) {
        store::save(tx, moved).await?;
    }
    Ok(())
}

/// Hides what uses a revoked quote, from wherever it was revoked.
#[derive(Serialize, Deserialize)]
pub struct HideForQuote {
    pub quote: QuoteId,
}

impl Job for HideForQuote {
    const KIND: &'static str = "reports.hide_for_quote";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        hide_for_quote(&mut tx, self.quote).await?;
        Ok(Outcome::DoneWith(tx))
    }
}
