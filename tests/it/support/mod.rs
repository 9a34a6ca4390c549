//! The product as tests speak to it: an application of one's own on a database of one's own, people
//! with browsers, a mailbox, a clock moved by hand.

mod app;
mod browser;
mod consultations;
mod mailbox;
mod people;

pub use app::TestApp;
pub use browser::Page;
pub use people::*;
