//! `/consultations/{consultation}/questions/history`: every text that posts and the goal ever had, the
//! newest first, with what changed from one to the next.

use super::store::{self, Kept};
use super::words::taken_back;
use crate::domain::id::ConsultationId;
use crate::features::consultations::{self, Head, Room};
use crate::platform::diff::{self, Piece};
use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;

/// Texts on a page.
const MOST: i64 = 40;

/// A text, and what it changed.
struct Change {
    kept: Kept,
    pieces: Vec<Piece>,
}

#[derive(Template)]
#[template(path = "questions/history.html")]
struct History {
    frame: Frame,
    room: Room,
    changes: Vec<Change>,
    is_newest: bool,
}

impl History {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-history-title"), "/questions/history")
    }

    fn path(&self) -> String {
        self.room.path("/questions/history")
    }

    /// The number of the last text shown, where older ones follow.
    fn older(&self) -> Option<i64> {
        self.changes.last().map(|change| change.kept.number).filter(|number| *number > 1)
    }

    fn item_path(&self, kept: &Kept) -> Option<String> {
        kept.item.map(|item| self.room.path(&format!("/questions/{item}")))
    }
}

impl Change {
    fn of(kept: Kept) -> Self {
        let pieces = match &kept.before {
            Some(before) => diff::words(before, &kept.body),
            None => vec![Piece::Same(kept.body.clone())],
        };
        Self { kept, pieces }
    }
}

/// Shows the texts before the one that `?before=` names; the newest without it.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let before = frame.asked("before").parse().ok();
    let mut kept = store::history(&mut read, *id, room.me, before, MOST).await?;
    for text in kept.iter_mut().filter(|text| text.is_taken_back) {
        text.title = taken_back(&frame);
    }
    let changes = kept.into_iter().map(Change::of).collect();
    show(&History { frame, room, changes, is_newest: before.is_none() })
}
