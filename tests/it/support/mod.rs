//! The product as tests speak to it: an application of one's own on a database of one's own, people
//! with browsers, a mailbox, a clock moved by hand.

mod app;
mod applications;
pub mod authenticator;
mod bookings;
pub mod browser;
mod calendars;
pub mod certificates;
mod consultations;
pub mod digest;
mod feedback;
pub mod feeds;
pub mod hostile;
pub mod html;
pub mod issuer;
mod mailbox;
pub mod payloads;
mod people;
mod process;
mod questions;
pub mod radicale;
mod reports;
mod sessions;
mod statements;
pub mod tables;
mod work;
pub mod world;

pub use app::{KEYS, TestApp};
pub use bookings::{book, times_path};
pub use browser::{Browser, Form, Page};
pub use people::*;
pub use process::{ClockOffset, MailServer, Process, free_port, until, until_some, url_of};
pub use reports::CHECKED;
pub use work::work_of;
pub use world::World;
