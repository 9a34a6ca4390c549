//! Whoever may see a booking: a participant who is signed in, or the bearer of a mailed key, who has
//! that person's rights for this booking alone.

use super::rules::takes_times;
use super::store;
use crate::domain::access::{Act, may};
use crate::domain::booking::Booking;
use crate::domain::consultation::{Consultation, LATE, Stage};
use crate::domain::id::{BookingId, PersonId};
use crate::domain::slot::Minutes;
use crate::features::consultations::{self, Attendant};
use crate::features::{calls, people};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use crate::platform::random;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A booking with the person who looks at it.
pub struct Bearer {
    pub booking: Booking,
    pub consultation: Consultation,
    pub people: Vec<Attendant>,
    pub me: Attendant,
    /// How long before the start guests may still move it.
    change_notice: Minutes,
    /// The key of the mailed link, carried on by the links of its pages.
    key: String,
}

impl Bearer {
    /// Finds the booking for the asker or the key; `NotFound` for everyone else.
    pub async fn of(conn: &mut PgConnection, id: BookingId, frame: &Frame, key: &str) -> Result<Self, AppError> {
        let booking = store::system(&mut *conn, id).await?;
        let by_key = by_key(&mut *conn, id, key).await?;
        let person = by_key.or(frame.person().map(|p| p.id)).ok_or(AppError::NotFound)?;
        let people = consultations::attendants(&mut *conn, booking.consultation).await?;
        let me = people.iter().find(|a| a.person == person).cloned().ok_or(AppError::NotFound)?;
        let consultation = consultations::system(&mut *conn, booking.consultation).await?;
        let change_notice = Minutes(calls::timing(&mut *conn, booking.call).await?.change_notice_minutes);
        let key = if by_key.is_some() { key.to_owned() } else { String::new() };
        Ok(Self { booking, consultation, people, me, change_notice, key })
    }

    /// The same behind the lock of the consultation: what is read stays so until the transaction ends.
    pub async fn locked(tx: &mut Tx, id: BookingId, frame: &Frame, key: &str) -> Result<Self, AppError> {
        let room = store::system(&mut *tx, id).await?.consultation;
        consultations::lock(&mut *tx, room).await?;
        Self::of(tx, id, frame, key).await
    }

    /// The booking's path, or that of a page below it, with the key.
    pub fn path(&self, below: &str) -> String {
        match self.key.is_empty() {
            true => format!("/bookings/{}{below}", self.booking.id),
            false => format!("/bookings/{}{below}?key={}", self.booking.id, self.key),
        }
    }

    /// The same with a notice.
    pub fn path_saying(&self, said: &str) -> String {
        let path = self.path("");
        format!("{path}{}said={said}", if path.contains('?') { '&' } else { '?' })
    }

    /// The path of a booking that this one became, with a notice. A key is for one booking, so that its
    /// bearer gets another.
    pub async fn path_of(&self, tx: &mut Tx, id: BookingId, said: &str) -> Result<String, AppError> {
        if id == self.booking.id {
            return Ok(self.path_saying(said));
        }
        if self.key.is_empty() {
            return Ok(format!("/bookings/{id}?said={said}"));
        }
        let key = random::token();
        store::add_key(tx, id, self.me.person, random::hashed(&key)).await?;
        Ok(format!("/bookings/{id}?key={key}&said={said}"))
    }

    /// The page of the consultation, which needs a sign-in.
    pub fn room_path(&self) -> String {
        format!("/consultations/{}", self.booking.consultation)
    }

    /// Ends the request with 403 when the person's part may not do the act.
    pub fn require(&self, act: Act) -> Result<(), AppError> {
        self.may(act).then_some(()).ok_or(AppError::NotAllowed)
    }

    /// Whether the person's part may do the act.
    pub fn may(&self, act: Act) -> bool {
        may(self.me.part, act)
    }

    /// Whether the booked time is ahead: a talk that began early, or a consultation that ended, has none.
    pub fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        self.consultation.stage == Stage::Booked && self.booking.is_ahead(now)
    }

    /// Whether a side's word is waited for.
    pub fn waits(&self, now: DateTime<Utc>) -> bool {
        takes_times(self.consultation.stage) && self.booking.waits(now)
    }

    /// Whether that word is the person's.
    pub fn is_mine_to_answer(&self, now: DateTime<Utc>) -> bool {
        self.waits(now) && self.booking.answered_by() == Some(self.me.part.side())
    }

    /// Whether the person may still move the booking.
    pub fn may_move(&self, now: DateTime<Utc>) -> bool {
        self.is_ahead(now) && self.booking.may_move(self.me.part, self.change_notice, now)
    }

    /// Whether the time was moved after the form was drawn: whoever sent it speaks of another time.
    pub fn was_moved_since(&self, fields: &Fields) -> Result<bool, AppError> {
        match fields.value("sequence") {
            "" => Ok(false),
            drawn => match drawn.parse::<i32>() {
                Ok(drawn) => Ok(drawn != self.booking.sequence),
                Err(_) => Err(AppError::Unprocessable("sequence")),
            },
        }
    }

    /// Whether giving it back now counts as late.
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.booking.is_late(self.change_notice, now)
    }

    /// Hours before the start from which on it counts as late.
    pub fn late_hours(&self) -> i64 {
        self.change_notice.delta().max(LATE).num_hours()
    }

    /// The frame with the person's own zone, whom a key does not sign in.
    pub fn framed(&self, mut frame: Frame) -> Frame {
        if !self.key.is_empty() {
            frame.speech.zone = self.me.zone.0;
        }
        frame
    }
}

/// Whose key it is. One that was mailed before an account was closed opens nothing, like the account itself.
async fn by_key(conn: &mut PgConnection, id: BookingId, key: &str) -> Result<Option<PersonId>, AppError> {
    if key.is_empty() {
        return Ok(None);
    }
    let Some(person) = store::bearer(&mut *conn, id, &random::hashed(key)).await? else { return Ok(None) };
    let is_closed = people::is_disabled(conn, person).await?;
    Ok((!is_closed).then_some(person))
}
