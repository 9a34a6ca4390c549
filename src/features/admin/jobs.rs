//! `/admin/jobs`: background work that was given up, with its reason, and trying it again or leaving it.

use super::store::{self, Backlog, Failed};
use crate::domain::fact::Fact;
use crate::domain::id::JobId;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show};
use askama::Template;

/// Rows of the list.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "admin/jobs.html")]
struct Jobs {
    frame: Frame,
    failed: Vec<Failed>,
    backlog: Backlog,
}

/// Lists what failed.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let failed = store::failed(&mut read, MOST).await?;
    let backlog = store::backlog(&mut read, frame.now).await?;
    show(&Jobs { frame, failed, backlog })
}

/// Tries one again, or discards it.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let job: JobId = fields.value("job").parse().map_err(|_| AppError::NotFound)?;
    let mut tx = frame.begin(&fields).await?;
    let (done, fact) = match fields.one_of("act", ["retry", "discard"])? {
        "discard" => (store::discard(&mut tx, job).await?, Fact::JobDiscarded { job }),
        _ => (store::retry(&mut tx, job).await?, Fact::JobRetried { job }),
    };
    if !done {
        return Err(AppError::NotFound);
    }
    tx.record(fact).await?;
    tx.see_other("/admin/jobs?said=done").await
}
