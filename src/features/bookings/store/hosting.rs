//! SQL over the times of a call as a host begins or ceases to attend.

use super::Row;
use crate::domain::booking::{Booking, Stage};
use crate::domain::id::{BookingId, CallId, ConsultationId, PersonId};
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Confirmed and held times of a call that are ahead, in order.
pub async fn ahead_of_call(
    conn: &mut PgConnection,
    call: CallId,
    now: DateTime<Utc>,
) -> Result<Vec<Booking>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select booking_id as "id: BookingId", consultation_id as "consultation: ConsultationId", call_id as "call: CallId", stage, starts_at, ends_at,
                  minutes, uid, sequence, meeting_place, hold_kind, held_until, booked_by as "booked_by: PersonId"
             from bookings
            where call_id = $1 and ends_at > $2 and (stage = 'confirmed' or (stage = 'held' and held_until > $2))
            order by starts_at, booking_id"#,
        call as CallId,
        now,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Booking::try_from).collect()
}

/// Commits one more person to a time; false where they have given it elsewhere. A hold that has ended
/// takes no time, also before its job removed it. The caller holds the person's lock.
pub async fn commit(
    conn: &mut PgConnection,
    b: &Booking,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<bool, AppError> {
    sqlx::query!(
        "delete from commitments where person_id = $1 and during && tstzrange($2, $3) and stage = 'held' and held_until <= $4",
        person as PersonId,
        b.starts_at,
        b.ends_at,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let committed = sqlx::query!(
        r#"insert into commitments (booking_id, person_id, during, stage, held_until)
           values ($1, $2, tstzrange($3, $4), $5, $6) on conflict do nothing"#,
        b.id as BookingId,
        person as PersonId,
        b.starts_at,
        b.ends_at,
        b.stage.as_str(),
        b.held.filter(|_| b.stage == Stage::Held).map(|held| held.until),
    )
    .execute(conn)
    .await?;
    Ok(committed.rows_affected() == 1)
}

/// Gives a person the times of a call back that are not over. The caller holds the person's lock.
pub async fn free(conn: &mut PgConnection, call: CallId, person: PersonId, now: DateTime<Utc>) -> Result<(), AppError> {
    sqlx::query!(
        r#"delete from commitments
            where person_id = $2 and booking_id in (select booking_id from bookings where call_id = $1 and ends_at > $3)"#,
        call as CallId,
        person as PersonId,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
