//! iCalendar: the calendar part of mails going out, calendar files coming in.
//!
//! [`calendar`] and the links write one booking; [`busy`] reads the bytes of a calendar file into
//! busy time and refuses to call free what it did not understand. Both are pure.

mod budget;
mod busy;
mod component;
mod event;
mod flaw;
mod free_busy;
mod inline_zone;
mod lines;
mod marks;
mod message;
mod otherwise;
mod overrides;
mod rule;
mod series;
#[cfg(test)]
mod tests;
mod when;
mod zone;
mod zones;

pub use budget::MAX_STEPS;
pub use busy::{Asked, MAX_BYTES, Reading, Unreadable, busy};
pub use flaw::{Flaw, MAX_FLAWS, What};
pub use marks::{AllDay, Counts, Reads};
pub use message::{Address, Event, Method, calendar, feed, google_link, object, outlook_link};
pub use otherwise::{Choice, Otherwise, otherwise};
