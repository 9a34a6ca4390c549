//! What a calendar would say if one of the owner's choices were another: shown beside the choices, so
//! that nobody has to try them out.

use super::busy::{Asked, busy};
use super::marks::{AllDay, Counts, Reads};
use crate::domain::interval::{Interval, Intervals};

/// One choice as it could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    AllDay(AllDay),
    Tentative(Counts),
    Unanswered(Counts),
}

impl Choice {
    /// All that are not the present ones.
    fn other_than(reads: Reads) -> impl Iterator<Item = Self> {
        let all = [
            Choice::AllDay(AllDay::AsMarked),
            Choice::AllDay(AllDay::Busy),
            Choice::AllDay(AllDay::Free),
            Choice::Tentative(Counts::Busy),
            Choice::Tentative(Counts::Free),
            Choice::Unanswered(Counts::Busy),
            Choice::Unanswered(Counts::Free),
        ];
        all.into_iter().filter(move |choice| choice.on(reads) != reads)
    }

    /// The ways of reading with this choice.
    fn on(self, reads: Reads) -> Reads {
        match self {
            Choice::AllDay(all_day) => Reads { all_day, ..reads },
            Choice::Tentative(tentative) => Reads { tentative, ..reads },
            Choice::Unanswered(unanswered) => Reads { unanswered, ..reads },
        }
    }
}

/// What a choice would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Otherwise {
    pub choice: Choice,
    /// Busy now, and free then.
    pub frees: Intervals,
    /// Free now, and busy then.
    pub takes: Intervals,
}

/// What each other choice would change within a window; those that change nothing are left out. Reads
/// the file once for each choice.
pub fn otherwise(bytes: &[u8], asked: &Asked<'_>, window: Interval) -> Vec<Otherwise> {
    let read = |reads| busy(bytes, &Asked { reads, window, ..*asked }).map(|reading| reading.busy.clamp(&window));
    let Ok(now) = read(asked.reads) else { return Vec::new() };
    let changed = Choice::other_than(asked.reads).filter_map(|choice| {
        let then = read(choice.on(asked.reads)).ok()?;
        (then != now).then(|| Otherwise { choice, frees: now.minus(&then), takes: then.minus(&now) })
    });
    changed.collect()
}
