//! Who waits for a time, in which order.

use crate::domain::id::{CallId, ConsultationId, PersonId};
use crate::features::consultations;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Somebody waits for a time.
pub struct Watch {
    pub person: PersonId,
    pub minutes: i32,
    pub since: DateTime<Utc>,
    /// Starts that were offered before, and do not count.
    pub passed: Vec<DateTime<Utc>>,
}

/// The wait of a consultation.
pub async fn watch(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<Watch>, AppError> {
    let watch = sqlx::query_as!(
        Watch,
        r#"select person_id as "person: PersonId", minutes, since, passed from time_watches where consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(watch)
}

/// Begins to wait, at the end of the line.
pub async fn begin_watch(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
    minutes: i32,
    passed: &[DateTime<Utc>],
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into time_watches (consultation_id, person_id, minutes, since, passed) values ($1, $2, $3, $4, $5)
           on conflict (consultation_id) do update set person_id = $2, minutes = $3, since = $4, passed = $5"#,
        id as ConsultationId,
        person as PersonId,
        minutes,
        now,
        passed,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A time that was offered and not wanted does not count any more; the place in line is kept.
pub async fn pass(tx: &mut Tx, id: ConsultationId, start: DateTime<Utc>) -> Result<(), AppError> {
    sqlx::query!(
        "update time_watches set passed = passed || $2::timestamptz where consultation_id = $1",
        id as ConsultationId,
        start
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Waits no longer.
pub async fn end_watch(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    sqlx::query!("delete from time_watches where consultation_id = $1", id as ConsultationId)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Consultations of a host's calls that wait for a time and have none on offer, the longest first.
pub async fn waiting(
    conn: &mut PgConnection,
    calls: &[CallId],
    now: DateTime<Utc>,
) -> Result<Vec<ConsultationId>, AppError> {
    let waiting = consultations::of_calls(&mut *conn, calls).await?;
    let ids = sqlx::query_scalar!(
        r#"select w.consultation_id as "id: ConsultationId" from time_watches w
            where w.consultation_id = any($1)
              and not exists (select from bookings b where b.consultation_id = w.consultation_id and b.stage = 'held' and b.held_until > $2)
            order by w.since, w.consultation_id"#,
        &waiting as &[ConsultationId],
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}
