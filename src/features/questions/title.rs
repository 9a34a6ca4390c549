//! `/consultations/{consultation}/questions/{item}/title`: the asker words the title anew. A stale
//! edit shows both titles, and the former ones stay in the history.

use super::store::{self, Listed};
use super::words::taken_back;
use crate::domain::access::Act;
use crate::domain::id::{ConsultationId, ItemId};
use crate::domain::question::{Actor, ItemError, Stage};
use crate::domain::text::Line;
use crate::features::consultations::{self, Head, Room};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// Characters of a title.
pub const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "questions/title.html")]
struct Title {
    frame: Frame,
    room: Room,
    listed: Listed,
    fields: Fields,
    /// Saved in the meantime, from another window: shown beside what was typed.
    is_stale: bool,
}

impl Title {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-title-title"), "/questions/item")
    }

    fn item_path(&self) -> String {
        self.room.path(&format!("/questions/{}", self.listed.item.id))
    }

    fn may_edit(&self) -> bool {
        may_reword(&self.room, &self.listed)
    }
}

/// Whether the reader could word the title anew.
pub fn may_reword(room: &Room, listed: &Listed) -> bool {
    let by = Actor { person: room.me, side: room.part.side() };
    room.stage().takes_writing() && listed.item.clone().reword(by, String::new()).is_ok()
}

/// Shows the title in a form to whoever asked.
pub async fn get(frame: Frame, path: Path<(ConsultationId, ItemId)>) -> Answer {
    let (id, item) = path.into_inner();
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, id, &frame.asker).await?;
    let listed = store::item(&mut read, id, item)
        .await
        .map_err(|error| room.absent(error))?
        .shown_to(room.me, || taken_back(&frame));
    let fields = Fields::of(&[("title", &listed.item.title), ("revision", &listed.revision.to_string())]);
    show(&Title { frame, room, listed, fields, is_stale: false })
}

/// Stores the title.
pub async fn post(frame: Frame, path: Path<(ConsultationId, ItemId)>, mut fields: Fields) -> Answer {
    let (id, item) = path.into_inner();
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, id, &frame.asker).await?;
    let listed = store::item(&mut tx, id, item)
        .await
        .map_err(|error| room.absent(error))?
        .shown_to(room.me, || taken_back(&frame));
    room.require(Act::Write)?;
    let (title, revision) = (fields.required::<Line<LONGEST>>("title"), fields.required::<Revision>("revision"));
    let by = Actor { person: room.me, side: room.part.side() };
    let typed = title.as_ref().map(|title| title.as_str().to_owned()).unwrap_or_default();
    let reworded = match listed.item.clone().reword(by, typed) {
        Err(ItemError::NotYours) => return Err(AppError::NotAllowed),
        reworded => reworded,
    };
    let hindrance = match (&reworded, revision) {
        _ if !room.stage().takes_writing() => Some("questions-show-sealed"),
        (Err(refused), _) => Some(refused.key()),
        (_, Some(Revision(typed))) if typed != listed.revision => Some("questions-title-stale"),
        _ => None,
    };
    if let Some(key) = hindrance {
        fields.refuse("title", Message::new(key));
        fields.set("revision", listed.revision.to_string());
        let is_stale = key == "questions-title-stale";
        return show_with(StatusCode::CONFLICT, &Title { frame, room, listed, fields, is_stale });
    }
    let (Ok(reworded), false) = (reworded, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Title { frame, room, listed, fields, is_stale: false });
    };
    if reworded.0.title != listed.item.title {
        store::reword(&mut tx, &listed, reworded).await?;
        if listed.item.stage == Stage::ForSession {
            store::agenda_changed(&mut tx, id).await?;
        }
        consultations::touch(&mut tx, id).await?;
    }
    tx.see_other(format!("{}?said=saved", room.path(&format!("/questions/{item}")))).await
}
