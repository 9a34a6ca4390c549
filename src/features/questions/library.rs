//! `/library`: a host's references and reusable answers, found by typing; POST adds one.

use super::store::{self, Entry, Written};
use super::writing::{self, LONGEST, Writing};
use crate::domain::library::Kind;
use crate::domain::search::Query;
use crate::domain::text::{Line, Text};
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, WebAddress};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use sqlx::PgConnection;

/// The name of the forms' drafts.
pub const FORM: &str = "library";
/// What the draft of a new entry is about.
const NEW: &str = "new";
/// Entries on the page; typing finds the rest.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "questions/library.html")]
struct Library {
    frame: Frame,
    looked_for: String,
    entries: Vec<Entry>,
    fields: Fields,
    writing: Writing,
    is_unsent: bool,
}

impl Library {
    fn kinds(&self) -> [Kind; 2] {
        Kind::ALL
    }

    fn is_all(&self) -> bool {
        (self.entries.len() as i64) < MOST
    }

    fn is_form_open(&self) -> bool {
        self.is_empty() || self.fields.is_refused() || self.is_unsent
    }

    /// Nothing is in there at all.
    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.looked_for.is_empty()
    }
}

/// What a form says of an entry, once it is right.
pub struct Read {
    pub kind: Kind,
    pub title: Line<200>,
    pub link: String,
    pub body: String,
}

impl Read {
    /// Reads the form; what is wrong is noted at its field.
    pub fn of(fields: &mut Fields, kind: Option<Kind>) -> (Option<Self>, Writing) {
        let kind = kind.or_else(|| Kind::parse(fields.value("kind")));
        if kind.is_none() {
            fields.refuse("kind", Message::new("field-choice"));
        }
        let title = fields.required::<Line<200>>("title");
        let link = match kind {
            Some(Kind::Reference) => fields.required::<WebAddress>("link").map(|link| link.0.to_string()),
            _ => Some(String::new()),
        };
        let body = match kind {
            Some(Kind::Answer) => fields.required::<Text<LONGEST>>("body"),
            _ => fields.optional::<Text<LONGEST>>("body"),
        };
        let writing = Writing::look(fields, "body");
        let read = match (kind, title, link, fields.is_refused()) {
            (Some(kind), Some(title), Some(link), false) => {
                Some(Self { kind, title, link, body: body.map(|b| b.as_str().to_owned()).unwrap_or_default() })
            }
            _ => None,
        };
        (read, writing)
    }

    /// As it is stored.
    pub fn written(&self) -> Written<'_> {
        Written { kind: self.kind, title: self.title.as_str(), link: &self.link, body: &self.body }
    }
}

/// Shows what holds the words of `?q=`; everything without them.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let draft = drafts::find(&mut read, frame.asker.id()?, FORM, NEW, frame.now).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map_or_else(|| Fields::of(&[("kind", Kind::Reference.as_str())]), writing::of_draft);
    show(&Library { is_unsent, ..page(&mut read, frame, fields, Writing::default()).await? })
}

/// Adds an entry.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let person = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let (read, writing) = Read::of(&mut fields, None);
    let Some(read) = read else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&mut tx, frame, fields, writing).await?);
    };
    store::add_entry(&mut tx, person, &read.written()).await?;
    drafts::delete(&mut tx, person, FORM, NEW).await?;
    tx.see_other("/library?said=saved").await
}

async fn page(conn: &mut PgConnection, frame: Frame, fields: Fields, writing: Writing) -> Result<Library, AppError> {
    let looked_for = frame.asked("q").trim().to_owned();
    let entries = store::library(conn, frame.asker.id()?, Query::parse(&looked_for).as_ref(), MOST).await?;
    Ok(Library { frame, looked_for, entries, fields, writing, is_unsent: false })
}
