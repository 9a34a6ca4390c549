//! `/library/{entry}`: one entry of a host's own library; POST changes it or takes it out.

use super::library::{FORM, Read};
use super::store::{self, Entry};
use super::writing::{self, Writing};
use crate::domain::id::EntryId;
use crate::domain::library::Kind;
use crate::platform::drafts;
use crate::platform::error::Answer;
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "questions/entry.html")]
struct Page {
    frame: Frame,
    entry: Entry,
    fields: Fields,
    writing: Writing,
    is_unsent: bool,
    /// Saved in the meantime, from another window: shown beside what was typed.
    is_stale: bool,
}

impl Page {
    fn is_reference(&self) -> bool {
        self.entry.kind == Kind::Reference
    }
}

/// Shows the form.
pub async fn get(frame: Frame, id: Path<EntryId>) -> Answer {
    let mut read = frame.read().await?;
    let person = frame.asker.id()?;
    let entry = store::entry(&mut read, person, *id).await?;
    let draft = drafts::find(&mut read, person, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map_or_else(|| typed(&entry), writing::of_draft);
    show(&Page { frame, entry, fields, writing: Writing::default(), is_unsent, is_stale: false })
}

/// Changes the entry, or takes it out of the library.
pub async fn post(frame: Frame, id: Path<EntryId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let person = frame.asker.id()?;
    let entry = store::entry(&mut tx, person, *id).await?;
    if fields.one_of("act", ["", "save", "delete"])? == "delete" {
        store::delete_entry(&mut tx, entry.id).await?;
        drafts::delete(&mut tx, person, FORM, &id.to_string()).await?;
        return tx.see_other("/library?said=done").await;
    }
    let revision = fields.required::<Revision>("revision");
    let (read, writing) = Read::of(&mut fields, Some(entry.kind));
    if let Some(Revision(typed)) = revision
        && typed != entry.revision
    {
        fields.set("revision", entry.revision.to_string());
        fields.refuse("body", Message::new("questions-entry-stale"));
        let page = Page { frame, entry, fields, writing, is_unsent: false, is_stale: true };
        return show_with(StatusCode::CONFLICT, &page);
    }
    let Some(read) = read else {
        let page = Page { frame, entry, fields, writing, is_unsent: false, is_stale: false };
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if !store::change_entry(&mut tx, &entry, &read.written()).await? {
        fields.refuse("body", Message::new("questions-entry-stale"));
        let page = Page { frame, entry, fields, writing, is_unsent: false, is_stale: true };
        return show_with(StatusCode::CONFLICT, &page);
    }
    drafts::delete(&mut tx, person, FORM, &id.to_string()).await?;
    tx.see_other("/library?said=saved").await
}

fn typed(entry: &Entry) -> Fields {
    Fields::of(&[
        ("title", &entry.title),
        ("link", &entry.link),
        ("body", &entry.body),
        ("revision", &entry.revision.to_string()),
    ])
}
