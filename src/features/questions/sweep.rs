//! What became of material and files whose time is over: the bytes go, and a stub says that there
//! was something.

use super::store;
use crate::domain::id::{MaterialId, PostId};
use crate::domain::material::Step;
use crate::platform::error::AppError;
use crate::platform::files::{Files, STRAY_AFTER};
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Looks once an hour, as long as there is anything.
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
    const KIND: &'static str = "questions.sweep";

    fn key(&self) -> Option<String> {
        Some(format!("questions.sweep {}", self.hour))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let (files, stray) = (Files::of(&run.platform), run.now - STRAY_AFTER);
        files.sweep(stray).await?;
        let old = files.untouched_since(stray).await?;
        let mut tx = run.begin().await?;
        let kept = store::kept_files(&mut tx, &old).await?;
        for key in old.into_iter().filter(|key| !kept.contains(key)) {
            files.delete(key).await?;
        }
        for id in store::ended_materials(&mut tx, run.now).await? {
            let held = store::locked_material(&mut tx, id).await?;
            if let Some(moved) = held.and_then(|held| held.material.take(Step::Purge)) {
                store::save_material(&mut tx, moved, Some(run.now)).await?;
            }
        }
        if store::has_material(&mut tx).await? || !files.is_empty().await? {
            tx.enqueue(Self::after(run.now)).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Deletes the bytes and the words of something that is gone, when it need not be kept any longer.
#[derive(Serialize, Deserialize)]
pub struct Wipe {
    pub material: MaterialId,
}

impl Job for Wipe {
    const KIND: &'static str = "questions.wipe";
    /// A folder that is away for some days must not keep what is to be gone.
    const MAX_AGE: TimeDelta = TimeDelta::days(30);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(held) = store::locked_material(&mut tx, self.material).await? else { return Ok(Outcome::Done) };
        let Some(kept_until) = held.kept_until else { return Ok(Outcome::Done) };
        if kept_until > run.now {
            tx.enqueue(NewJob::at(self, kept_until)).await?;
            return Ok(Outcome::DoneWith(tx));
        }
        if let Some(key) = held.file {
            Files::of(&run.platform).delete(key).await?;
        }
        store::wipe(&mut tx, self.material).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Deletes the text of a post that another removed, when its author had the time to take it along.
#[derive(Serialize, Deserialize)]
pub struct WipeText {
    pub post: PostId,
}

impl Job for WipeText {
    const KIND: &'static str = "questions.wipe_text";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        match store::removed_text_ends_at(&mut tx, self.post).await? {
            None => return Ok(Outcome::Done),
            Some(kept_until) if kept_until > run.now => tx.enqueue(NewJob::at(self, kept_until)).await?,
            Some(_) => store::wipe_text(&mut tx, self.post).await?,
        }
        Ok(Outcome::DoneWith(tx))
    }
}
