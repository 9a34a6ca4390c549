//! Anonymised, numbered reports: written by the hosts, approved by the participants, public.

pub mod consent;
mod drawn;
mod feed;
mod gone;
mod hiding;
mod index;
pub mod mails;
mod marks;
mod preview;
mod previews;
mod publication;
mod report;
mod show;
mod skeleton;
mod store;
mod typed;

pub use consent::{hide_for_quote, revoke_approval};
pub use store::{
    Awaited, Listed, OwnApproval, Public, awaited, in_public, latest, of_call, of_host, search, search_own,
};
pub use store::{privacy, retention};

use crate::domain::id::PersonId;
use crate::platform::error::AppError;
use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};
use sqlx::PgConnection;

/// What a person approved and can take back, the newest first.
pub async fn approvals_of(conn: &mut PgConnection, person: PersonId) -> Result<Vec<OwnApproval>, AppError> {
    store::approvals_of_person(conn, person).await
}

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/consultations/{consultation}/report", Need::ConsultationHost, report::get)
        .post("/consultations/{consultation}/report", Need::ConsultationHost, report::post)
        .get("/consultations/{consultation}/report/publication", Need::ConsultationHost, publication::get)
        .post("/consultations/{consultation}/report/publication", Need::ConsultationHost, publication::post)
        .post("/previews", Need::SignedIn, previews::post)
        .get("/previews/{token}", Need::Token, preview::get)
        .post("/previews/{token}", Need::Token, preview::post)
        .get("/reports/{series}", Need::Public, index::get)
        .get("/reports/{series}/feed.atom", Need::Public, feed::get)
        .get("/reports/{series}/{number}", Need::Public, show::get)
        .get("/reports/{series}/{number}/hiding", Need::Administrator, hiding::get)
        .post("/reports/{series}/{number}/hiding", Need::Administrator, hiding::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<mails::PreviewMails>()
        .with::<mails::PreviewMail>()
        .with::<mails::EndPreview>()
        .with::<mails::AnsweredMail>()
        .with::<mails::DecidedMail>()
        .with::<mails::PreviewEndedMail>()
        .with::<mails::HiddenMail>()
        .with::<mails::LeftOutMail>()
        .with::<mails::MeasureMail>()
        .with::<mails::PublishLater>()
        .with::<mails::PublishedMails>()
        .with::<mails::PublishedMail>()
        .with::<consent::HideForQuote>()
}
