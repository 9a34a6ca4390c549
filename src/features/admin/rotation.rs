//! A key that seals is replaced: what stands under a former one is sealed anew once a day, so that the former key
//! can be left out of the settings. What lives for days alone goes by itself.

use crate::features::{calendars, people};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Rows of a batch: a batch must not hold its locks for long.
const ROWS: i64 = 200;

/// Seals everything anew that stands under a former key.
#[derive(Serialize, Deserialize)]
pub struct SealAnew {
    pub day: NaiveDate,
}

impl Job for SealAnew {
    const KIND: &'static str = "admin.seal_anew";

    fn key(&self) -> Option<String> {
        Some(format!("admin.seal_anew {}", self.day))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let keys = &run.platform.keys;
        let mut tx = run.begin().await?;
        let mut calendar = None;
        while let Some(last) = calendars::seal_anew(&mut tx, keys, calendar, ROWS).await? {
            tx = next(tx, &run).await?;
            calendar = Some(last);
        }
        let mut person = None;
        while let Some(last) = people::seal_anew(&mut tx, keys, person, ROWS).await? {
            tx = next(tx, &run).await?;
            person = Some(last);
        }
        keys.forget_unused(&mut tx).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

async fn next(batch: Tx, run: &JobRun) -> Result<Tx, AppError> {
    batch.commit().await?;
    run.begin().await
}
