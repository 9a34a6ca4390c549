//! A time that was taken: held, confirmed, moved, given back. Moving keeps the row and its UID and
//! raises SEQUENCE (RFC 5546 2.1.4), so that calendars replace the event instead of adding one. A
//! hold was never invited to, so its end tells no calendar.

use crate::domain::consultation::{LATE, Part, Side};
use crate::domain::fact::Fact;
use crate::domain::id::{BookingId, CallId, ConsultationId};
use crate::domain::interval::Interval;
use crate::domain::slot::{Minutes, Slot};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use thiserror::Error;

/// Where a booking stands. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Held,
    Confirmed,
    Cancelled,
    Released,
}

impl Stage {
    /// All stages.
    pub const ALL: [Stage; 4] = [Stage::Held, Stage::Confirmed, Stage::Cancelled, Stage::Released];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Held => "held",
            Stage::Confirmed => "confirmed",
            Stage::Cancelled => "cancelled",
            Stage::Released => "released",
        }
    }

    /// Whether the time is taken.
    pub fn takes_time(self) -> bool {
        matches!(self, Stage::Held | Stage::Confirmed)
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }
}

/// Why a time is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// One of several times that a side proposed (候補日時).
    Candidate,
    /// The applicant asked for it, and the host confirms.
    Request,
    /// It became free and is offered to somebody who waits.
    Offer,
}

impl Hold {
    /// All kinds.
    pub const ALL: [Hold; 3] = [Hold::Candidate, Hold::Request, Hold::Offer];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Hold::Candidate => "candidate",
            Hold::Request => "request",
            Hold::Offer => "offer",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hold| hold.as_str() == word)
    }

    /// How long it lasts at most.
    pub fn lasts(self) -> TimeDelta {
        TimeDelta::hours(match self {
            Hold::Candidate => 72,
            Hold::Request => 48,
            Hold::Offer => 24,
        })
    }

    /// When a hold made now ends: after its time, and never beyond the notice before the start.
    /// `None` where nobody could answer in time.
    pub fn until(self, start: DateTime<Utc>, notice: Minutes, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = (now + self.lasts()).min(start - notice.delta());
        (until >= now + LEAST_HOLD).then_some(until)
    }
}

/// A hold with its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub hold: Hold,
    pub until: DateTime<Utc>,
}

/// A hold that would end sooner is not made.
const LEAST_HOLD: TimeDelta = TimeDelta::hours(6);

/// Candidates of one proposal.
pub const CANDIDATES: std::ops::RangeInclusive<usize> = 3..=5;

/// An act that is too late, or that the stage does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {act} while {}", .stage.as_str())]
pub struct NotNow {
    pub act: &'static str,
    pub stage: Stage,
}

/// A booking as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub id: BookingId,
    pub consultation: ConsultationId,
    pub call: CallId,
    pub stage: Stage,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub minutes: i32,
    pub uid: String,
    pub sequence: i32,
    pub meeting_place: String,
    /// Set while, and after, it was held.
    pub held: Option<Held>,
}

/// What a transition gives: the booking as it stands then, and the fact.
pub type Moved = Result<(Booking, Fact), NotNow>;

impl Booking {
    /// A slot that the applicant books at once. `instance` is the host name of the instance.
    pub fn confirm(
        id: BookingId,
        consultation: ConsultationId,
        call: CallId,
        slot: Slot,
        meeting_place: String,
        instance: &str,
    ) -> (Self, Fact) {
        let booking = Self {
            id,
            consultation,
            call,
            stage: Stage::Confirmed,
            starts_at: slot.start(),
            ends_at: slot.end(),
            minutes: slot.minutes().0,
            uid: uid(id, instance),
            sequence: 0,
            meeting_place,
            held: None,
        };
        (booking, Fact::BookingConfirmed { booking: id, consultation })
    }

    /// The same time as another booking.
    pub fn anew(self, id: BookingId, instance: &str) -> Self {
        Self { id, uid: uid(id, instance), sequence: 0, held: None, ..self }
    }

    /// The same slot, not confirmed but held.
    pub fn held(self, held: Held) -> (Self, Fact) {
        let fact = Fact::BookingHeld { booking: self.id, consultation: self.consultation };
        (Self { stage: Stage::Held, held: Some(held), ..self }, fact)
    }

    /// A hold becomes the booking, until its very end.
    pub fn confirm_hold(self, now: DateTime<Utc>) -> Moved {
        match self.is_held(now) {
            true => {
                let fact = Fact::BookingConfirmed { booking: self.id, consultation: self.consultation };
                Ok((Self { stage: Stage::Confirmed, ..self }, fact))
            }
            false => Err(self.not_now("confirm")),
        }
    }

    /// A hold ends without a booking.
    pub fn release(self) -> Moved {
        match self.stage {
            Stage::Held => {
                let fact = Fact::BookingReleased { booking: self.id, consultation: self.consultation };
                Ok((Self { stage: Stage::Released, ..self }, fact))
            }
            _ => Err(self.not_now("release")),
        }
    }

    /// Moves onto a time that is held for the same consultation; that hold is then released.
    pub fn move_onto(self, hold: &Booking, now: DateTime<Utc>) -> Moved {
        match self.is_ahead(now) && hold.is_held(now) && hold.consultation == self.consultation {
            true => Ok(self.moved_to(hold.starts_at, hold.ends_at, hold.minutes)),
            false => Err(self.not_now("move")),
        }
    }

    fn moved_to(self, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>, minutes: i32) -> (Self, Fact) {
        let sequence = self.sequence + 1;
        let fact = Fact::BookingMoved { booking: self.id, consultation: self.consultation, sequence };
        (Self { starts_at, ends_at, minutes, sequence, ..self }, fact)
    }

    /// The time that it takes.
    pub fn interval(&self) -> Option<Interval> {
        Interval::new(self.starts_at, self.ends_at)
    }

    /// Whether it is held and the hold has not ended.
    pub fn is_held(&self, now: DateTime<Utc>) -> bool {
        self.stage == Stage::Held && self.held.is_some_and(|held| now < held.until)
    }

    /// Another time; possible until it begins.
    pub fn reschedule(self, slot: Slot, now: DateTime<Utc>) -> Moved {
        if !self.is_ahead(now) {
            return Err(self.not_now("move"));
        }
        Ok(self.moved_to(slot.start(), slot.end(), slot.minutes().0))
    }

    /// Gives the time back; possible until it begins.
    pub fn cancel(self, now: DateTime<Utc>) -> Moved {
        match self.is_ahead(now) {
            true => self.end("cancel"),
            false => Err(self.not_now("cancel")),
        }
    }

    /// Its consultation ended, whenever that was.
    pub fn end_with_consultation(self) -> Moved {
        self.end("end")
    }

    fn end(self, act: &'static str) -> Moved {
        if self.stage != Stage::Confirmed {
            return Err(self.not_now(act));
        }
        let sequence = self.sequence + 1;
        let fact = Fact::BookingCancelled { booking: self.id, consultation: self.consultation, sequence };
        Ok((Self { stage: Stage::Cancelled, sequence, ..self }, fact))
    }

    /// Whether so little time is left that a guest may not move it, and giving it back counts as late.
    pub fn is_late(&self, change_notice: Minutes, now: DateTime<Utc>) -> bool {
        self.starts_at - now < change_notice.delta().max(LATE)
    }

    /// Whether a part may still move it: hosts until it begins, guests until their notice.
    pub fn may_move(&self, part: Part, change_notice: Minutes, now: DateTime<Utc>) -> bool {
        self.is_ahead(now) && (part.is_host() || self.starts_at - now >= change_notice.delta())
    }

    /// Whether it is confirmed and has not begun.
    pub fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        self.stage == Stage::Confirmed && now < self.starts_at
    }

    /// The side whose word a request or an offer waits for; candidates are picked, not answered.
    pub fn answered_by(&self) -> Option<Side> {
        match self.held?.hold {
            Hold::Request => Some(Side::Host),
            Hold::Offer => Some(Side::Guest),
            Hold::Candidate => None,
        }
    }

    /// Whether that word is still waited for.
    pub fn waits(&self, now: DateTime<Utc>) -> bool {
        self.is_held(now) && self.answered_by().is_some()
    }

    fn not_now(&self, act: &'static str) -> NotNow {
        NotNow { act, stage: self.stage }
    }
}

/// UID of a booking's event: it never changes (RFC 7986 5.3).
fn uid(id: BookingId, instance: &str) -> String {
    format!("{id}@{instance}")
}

/// The start on the host's wall clock, as it was meant: a changed law moves the instant, not this.
pub fn wall_clock(start: DateTime<Utc>, zone: Tz) -> String {
    start.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::availability::{Availability, WallClock, Weekly, Window};
    use crate::domain::slot::{self, Limits, Rules, Taken};
    use chrono::{TimeZone, Weekday};
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap()
    }

    fn slots() -> Vec<Slot> {
        let window = Window { from: WallClock::parse("00:00").unwrap(), to: WallClock::parse("24:00").unwrap() };
        let rules = Rules {
            availability: Availability {
                zone: chrono_tz::Asia::Tokyo,
                weekly: Weekly(std::array::from_fn(|_| vec![window])),
                overrides: BTreeMap::new(),
            },
            duration: Minutes(60),
            step: Minutes(60),
            notice: Minutes(0),
            horizon_days: 10,
            earliest: None,
            buffer_before: Minutes(0),
            buffer_after: Minutes(0),
            week_start: Weekday::Mon,
            limits: Limits::default(),
        };
        let day = crate::domain::interval::Interval::new(now(), now() + TimeDelta::days(1)).unwrap();
        slot::slots(&rules, Taken::default(), now(), &day)
    }

    fn booked() -> Booking {
        let id = BookingId(Uuid::from_u128(1));
        let (consultation, call) = (ConsultationId(Uuid::from_u128(2)), CallId(Uuid::from_u128(3)));
        Booking::confirm(id, consultation, call, slots()[5], "https://meet.example".into(), "kabeuchi.example").0
    }

    #[test]
    fn case_84_the_uid_stays_and_the_sequence_rises() {
        let first = booked();
        let (moved, _) = first.clone().reschedule(slots()[7], now()).unwrap();
        let (cancelled, _) = moved.clone().cancel(now()).unwrap();
        assert_eq!([first.sequence, moved.sequence, cancelled.sequence], [0, 1, 2]);
        assert!(moved.uid == first.uid && cancelled.uid == first.uid && moved.starts_at != first.starts_at);
    }

    #[test]
    fn nothing_moves_after_it_began_or_was_given_back() {
        let late = booked().starts_at;
        assert!(booked().reschedule(slots()[7], late).is_err());
        assert!(booked().cancel(late).is_err());
        assert!(booked().cancel(late - TimeDelta::seconds(1)).is_ok());
        let (cancelled, _) = booked().cancel(now()).unwrap();
        assert!(cancelled.clone().cancel(now()).is_err() && cancelled.reschedule(slots()[7], now()).is_err());
    }

    #[test]
    fn a_consultation_takes_its_booking_along_whenever_it_ends() {
        assert!(booked().end_with_consultation().is_ok_and(|(b, _)| b.stage == Stage::Cancelled));
    }

    fn candidate(n: usize) -> Booking {
        let until = Hold::Candidate.until(slots()[n].start(), Minutes(0), now() - TimeDelta::days(4)).unwrap();
        let id = BookingId(Uuid::from_u128(10 + n as u128));
        let taken = Booking::confirm(
            id,
            ConsultationId(Uuid::from_u128(2)),
            CallId(Uuid::from_u128(3)),
            slots()[n],
            "".into(),
            "x",
        )
        .0;
        taken.held(Held { hold: Hold::Candidate, until }).0
    }

    #[test]
    fn case_77_a_hold_can_be_taken_until_its_very_end() {
        let hold = candidate(7);
        let end = hold.held.unwrap().until;
        assert!(hold.clone().confirm_hold(end).is_err());
        let (taken, fact) = hold.confirm_hold(end - TimeDelta::seconds(1)).unwrap();
        assert_eq!((taken.stage, taken.sequence), (Stage::Confirmed, 0));
        assert!(matches!(fact, Fact::BookingConfirmed { .. }));
        assert!(taken.release().is_err());
    }

    #[test]
    fn a_hold_ends_with_its_time_or_with_the_notice() {
        let start = now() + TimeDelta::days(10);
        let until = |hold: Hold, start, notice| hold.until(start, Minutes(notice), now());
        assert_eq!(until(Hold::Candidate, start, 60), Some(now() + TimeDelta::hours(72)));
        assert_eq!(until(Hold::Request, start, 60), Some(now() + TimeDelta::hours(48)));
        assert_eq!(until(Hold::Offer, start, 60), Some(now() + TimeDelta::hours(24)));
        let soon = now() + TimeDelta::hours(30);
        assert_eq!(until(Hold::Candidate, soon, 24 * 60), Some(now() + TimeDelta::hours(6)));
        assert_eq!(until(Hold::Candidate, soon, 24 * 60 + 1), None);
    }

    #[test]
    fn a_booking_moves_onto_a_hold_and_stays_the_same_event() {
        let before = candidate(7).held.unwrap().until - TimeDelta::seconds(1);
        let (moved, _) = booked().move_onto(&candidate(7), before).unwrap();
        assert_eq!((moved.starts_at, moved.sequence), (candidate(7).starts_at, 1));
        assert_eq!(moved.uid, booked().uid);
        let stranger = Booking { consultation: ConsultationId(Uuid::from_u128(9)), ..candidate(7) };
        assert!(booked().move_onto(&stranger, before).is_err());
        assert!(booked().move_onto(&candidate(7), candidate(7).held.unwrap().until).is_err());
    }

    #[test]
    fn the_wall_clock_is_the_hosts() {
        assert_eq!(wall_clock(now(), chrono_tz::Asia::Tokyo), "2027-01-04T09:00");
    }
}
