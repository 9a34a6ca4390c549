//! `/calls/new`: a host begins a call. It stays a draft until it is opened.

use super::buffers::Buffers;
use super::form;
use super::store::{self, SlugTaken};
use crate::domain::call::Kind;
use crate::domain::id::PersonId;
use crate::domain::person::Locale;
use crate::platform::drafts;
use crate::platform::error::Answer;
use crate::platform::form::{Fields, Many};
use crate::platform::i18n::{Message, Told};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;

/// The draft of a call that is not stored yet.
const FORM: &str = "call";
const SUBJECT: &str = "new";

/// The page of the form; an edited call uses it too.
#[derive(Template)]
#[template(path = "calls/edit.html")]
pub(super) struct Page {
    pub frame: Frame,
    pub fields: Fields,
    pub action: String,
    pub draft: String,
    pub public: Option<String>,
    pub is_draft: bool,
    pub is_unsent: bool,
    /// What another browser saved in the meantime: label and text.
    pub theirs: Vec<(Told, String)>,
}

impl Page {
    fn locales(&self) -> [Locale; 2] {
        Locale::ALL
    }

    fn kinds(&self) -> [Kind; 6] {
        Kind::ALL
    }

    fn steps(&self) -> [&'static str; 5] {
        ["10", "15", "20", "30", "60"]
    }

    fn is_new(&self) -> bool {
        self.public.is_none()
    }

    /// How sessions lie with the buffers of the form.
    fn buffers(&self) -> Option<Buffers> {
        Buffers::of(&self.frame, &self.fields)
    }

    /// Rarely used fields stay folded away until one of them is wrong.
    fn is_wrong(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.fields.error(name).is_some())
    }
}

/// Shows the form, with what was typed before where that was not sent.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let draft = drafts::find(&mut read, frame.asker.id()?, FORM, SUBJECT, frame.now).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map_or_else(|| form::first(&frame), |draft| draft.fields);
    show(&page(frame, fields, is_unsent))
}

/// Writes the call.
pub async fn post(frame: Frame, Many(mut fields): Many) -> Answer {
    let person: PersonId = frame.asker.id()?;
    let written = form::written(&frame, &mut fields);
    let mut tx = frame.begin(&fields).await?;
    if let Some(written) = &written {
        let offered = (frame.platform.later.offered)(&mut tx, person, frame.speech.zone).await?;
        form::require_room(&frame, &mut fields, written, &offered);
    }
    let (Some(written), false) = (written, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, fields, false));
    };
    match store::insert(&mut tx, person, &written).await? {
        Ok(call) => {
            drafts::delete(&mut tx, person, FORM, SUBJECT).await?;
            tx.see_other(format!("/calls/{call}/opening?said=saved")).await
        }
        Err(SlugTaken) => {
            fields.refuse("slug", Message::new("calls-form-slug_taken"));
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, fields, false))
        }
    }
}

fn page(frame: Frame, fields: Fields, is_unsent: bool) -> Page {
    Page {
        frame,
        fields,
        action: "/calls/new".to_owned(),
        draft: format!("/drafts/{FORM}/{SUBJECT}"),
        public: None,
        is_draft: true,
        is_unsent,
        theirs: Vec::new(),
    }
}
