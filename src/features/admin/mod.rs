//! Administration: who may host, and work that failed. Documents are not read here.

mod abuse_reports;
mod answers;
mod audit;
mod calendar;
mod calls;
mod complaints;
mod consultation;
mod data;
mod jobs;
mod material;
mod materials;
mod participant;
mod people;
mod person;
mod readiness;
mod removal;
pub mod retention;
pub mod rotation;
mod settings;
mod store;
mod typed;

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/people", Need::Administrator, people::get)
        .post("/admin/people", Need::Administrator, people::post)
        .get("/admin/people/{person}", Need::Administrator, person::get)
        .post("/admin/people/{person}", Need::Administrator, person::post)
        .get("/admin/calls", Need::Administrator, calls::index)
        .get("/admin/calls/{call}", Need::Administrator, calls::get)
        .post("/admin/calls/{call}", Need::Administrator, calls::post)
        .get("/admin/emergency", Need::Administrator, consultation::get_emergency)
        .post("/admin/emergency", Need::Administrator, consultation::post_emergency)
        .get("/admin/consultations/{consultation}", Need::Administrator, consultation::get)
        .get("/admin/consultations/{consultation}/participants/{person}", Need::Administrator, participant::get)
        .post("/admin/consultations/{consultation}/participants/{person}", Need::Administrator, participant::post)
        .get("/admin/materials", Need::Administrator, materials::get)
        .get("/admin/materials/{material}", Need::Administrator, material::get)
        .post("/admin/materials/{material}", Need::Administrator, material::post)
        .get("/admin/calendars/{calendar}", Need::Administrator, calendar::get)
        .post("/admin/calendars/{calendar}", Need::Administrator, calendar::post)
        .get("/admin/settings", Need::Administrator, settings::get)
        .post("/admin/settings", Need::Administrator, settings::post)
        .get("/admin/answers", Need::Administrator, answers::get)
        .get("/admin/abuse-reports", Need::Administrator, abuse_reports::get)
        .post("/admin/abuse-reports", Need::Administrator, abuse_reports::post)
        .get("/admin/complaints", Need::Administrator, complaints::get)
        .post("/admin/complaints", Need::Administrator, complaints::post)
        .get("/admin/audit", Need::Administrator, audit::get)
        .get("/admin/data", Need::Administrator, data::get)
        .get("/admin/jobs", Need::Administrator, jobs::get)
        .post("/admin/jobs", Need::Administrator, jobs::post)
        .get("/admin/readiness", Need::Administrator, readiness::get)
        .post("/admin/readiness", Need::Administrator, readiness::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry.with::<retention::Daily>().with::<retention::Sweep>().with::<rotation::SealAnew>()
}
