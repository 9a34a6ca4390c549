//! The shared room of an accepted application: its people, where it stands, whose turn it is and
//! until when. Later slices move it by the functions here, in their own transaction.

mod room;
mod store;

pub use room::{Head, Room, Step};
pub use store::{
    Attendant, Listed, Opening, active_of_call, attendants, for_participant, for_update, former_of, of_person, open,
    receivers, save, system, touch,
};

use crate::platform::jobs::Registry;
use crate::platform::route::Routes;

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
}
