//! `/applications/{application}/note`: what the hosts of the call note for themselves while they decide.
//! To the applicant it is not there.

use super::store::{self, Note, Seen};
use crate::domain::id::ApplicationId;
use crate::domain::text::Text;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// The name of the form's drafts; their subject is the application.
const FORM: &str = "application-note";

#[derive(Template)]
#[template(path = "applications/note.html")]
struct Page {
    frame: Frame,
    seen: Seen,
    /// All texts of the note, the newest first.
    notes: Vec<Note>,
    fields: Fields,
    is_unsent: bool,
    is_stale: bool,
}

impl Page {
    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.seen.application.id)
    }

    fn former(&self) -> &[Note] {
        self.notes.get(1..).unwrap_or_default()
    }

    fn saved(&self) -> &str {
        self.notes.first().map_or("", |note| &note.body)
    }
}

/// Shows the note with its former texts.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = for_hosts(store::for_party(&mut read, *id, &frame.asker).await?)?;
    let draft = drafts::find(&mut read, seen.me, FORM, &id.to_string(), frame.now).await?;
    let notes = store::notes(&mut read, *id).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map_or_else(|| typed(&notes), |draft| draft.fields);
    show(&Page { frame, seen, notes, fields, is_unsent, is_stale: false })
}

/// Keeps the next text; of two windows the later one sees both.
pub async fn post(frame: Frame, id: Path<ApplicationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = for_hosts(store::for_update(&mut tx, *id, &frame.asker).await?)?;
    // What is kept no longer is not begun anew.
    if seen.purged_at.is_some() {
        return Err(AppError::Gone);
    }
    let notes = store::notes(&mut tx, *id).await?;
    let (now, saved) = notes.first().map_or((0, String::new()), |note| (note.revision, note.body.clone()));
    let revision = fields.required::<Revision>("revision");
    let body = fields.optional::<Text<8000>>("body");
    let is_stale = revision.is_some_and(|Revision(typed)| typed != now);
    if is_stale {
        fields.set("revision", now.to_string());
        fields.refuse("body", Message::new("applications-note-stale"));
    }
    if fields.is_refused() {
        let status = if is_stale { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        return show_with(status, &Page { frame, seen, notes, fields, is_unsent: false, is_stale });
    }
    let body = body.as_ref().map_or("", Text::as_str);
    if body != saved {
        store::keep_note(&mut tx, *id, seen.me, now + 1, body).await?;
    }
    drafts::delete(&mut tx, seen.me, FORM, &id.to_string()).await?;
    tx.see_other(format!("{}?said=saved", seen.path("/note"))).await
}

fn for_hosts(seen: Seen) -> Result<Seen, AppError> {
    if seen.is_host() { Ok(seen) } else { Err(AppError::NotFound) }
}

fn typed(notes: &[Note]) -> Fields {
    let (body, revision) = notes.first().map_or(("", 0), |note| (note.body.as_str(), note.revision));
    Fields::of(&[("body", body), ("revision", &revision.to_string())])
}
