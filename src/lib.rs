//! Kabeuchi (壁打ち): open consultation calls. Write first, talk, reflect, publish.
//!
//! ```text
//!         main                 which role of the one binary
//!           |
//!          app                 middleware order, all slices, what follows from each fact
//!           |
//!       features/*             a slice = one noun of the product: URLs, pages, SQL, mails
//!           |
//!        platform              HTTP, PostgreSQL, mail, jobs, clock, languages: knows no slice
//!           |
//!         domain               nouns, life-cycles, slot engine, iCalendar: knows nothing
//! ```
//!
//! Arrows point down; a slice may call the slices above it in [`features`]. Requests travel down as
//! functions, news travels up as facts: `app.rs` holds the one table of what follows from what.
//! `tests/architecture.rs` keeps all of this true.

pub mod app;
pub mod config;
pub mod demo;
pub mod domain;
pub mod features;
pub mod platform;
pub mod serve;
