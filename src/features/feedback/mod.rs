//! Six questions for everyone who took part, consent to quote, what is owed after.

mod answers;
mod closing;
mod follow_ups;
mod form;
mod gifts;
pub mod mails;
pub mod opening;
mod store;
mod thanks;

pub use store::{
    Granted, OwnQuote, all_words, consultation_of, granted, lock_quoted, owed, quotes_of, revoke, stage_of, waiting,
};

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/consultations/{consultation}/feedback", Need::Guest, form::get)
        .post("/consultations/{consultation}/feedback", Need::Guest, form::post)
        .get("/consultations/{consultation}/answers", Need::ConsultationHost, answers::get)
        .get("/consultations/{consultation}/follow-ups", Need::Participant, follow_ups::get)
        .post("/consultations/{consultation}/follow-ups", Need::Participant, follow_ups::post)
        .get("/consultations/{consultation}/closing", Need::ConsultationHost, closing::get)
        .post("/consultations/{consultation}/closing", Need::ConsultationHost, closing::post)
        .get("/consultations/{consultation}/thanks", Need::Participant, thanks::get)
        .post("/consultations/{consultation}/thanks", Need::ConsultationHost, thanks::post)
        .get("/gifts", Need::Host, gifts::get)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<opening::OpenFeedback>()
        .with::<opening::EndFeedback>()
        .with::<opening::LockAnswers>()
        .with::<mails::AskMail>()
        .with::<mails::FollowUpMail>()
        .with::<mails::QuoteRevokedMail>()
}
