//! `/calls/{call}/deletion`: a call to which nobody ever applied goes for good. Any other one is put away.

use super::mails::CallDeletedMail;
use super::store::{self, Call, InUse};
use crate::domain::hosting::HostAct;
use crate::domain::id::CallId;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "calls/deletion.html")]
struct Deletion {
    frame: Frame,
    call: Call,
    /// Somebody applied to it, or was consulted.
    is_in_use: bool,
}

/// Shows what goes.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let hosted = store::for_host(&mut read, *id, &frame.asker).await?;
    hosted.require(HostAct::Delete)?;
    show(&Deletion { frame, call: hosted.call, is_in_use: false })
}

/// Deletes the call.
pub async fn post(frame: Frame, id: Path<CallId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    hosted.require(HostAct::Delete)?;
    let owner = hosted.call.owner;
    let hosts = store::hosts(&mut tx, *id).await?;
    match store::delete(&mut tx, *id).await? {
        Ok(()) => {
            for co_host in hosts.iter().map(|host| host.person).filter(|person| *person != owner) {
                tx.enqueue_now(CallDeletedMail { owner, to: co_host }).await?;
            }
            tx.see_other("/calls?said=done").await
        }
        Err(InUse) => show_with(StatusCode::CONFLICT, &Deletion { frame, call: hosted.call, is_in_use: true }),
    }
}
