//! Administration: who may host, and work that failed. Documents are not read here.

mod abuse_reports;
mod answers;
mod jobs;
mod people;
mod readiness;
pub mod retention;
mod store;

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/people", Need::Administrator, people::get)
        .post("/admin/people", Need::Administrator, people::post)
        .get("/admin/answers", Need::Administrator, answers::get)
        .get("/admin/abuse-reports", Need::Administrator, abuse_reports::get)
        .post("/admin/abuse-reports", Need::Administrator, abuse_reports::post)
        .get("/admin/jobs", Need::Administrator, jobs::get)
        .post("/admin/jobs", Need::Administrator, jobs::post)
        .get("/admin/readiness", Need::Administrator, readiness::get)
        .post("/admin/readiness", Need::Administrator, readiness::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry.with::<retention::Daily>().with::<retention::Sweep>()
}
