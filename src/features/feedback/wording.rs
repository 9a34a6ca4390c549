//! `/calls/{call}/feedback/wording`: the six questions in the call's own words, per language. A change is a
//! new version; what was answered keeps the questions that it was given to.

use super::store::{self, Stale, Wording};
use crate::domain::fact::Fact;
use crate::domain::feedback::{FORM_VERSION, QUESTIONS, questions};
use crate::domain::id::CallId;
use crate::domain::person::Locale;
use crate::domain::text::Line;
use crate::features::calls::{self, Call};
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::Speech;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// The name of the draft of a wording; its subject is the call with the language.
const FORM: &str = "wording";

#[derive(Template)]
#[template(path = "feedback/wording.html")]
struct Page {
    frame: Frame,
    call: Call,
    locale: Locale,
    wording: Wording,
    fields: Fields,
    /// What is shown came from a draft that was not saved.
    is_unsent: bool,
    is_stale: bool,
}

impl Page {
    /// Name of the field, its label's number, the program's own words.
    fn questions(&self) -> Vec<(i32, String, String)> {
        let speech = Speech { locale: self.locale, zone: self.frame.speech.zone };
        let usual = questions(FORM_VERSION).map(|key| speech.t(key).to_string());
        (1..).zip(usual).map(|(number, usual)| (number, format!("question{number}"), usual)).collect()
    }

    fn locales(&self) -> [Locale; 2] {
        Locale::ALL
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", subject(self.call.id, self.locale))
    }

    fn path(&self, locale: &Locale) -> String {
        format!("/calls/{}/feedback/wording?in={}", self.call.id, locale.as_str())
    }
}

fn subject(call: CallId, locale: Locale) -> String {
    format!("{call}-{}", locale.as_str())
}

/// The language that the address names; the call's where it names none.
fn asked_locale(frame: &Frame, call: &Call) -> Result<Locale, AppError> {
    match frame.asked("in").as_str() {
        "" => Ok(call.locale),
        word => Locale::parse(word).ok_or(AppError::NotFound),
    }
}

fn filled(wording: &Wording) -> Fields {
    let mut fields = Fields::default();
    for (number, question) in (1..=QUESTIONS).zip(&wording.questions) {
        fields.set(&format!("question{number}"), question.as_str());
    }
    fields
}

/// Shows how the call asks in a language.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = calls::for_host(&mut read, *id, &frame.asker).await?.call;
    let locale = asked_locale(&frame, &call)?;
    let wording = store::wording(&mut read, *id, locale).await?;
    let draft = drafts::find(&mut read, frame.asker.id()?, FORM, &subject(*id, locale), frame.now).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map_or_else(|| filled(&wording), |draft| draft.fields);
    // What was typed beside an earlier version is compared with the newest.
    let is_stale = is_unsent && !fields.has("revision", &wording.version.to_string());
    show(&Page { frame, call, locale, wording, fields, is_unsent, is_stale })
}

/// Writes the next version.
pub async fn post(frame: Frame, id: Path<CallId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = calls::for_host_update(&mut tx, *id, &frame.asker).await?;
    let call = hosted.call;
    let locale = asked_locale(&frame, &call)?;
    let revision = fields.required::<Revision>("revision");
    let name = |number: i32| format!("question{number}");
    let typed: Vec<String> = (1..=QUESTIONS)
        .map(|n| fields.optional::<Line<300>>(&name(n)).map(|line| line.as_str().to_owned()).unwrap_or_default())
        .collect();
    let wording = store::wording(&mut tx, *id, locale).await?;
    let (Some(Revision(revision)), false) = (revision, fields.is_refused()) else {
        let page = Page { frame, call, locale, wording, fields, is_unsent: false, is_stale: false };
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let back = format!("/calls/{id}/feedback/wording?in={}&said=saved", locale.as_str());
    let me = frame.asker.id()?;
    if wording.version == revision && wording.questions == typed {
        drafts::delete(&mut tx, me, FORM, &subject(*id, locale)).await?;
        return tx.see_other(back).await;
    }
    match store::write_wording(&mut tx, *id, locale, me, &typed, revision).await? {
        Ok(()) => {
            drafts::delete(&mut tx, me, FORM, &subject(*id, locale)).await?;
            tx.record(Fact::QuestionsWorded { call: *id }).await?;
            tx.see_other(back).await
        }
        Err(Stale) => {
            let page = Page { frame, call, locale, wording, fields, is_unsent: false, is_stale: true };
            show_with(StatusCode::CONFLICT, &page)
        }
    }
}
