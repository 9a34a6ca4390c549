//! `/settings/calendars`: makes, replaces and revokes the private address of one's own sessions.

use super::store;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show};
use crate::platform::random;
use askama::Template;
use chrono::{DateTime, Utc};

#[derive(Template)]
#[template(path = "bookings/calendars.html")]
struct Calendars {
    frame: Frame,
    made_at: Option<DateTime<Utc>>,
    /// The new address, shown once.
    address: Option<String>,
}

/// Shows whether there is an address.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let made_at = store::feed_made_at(&mut read, frame.asker.id()?).await?;
    show(&Calendars { frame, made_at, address: None })
}

/// Makes an address, which ends the one before, or revokes it.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    if fields.one_of("act", ["", "make", "revoke"])? == "revoke" {
        store::revoke_feed(&mut tx, me).await?;
        return tx.see_other("/settings/calendars?said=revoked").await;
    }
    let token = random::token();
    store::make_feed(&mut tx, me, random::hashed(&token)).await?;
    tx.commit().await?;
    let address = frame.platform.config.url(&format!("/feeds/{token}.ics"));
    show(&Calendars { made_at: Some(frame.now), frame, address: Some(address) })
}
