//! SQL over the times of somebody who leaves. Their consultations give booked times back themselves.

use crate::domain::id::{BookingId, ConsultationId, PersonId};
use crate::platform::db::{Tx, lock_people};
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;

/// Talks of these rooms.
pub async fn of_rooms(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<Vec<BookingId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select booking_id as "id: BookingId" from bookings where consultation_id = any($1)"#,
        rooms as &[ConsultationId],
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

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

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "bookings",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['cancel_reason', 'move_reason', 'booked_by', 'cancelled_by'] || jsonb_build_object('cancel_reason', case when t.cancelled_by = $1 then t.cancel_reason end) as "row!"
                     from bookings t
                     where exists (select from calls c where c.call_id = t.call_id and c.owner_id = $1)
                     or exists (select from participants p where p.consultation_id = t.consultation_id and p.person_id = $1) or booked_by = $1
                     order by starts_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "commitments",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('during', during::text, 'stage', stage) as "row!" from commitments where person_id = $1 order by during"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "session_feeds",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('created_at', created_at) as "row!" from session_feeds where person_id = $1"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "time_watches",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from time_watches t where person_id = $1 order by since"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
