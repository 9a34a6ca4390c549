//! `/previews`: whoever is asked about a version gets a new link to it, and the one before ends. Only
//! hashes are stored, so that no page can show the link of a mail again.

use super::store;
use crate::domain::id::ReportId;
use crate::platform::error::{Answer, AppError, see_other};
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use crate::platform::random;

/// Makes the link and leads there. It is not kept with the form's key, either: the same form sent
/// again makes another.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let report = fields.value("report").parse::<ReportId>().map_err(|_| AppError::NotFound)?;
    let mut tx = frame.begin(&fields).await?;
    let token = random::token();
    if !store::mint(&mut tx, report, me, random::hashed(&token)).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(see_other(format!("/previews/{token}")))
}
