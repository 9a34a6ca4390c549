//! Pages composed of many slices: the front page, home.

mod consultation;
mod front;
mod me;

use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", Need::Public, front::get)
        .get("/home", Need::SignedIn, me::get)
        .get("/consultations/{consultation}", Need::Participant, consultation::get)
        .post("/consultations/{consultation}", Need::Participant, consultation::post)
}
