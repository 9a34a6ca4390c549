//! The asynchronous question-and-answer document.

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
