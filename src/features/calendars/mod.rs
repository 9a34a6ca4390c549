//! Calendars that a host connected: read by jobs, kept as busy time, trusted while they are healthy.
//! One of them may be chosen for sessions to be written to.
//!
//! A page never waits for a calendar: it takes the last picture. Addresses carry tokens, so they are
//! sealed, and neither shown nor logged.

pub mod cutting;
mod form;
mod index;
pub mod mails;
mod new;
pub mod read;
mod reason;
mod removal;
mod show;
mod store;
mod target;
mod writing;

pub use cutting::{Connection, connection, connections_of, cut_off};
pub use reason::Reason;
pub use store::{
    InTheWay, Object, Standing, has_target, in_the_way, keep_reason, make, object, put_down, seal_anew, standing,
    take_off, unwrite, writers_of, written_of,
};
pub use store::{privacy, retention};
pub use writing::Reach;

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/calendars", Need::Host, index::get)
        .get("/calendars/new", Need::Host, new::get)
        .post("/calendars/new", Need::Host, new::post)
        .get("/calendars/target", Need::Host, target::get)
        .post("/calendars/target", Need::Host, target::post)
        .get("/calendars/{calendar}", Need::CalendarOwner, show::get)
        .post("/calendars/{calendar}", Need::CalendarOwner, show::post)
        .get("/calendars/{calendar}/removal", Need::CalendarOwner, removal::get)
        .post("/calendars/{calendar}/removal", Need::CalendarOwner, removal::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<read::Read>()
        .with::<read::OfCall>()
        .with::<read::OfConsultation>()
        .with::<read::OfPerson>()
        .with::<mails::HealthMail>()
        .with::<cutting::CutOffMail>()
}
