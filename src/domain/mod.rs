//! Nouns, life-cycles, the slot engine and iCalendar: values in, values out.
//!
//! Pure: no web, no SQL, no mail, no clock and no randomness. What happens at an instant takes
//! `now` as an argument; a change of a life-cycle returns the [`fact::Fact`] that it made.

pub mod access;
pub mod consultation;
pub mod id;
pub mod fact;
pub mod person;
pub mod text;
