//! `/calls/{call}/edit`: the text of a call. A stale form shows both texts and loses none.

use super::form;
use super::new::Page;
use super::store::{self, Hosted, SlugTaken};
use crate::domain::call::Stage;
use crate::domain::id::CallId;
use crate::platform::drafts;
use crate::platform::error::Answer;
use crate::platform::form::{Fields, Many, Revision};
use crate::platform::i18n::{Message, Told};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;

/// The name of the form's drafts.
const FORM: &str = "call";

/// Shows the form, with what was typed before where that was not sent.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let hosted = store::for_host(&mut read, *id, &frame.asker).await?;
    let timing = store::timing(&mut read, *id).await?;
    let draft = drafts::find(&mut read, frame.asker.id()?, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map_or_else(|| form::of(&hosted.call, &timing), |draft| draft.fields);
    show(&Page { is_unsent, ..page(frame, &hosted, fields) })
}

/// Stores the call.
pub async fn post(frame: Frame, id: Path<CallId>, Many(mut fields): Many) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    let stored = store::timing(&mut tx, *id).await?;
    let revision = fields.required::<Revision>("revision");
    if let Some(Revision(typed)) = revision
        && typed != hosted.call.revision
    {
        let saved = form::of(&hosted.call, &stored);
        return show_with(StatusCode::CONFLICT, &stale(frame, &hosted, fields, saved));
    }
    let written = form::written(&frame, &mut fields);
    if let Some(written) = &written
        && hosted.call.stage != Stage::Draft
    {
        form::require_opened(&mut fields, written);
    }
    // What is stored was looked at when it was saved, and a word must be mended also while hours are amiss.
    if let Some(written) = written.as_ref().filter(|written| written.moves(&stored)) {
        let offered = (frame.platform.later.offered)(&mut tx, stored.owner, stored.zone.0).await?;
        form::require_room(&frame, &mut fields, written, &offered);
    }
    let (Some(written), false) = (written, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, &hosted, fields));
    };
    if let Err(SlugTaken) = store::update(&mut tx, *id, &written).await? {
        fields.refuse("slug", Message::new("calls-form-slug_taken"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, &hosted, fields));
    }
    drafts::delete(&mut tx, frame.asker.id()?, FORM, &id.to_string()).await?;
    let next = match hosted.call.stage {
        Stage::Draft => format!("/calls/{id}/opening?said=saved"),
        _ => "/calls?said=saved".to_owned(),
    };
    tx.see_other(next).await
}

/// The typed text stays in the form, which now replaces what it was shown beside.
fn stale(frame: Frame, hosted: &Hosted, mut fields: Fields, saved: Fields) -> Page {
    let differs = |(name, _): &(&'static str, &'static str)| {
        saved.value(name).trim() != fields.value(name).replace("\r\n", "\n").trim()
    };
    let theirs: Vec<(Told, String)> = form::TEXTS
        .into_iter()
        .filter(differs)
        .map(|(name, label)| (frame.t(label), saved.value(name).to_owned()))
        .collect();
    fields.set("revision", hosted.call.revision.to_string());
    fields.refuse("revision", Message::new("calls-edit-stale"));
    Page { theirs, ..page(frame, hosted, fields) }
}

fn page(frame: Frame, hosted: &Hosted, fields: Fields) -> Page {
    let call = &hosted.call;
    Page {
        action: format!("/calls/{}/edit", call.id),
        draft: format!("/drafts/{FORM}/{}", call.id),
        public: Some(call.path()),
        is_draft: call.stage == Stage::Draft,
        is_unsent: false,
        theirs: Vec::new(),
        fields,
        frame,
    }
}
