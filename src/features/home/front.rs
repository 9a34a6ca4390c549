//! `/`: what this is, open calls, latest reports.

use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "home/front.html")]
struct Front {
    frame: Frame,
}

/// Shows the front page.
pub async fn get(frame: Frame) -> Answer {
    show(&Front { frame })
}
