//! SQL over the times of somebody who leaves. Their consultations give booked times back themselves.

use crate::domain::id::{ConsultationId, PersonId};
use crate::platform::db::{Tx, lock_people};
use crate::platform::error::AppError;

/// Deletes what leads somebody to their bookings, and the words that were said about them.
pub async fn erase(tx: &mut Tx, person: PersonId, rooms: &[ConsultationId]) -> Result<(), AppError> {
    lock_people(tx, &[person]).await?;
    sqlx::query!(
        r#"with a as (delete from booking_keys where person_id = $1),
                b as (delete from session_feeds where person_id = $1),
                c as (delete from time_watches where person_id = $1),
                d as (delete from commitments where person_id = $1)
           update bookings b
              set move_reason = null,
                  cancel_reason = case when cancelled_by is null or cancelled_by = $1 then null else cancel_reason end,
                  meeting_place = case when exists (select from calls c where c.call_id = b.call_id and c.owner_id = $1) then '' else meeting_place end
            where consultation_id = any($2)"#,
        person as PersonId,
        rooms as &[ConsultationId],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
