//! `/admin/answers`: what participants said about the conduct of a talk for administrators alone.

use super::store::{self, ForAdministrators};
use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "admin/answers.html")]
struct Answers {
    frame: Frame,
    answers: Vec<ForAdministrators>,
}

/// Lists them, the newest first.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let answers = store::for_administrators(&mut read).await?;
    show(&Answers { frame, answers })
}
