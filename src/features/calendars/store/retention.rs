//! SQL over what is kept no longer.

use crate::domain::id::BookingId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;

/// Deletes what was noted of these bookings in hosts' calendars; the calendars stay as they are.
pub async fn forget(tx: &mut Tx, bookings: &[BookingId]) -> Result<(), AppError> {
    sqlx::query!("delete from calendar_objects where booking_id = any($1)", bookings as &[BookingId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}
