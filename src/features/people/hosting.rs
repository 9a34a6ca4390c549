//! `/settings/hosting`: becoming a host oneself, where the instance lets everybody host.

use super::store;
use crate::domain::fact::Fact;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show};
use crate::platform::settings::{self, Hosting as Setting};
use askama::Template;

#[derive(Template)]
#[template(path = "people/hosting.html")]
struct Hosting {
    frame: Frame,
    is_open: bool,
}

/// Says what hosting means, and who lets somebody host here.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let is_open = settings::of::<Setting>(&mut read).await? == Setting::Anyone;
    show(&Hosting { frame, is_open })
}

/// Begins. What somebody may do changes, so that they sign in anew.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    if settings::of::<Setting>(&mut tx).await? == Setting::Granted {
        return Err(AppError::NotAllowed);
    }
    store::lock(&mut tx, me).await?;
    // Whom administrators kept from hosting asks them.
    if store::is_kept_from_hosting(&mut tx, me).await? {
        return Err(AppError::NotAllowed);
    }
    if store::holds_grant(&mut tx, me).await? {
        return tx.see_other("/calls").await;
    }
    store::grant_host(&mut tx, me, frame.now).await?;
    tx.record(Fact::HostGranted { person: me }).await?;
    tx.see_other("/sign-in?next=/calls").await
}
