//! Times that are held: until a side takes one, or their time is over.

use super::{Row, Taken, commit_people, lock_committed, release};
use crate::domain::booking::{Booking, Stage};
use crate::domain::fact::Fact;
use crate::domain::id::{BookingId, CallId, ConsultationId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// What a consultation has of times: the confirmed booking, and holds that have not ended, in order with
/// who asked for them.
pub struct Live {
    pub confirmed: Option<Booking>,
    pub holds: Vec<(Booking, PersonId)>,
}

/// The times of a consultation.
pub async fn live(conn: &mut PgConnection, id: ConsultationId, now: DateTime<Utc>) -> Result<Live, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select booking_id as "id: BookingId", consultation_id as "consultation: ConsultationId", call_id as "call: CallId", stage, starts_at, ends_at,
                  minutes, uid, sequence, meeting_place, hold_kind, held_until, booked_by as "booked_by: PersonId"
             from bookings
            where consultation_id = $1 and (stage = 'confirmed' or (stage = 'held' and held_until > $2))
            order by starts_at, booking_id"#,
        id as ConsultationId,
        now,
    )
    .fetch_all(conn)
    .await?;
    let mut live = Live { confirmed: None, holds: Vec::new() };
    for row in rows {
        let by = row.booked_by;
        let booking = Booking::try_from(row)?;
        match booking.stage {
            Stage::Confirmed => live.confirmed = Some(booking),
            _ => live.holds.push((booking, by)),
        }
    }
    Ok(live)
}

/// Times that are held for a consultation and have not ended, in order, with who asked for them.
pub async fn holds(
    conn: &mut PgConnection,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<Vec<(Booking, PersonId)>, AppError> {
    Ok(live(conn, id, now).await?.holds)
}

/// A hold becomes the booking. Everyone is committed anew: where the hold's end came while this one
/// waited for the locks, somebody else may have taken the time. The caller holds the locks of these people.
pub async fn confirm(
    tx: &mut Tx,
    moved: (Booking, Fact),
    people: &[PersonId],
) -> Result<Result<Booking, Taken>, AppError> {
    let (b, fact) = moved;
    sqlx::query!("update bookings set stage = 'confirmed' where booking_id = $1", b.id as BookingId)
        .execute(&mut **tx)
        .await?;
    release(tx, b.id).await?;
    if !commit_people(tx, &b, people).await? {
        return Ok(Err(Taken));
    }
    tx.record(fact).await?;
    Ok(Ok(b))
}

/// A hold ends without a booking, and its time is free.
pub async fn release_hold(tx: &mut Tx, moved: (Booking, Fact)) -> Result<(), AppError> {
    let (b, fact) = moved;
    lock_committed(tx, b.consultation).await?;
    sqlx::query!("update bookings set stage = 'released' where booking_id = $1", b.id as BookingId)
        .execute(&mut **tx)
        .await?;
    release(tx, b.id).await?;
    tx.record(fact).await
}

/// Ends all holds of a consultation, also those whose time is over and whose job did not run yet.
pub async fn release_holds(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    lock_committed(tx, id).await?;
    let rows = sqlx::query_as!(
        Row,
        r#"select booking_id as "id: BookingId", consultation_id as "consultation: ConsultationId", call_id as "call: CallId", stage, starts_at, ends_at,
                  minutes, uid, sequence, meeting_place, hold_kind, held_until, booked_by as "booked_by: PersonId"
             from bookings where consultation_id = $1 and stage = 'held'"#,
        id as ConsultationId,
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        if let Ok(moved) = Booking::try_from(row)?.release() {
            release_hold(tx, moved).await?;
        }
    }
    Ok(())
}
