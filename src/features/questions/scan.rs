//! Hands a file to the scanner of the instance, where there is one: until then it can be seen and not
//! opened. A scanner that does not answer is asked again.

use super::store;
use crate::domain::id::MaterialId;
use crate::domain::material::{Stage, Step};
use crate::platform::error::AppError;
use crate::platform::files::Files;
use crate::platform::jobs::{Job, JobRun, Lane, Outcome};
use crate::platform::scanner::{self, Verdict};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Has one file looked at.
#[derive(Serialize, Deserialize)]
pub struct Scan {
    pub material: MaterialId,
}

impl Job for Scan {
    const KIND: &'static str = "questions.scan";
    const LANE: Lane = Lane::Outside;
    const MAX_AGE: TimeDelta = TimeDelta::days(30);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let held = {
            let mut conn = run.platform.db.acquire().await?;
            store::locked_material(&mut conn, self.material).await?
        };
        let waiting = held.filter(|held| held.material.stage == Stage::Checking);
        let Some(key) = waiting.and_then(|held| held.file) else { return Ok(Outcome::Done) };
        let step = match &run.platform.config.scanner {
            // The operator took the scanner away: nothing will ever look at it.
            None => Step::Clear,
            Some(scanner) => match scanner::scan(scanner, Files::of(&run.platform).path(key)).await {
                Ok(Verdict::Clean) => Step::Clear,
                Ok(Verdict::Found) => Step::Refuse,
                Err(error) => {
                    metrics::counter!("kabeuchi_scans_failed_total").increment(1);
                    tracing::error!(material = %self.material, %error, "the scanner did not answer");
                    return Err(error);
                }
            },
        };
        let mut tx = run.begin().await?;
        let held = store::locked_material(&mut tx, self.material).await?;
        let Some(moved) = held.and_then(|held| held.material.take(step)) else { return Ok(Outcome::Done) };
        let kept_until = (step == Step::Refuse).then_some(run.now);
        store::save_material(&mut tx, moved, kept_until).await?;
        Ok(Outcome::DoneWith(tx))
    }
}
