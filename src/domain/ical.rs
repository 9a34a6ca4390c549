//! iCalendar: the calendar part of mails going out.

mod message;

pub use message::{Address, Event, Method, calendar, google_link, outlook_link};
