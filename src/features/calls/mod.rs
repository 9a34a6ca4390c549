//! Calls: a host writes, opens, pauses and closes them.

mod buffers;
mod call_box;
mod closing;
pub mod closure;
mod deletion;
mod edit;
mod form;
pub mod grant;
mod hosts;
pub mod idle;
mod invitation;
pub mod mails;
mod new;
mod opening;
mod pause;
mod store;
pub mod suspended;
pub mod transfer;
pub mod unreachable;

pub use call_box::CallBox;
pub use store::privacy;
pub use store::{
    Call, CallHost, Hosted, Listed, Suspension, Timing, Watched, attending, by_slugs, find, for_host, for_host_update,
    forget_suspensions, has_public, hosts, in_public, is_let, locked, of_host, of_owner, opened, pause, restore, save,
    suspend, suspension, sweep_invitations, timing, watched,
};

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice. The list of one's calls is composed in `home`.
pub fn routes() -> Routes {
    Routes::new()
        .get("/calls/new", Need::Grant, new::get)
        .post("/calls/new", Need::Grant, new::post)
        .get("/calls/{call}/edit", Need::CallHost, edit::get)
        .post("/calls/{call}/edit", Need::CallHost, edit::post)
        .get("/calls/{call}/opening", Need::CallHost, opening::get)
        .post("/calls/{call}/opening", Need::CallHost, opening::post)
        .get("/calls/{call}/pause", Need::CallHost, pause::get)
        .post("/calls/{call}/pause", Need::CallHost, pause::post)
        .get("/calls/{call}/closing", Need::CallHost, closing::get)
        .post("/calls/{call}/closing", Need::CallHost, closing::post)
        .get("/calls/{call}/deletion", Need::CallHost, deletion::get)
        .post("/calls/{call}/deletion", Need::CallHost, deletion::post)
        .get("/calls/{call}/transfer", Need::CallHost, transfer::get)
        .post("/calls/{call}/transfer", Need::CallHost, transfer::post)
        .get("/calls/{call}/hosts", Need::CallHosts, hosts::get)
        .post("/calls/{call}/hosts", Need::CallHost, hosts::post)
        .get("/calls/invitations/{token}", Need::Token, invitation::get)
        .post("/calls/invitations/{token}", Need::Token, invitation::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<idle::IdleCheck>()
        .with::<idle::RestedMail>()
        .with::<unreachable::UnreachableMails>()
        .with::<unreachable::UnreachableMail>()
        .with::<suspended::SuspensionMails>()
        .with::<suspended::SuspensionMail>()
        .with::<closure::ClosureMails>()
        .with::<closure::ClosureMail>()
        .with::<grant::GrantWithdrawnMail>()
        .with::<grant::StoppedMail>()
        .with::<mails::HostInvitationMail>()
        .with::<mails::HostDeclinedMail>()
        .with::<mails::HostJoinedMail>()
        .with::<mails::HostDepartedMail>()
        .with::<mails::OfferMail>()
        .with::<mails::OfferDeclinedMail>()
        .with::<mails::HandedOverMail>()
        .with::<mails::CallDeletedMail>()
}
