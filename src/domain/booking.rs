//! A time that was taken: confirmed, moved, given back. Moving keeps the row and its UID and raises
//! SEQUENCE (RFC 5546 2.1.4), so that calendars replace the event instead of adding one.

use crate::domain::fact::Fact;
use crate::domain::id::{BookingId, CallId, ConsultationId};
use crate::domain::slot::Slot;
use chrono::{DateTime, Utc};
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
            uid: format!("{id}@{instance}"),
            sequence: 0,
            meeting_place,
        };
        (booking, Fact::BookingConfirmed { booking: id, consultation })
    }

    /// Another time; possible until it begins.
    pub fn reschedule(self, slot: Slot, now: DateTime<Utc>) -> Moved {
        if !self.is_ahead(now) {
            return Err(self.not_now("move"));
        }
        let sequence = self.sequence + 1;
        let fact = Fact::BookingMoved { booking: self.id, consultation: self.consultation, sequence };
        let minutes = slot.minutes().0;
        Ok((Self { starts_at: slot.start(), ends_at: slot.end(), minutes, sequence, ..self }, fact))
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

    /// Whether it is confirmed and has not begun.
    pub fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        self.stage == Stage::Confirmed && now < self.starts_at
    }

    fn not_now(&self, act: &'static str) -> NotNow {
        NotNow { act, stage: self.stage }
    }
}

/// The start on the host's wall clock, as it was meant: a changed law moves the instant, not this.
pub fn wall_clock(start: DateTime<Utc>, zone: Tz) -> String {
    start.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::availability::{Availability, WallClock, Weekly, Window};
    use crate::domain::slot::{self, Limits, Minutes, Rules, Taken};
    use chrono::{TimeDelta, TimeZone, Weekday};
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

    #[test]
    fn the_wall_clock_is_the_hosts() {
        assert_eq!(wall_clock(now(), chrono_tz::Asia::Tokyo), "2027-01-04T09:00");
    }
}
