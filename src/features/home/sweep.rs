//! Archives that nobody asks for any more: of a process that was killed, or of a person who is gone.

use super::{archive, store};
use crate::platform::error::AppError;
use crate::platform::files::STRAY_AFTER;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Looks once an hour, as long as there is any archive.
#[derive(Serialize, Deserialize)]
pub struct Sweep {
    /// The full hour at which it looks.
    pub hour: DateTime<Utc>,
}

impl Sweep {
    /// The one that looks next.
    pub fn after(now: DateTime<Utc>) -> NewJob {
        let every = TimeDelta::hours(1);
        let hour = now.duration_trunc(every).unwrap_or(now) + every;
        NewJob::at(Self { hour }, hour)
    }
}

impl Job for Sweep {
    const KIND: &'static str = "home.sweep_archives";

    fn key(&self) -> Option<String> {
        Some(format!("home.sweep_archives {}", self.hour))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let (folder, stray) = (archive::folder(&run.platform), run.now - STRAY_AFTER);
        folder.sweep(stray).await?;
        let old = folder.untouched_since(stray).await?;
        let mut tx = run.begin().await?;
        let known = store::known(&mut tx, &old).await?;
        for key in old.into_iter().filter(|key| !known.contains(key)) {
            folder.delete(key).await?;
        }
        if store::has_any(&mut tx).await? || !folder.is_empty().await? {
            tx.enqueue(Self::after(run.now)).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}
