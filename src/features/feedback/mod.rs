//! Six questions for everyone who took part, consent to quote, what is owed after.

mod answers;
mod closing;
mod follow_ups;
mod form;
mod gifts;
mod improvements;
pub mod mails;
pub mod opening;
mod overview;
mod owing;
mod quotes;
mod store;
mod thanks;
mod wording;

pub use store::{
    Granted, Improvement, OwnAnswers, OwnQuote, all_words, answers_of, asked_for, consultation_of, granted, is_wanted,
    lock_quoted, owed, public_improvements, quotes_of, revoke, suggested_to, waiting,
};
pub use store::{privacy, retention};

use crate::domain::feedback::{FORM_VERSION, QUESTIONS, questions};
use crate::domain::id::ConsultationId;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};
use sqlx::PgConnection;

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/consultations/{consultation}/feedback", Need::Guest, form::get)
        .post("/consultations/{consultation}/feedback", Need::Guest, form::post)
        .get("/calls/{call}/feedback", Need::CallHost, overview::get)
        .get("/calls/{call}/feedback/wording", Need::CallHost, wording::get)
        .post("/calls/{call}/feedback/wording", Need::CallHost, wording::post)
        .get("/calls/{call}/improvements", Need::CallHost, improvements::get)
        .post("/calls/{call}/improvements", Need::CallHost, improvements::post)
        .get("/consultations/{consultation}/answers", Need::ConsultationHost, answers::get)
        .get("/consultations/{consultation}/quotes", Need::Participant, quotes::get)
        .post("/consultations/{consultation}/quotes", Need::Participant, quotes::post)
        .get("/consultations/{consultation}/follow-ups", Need::Participant, follow_ups::get)
        .post("/consultations/{consultation}/follow-ups", Need::Participant, follow_ups::post)
        .get("/consultations/{consultation}/closing", Need::ConsultationHost, closing::get)
        .post("/consultations/{consultation}/closing", Need::ConsultationHost, closing::post)
        .get("/consultations/{consultation}/thanks", Need::Participant, thanks::get)
        .post("/consultations/{consultation}/thanks", Need::ConsultationHost, thanks::post)
        .get("/gifts", Need::Host, gifts::get)
}

/// A question as its own form asked it: in the words of the call, or those of the program.
fn asked(speech: Speech, version: i32, wording: Option<&[String]>, number: i32) -> String {
    let index = usize::try_from(number - 1).unwrap_or(0);
    match wording.and_then(|words| words.get(index)).filter(|words| !words.is_empty()) {
        Some(words) => words.clone(),
        None => speech.t(questions(version)[index]).to_string(),
    }
}

/// The six questions as a consultation is asked them now, in a language.
pub async fn questions_of(
    conn: &mut PgConnection,
    id: ConsultationId,
    speech: Speech,
) -> Result<Vec<String>, AppError> {
    let wording = store::current(conn, id, speech.locale).await?;
    Ok((1..=QUESTIONS).map(|number| asked(speech, FORM_VERSION, wording.as_deref(), number)).collect())
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<opening::OpenFeedback>()
        .with::<opening::EndFeedback>()
        .with::<opening::LockAnswers>()
        .with::<mails::AskMail>()
        .with::<mails::FollowUpMail>()
        .with::<mails::QuoteRequestedMail>()
        .with::<mails::QuoteAnsweredMail>()
        .with::<mails::QuoteRevokedMail>()
}
