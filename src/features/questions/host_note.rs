//! `/consultations/{consultation}/questions/host-note`: what the hosts note for themselves.
//! Guests never learn that it exists.

use super::store::{self, Note};
use super::writing::{self, LONGEST, Writing};
use crate::domain::access::Act;
use crate::domain::id::ConsultationId;
use crate::domain::text::Text;
use crate::features::consultations::{self, Head, Room};
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// The name of the form's drafts.
const FORM: &str = "host-note";

#[derive(Template)]
#[template(path = "questions/host_note.html")]
struct Page {
    frame: Frame,
    room: Room,
    /// All texts that it had, the newest first.
    notes: Vec<Note>,
    fields: Fields,
    writing: Writing,
    is_unsent: bool,
    is_stale: bool,
}

impl Page {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-host_note-title"), "/questions/host-note")
    }

    fn path(&self) -> String {
        self.room.path("/questions/host-note")
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.room.id())
    }

    fn former(&self) -> &[Note] {
        self.notes.get(1..).unwrap_or_default()
    }

    fn saved(&self) -> &str {
        self.notes.first().map_or("", |note| &note.body)
    }
}

/// Shows the note with its former texts.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    hidden_from_guests(&room)?;
    let page = page(&mut read, frame, room, Fields::default(), Writing::default()).await?;
    let draft = drafts::find(&mut read, page.room.me, FORM, &id.to_string()).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map_or_else(|| typed(&page.notes), writing::of_draft);
    show(&Page { is_unsent, fields, ..page })
}

/// Keeps the next text; an empty one takes it back.
pub async fn post(frame: Frame, id: Path<ConsultationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    hidden_from_guests(&room)?;
    let notes = store::host_note(&mut tx, *id).await?;
    let now = notes.first().map_or(0, |note| note.revision);
    let revision = fields.required::<Revision>("revision");
    let body = fields.optional::<Text<LONGEST>>("body");
    if let Some(Revision(typed)) = revision
        && typed != now
    {
        fields.set("revision", now.to_string());
        fields.refuse("body", Message::new("questions-host_note-stale"));
        let page = page(&mut tx, frame, room, fields, Writing::default()).await?;
        return show_with(StatusCode::CONFLICT, &Page { is_stale: true, ..page });
    }
    let writing = Writing::look(&mut fields, "body");
    if fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&mut tx, frame, room, fields, writing).await?);
    }
    let body = body.as_ref().map_or("", Text::as_str);
    if body != notes.first().map_or("", |note| &note.body) {
        store::keep_host_note(&mut tx, *id, room.me, now + 1, body).await?;
    }
    drafts::delete(&mut tx, room.me, FORM, &id.to_string()).await?;
    tx.see_other(format!("{}?said=saved", room.path("/questions/host-note"))).await
}

/// To those who may not read it, it is not there.
fn hidden_from_guests(room: &Room) -> Result<(), AppError> {
    room.may(Act::KeepHostNote).then_some(()).ok_or(AppError::NotFound)
}

fn typed(notes: &[Note]) -> Fields {
    let (body, revision) = notes.first().map_or(("", 0), |note| (note.body.as_str(), note.revision));
    Fields::of(&[("body", body), ("revision", &revision.to_string())])
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    room: Room,
    fields: Fields,
    writing: Writing,
) -> Result<Page, AppError> {
    let notes = store::host_note(conn, room.id()).await?;
    Ok(Page { frame, room, notes, fields, writing, is_unsent: false, is_stale: false })
}
