//! `/calendars/target`: the calendar that sessions are written to, or none.

use super::store::{self, Writable};
use crate::domain::id::CollectionId;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "calendars/target.html")]
struct Target {
    frame: Frame,
    writable: Vec<Writable>,
    fields: Fields,
}

/// Shows the choice.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let writable = store::writable(&mut read, frame.asker.id()?).await?;
    let chosen = writable.iter().find(|writable| writable.collection.is_target);
    let chosen = chosen.map(|writable| writable.collection.id.to_string()).unwrap_or_default();
    show(&Target { frame, writable, fields: Fields::of(&[("target", &chosen)]) })
}

/// Stores it; sessions ahead are written there by jobs.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let writable = store::writable(&mut tx, me).await?;
    let chosen: Option<CollectionId> = match fields.value("target") {
        "" => None,
        word => match writable.iter().map(|writable| writable.collection.id).find(|id| id.to_string() == word) {
            Some(id) => Some(id),
            None => {
                fields.refuse("target", Message::new("field-choice"));
                return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Target { frame, writable, fields });
            }
        },
    };
    store::set_target(&mut tx, me, chosen).await?;
    tx.see_other("/calendars?said=saved").await
}
