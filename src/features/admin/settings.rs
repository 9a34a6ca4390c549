//! `/admin/settings`: who may host.

use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::settings::Hosting;
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct Settings {
    frame: Frame,
    hosting: Hosting,
    fields: Fields,
}

impl Settings {
    fn is_set(&self, choice: &Hosting) -> bool {
        *choice == self.hosting
    }

    fn choices(&self) -> [Hosting; 2] {
        Hosting::ALL
    }
}

/// Shows how it is set.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let hosting = Hosting::of(&mut read).await?;
    show(&Settings { frame, hosting, fields: Fields::default() })
}

/// Sets it.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let Some(hosting) = Hosting::parse(fields.value("hosting")) else {
        fields.refuse("hosting", Message::new("field-choice"));
        let hosting = Hosting::of(&mut tx).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Settings { frame, hosting, fields });
    };
    hosting.set(&mut tx, me).await?;
    tx.see_other("/admin/settings?said=saved").await
}
