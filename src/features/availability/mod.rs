//! The hours that a host offers: weekly windows, dates that differ, limits over all calls.

mod holidays;
mod hours;
mod limits;
mod no_room;
mod overrides;
mod store;

pub use holidays::HolidaySet;
pub use store::privacy;
pub use store::{Hours, close, of, offered, overrides};

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/availability", Need::Host, hours::get)
        .post("/availability", Need::Host, hours::post)
        .get("/availability/overrides", Need::Host, overrides::get)
        .post("/availability/overrides", Need::Host, overrides::post)
        .get("/availability/limits", Need::Host, limits::get)
        .post("/availability/limits", Need::Host, limits::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
}
