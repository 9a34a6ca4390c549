//! `/applications`: what a host has to decide, by due date, and what one sent oneself.

use super::store::{self, Listed};
use crate::domain::application::Stage;
use crate::platform::error::Answer;
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show};
use askama::Template;
use chrono::TimeDelta;

/// Rows of either list.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "applications/inbox.html")]
struct Inbox {
    frame: Frame,
    waiting: Vec<Listed>,
    /// Neither decided nor waiting for the host.
    others: Vec<Listed>,
    decided: Vec<Listed>,
    own: Vec<Listed>,
}

impl Inbox {
    fn is_host(&self) -> bool {
        self.frame.person().is_some_and(|p| p.is_host)
    }

    fn stage(&self, listed: &Listed, is_host: bool) -> Told {
        self.frame.t(stage_key(listed.stage, is_host))
    }

    fn is_soon(&self, listed: &Listed) -> bool {
        listed.due_at.is_some_and(|due| due - self.frame.now < TimeDelta::days(2))
    }

    fn path(&self, listed: &Listed) -> String {
        format!("/applications/{}", listed.id)
    }
}

/// The message that says where an application stands, to either side.
pub fn stage_key(stage: Stage, is_host: bool) -> &'static str {
    match (stage, is_host) {
        (Stage::Submitted, true) => "applications-stage-yours",
        (Stage::Submitted | Stage::Blocked, _) => "applications-stage-submitted",
        (Stage::Asked, true) => "applications-stage-asked",
        (Stage::Asked, false) => "applications-stage-yours",
        (Stage::Waitlisted, _) => "applications-stage-waitlisted",
        (Stage::Accepted, _) => "applications-stage-accepted",
        (Stage::Declined, _) => "applications-stage-declined",
        (Stage::Withdrawn, _) => "applications-stage-withdrawn",
        (Stage::Expired, _) => "applications-stage-expired",
        (Stage::Lapsed, _) => "applications-stage-lapsed",
    }
}

/// Shows both lists.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let hosted = store::of_host(&mut read, me, MOST).await?;
    let (open, decided): (Vec<_>, Vec<_>) = hosted.into_iter().partition(|listed| listed.stage.is_waiting());
    let (waiting, others) = open.into_iter().partition(|listed| listed.stage == Stage::Submitted);
    let own = store::of_applicant(&mut read, me, MOST).await?;
    show(&Inbox { frame, waiting, others, decided, own })
}
