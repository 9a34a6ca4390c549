//! `/calendars/new`: a calendar by its secret address.

use super::form::{self, Kind};
use super::store;
use crate::domain::calendar::Stance;
use crate::domain::ical::Reads;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::CALENDAR_ADDRESSES;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;

/// Calendars of one host.
const MOST: usize = 20;

#[derive(Template)]
#[template(path = "calendars/new.html")]
struct New {
    frame: Frame,
    fields: Fields,
}

impl New {
    fn has_keys(&self) -> bool {
        !self.frame.platform.keys.is_empty()
    }
}

/// Shows the form.
pub async fn get(frame: Frame) -> Answer {
    show(&New { frame, fields: form::fields_of("", Kind::Feed, Reads::default(), Stance::Takes) })
}

/// Connects the calendar; it is read right after.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    CALENDAR_ADDRESSES.take(&frame.platform, &me.to_string()).await?;
    let mut tx = frame.begin(&fields).await?;
    let written = form::written(&mut fields);
    let place = form::place(&mut fields, &frame);
    if store::of(&mut tx, me).await?.len() >= MOST {
        fields.refuse("address", Message::new("calendars-error-many").with("most", MOST));
    }
    let (Some(written), Some(place), false) = (written, place, fields.is_refused()) else {
        return refused(frame, fields);
    };
    match store::insert(&mut tx, me, &written, &place).await? {
        Ok(id) => tx.see_other(format!("/calendars/{id}?said=saved")).await,
        Err(store::NoKeys) => {
            fields.refuse("address", Message::new("calendars-error-no_keys"));
            refused(frame, fields)
        }
    }
}

fn refused(frame: Frame, fields: Fields) -> Answer {
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &New { frame, fields })
}
