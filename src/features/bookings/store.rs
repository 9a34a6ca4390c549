//! All SQL over bookings, their mailed keys and the commitments that keep them apart.

mod feeds;
mod holds;
pub mod privacy;
mod hosting;
pub mod retention;
mod watches;

pub use feeds::{feed_made_at, feed_owner, make_feed, revoke_feed};
pub use holds::{confirm, holds, live, release_hold, release_holds};
pub use hosting::{ahead_of_call, commit, free};
pub use watches::{Watch, begin_watch, end_watch, pass, waiting, watch};

use super::rules::Own;
use crate::domain::booking::{Booking, Held, Hold, Stage, wall_clock};
use crate::domain::fact::Fact;
use crate::domain::id::{BookingId, CallId, ConsultationId, PersonId};
use crate::domain::interval::{Interval, Intervals};
use crate::domain::slot::{Booked, Minutes};
use crate::features::{calls, consultations};
use crate::platform::db::{Tx, lock_people};
use crate::platform::error::AppError;
use crate::platform::random::Hashed;
use anyhow::anyhow;
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use std::collections::HashSet;

struct Row {
    id: BookingId,
    consultation: ConsultationId,
    call: CallId,
    stage: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    minutes: i32,
    uid: String,
    sequence: i32,
    meeting_place: String,
    hold_kind: Option<String>,
    held_until: Option<DateTime<Utc>>,
    booked_by: PersonId,
}

impl TryFrom<Row> for Booking {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let stage = Stage::parse(&row.stage)
            .ok_or_else(|| AppError::Unexpected(anyhow!("bookings {}: unknown stage", row.id)))?;
        let hold = row.hold_kind.as_deref().map(|word| {
            Hold::parse(word).ok_or_else(|| AppError::Unexpected(anyhow!("bookings {}: unknown hold", row.id)))
        });
        let held = hold.transpose()?.zip(row.held_until).map(|(hold, until)| Held { hold, until });
        Ok(Self {
            stage,
            held,
            id: row.id,
            consultation: row.consultation,
            call: row.call,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            minutes: row.minutes,
            uid: row.uid,
            sequence: row.sequence,
            meeting_place: row.meeting_place,
        })
    }
}

/// A booking for the system itself, and for those that a key or a part leads to it.
pub async fn system(conn: &mut PgConnection, id: BookingId) -> Result<Booking, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select booking_id as "id: BookingId", consultation_id as "consultation: ConsultationId", call_id as "call: CallId", stage, starts_at, ends_at,
                  minutes, uid, sequence, meeting_place, hold_kind, held_until, booked_by as "booked_by: PersonId"
             from bookings where booking_id = $1"#,
        id as BookingId,
    )
    .fetch_optional(conn)
    .await?;
    row.ok_or(AppError::NotFound)?.try_into()
}

/// The confirmed booking of a consultation, also after its time.
pub async fn confirmed(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<Booking>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select booking_id as "id: BookingId", consultation_id as "consultation: ConsultationId", call_id as "call: CallId", stage, starts_at, ends_at,
                  minutes, uid, sequence, meeting_place, hold_kind, held_until, booked_by as "booked_by: PersonId"
             from bookings where consultation_id = $1 and stage = 'confirmed'"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Booking::try_from).transpose()
}

/// A session that is ahead, as lists show it.
pub struct Upcoming {
    pub booking: BookingId,
    pub consultation: ConsultationId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub meeting_place: String,
}

/// Confirmed bookings of these consultations that have not ended, the next first.
pub async fn upcoming(
    conn: &mut PgConnection,
    consultations: &[ConsultationId],
    now: DateTime<Utc>,
) -> Result<Vec<Upcoming>, AppError> {
    let upcoming = sqlx::query_as!(
        Upcoming,
        r#"select booking_id as "booking: BookingId", consultation_id as "consultation: ConsultationId", starts_at, ends_at, meeting_place
             from bookings where consultation_id = any($1) and stage = 'confirmed' and ends_at > $2 order by starts_at, booking_id"#,
        consultations as &[ConsultationId],
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(upcoming)
}

/// What does not stand in its own way: the booking that is to be moved, and the times that are held
/// for the same consultation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Without {
    pub booking: Option<BookingId>,
    pub holds_of: Option<ConsultationId>,
}

/// Bookings of people in a window with the buffers that were stored with them. A hold that has
/// ended takes no time, also before its job removed it.
pub async fn booked(
    conn: &mut PgConnection,
    people: &[PersonId],
    call: CallId,
    window: &Interval,
    without: Without,
    now: DateTime<Utc>,
) -> Result<Vec<(PersonId, Booked)>, AppError> {
    let rows = sqlx::query!(
        r#"select c.person_id as "person: PersonId", b.starts_at, b.ends_at, b.buffer_before_minutes, b.buffer_after_minutes, b.call_id = $2 as "is_of_this_call!"
             from commitments c join bookings b using (booking_id)
            where c.person_id = any($1) and c.during && tstzrange($3, $4) and ($5::uuid is null or b.booking_id <> $5)
              and (c.stage = 'confirmed' or (c.held_until > $6 and b.consultation_id is distinct from $7))
            order by b.starts_at"#,
        people as &[PersonId],
        call as CallId,
        window.start(),
        window.end(),
        without.booking as Option<BookingId>,
        now,
        without.holds_of as Option<ConsultationId>,
    )
    .fetch_all(conn)
    .await?;
    let booked = rows.into_iter().filter_map(|row| {
        let booked = Booked {
            interval: Interval::new(row.starts_at, row.ends_at)?,
            buffer_before: Minutes(row.buffer_before_minutes),
            buffer_after: Minutes(row.buffer_after_minutes),
            is_of_this_call: row.is_of_this_call,
        };
        Some((row.person, booked))
    });
    Ok(booked.collect())
}

/// Somebody took the time.
#[derive(Debug)]
pub struct Taken;

/// Stores a booking, confirmed or held, and commits everyone to it. The caller holds the locks of
/// these people.
pub async fn insert(
    tx: &mut Tx,
    made: (Booking, Fact),
    own: Own,
    people: &[PersonId],
    by: PersonId,
) -> Result<Result<Booking, Taken>, AppError> {
    let ((b, fact), now) = (made, tx.now());
    sqlx::query!(
        r#"insert into bookings (booking_id, consultation_id, call_id, stage, starts_at, ends_at, minutes, buffer_before_minutes, buffer_after_minutes,
                                 host_zone, wall_clock, uid, sequence, meeting_place, booked_by, booked_at, hold_kind, held_until)
           values ($1, $2, $3, $16, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $17, $18)"#,
        b.id as BookingId,
        b.consultation as ConsultationId,
        b.call as CallId,
        b.starts_at,
        b.ends_at,
        b.minutes,
        own.buffer_before.0,
        own.buffer_after.0,
        own.zone.to_string(),
        wall_clock(b.starts_at, own.zone),
        b.uid,
        b.sequence,
        b.meeting_place,
        by as PersonId,
        now,
        b.stage.as_str(),
        b.held.map(|held| held.hold.as_str()),
        b.held.map(|held| held.until),
    )
    .execute(&mut **tx)
    .await?;
    if !commit_people(tx, &b, people).await? {
        return Ok(Err(Taken));
    }
    tx.record(fact).await?;
    Ok(Ok(b))
}

/// Moves a booking and everyone with it. The caller holds the locks of these people.
pub async fn replace(
    tx: &mut Tx,
    moved: (Booking, Fact),
    own: Own,
    people: &[PersonId],
) -> Result<Result<Booking, Taken>, AppError> {
    let (b, fact) = moved;
    sqlx::query!(
        r#"update bookings set starts_at = $2, ends_at = $3, minutes = $4, sequence = $5, buffer_before_minutes = $6, buffer_after_minutes = $7,
                  host_zone = $8, wall_clock = $9
            where booking_id = $1"#,
        b.id as BookingId,
        b.starts_at,
        b.ends_at,
        b.minutes,
        b.sequence,
        own.buffer_before.0,
        own.buffer_after.0,
        own.zone.to_string(),
        wall_clock(b.starts_at, own.zone),
    )
    .execute(&mut **tx)
    .await?;
    release(tx, b.id).await?;
    if !commit_people(tx, &b, people).await? {
        return Ok(Err(Taken));
    }
    tx.record(fact).await?;
    Ok(Ok(b))
}

/// A row for each person who must be there; false where one of them is taken. The exclusion
/// constraint decides, and `do nothing` keeps rivals from deadlocking.
async fn commit_people(tx: &mut Tx, b: &Booking, people: &[PersonId]) -> Result<bool, AppError> {
    let now = tx.now();
    sqlx::query!(
        "delete from commitments where person_id = any($1) and during && tstzrange($2, $3) and stage = 'held' and held_until <= $4",
        people as &[PersonId],
        b.starts_at,
        b.ends_at,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let committed = sqlx::query!(
        r#"insert into commitments (booking_id, person_id, during, stage, held_until)
           select $1, person, tstzrange($3, $4), $5, $6 from unnest($2::uuid[]) as person order by person
           on conflict do nothing"#,
        b.id as BookingId,
        people as &[PersonId],
        b.starts_at,
        b.ends_at,
        b.stage.as_str(),
        b.held.filter(|_| b.stage == Stage::Held).map(|held| held.until),
    )
    .execute(&mut **tx)
    .await?;
    Ok(committed.rows_affected() as usize == people.len())
}

/// Takes the locks of all who are committed to times of a consultation: whoever gives times back takes
/// them like whoever takes times, or two that remove the same holds in opposite orders could deadlock.
async fn lock_committed(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    let people = sqlx::query_scalar!(
        r#"select distinct person_id as "person: PersonId" from commitments join bookings using (booking_id) where consultation_id = $1"#,
        id as ConsultationId
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(lock_people(tx, &people).await?)
}

async fn release(tx: &mut Tx, id: BookingId) -> Result<(), AppError> {
    sqlx::query!("delete from commitments where booking_id = $1", id as BookingId).execute(&mut **tx).await?;
    Ok(())
}

/// How a booking was given back.
pub struct Cancellation<'a> {
    pub by: Option<PersonId>,
    pub reason: Option<&'a str>,
    pub was_late: bool,
}

/// Stores that a booking was given back.
pub async fn cancel(tx: &mut Tx, moved: (Booking, Fact), how: Cancellation<'_>) -> Result<Booking, AppError> {
    let ((b, fact), now) = (moved, tx.now());
    lock_committed(tx, b.consultation).await?;
    sqlx::query!(
        r#"update bookings set stage = 'cancelled', sequence = $2, cancelled_at = $3, cancelled_by = $4, cancel_reason = $5, was_late = $6
            where booking_id = $1"#,
        b.id as BookingId,
        b.sequence,
        now,
        how.by as Option<PersonId>,
        how.reason,
        how.was_late,
    )
    .execute(&mut **tx)
    .await?;
    release(tx, b.id).await?;
    tx.record(fact).await?;
    Ok(b)
}

/// A time that passed without a talk no longer counts as the consultation's booking.
pub async fn let_go(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    lock_committed(tx, id).await?;
    sqlx::query!(
        "delete from commitments where booking_id in (select booking_id from bookings where consultation_id = $1)",
        id as ConsultationId
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update bookings set stage = 'released' where consultation_id = $1 and stage = 'confirmed'",
        id as ConsultationId
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// UIDs of the sessions of a host that end after an instant: those that they are committed to, and
/// those of their calls that will not be.
pub async fn uids_of_host(
    conn: &mut PgConnection,
    person: PersonId,
    since: DateTime<Utc>,
) -> Result<HashSet<String>, AppError> {
    let calls: Vec<CallId> = calls::of_host(&mut *conn, person).await?.into_iter().map(|call| call.id).collect();
    let uids = sqlx::query_scalar!(
        r#"select b.uid from bookings b
            where b.ends_at > $2
              and (b.stage in ('cancelled', 'released') and b.call_id = any($3)
                   or exists (select from commitments c where c.booking_id = b.booking_id and c.person_id = $1))"#,
        person as PersonId,
        since,
        &calls as &[CallId],
    )
    .fetch_all(conn)
    .await?;
    Ok(uids.into_iter().collect())
}

/// Keeps why a time that was asked for was not confirmed.
pub async fn give_reason(tx: &mut Tx, id: BookingId, reason: Option<&str>) -> Result<(), AppError> {
    sqlx::query!("update bookings set cancel_reason = $2 where booking_id = $1", id as BookingId, reason)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps why a booking was moved; `None` where nobody said, also of a move before.
pub async fn give_move_reason(tx: &mut Tx, id: BookingId, reason: Option<&str>) -> Result<(), AppError> {
    sqlx::query!("update bookings set move_reason = $2 where booking_id = $1", id as BookingId, reason)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What was said about the end and the last move of a booking.
#[derive(Debug, Default)]
pub struct Said {
    /// Why it was given back or not confirmed.
    pub cancel_reason: Option<String>,
    /// Why it was moved, or another time asked for.
    pub move_reason: Option<String>,
}

/// Why a booking is as it is, where somebody said so.
pub async fn said(conn: &mut PgConnection, id: BookingId) -> Result<Said, AppError> {
    let said =
        sqlx::query_as!(Said, "select cancel_reason, move_reason from bookings where booking_id = $1", id as BookingId)
            .fetch_optional(conn)
            .await?;
    Ok(said.unwrap_or_default())
}

/// Keeps the hash of a key that one mail carries.
pub async fn add_key(tx: &mut Tx, id: BookingId, person: PersonId, key: Hashed) -> Result<(), AppError> {
    sqlx::query!(
        "insert into booking_keys (booking_id, person_id, key_hash) values ($1, $2, $3)",
        id as BookingId,
        person as PersonId,
        key,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose key this is.
pub async fn bearer(conn: &mut PgConnection, id: BookingId, key: &Hashed) -> Result<Option<PersonId>, AppError> {
    let person = sqlx::query_scalar!(
        r#"select person_id as "person: PersonId" from booking_keys where booking_id = $1 and key_hash = $2"#,
        id as BookingId,
        key,
    )
    .fetch_optional(conn)
    .await?;
    Ok(person)
}

/// The host's zone of a booking, and what its clock showed at the start when it was booked.
pub struct Meant {
    pub zone: Tz,
    pub wall_clock: String,
}

impl Meant {
    /// What was meant, where a changed law moved the zone's clocks since: the instant stays.
    pub fn differs(&self, starts_at: DateTime<Utc>) -> Option<NaiveDateTime> {
        let now = wall_clock(starts_at, self.zone);
        NaiveDateTime::parse_from_str(&self.wall_clock, "%Y-%m-%dT%H:%M").ok().filter(|_| now != self.wall_clock)
    }
}

/// What was meant when a time was booked.
pub async fn meant(conn: &mut PgConnection, id: BookingId) -> Result<Meant, AppError> {
    let row = sqlx::query!("select host_zone, wall_clock from bookings where booking_id = $1", id as BookingId)
        .fetch_one(conn)
        .await?;
    let zone = row.host_zone.parse().map_err(|_| AppError::Unexpected(anyhow!("bookings {id}: unknown zone")))?;
    Ok(Meant { zone, wall_clock: row.wall_clock })
}

/// Confirmed bookings of these consultations that end after an instant.
pub async fn ending_after(
    conn: &mut PgConnection,
    consultations: &[ConsultationId],
    after: DateTime<Utc>,
) -> Result<Vec<Booking>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select booking_id as "id: BookingId", consultation_id as "consultation: ConsultationId", call_id as "call: CallId", stage, starts_at, ends_at,
                  minutes, uid, sequence, meeting_place, hold_kind, held_until, booked_by as "booked_by: PersonId"
             from bookings where consultation_id = any($1) and stage = 'confirmed' and ends_at > $2
            order by starts_at, booking_id limit 200"#,
        consultations as &[ConsultationId],
        after,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Booking::try_from).collect()
}

/// Sessions of a person elsewhere than in one consultation, from an instant on.
pub async fn elsewhere(
    conn: &mut PgConnection,
    person: PersonId,
    here: ConsultationId,
    from: DateTime<Utc>,
) -> Result<Intervals, AppError> {
    let titles = consultations::with_person(&mut *conn, person).await?;
    let ids: Vec<ConsultationId> = titles.into_keys().filter(|id| *id != here).collect();
    let sessions = ending_after(conn, &ids, from).await?;
    Ok(Intervals::of(sessions.iter().filter_map(|b| Interval::new(b.starts_at, b.ends_at)).collect()))
}

/// How often a person gave a time back late, since an instant.
pub async fn late_cancellations(
    conn: &mut PgConnection,
    person: PersonId,
    since: DateTime<Utc>,
) -> Result<i64, AppError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from bookings where cancelled_by = $1 and was_late and cancelled_at > $2"#,
        person as PersonId,
        since,
    )
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// A confirmed time ahead for which a person must be there.
pub struct Committed {
    pub booking: BookingId,
    pub consultation: ConsultationId,
    pub time: Interval,
}

/// Confirmed times ahead for which a person must be there, the next first.
pub async fn committed(
    conn: &mut PgConnection,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Vec<Committed>, AppError> {
    let rows = sqlx::query!(
        r#"select b.booking_id as "booking: BookingId", b.consultation_id as "consultation: ConsultationId", b.starts_at, b.ends_at
             from commitments c join bookings b using (booking_id)
            where c.person_id = $1 and c.stage = 'confirmed' and b.starts_at > $2 order by b.starts_at, b.booking_id"#,
        person as PersonId,
        now,
    )
    .fetch_all(conn)
    .await?;
    let committed = rows.into_iter().filter_map(|row| {
        let time = Interval::new(row.starts_at, row.ends_at)?;
        Some(Committed { booking: row.booking, consultation: row.consultation, time })
    });
    Ok(committed.collect())
}
