//! `/consultations/{consultation}/materials/{material}`: who shared it and until when; whoever shared it
//! takes it away again, and the host may. Below it is the file, for those who may read it now.

use super::store::{self, Shared};
use crate::domain::access::Act;
use crate::domain::id::{ConsultationId, MaterialId};
use crate::domain::material::{KEPT_AFTER_END, KEPT_FOR_OWNER, Stage, Step};
use crate::features::consultations::{self, Head, Room};
use crate::platform::db::Read;
use crate::platform::error::{Answer, AppError};
use crate::platform::files;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};

#[derive(Template)]
#[template(path = "questions/material.html")]
struct Page {
    frame: Frame,
    room: Room,
    shared: Shared,
    is_refused: bool,
}

impl Page {
    fn head(&self) -> Head<'_> {
        let title = match self.shared.material.stage.is_there() {
            true => self.shared.title.clone(),
            false => self.frame.t(self.shared.material.stage.key()).to_string(),
        };
        Head::new(&self.frame, &self.room, title, "/materials/material")
    }

    fn path(&self) -> String {
        self.room.path(&format!("/materials/{}", self.shared.material.id))
    }

    fn is_mine(&self) -> bool {
        self.shared.material.owner == self.room.me
    }

    fn may_remove(&self) -> bool {
        self.shared.material.stage.is_there() && (self.is_mine() || self.room.may(Act::RemoveMaterial))
    }

    fn is_checked(&self) -> bool {
        self.shared.material.stage == Stage::Shared
    }

    /// Until when the reader can still take along what another took away.
    fn mine_until(&self) -> Option<DateTime<Utc>> {
        self.shared.kept_for(self.room.me, self.frame.now)
    }
}

/// Shows one piece.
pub async fn get(frame: Frame, path: Path<(ConsultationId, MaterialId)>) -> Answer {
    let (id, material) = path.into_inner();
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, id, &frame.asker).await?;
    let shared = store::material(&mut read, id, material).await?;
    show(&Page { frame, room, shared, is_refused: false })
}

/// Takes it away: one's own at once and for good, another's with a time for its owner.
pub async fn post(frame: Frame, path: Path<(ConsultationId, MaterialId)>, fields: Fields) -> Answer {
    let (id, material) = path.into_inner();
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, id, &frame.asker).await?;
    let shared = store::material(&mut tx, id, material).await?;
    let is_mine = shared.material.owner == room.me;
    if !is_mine {
        room.require(Act::RemoveMaterial)?;
    }
    if fields.value("act") != "remove" {
        return Err(AppError::Unprocessable("material can only be removed"));
    }
    let Some(moved) = shared.material.take(Step::Remove) else {
        return show_with(StatusCode::CONFLICT, &Page { frame, room, shared, is_refused: true });
    };
    let kept_until = if is_mine { frame.now } else { frame.now + KEPT_FOR_OWNER };
    store::save_material(&mut tx, moved, Some(kept_until)).await?;
    tx.see_other(format!("{}?said=done", room.path("/materials"))).await
}

/// Sends the file, as long as it is shared and the asker takes part; to whoever shared it a while longer.
pub async fn file(frame: Frame, path: Path<(ConsultationId, MaterialId)>, request: HttpRequest) -> Answer {
    let (id, material) = path.into_inner();
    let mut read = frame.read().await?;
    let room = match consultations::for_participant(&mut read, id, &frame.asker).await {
        Err(AppError::NotFound) => return left_behind(frame, read, id, material, request).await,
        room => room?,
    };
    let shared = store::material(&mut read, id, material).await?;
    drop(read);
    let is_mine_still = shared.kept_for(room.me, frame.now).is_some();
    match (shared.material.stage, &shared.file) {
        (Stage::Checking, Some(_)) => show_with(StatusCode::CONFLICT, &Page { frame, room, shared, is_refused: false }),
        (stage, Some(file)) if stage == Stage::Shared || is_mine_still => {
            files::send(&request, file.path(&frame.platform), file.size, &file.name, &file.media_type).await
        }
        _ => Err(AppError::NotFound),
    }
}

/// What another took away stays open to whoever shared it, also after they left.
async fn left_behind(
    frame: Frame,
    mut read: Read,
    id: ConsultationId,
    material: MaterialId,
    request: HttpRequest,
) -> Answer {
    let kept = store::kept_for(&mut read, frame.asker.id()?, frame.now).await?;
    drop(read);
    let is_it = |shared: &Shared| shared.material.consultation == id && shared.material.id == material;
    let file = kept.into_iter().find(is_it).and_then(|shared| shared.file).ok_or(AppError::NotFound)?;
    files::send(&request, file.path(&frame.platform), file.size, &file.name, &file.media_type).await
}
