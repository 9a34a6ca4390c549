//! Complaints: whoever sees something reports it, administrators decide, and whom that went against has it
//! looked at once more. Applications have reports of their own.

mod decision;
mod mails;
mod new;
mod seen;
mod show;
mod store;

pub use decision::{conclude, decide, take_up};
pub use mails::{AppealMails, ComplaintMails, VerdictMails};
pub use store::{Complaint, listed};
pub use store::{privacy, retention};

use crate::domain::id::{ConsultationId, ItemId, MaterialId, PersonId, PostId};
use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

type InItem = (ConsultationId, ItemId);
type InPost = (ConsultationId, ItemId, PostId);
type InMaterial = (ConsultationId, MaterialId);
type InPerson = (ConsultationId, PersonId);
type InReport = (String, i32);
type InCall = (String, String);

const ITEM: &str = "/consultations/{consultation}/questions/{item}/complaints/new";
const POST: &str = "/consultations/{consultation}/questions/{item}/posts/{post}/complaints/new";
const MATERIAL: &str = "/consultations/{consultation}/materials/{material}/complaints/new";
const PERSON: &str = "/consultations/{consultation}/participants/{person}/complaints/new";
const REPORT: &str = "/reports/{series}/{number}/complaints/new";
const CALL: &str = "/hosts/{host}/calls/{call}/complaints/new";

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get(ITEM, Need::Participant, new::get::<InItem>)
        .post(ITEM, Need::Participant, new::post::<InItem>)
        .get(POST, Need::Participant, new::get::<InPost>)
        .post(POST, Need::Participant, new::post::<InPost>)
        .get(MATERIAL, Need::Participant, new::get::<InMaterial>)
        .post(MATERIAL, Need::Participant, new::post::<InMaterial>)
        .get(PERSON, Need::Participant, new::get::<InPerson>)
        .post(PERSON, Need::Participant, new::post::<InPerson>)
        .get(REPORT, Need::SignedIn, new::get::<InReport>)
        .post(REPORT, Need::SignedIn, new::post::<InReport>)
        .get(CALL, Need::SignedIn, new::get::<InCall>)
        .post(CALL, Need::SignedIn, new::post::<InCall>)
        .get("/complaints/{complaint}", Need::SignedIn, show::get)
        .post("/complaints/{complaint}", Need::SignedIn, show::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<mails::ComplaintMails>()
        .with::<mails::ComplaintMail>()
        .with::<mails::AppealMails>()
        .with::<mails::AppealMail>()
        .with::<mails::VerdictMails>()
        .with::<mails::VerdictMail>()
}
