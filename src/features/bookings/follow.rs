//! A consultation that ends takes its booking along.

use super::store::{self, Cancellation};
use crate::domain::id::ConsultationId;
use crate::features::consultations;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use serde::{Deserialize, Serialize};

/// Gives back the time of a cancelled consultation; everyone gets the cancellation for their
/// calendar.
#[derive(Serialize, Deserialize)]
pub struct ReleaseTime {
    pub consultation: ConsultationId,
}

impl Job for ReleaseTime {
    const KIND: &'static str = "bookings.release_time";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        consultations::lock(&mut tx, self.consultation).await?;
        store::release_holds(&mut tx, self.consultation).await?;
        let Some(booking) = store::confirmed(&mut tx, self.consultation).await? else {
            return Ok(Outcome::DoneWith(tx));
        };
        if let Ok(moved) = booking.end_with_consultation() {
            let how = Cancellation { by: None, reason: None, was_late: false };
            store::cancel(&mut tx, moved, how).await?;
            consultations::set_start(&mut tx, self.consultation, None).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}
