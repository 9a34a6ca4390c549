//! `/gifts`: what a host noted about gifts, for them alone, so that nobody is forgotten.

use super::store::{self, Noted};
use crate::domain::gift::Stage;
use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "feedback/gifts.html")]
struct Gifts {
    frame: Frame,
    gifts: Vec<Noted>,
}

/// Shows all of a host's own.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let gifts = store::gifts(&mut read, frame.asker.id()?).await?;
    show(&Gifts { frame, gifts })
}
