//! `/`: what this is, open calls, latest reports; whoever is signed in sees first what waits.

use crate::features::{calls, reports};
use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use askama::Template;

/// Rows of each list.
const MOST_CALLS: i64 = 20;
const MOST_REPORTS: i64 = 5;

#[derive(Template)]
#[template(path = "home/front.html")]
struct Front {
    frame: Frame,
    calls: Vec<calls::Listed>,
    reports: Vec<reports::Listed>,
}

impl Front {
    fn may_host(&self) -> bool {
        self.frame.person().is_some_and(|p| p.may_host)
    }

    fn is_other_language(&self, locale: &str) -> bool {
        locale != self.frame.lang()
    }
}

/// Shows the front page.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let mut calls = calls::opened(&mut read, MOST_CALLS).await?;
    // The reader's language first; the order within each stays.
    calls.sort_by_key(|call| call.locale != frame.lang());
    let reports = reports::latest(&mut read, MOST_REPORTS).await?;
    show(&Front { frame, calls, reports })
}
