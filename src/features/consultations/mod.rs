//! The shared room of an accepted application: its people, where it stands, whose turn it is and
//! until when. Later slices move it by the functions here, in their own transaction.

pub mod absence;
mod cancellation;
mod departure;
pub mod emergency;
pub mod expulsion;
mod invitation;
pub mod lapse;
pub mod mails;
mod news;
mod participants;
mod room;
mod store;
pub mod unreachable;

pub use expulsion::{Expelled, expel, expellable};
pub use news::{News, tell};
pub use participants::{MOST_GUESTS, part_key};
pub use room::{Head, Room, Step};
pub use store::{
    Attendant, Cancelled, EmergencyReading, Listed, Opening, active_of_call, attendants, begin_emergency_reading,
    cancelled, emergency_readings, for_administrator, for_participant, for_update, former_of, guests_ever, is_in, keep,
    lead_of, lock, lock_active_of, of_calls, of_person, on_side, open, open_child_of, save, set_start, sides_of,
    stands_in, system, touch, waiting_at, was_guest_of, with_person, written,
};
pub use store::{privacy, retention};

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/consultations/{consultation}/participants", Need::Participant, participants::get)
        .post("/consultations/{consultation}/participants", Need::Participant, participants::post)
        .get("/consultations/{consultation}/cancellation", Need::Participant, cancellation::get)
        .post("/consultations/{consultation}/cancellation", Need::Participant, cancellation::post)
        .get("/invitations/{token}", Need::Token, invitation::get)
        .post("/invitations/{token}", Need::Token, invitation::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<mails::InvitationMail>()
        .with::<mails::CancelledMails>()
        .with::<mails::CancelledMail>()
        .with::<mails::JoinedMail>()
        .with::<mails::DeclinedMail>()
        .with::<mails::LeftMails>()
        .with::<mails::LeftMail>()
        .with::<mails::LeadMail>()
        .with::<lapse::LapseCheck>()
        .with::<mails::LapsedMail>()
        .with::<news::NewsMail>()
        .with::<emergency::EmergencyMails>()
        .with::<emergency::EmergencyMail>()
        .with::<expulsion::ExpulsionMails>()
        .with::<expulsion::ExpulsionMail>()
        .with::<absence::AbsenceMails>()
        .with::<absence::AbsenceMail>()
        .with::<unreachable::UnreachableMails>()
        .with::<unreachable::UnreachableMail>()
        .with::<unreachable::RefusedInvitationMail>()
}
