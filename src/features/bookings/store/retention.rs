//! SQL over what is kept no longer.

use crate::domain::id::{BookingId, ConsultationId};
use crate::features::calendars;
use crate::platform::db::Tx;
use crate::platform::error::AppError;

/// Takes the words out of the bookings of these consultations: why they were cancelled or moved, and where the
/// talk was.
pub async fn purge(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    sqlx::query!(
        "update bookings set cancel_reason = null, move_reason = null, meeting_place = '' where consultation_id = any($1)",
        rooms as &[ConsultationId]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes the bookings of these consultations.
pub async fn forget(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    let ids = super::privacy::of_rooms(tx, rooms).await?;
    calendars::retention::forget(tx, &ids).await?;
    sqlx::query!("delete from booking_keys where booking_id = any($1)", &ids as &[BookingId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from commitments where booking_id = any($1)", &ids as &[BookingId]).execute(&mut **tx).await?;
    sqlx::query!("delete from bookings where booking_id = any($1)", &ids as &[BookingId]).execute(&mut **tx).await?;
    sqlx::query!("delete from time_watches where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}
