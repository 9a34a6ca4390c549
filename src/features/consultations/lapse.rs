//! Nobody took their turn for 30 days: the consultation lapses by itself, without blame, and either
//! side may take it up again.

use super::mails::LapsedMail;
use super::store;
use crate::domain::consultation::{Consultation, LAPSES_AFTER, Stage};
use crate::domain::id::ConsultationId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Looks whether a turn has waited too long, and looks again later while it has not.
#[derive(Serialize, Deserialize)]
pub struct LapseCheck {
    pub consultation: ConsultationId,
}

impl Job for LapseCheck {
    const KIND: &'static str = "consultations.lapse_check";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        store::lock(&mut tx, self.consultation).await?;
        let consultation = store::system(&mut tx, self.consultation).await?;
        let ends = consultation.turn_since + LAPSES_AFTER;
        match consultation.stage {
            Stage::Preparing if run.now >= ends => lapse(&mut tx, consultation).await?,
            // From all of these it may come back to writing.
            Stage::Preparing | Stage::Ready | Stage::Booked | Stage::InSession | Stage::NoShow => {
                tx.enqueue(NewJob::at(self, ends.max(run.now + TimeDelta::days(1)))).await?;
            }
            _ => return Ok(Outcome::Done),
        }
        Ok(Outcome::DoneWith(tx))
    }
}

async fn lapse(tx: &mut Tx, consultation: Consultation) -> Result<(), AppError> {
    let (id, now) = (consultation.id, tx.now());
    if let Ok(moved) = consultation.lapse(None, now) {
        store::save(tx, moved).await?;
        for attendant in store::attendants(tx, id).await? {
            tx.enqueue_now(LapsedMail { consultation: id, to: attendant.person }).await?;
        }
    }
    Ok(())
}
