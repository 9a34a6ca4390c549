//! Bookings: a time is chosen, taken under the locks of all who must be there, moved, given back.

mod bearer;
mod calendar;
mod calendars;
mod cancellation;
mod candidates;
pub mod clash;
mod confirmation;
mod event;
mod feed;
pub mod follow;
mod grid;
pub mod holds;
mod holidays;
pub mod hosting;
pub mod mails;
mod new;
mod paging;
mod rescheduling;
mod rules;
mod show;
mod slots;
mod store;
pub mod watch;
pub mod writing;
mod zone;

pub use hosting::{commit_host, free_host};
pub use rules::next_opening;
pub use store::{Upcoming, confirmed, late_cancellations, let_go, uids_of_host, upcoming};
pub use store::{privacy, retention};
pub use zone::is_hosting;

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/consultations/{consultation}/bookings/new", Need::Participant, new::get)
        .post("/consultations/{consultation}/bookings/new", Need::Participant, new::post)
        .get("/consultations/{consultation}/bookings/candidates", Need::Participant, candidates::get)
        .post("/consultations/{consultation}/bookings/candidates", Need::Participant, candidates::post)
        .post("/consultations/{consultation}/bookings/watch", Need::Participant, watch::post)
        .get("/availability/slots", Need::Host, slots::get)
        .get("/availability/holidays", Need::Host, holidays::get)
        .post("/availability/holidays", Need::Host, holidays::post)
        .get("/availability/zone", Need::SignedIn, zone::get)
        .post("/availability/zone", Need::SignedIn, zone::post)
        .get("/bookings/{booking}", Need::BookingBearer, show::get)
        .get("/bookings/{booking}/event.ics", Need::BookingBearer, event::get)
        .get("/bookings/{booking}/rescheduling", Need::BookingBearer, rescheduling::get)
        .post("/bookings/{booking}/rescheduling", Need::BookingBearer, rescheduling::post)
        .get("/bookings/{booking}/paging", Need::BookingBearer, paging::get)
        .post("/bookings/{booking}/paging", Need::BookingBearer, paging::post)
        .post("/bookings/{booking}/calendar", Need::BookingBearer, calendar::post)
        .get("/settings/calendars", Need::SignedIn, calendars::get)
        .post("/settings/calendars", Need::SignedIn, calendars::post)
        .get("/feeds/{token}.ics", Need::Token, feed::get)
        .get("/bookings/{booking}/confirmation", Need::BookingBearer, confirmation::get)
        .post("/bookings/{booking}/confirmation", Need::BookingBearer, confirmation::post)
        .get("/bookings/{booking}/cancellation", Need::BookingBearer, cancellation::get)
        .post("/bookings/{booking}/cancellation", Need::BookingBearer, cancellation::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<mails::Told>()
        .with::<mails::Reminder>()
        .with::<mails::BookingMail>()
        .with::<mails::LateInvitation>()
        .with::<mails::DepartedMail>()
        .with::<mails::ProposalMails>()
        .with::<mails::ProposalMail>()
        .with::<mails::ProposalOver>()
        .with::<mails::ProposalOverMail>()
        .with::<mails::RequestMails>()
        .with::<mails::RequestMail>()
        .with::<watch::OfferTimes>()
        .with::<watch::OfferTime>()
        .with::<watch::TimeFreed>()
        .with::<watch::LookAgain>()
        .with::<clash::FindClashes>()
        .with::<clash::ClashMail>()
        .with::<mails::StrayedMail>()
        .with::<writing::WriteOut>()
        .with::<writing::WriteAhead>()
        .with::<writing::Write>()
        .with::<holds::HoldEnds>()
        .with::<hosting::HostSessions>()
        .with::<hosting::FreedMail>()
        .with::<follow::ReleaseTime>()
}
