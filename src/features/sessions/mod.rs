//! The day: the run sheet on one page for everyone, outcomes, next actions, who did not come.

mod actions;
pub mod again;
pub mod due;
mod improvement;
pub mod mails;
mod no_show;
mod run;
mod run_sheet;
mod sheet;
mod store;
mod table;
pub mod watch;

pub use improvement::{Change, Target, blocks_of, improve_run_sheet, run_sheet_words, take_back_improvement};
pub use store::{
    Attendance, Missed, Owned, Session, Taken, actions, add_action, attendance, counted, open_actions, search, session,
};
pub use store::{privacy, retention};

use crate::platform::jobs::Registry;
use crate::platform::route::{Need, Routes};

/// Routes of this slice.
pub fn routes() -> Routes {
    Routes::new()
        .get("/consultations/{consultation}/run", Need::Participant, run::get)
        .post("/consultations/{consultation}/run", Need::Participant, run::post)
        .get("/consultations/{consultation}/run/sheet", Need::Participant, sheet::get)
        .get("/calls/{call}/run-sheet", Need::CallHost, run_sheet::get)
        .post("/calls/{call}/run-sheet", Need::CallHost, run_sheet::post)
        .get("/consultations/{consultation}/actions", Need::Participant, actions::get)
        .post("/consultations/{consultation}/actions", Need::Participant, actions::post)
        .get("/consultations/{consultation}/again", Need::Participant, again::get)
        .post("/consultations/{consultation}/again", Need::Participant, again::post)
        .get("/consultations/{consultation}/no-show", Need::Participant, no_show::get)
        .post("/consultations/{consultation}/no-show", Need::Participant, no_show::post)
}

/// Jobs of this slice.
pub fn jobs(registry: Registry) -> Registry {
    registry
        .with::<watch::Watch>()
        .with::<watch::StillTalking>()
        .with::<watch::MissedEnds>()
        .with::<watch::DidYouTalkMail>()
        .with::<watch::MissedMail>()
        .with::<watch::ContestedMails>()
        .with::<watch::ContestedMail>()
        .with::<again::CarryItems>()
        .with::<mails::AgainMail>()
        .with::<due::ActionDueMail>()
}
