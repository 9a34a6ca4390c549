//! SQL over readings in an emergency: the only way for an administrator into a consultation.

use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, EmergencyReadingId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How long one lasts.
const LASTS: TimeDelta = TimeDelta::minutes(30);

/// A reading, with what the consultation is called.
pub struct EmergencyReading {
    pub consultation: ConsultationId,
    pub title: String,
    pub administrator: String,
    pub reason: String,
    pub began_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// Begins a reading of a consultation; `None` where there is no such consultation.
pub async fn begin_emergency_reading(
    tx: &mut Tx,
    consultation: ConsultationId,
    administrator: PersonId,
    reason: &str,
) -> Result<Option<EmergencyReadingId>, AppError> {
    let (id, now): (EmergencyReadingId, _) = (random::id(), tx.now());
    let begun = sqlx::query!(
        r#"insert into emergency_readings (emergency_reading_id, consultation_id, administrator_id, reason, began_at, ends_at)
           select $1, consultation_id, $3, $4, $5, $6 from consultations where consultation_id = $2"#,
        id as EmergencyReadingId,
        consultation as ConsultationId,
        administrator as PersonId,
        reason,
        now,
        now + LASTS,
    )
    .execute(&mut **tx)
    .await?;
    if begun.rows_affected() == 0 {
        return Ok(None);
    }
    tx.record(Fact::EmergencyReadingBegan { consultation, reading: id }).await?;
    Ok(Some(id))
}

/// The consultation for an administrator whose reading of it has not ended; `NotFound` for everyone else.
pub async fn for_administrator(
    conn: &mut PgConnection,
    consultation: ConsultationId,
    administrator: PersonId,
    now: DateTime<Utc>,
) -> Result<EmergencyReading, AppError> {
    let reading = sqlx::query_as!(
        EmergencyReading,
        r#"select e.consultation_id as "consultation: ConsultationId", s.title, p.name as administrator, e.reason, e.began_at, e.ends_at
             from emergency_readings e join consultations s using (consultation_id) join people p on p.person_id = e.administrator_id
            where e.consultation_id = $1 and e.administrator_id = $2 and e.began_at <= $3 and e.ends_at > $3
              and p.administrator_since is not null
            order by e.ends_at desc limit 1"#,
        consultation as ConsultationId,
        administrator as PersonId,
        now,
    )
    .fetch_optional(conn)
    .await?;
    reading.ok_or(AppError::NotFound)
}

/// What administrators read so far, the newest first.
pub async fn emergency_readings(conn: &mut PgConnection, limit: i64) -> Result<Vec<EmergencyReading>, AppError> {
    let readings = sqlx::query_as!(
        EmergencyReading,
        r#"select e.consultation_id as "consultation: ConsultationId", s.title, p.name as administrator, e.reason, e.began_at, e.ends_at
             from emergency_readings e join consultations s using (consultation_id) join people p on p.person_id = e.administrator_id
            order by e.began_at desc, e.emergency_reading_id limit $1"#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(readings)
}

/// A reading by its ID, for the mails about it.
pub(in crate::features::consultations) async fn emergency_reading(
    conn: &mut PgConnection,
    id: EmergencyReadingId,
) -> Result<Option<EmergencyReading>, AppError> {
    let reading = sqlx::query_as!(
        EmergencyReading,
        r#"select e.consultation_id as "consultation: ConsultationId", s.title, p.name as administrator, e.reason, e.began_at, e.ends_at
             from emergency_readings e join consultations s using (consultation_id) join people p on p.person_id = e.administrator_id
            where e.emergency_reading_id = $1"#,
        id as EmergencyReadingId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(reading)
}
