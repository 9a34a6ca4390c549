//! `/applications/blocks`: from whom a host takes no applications, and taking them again.

use super::store::{self, BlockedPerson};
use crate::domain::id::PersonId;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "applications/blocks.html")]
struct Blocks {
    frame: Frame,
    blocked: Vec<BlockedPerson>,
}

/// Lists them.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let blocked = store::blocked_by(&mut read, me).await?;
    show(&Blocks { frame, blocked })
}

/// Takes applications of a person again.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let person: PersonId = fields.value("person").parse().map_err(|_| AppError::NotFound)?;
    let (mut tx, me) = (frame.begin(&fields).await?, frame.asker.id()?);
    match store::unblock_person(&mut tx, me, person).await? {
        true => tx.see_other("/applications/blocks?said=done").await,
        false => Err(AppError::NotFound),
    }
}
