//! A session in a host's calendar (a calendar object resource, RFC 4791 4.1): what is to be done so
//! that the calendar says what the booking says, and what it means when it no longer does.

use super::booking::{Booking, Stage};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// The next step for one booking in one host's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Nothing,
    /// Put it into the calendar that the host chose.
    Make,
    /// Put the booking's present state where the former one is.
    Put,
    /// Take it away from where it is.
    Remove,
}

/// What is known of a session that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The state that was put there; none where that is not known to have worked.
    pub sequence: Option<i32>,
    /// Whether it is in the calendar that the host has now chosen.
    pub is_in_target: bool,
}

/// Decides the step. `attends` says whether the host must be there, `has_target` whether there is a
/// calendar to write to. What was held stays in the calendar as it was; so does everything when the
/// host writes to no calendar any more, and it is still moved and taken away with its booking.
pub fn step(booking: &Booking, attends: bool, written: Option<Written>, has_target: bool, now: DateTime<Utc>) -> Step {
    let is_over = booking.ends_at <= now;
    let is_wanted = attends && booking.stage == Stage::Confirmed && !is_over;
    match written {
        None if is_wanted && has_target => Step::Make,
        None => Step::Nothing,
        Some(_) if is_over && booking.stage != Stage::Cancelled => Step::Nothing,
        Some(written) if !is_wanted || (has_target && !written.is_in_target) => Step::Remove,
        Some(written) if written.sequence != Some(booking.sequence) => Step::Put,
        Some(_) => Step::Nothing,
    }
}

/// What a host did to a session in their calendar. It changes no booking: the host is asked, as what
/// is missing from a calendar may be the calendar's mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strayed {
    Missing,
    /// To this start, where the reading showed it.
    Moved(Option<DateTime<Utc>>),
}

impl Strayed {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Strayed::Missing => "missing",
            Strayed::Moved(_) => "moved",
        }
    }

    /// Reads the stored word with its instant.
    pub fn parse(word: &str, to: Option<DateTime<Utc>>) -> Option<Self> {
        match word {
            "missing" => Some(Strayed::Missing),
            "moved" => Some(Strayed::Moved(to)),
            _ => None,
        }
    }

    /// To where it was moved.
    pub fn to(self) -> Option<DateTime<Utc>> {
        match self {
            Strayed::Missing => None,
            Strayed::Moved(to) => to,
        }
    }
}

/// How a session was found when its calendar was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    AsWritten,
    Elsewhere(DateTime<Utc>),
    /// There, but called off or without a start.
    CalledOff,
    /// Not in this reading, which proves nothing yet.
    NotSeen,
}

/// Compares what was written with what a calendar shows of our sessions, by UID. More than one start
/// is a session in more than one calendar of an account; one that is right is enough.
pub fn found(uid: &str, starts_at: DateTime<Utc>, own: &BTreeMap<String, BTreeSet<DateTime<Utc>>>) -> Found {
    match own.get(uid) {
        Some(starts) if starts.contains(&starts_at) => Found::AsWritten,
        Some(starts) => starts.first().map_or(Found::CalledOff, |start| Found::Elsewhere(*start)),
        None => Found::NotSeen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{BookingId, CallId, ConsultationId};
    use chrono::TimeZone;
    use uuid::Uuid;

    fn at(hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 12, hour, 0, 0).unwrap()
    }

    fn booking(stage: Stage) -> Booking {
        Booking {
            id: BookingId(Uuid::nil()),
            consultation: ConsultationId(Uuid::nil()),
            call: CallId(Uuid::nil()),
            stage,
            held: None,
            starts_at: at(9),
            ends_at: at(10),
            minutes: 60,
            uid: "a@kabeuchi.example.org".to_owned(),
            sequence: 1,
            meeting_place: String::new(),
        }
    }

    fn written(sequence: Option<i32>, is_in_target: bool) -> Option<Written> {
        Some(Written { sequence, is_in_target })
    }

    #[test]
    fn a_confirmed_session_is_written_once_and_again_when_it_moves() {
        let booking = booking(Stage::Confirmed);
        let steps = [
            (None, Step::Make),
            (written(None, true), Step::Put),
            (written(Some(0), true), Step::Put),
            (written(Some(1), true), Step::Nothing),
            (written(Some(1), false), Step::Remove),
        ];
        for (written, expected) in steps {
            assert_eq!(step(&booking, true, written, true, at(8)), expected, "{written:?}");
        }
    }

    #[test]
    fn without_a_target_what_is_written_is_still_kept_true() {
        let booking = booking(Stage::Confirmed);
        assert_eq!(step(&booking, true, None, false, at(8)), Step::Nothing);
        assert_eq!(step(&booking, true, written(Some(0), false), false, at(8)), Step::Put);
        assert_eq!(step(&booking, true, written(Some(1), false), false, at(8)), Step::Nothing);
    }

    #[test]
    fn what_is_not_to_be_any_more_is_taken_away_and_what_was_held_stays() {
        for stage in [Stage::Held, Stage::Cancelled, Stage::Released] {
            assert_eq!(step(&booking(stage), true, None, true, at(8)), Step::Nothing);
            assert_eq!(step(&booking(stage), true, written(Some(1), true), true, at(8)), Step::Remove);
        }
        assert_eq!(step(&booking(Stage::Confirmed), false, written(Some(1), true), true, at(8)), Step::Remove);
        for stage in [Stage::Confirmed, Stage::Released] {
            assert_eq!(step(&booking(stage), true, written(Some(1), true), true, at(10)), Step::Nothing);
        }
        assert_eq!(step(&booking(Stage::Confirmed), true, None, true, at(10)), Step::Nothing);
        assert_eq!(step(&booking(Stage::Cancelled), true, written(Some(1), true), true, at(11)), Step::Remove);
    }

    #[test]
    fn what_a_calendar_shows_is_compared_by_uid() {
        let own = |starts: &[u32]| BTreeMap::from([("a".to_owned(), starts.iter().map(|hour| at(*hour)).collect())]);
        assert_eq!(found("a", at(9), &own(&[9])), Found::AsWritten);
        assert_eq!(found("a", at(9), &own(&[8, 9])), Found::AsWritten);
        assert_eq!(found("a", at(9), &own(&[11])), Found::Elsewhere(at(11)));
        assert_eq!(found("a", at(9), &own(&[])), Found::CalledOff);
        assert_eq!(found("b", at(9), &own(&[9])), Found::NotSeen);
        assert_eq!(Strayed::parse("moved", Some(at(9))), Some(Strayed::Moved(Some(at(9)))));
    }
}
