//! Applications: one rough sentence to a call, and the host's decision. Acceptance opens a
//! consultation.

mod abuse_report;
mod acceptance;
mod appeal;
mod blocks;
mod decision;
mod inbox;
pub mod mails;
mod new;
mod note;
mod refusal;
mod request;
mod resumption;
mod rush;
mod show;
mod store;
pub mod times;
pub mod unreachable;
mod waiting;
mod way;
mod wishes;
mod withdrawal;

pub use decision::{conclude_abuse_report, decide_abuse_report, take_up_abuse_report};
pub use new::{forget_other_agreement, require_agreement};
pub use resumption::{Resumption, resume};
pub use store::{
    Listed, Reported, Summary, block_again, counted, is_full, is_guest, of_applicant, of_consultation, of_host,
    promise, reported, waiting_of_calls,
};
pub use store::{privacy, retention};

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/hosts/{host}/calls/{call}/applications/new", Need::Public, new::get)
        .post("/hosts/{host}/calls/{call}/applications/new", Need::Public, new::post)
        .get("/applications", Need::SignedIn, inbox::get)
        .get("/applications/blocks", Need::Host, blocks::get)
        .post("/applications/blocks", Need::Host, blocks::post)
        .get("/applications/{application}", Need::ApplicationParty, show::get)
        .post("/applications/{application}", Need::Applicant, show::post)
        .get("/applications/{application}/abuse-report", Need::ApplicationHost, abuse_report::get)
        .post("/applications/{application}/abuse-report", Need::ApplicationHost, abuse_report::post)
        .get("/applications/{application}/appeal", Need::ApplicationParty, appeal::get)
        .post("/applications/{application}/appeal", Need::ApplicationParty, appeal::post)
        .get("/applications/{application}/acceptance", Need::ApplicationHost, acceptance::get)
        .post("/applications/{application}/acceptance", Need::ApplicationHost, acceptance::post)
        .get("/applications/{application}/refusal", Need::ApplicationHost, refusal::get)
        .post("/applications/{application}/refusal", Need::ApplicationHost, refusal::post)
        .get("/applications/{application}/request", Need::ApplicationHost, request::get)
        .post("/applications/{application}/request", Need::ApplicationHost, request::post)
        .get("/applications/{application}/waiting", Need::ApplicationHost, waiting::get)
        .post("/applications/{application}/waiting", Need::ApplicationHost, waiting::post)
        .get("/applications/{application}/note", Need::ApplicationHost, note::get)
        .post("/applications/{application}/note", Need::ApplicationHost, note::post)
        .get("/applications/{application}/withdrawal", Need::Applicant, withdrawal::get)
        .post("/applications/{application}/withdrawal", Need::Applicant, withdrawal::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<rush::RushMail>()
        .with::<mails::Notices>()
        .with::<unreachable::UnreachableMails>()
        .with::<unreachable::UnreachableMail>()
        .with::<mails::Notice>()
        .with::<mails::Written>()
        .with::<mails::AbuseMails>()
        .with::<mails::AbuseMail>()
        .with::<mails::AppealMails>()
        .with::<mails::AppealMail>()
        .with::<mails::VerdictMails>()
        .with::<mails::VerdictMail>()
        .with::<times::DueReminder>()
        .with::<times::Expiry>()
        .with::<times::Lapse>()
        .with::<times::PlaceCheck>()
        .with::<times::CapacityCheck>()
        .with::<times::Rested>()
        .with::<times::Dismissal>()
}
