//! `/hosts/{host}/calls/{call}`: the public page of a call. A draft is there for its hosts alone,
//! as the preview of what it will be.

use crate::domain::call::Stage;
use crate::features::calls::{self, Call};
use crate::features::{applications, bookings, consultations, feedback, reports};
use crate::platform::error::Answer;
use crate::platform::i18n::Told;
use crate::platform::markdown::{self, Html};
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};

/// The newest reports that a call shows.
const MOST_REPORTS: usize = 5;

#[derive(Template)]
#[template(path = "home/call.html")]
struct Page {
    frame: Frame,
    call: Call,
    is_host: bool,
    is_full: bool,
    next_opening: Option<DateTime<Utc>>,
    reports: Vec<reports::Listed>,
    /// What feedback changed in the process.
    improvements: Vec<feedback::Improvement>,
}

impl Page {
    fn initial(&self) -> String {
        self.call.host_name.chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default()
    }

    fn why(&self) -> Html {
        markdown::render(&self.call.why)
    }

    fn scope(&self) -> Html {
        markdown::render(&self.call.scope)
    }

    fn is_open(&self) -> bool {
        self.call.stage == Stage::Open
    }

    /// What a reader has to know before all else.
    fn notice(&self) -> Option<Told> {
        match self.call.stage {
            Stage::Draft => Some(self.frame.t("home-call-draft")),
            Stage::Paused => Some(self.frame.t("home-call-paused")),
            Stage::Closed | Stage::Archived => Some(self.frame.t("home-call-closed")),
            Stage::Open => None,
        }
    }

    fn host_path(&self) -> String {
        format!("/hosts/{}", self.call.host_slug)
    }

    fn apply_path(&self) -> String {
        self.frame.carry(&format!("{}/applications/new", self.call.path()))
    }
}

/// Shows the call.
pub async fn get(frame: Frame, slugs: Path<(String, String)>) -> Answer {
    let mut read = frame.read().await?;
    let hosted = calls::in_public(&mut read, &slugs.0, &slugs.1, &frame.asker).await?;
    let active = consultations::active_of_call(&mut read, hosted.call.id).await?;
    let is_full = applications::is_full(&mut read, &hosted.call, active).await?;
    let is_host = hosted.is_host();
    let next_opening = match hosted.call.stage == Stage::Open && !is_full {
        true => bookings::next_opening(&mut read, hosted.call.id, frame.now).await?,
        false => None,
    };
    let mut reports = reports::of_call(&mut read, hosted.call.id).await?;
    reports.truncate(MOST_REPORTS);
    let improvements = feedback::public_improvements(&mut read, hosted.call.id).await?;
    show(&Page { frame, is_host, is_full, next_opening, reports, improvements, call: hosted.call })
}
