//! `/admin/materials`: finds a link or a file by the address that somebody gives, to remove it for a reason of law.

use super::typed::id_in;
use crate::domain::id::MaterialId;
use crate::features::questions;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show_with};
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "admin/materials.html")]
struct Materials {
    frame: Frame,
    fields: Fields,
}

/// Asks for the address, or leads on to what stands there.
pub async fn get(frame: Frame) -> Answer {
    let mut fields = Fields::default();
    let typed = frame.asked("address");
    fields.set("address", typed.as_str());
    if typed.trim().is_empty() {
        return show_with(StatusCode::OK, &Materials { frame, fields });
    }
    if let Some(id) = id_in::<MaterialId>(&typed, "/materials/") {
        let mut read = frame.read().await?;
        match questions::for_takedown(&mut read, id).await {
            Ok(_) => return Err(AppError::SeeOther { location: format!("/admin/materials/{id}") }),
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    fields.refuse("address", Message::new("admin-materials-unknown"));
    show_with(StatusCode::NOT_FOUND, &Materials { frame, fields })
}
