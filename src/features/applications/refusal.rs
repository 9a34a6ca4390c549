//! `/applications/{application}/refusal`: the host says no, with a kind of reason and, if they like, a
//! note, which may begin with kind words. The mail says what else the person could do.

use super::acceptance::{PAUSES, wished_pause};
use super::store::{self, Seen};
use crate::domain::application::DeclineKind;
use crate::domain::id::ApplicationId;
use crate::domain::text::Text;
use crate::features::calls;
use crate::platform::drafts;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Speech};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// The name of the drafts of reasons; their subject is the application.
const FORM: &str = "refusal";

#[derive(Template)]
#[template(path = "applications/refusal.html")]
struct Refusal {
    frame: Frame,
    seen: Seen,
    fields: Fields,
    is_unsent: bool,
}

impl Refusal {
    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.seen.application.id)
    }

    fn kinds(&self) -> [DeclineKind; 4] {
        DeclineKind::CHOICES
    }

    fn is_possible(&self) -> bool {
        self.seen.application.stage.is_waiting()
    }

    fn pauses(&self) -> [(&'static str, &'static str, &'static str); 3] {
        PAUSES
    }
}

/// Asks for the reason.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    seen.require_decision()?;
    let draft = drafts::find(&mut read, seen.me, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    let mut fields = draft.map(|draft| draft.fields).unwrap_or_default();
    if fields.value("pause").is_empty() {
        fields.set("pause", "no");
    }
    show(&Refusal { frame, seen, fields, is_unsent })
}

/// Declines.
pub async fn post(frame: Frame, id: Path<ApplicationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_decision()?;
    let act = fields.one_of("act", ["", "words"])?;
    let pause = wished_pause(&fields)?;
    let note = fields.optional::<Text<2000>>("note").map(|note| note.as_str().to_owned());
    let kind = DeclineKind::CHOICES.into_iter().find(|kind| kind.as_str() == fields.value("kind"));
    if kind.is_none() {
        fields.refuse("kind", Message::new("field-choice"));
    }
    let (Some(kind), false) = (kind, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Refusal { frame, seen, fields, is_unsent: false });
    };
    if act == "words" {
        fields.set("note", begun_with(kind, &seen, note));
        return show(&Refusal { frame, seen, fields, is_unsent: false });
    }
    match seen.application.clone().decline(kind, note, frame.now) {
        Ok(moved) => {
            store::save(&mut tx, moved).await?;
            drafts::delete(&mut tx, seen.me, FORM, &id.to_string()).await?;
            if let Some(waiting) = pause {
                calls::pause(&mut tx, &seen.call, waiting).await?;
            }
            tx.see_other("/applications?said=done").await
        }
        Err(_) => {
            fields.refuse("note", Message::new("applications-show-not_now"));
            show_with(StatusCode::CONFLICT, &Refusal { frame, seen, fields, is_unsent: false })
        }
    }
}

/// The canned words in the applicant's language, then what the host typed.
fn begun_with(kind: DeclineKind, seen: &Seen, note: Option<String>) -> String {
    let speech = Speech { locale: seen.wishes.locale, zone: seen.call.host_zone.0 };
    let words = speech.t(kind.words()).saying("name", &seen.applicant_name).to_string();
    match note {
        Some(note) if note.starts_with(&words) => note,
        Some(note) => format!("{words}\n\n{note}"),
        None => words,
    }
}
