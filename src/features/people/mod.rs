//! People: signing in by mailed link, typed code or a provider, profile, devices, the mailbox of a local
//! instance. There are no passwords.

mod address;
mod callback;
mod code;
mod confirmation;
mod draft;
mod hosting;
mod link;
mod mailbox;
pub mod digest;
pub mod mails;
mod notifications;
mod passkey;
mod profile;
mod sanction;
pub mod sanction_mails;
mod providers;
mod second_factor;
mod sign_in;
mod sign_ins;
mod sign_out;
mod store;
mod unsubscribing;
mod way;

pub use sign_in::{Along, ask, ask_at, ask_nothing, first_link, invite, may_ask};
pub use sign_out::forget;
pub use store::{
    Decided, HostCard, Listed, Measure, Sanctioned, administrators, by_address, by_slug, cards, closed_by_link,
    end_sign_ins, find_or_create, grant_administrator, grant_host, holds_grant, holds_grant_still, is_disabled,
    is_empty, is_kept_from_hosting, keep_bars, last_measure, last_seen, list, lock, locked_sanction, may_apply,
    may_host, measure, move_to, receiver, require, sanction, sanctions_of, save_sanction, seal_anew, take_measure,
    withdraw_administrator, withdraw_host,
};
pub use store::{privacy, retention};

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Need::Public, sign_in::get)
        .post("/sign-in", Need::Public, sign_in::post)
        .get("/sign-in/code", Need::Public, code::get)
        .post("/sign-in/code", Need::Public, code::post)
        .get("/sign-in/second-factor", Need::Public, second_factor::get_sign_in)
        .post("/sign-in/second-factor", Need::Public, second_factor::post_sign_in)
        .post("/sign-in/providers/{provider}", Need::Public, providers::post_sign_in)
        .get("/sign-in/providers/{provider}/callback", Need::Public, callback::get)
        .get("/sign-in/{token}", Need::Token, link::get)
        .post("/sign-in/{token}", Need::Token, link::post)
        .post("/sign-out", Need::SignedIn, sign_out::post)
        .get("/settings/profile", Need::SignedIn, profile::get)
        .post("/settings/profile", Need::SignedIn, profile::post)
        .get("/settings/confirmation", Need::SignedIn, confirmation::get)
        .post("/settings/confirmation", Need::SignedIn, confirmation::post)
        .get("/settings/address", Need::Fresh, address::get)
        .post("/settings/address", Need::Fresh, address::post)
        .get("/settings/address/{token}", Need::Token, address::get_link)
        .post("/settings/address/{token}", Need::Token, address::post_link)
        .get("/settings/second-factor", Need::Fresh, second_factor::get)
        .post("/settings/second-factor", Need::Fresh, second_factor::post)
        .get("/settings/providers", Need::Fresh, providers::get)
        .post("/settings/providers", Need::Fresh, providers::post)
        .get("/settings/sign-ins", Need::SignedIn, sign_ins::get)
        .post("/settings/sign-ins", Need::SignedIn, sign_ins::post)
        .get("/settings/notifications", Need::SignedIn, notifications::get)
        .post("/settings/notifications", Need::SignedIn, notifications::post)
        .get("/settings/hosting", Need::SignedIn, hosting::get)
        .post("/settings/hosting", Need::SignedIn, hosting::post)
        .get("/sanctions/{token}", Need::Token, sanction::get)
        .post("/sanctions/{token}", Need::Token, sanction::post)
        .get("/notifications/{token}", Need::Token, unsubscribing::get)
        .post("/notifications/{token}", Need::Token, unsubscribing::post)
        .post("/drafts/{form}/{subject}", Need::SignedIn, draft::post)
        .get("/mailbox", Need::Public, mailbox::get)
        .get("/mailbox/{mail}", Need::Public, mailbox::show_one)
        .get("/mailbox/{mail}/html", Need::Public, mailbox::html)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<mails::SignInMail>()
        .with::<mails::NewBrowserMail>()
        .with::<mails::FactorMail>()
        .with::<mails::ConfirmationMail>()
        .with::<mails::AddressMail>()
        .with::<mails::IdentityMail>()
        .with::<mails::AddressChangedMail>()
        .with::<mails::AnotherNeededMail>()
        .with::<mails::AccountMail>()
        .with::<sanction_mails::SanctionMail>()
        .with::<sanction_mails::SanctionAppealMails>()
        .with::<sanction_mails::SanctionAppealMail>()
        .with::<digest::Digest>()
}
