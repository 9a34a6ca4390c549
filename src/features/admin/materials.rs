//! `/admin/materials`: finds a link or a file by the address that somebody gives, to remove it for a reason of law.

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
    if let Some(id) = material_of(&typed) {
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

/// An ID, or the address of its page or its file.
fn material_of(typed: &str) -> Option<MaterialId> {
    let after = typed.trim().rsplit_once("/materials/").map_or(typed.trim(), |(_, rest)| rest);
    after.split(['/', '?', '#']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_as_good_as_an_id() {
        let id = "01a21409-6bbd-73de-ba37-b0c63c4483c4";
        for typed in [
            id.to_owned(),
            format!(" {id} "),
            format!("https://kabeuchi.example.org/consultations/{id}/materials/{id}/file?x#y"),
            format!("/admin/materials/{id}"),
        ] {
            assert_eq!(material_of(&typed).map(|id| id.to_string()).as_deref(), Some(id), "{typed}");
        }
        assert_eq!(material_of("the plan of Aki"), None);
    }
}
