//! `/home`: whose turn it is in everything the person takes part in.

use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "home/me.html")]
struct Me {
    frame: Frame,
}

/// Shows what waits for the person.
pub async fn get(frame: Frame) -> Answer {
    show(&Me { frame })
}
