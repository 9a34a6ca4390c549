//! Applications: one rough sentence to a call, and the host's decision. Acceptance opens a
//! consultation.

mod store;

pub use store::{is_full, waiting_of_calls};

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
