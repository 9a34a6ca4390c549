//! Nouns, life-cycles, the slot engine and iCalendar: values in, values out.
//!
//! Pure: no web, no SQL, no mail, no clock and no randomness. What happens at an instant takes
//! `now` as an argument; a change of a life-cycle returns the [`fact::Fact`] that it made.
//!
//! Crates that may be used here: chrono, chrono-tz, uuid, serde, thiserror, url, and for [`ical`] alone
//! calcard and rrule: pure tables and parsers, without which calendar files are guesswork.

pub mod abuse;
pub mod access;
pub mod application;
pub mod audit;
pub mod availability;
pub mod booking;
pub mod calendar;
pub mod calendar_object;
pub mod call;
pub mod cancellation;
pub mod complaint;
pub mod consultation;
pub mod data_map;
pub mod deletion;
pub mod fact;
pub mod feedback;
pub mod gift;
pub mod hosting;
pub mod ical;
pub mod id;
pub mod identifier;
pub mod identity;
pub mod improvement;
pub mod interval;
pub mod library;
pub mod local_time;
pub mod material;
pub mod measure;
pub mod notice;
pub mod person;
pub mod policy;
pub mod post;
pub mod question;
pub mod quote;
pub mod report;
pub mod retention;
pub mod run_sheet;
pub mod sanction;
pub mod search;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod slot;
pub mod suspension;
pub mod text;
pub mod thread;
pub mod totp;
pub mod year;
