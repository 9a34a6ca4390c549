//! The asynchronous question-and-answer document: items with their threads, the goal and the order
//! of the session, whose turn it is, the end in writing. Nothing that was saved is lost.

mod agenda;
mod entry;
mod excerpt;
mod export;
mod history;
mod item;
mod library;
pub mod mails;
mod material;
mod materials;
mod note;
mod post;
mod preview;
mod readers;
mod removal;
mod resolution;
pub mod scan;
mod shelf;
mod show;
mod store;
pub mod sweep;
pub mod takedown;
mod title;
mod turn;
mod visit;
mod words;
mod writing;

pub use excerpt::{item_excerpt, material_excerpt, post_excerpt};
pub use export::written;
pub use store::{
    Beside, Shared, add_live, agenda, carry, goal, items, kept_for, left_for_next_time, open_titles, search,
    search_beside, seen_at, set_outcome,
};
pub use store::{privacy, retention};
pub use takedown::{for_takedown, take_down};
pub use visit::mark as mark_visit;

use crate::domain::id::{ItemId, PersonId};
use crate::domain::question::{Kind, Stage};
use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// An item as the slices of the day and after see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaItem {
    pub id: ItemId,
    pub author: PersonId,
    pub title: String,
    pub kind: Kind,
    pub stage: Stage,
    pub outcome_note: String,
}

impl AgendaItem {
    /// Whether it is to be talked about, or was.
    pub fn is_for_session(&self) -> bool {
        self.stage == Stage::ForSession || self.stage.outcome().is_some()
    }
}

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/consultations/{consultation}/questions", Need::Participant, show::get)
        .post("/consultations/{consultation}/questions", Need::Participant, show::post)
        .post("/consultations/{consultation}/questions/preview", Need::Participant, preview::post)
        .get("/consultations/{consultation}/questions/note", Need::Participant, note::get)
        .post("/consultations/{consultation}/questions/note", Need::Participant, note::post)
        .get("/consultations/{consultation}/questions/host-note", Need::ConsultationHost, note::get_of_hosts)
        .post("/consultations/{consultation}/questions/host-note", Need::ConsultationHost, note::post_of_hosts)
        .get("/consultations/{consultation}/questions/history", Need::Participant, history::get)
        .get("/library", Need::Host, library::get)
        .post("/library", Need::Host, library::post)
        .get("/library/{entry}", Need::LibraryOwner, entry::get)
        .post("/library/{entry}", Need::LibraryOwner, entry::post)
        .get("/consultations/{consultation}/questions/{item}", Need::Participant, item::get)
        .post("/consultations/{consultation}/questions/{item}", Need::Participant, item::post)
        .get("/consultations/{consultation}/questions/{item}/title", Need::Participant, title::get)
        .post("/consultations/{consultation}/questions/{item}/title", Need::Participant, title::post)
        .get("/consultations/{consultation}/questions/{item}/posts/{post}", Need::Participant, post::get)
        .post("/consultations/{consultation}/questions/{item}/posts/{post}", Need::Participant, post::post)
        .get("/consultations/{consultation}/questions/{item}/posts/{post}/removal", Need::Participant, removal::get)
        .post("/consultations/{consultation}/questions/{item}/posts/{post}/removal", Need::Participant, removal::post)
        .get("/consultations/{consultation}/turn", Need::Participant, turn::get)
        .post("/consultations/{consultation}/turn", Need::Participant, turn::post)
        .get("/consultations/{consultation}/agenda", Need::Participant, agenda::get)
        .post("/consultations/{consultation}/agenda", Need::Participant, agenda::post)
        .get("/consultations/{consultation}/resolution", Need::Participant, resolution::get)
        .post("/consultations/{consultation}/resolution", Need::Participant, resolution::post)
        .get("/consultations/{consultation}/materials", Need::Participant, materials::get)
        .post("/consultations/{consultation}/materials", Need::Participant, materials::post)
        .get("/consultations/{consultation}/materials/{material}", Need::Participant, material::get)
        .post("/consultations/{consultation}/materials/{material}", Need::Participant, material::post)
        .get("/consultations/{consultation}/materials/{material}/file", Need::Participant, material::file)
        .get("/consultations/{consultation}/export", Need::Participant, export::get)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<mails::YourTurnMails>()
        .with::<mails::YourTurnMail>()
        .with::<mails::TurnWatch>()
        .with::<mails::TurnReminders>()
        .with::<mails::TurnReminder>()
        .with::<mails::AgendaAgreedMails>()
        .with::<mails::AgendaAgreedMail>()
        .with::<mails::ResolutionProposedMail>()
        .with::<sweep::Sweep>()
        .with::<sweep::Wipe>()
        .with::<sweep::WipeText>()
        .with::<takedown::TakedownMails>()
        .with::<takedown::TakedownMail>()
        .with::<scan::Scan>()
}
