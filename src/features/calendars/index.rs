//! `/calendars`: the host's calendars, how old each picture is, and whether it is trusted.

use super::show::health_key;
use super::store::{self, Calendar, Writable};
use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "calendars/index.html")]
struct Index {
    frame: Frame,
    calendars: Vec<Calendar>,
    /// Where sessions are written.
    target: Option<Writable>,
}

impl Index {
    fn needs_host(&self) -> bool {
        self.calendars.iter().any(|calendar| !calendar.stance.is_soft() && calendar.health.needs_host(self.frame.now))
    }

    fn health_key(&self, calendar: &Calendar) -> &'static str {
        health_key(calendar.health.stage)
    }

    fn badge(&self, calendar: &Calendar) -> &'static str {
        super::show::badge(calendar.health.stage)
    }
}

/// Shows the list.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let me = frame.asker.id()?;
    let calendars = store::of(&mut read, me).await?;
    let target = store::writable(&mut read, me).await?.into_iter().find(|writable| writable.collection.is_target);
    show(&Index { frame, calendars, target })
}
