//! Everything a person can do, over HTTP against a real database: one binary, one file per slice.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests say by panicking what went wrong")]

mod support;

mod access;
mod admin;
mod applications;
mod availability;
mod bookings;
mod calendars;
mod calls;
mod cluster;
mod complaints;
mod consultations;
mod demo;
mod faults;
mod feedback;
mod fetching;
mod home;
mod invariants;
mod matrix;
mod pages;
mod people;
mod questions;
mod reports;
mod sessions;
mod slots;
mod trust;
