//! Pages composed of many slices: the front page, home. Also the answers of probes.

mod front;
mod health;
mod me;

use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", Need::Public, front::get)
        .get("/home", Need::SignedIn, me::get)
        .get("/live", Need::Public, health::live)
        .get("/ready", Need::Public, health::ready)
}
