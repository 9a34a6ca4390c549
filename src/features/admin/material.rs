//! `/admin/materials/{material}`: removes a link or a file for a reason of law. What is in it is not shown.

use super::removal::{Removal, reason};
use crate::domain::id::MaterialId;
use crate::features::questions::{self, Shared};
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use actix_web::http::StatusCode;
use actix_web::web::Path;

fn page(frame: Frame, shared: Shared, fields: Fields) -> Removal {
    let is_there = shared.has_anything();
    let id = shared.material.id;
    let mut facts = vec![("admin-material-owner", shared.owner)];
    match &shared.file {
        Some(file) => {
            facts.push(("questions-material-file", file.name.clone()));
            facts.push(("admin-material-type", format!("{}, {}", file.media_type, file.size_text())));
        }
        None if is_there => facts.push(("admin-material-type", frame.t("questions-material-link").to_string())),
        None => {}
    }
    Removal {
        frame,
        title: "admin-material-title",
        text: "admin-material-text",
        facts,
        since: Some(shared.created_at),
        path: format!("/admin/materials/{id}"),
        back: "/admin/complaints".to_owned(),
        hindrance: (!is_there).then_some("admin-material-gone"),
        fields,
    }
}

/// Asks.
pub async fn get(frame: Frame, id: Path<MaterialId>) -> Answer {
    let mut read = frame.read().await?;
    let shared = questions::for_takedown(&mut read, *id).await?;
    page(frame, shared, Fields::default()).answer(StatusCode::OK)
}

/// Removes it.
pub async fn post(frame: Frame, id: Path<MaterialId>, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let shared = questions::for_takedown(&mut tx, *id).await?;
    let Some(reason) = reason(&mut fields) else {
        return page(frame, shared, fields).answer(StatusCode::UNPROCESSABLE_ENTITY);
    };
    match questions::take_down(&mut tx, *id, me, &reason).await? {
        true => tx.see_other("/admin/complaints?said=done").await,
        false => {
            let mut page = page(frame, shared, fields);
            page.hindrance = Some("admin-material-gone");
            page.answer(StatusCode::CONFLICT)
        }
    }
}
