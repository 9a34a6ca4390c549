//! The slices in order: each may call only those above it.

pub mod people;
pub mod calls;
pub mod consultations;
pub mod applications;
pub mod questions;
pub mod calendars;
pub mod availability;
pub mod bookings;
pub mod sessions;
pub mod feedback;
pub mod reports;
pub mod complaints;
pub mod home;
pub mod admin;
