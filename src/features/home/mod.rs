//! Pages composed of many slices: the front page, home, hosts and calls in public, the overview of a
//! consultation.

pub mod audit;
pub mod archive;
mod call;
mod calls;
mod consultation;
mod deletion;
pub mod erasure;
mod export;
mod front;
mod host;
mod me;
mod place;
mod policy;
mod privacy;
mod search;
mod store;
pub mod sweep;
mod year;

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", Need::Public, front::get)
        .get("/search", Need::Public, search::get)
        .get("/home", Need::SignedIn, me::get)
        .get("/home/year", Need::Host, year::get)
        .get("/home/audit", Need::Host, audit::get)
        .get("/home/search", Need::SignedIn, search::get_own)
        .get("/settings/privacy", Need::SignedIn, privacy::get)
        .post("/settings/privacy", Need::SignedIn, privacy::post)
        .get("/policies/{policy}", Need::Public, policy::get)
        .post("/policies", Need::SignedIn, policy::post)
        .get("/settings/export", Need::SignedIn, export::get)
        .post("/settings/export", Need::Fresh, export::post)
        .get("/settings/deletion", Need::Fresh, deletion::get)
        .post("/settings/deletion", Need::Fresh, deletion::post)
        .get("/sanctions/{token}/archive", Need::Token, export::get_closed)
        .post("/sanctions/{token}/archive", Need::Token, export::post_closed)
        .get("/sanctions/{token}/deletion", Need::Token, deletion::get_closed)
        .post("/sanctions/{token}/deletion", Need::Token, deletion::post_closed)
        .get("/hosts/{host}", Need::Public, host::get)
        .get("/hosts/{host}/calls/{call}", Need::Public, call::get)
        .get("/calls", Need::Host, calls::get)
        .get("/consultations/{consultation}", Need::Participant, consultation::get)
        .post("/consultations/{consultation}", Need::Participant, consultation::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry.with::<erasure::Erase>().with::<archive::Archive>().with::<archive::Wipe>().with::<sweep::Sweep>()
}
