//! SQL over what the audit log of a host is about: joins over several owners, read-only.

use crate::domain::id::PersonId;
use crate::platform::error::AppError;
use sqlx::PgConnection;
use uuid::Uuid;

/// Everything of a host's calls that the audit log can be about. One statement over seven owners: their
/// lists one after the other would be as many round trips for IDs alone.
pub async fn objects_of_host(conn: &mut PgConnection, host: PersonId) -> Result<Vec<Uuid>, AppError> {
    let objects = sqlx::query_scalar!(
        r#"with own as (select call_id from call_hosts where person_id = $1),
                rooms as (select consultation_id from consultations join own using (call_id))
           select call_id as "id!" from own
           union all select application_id from applications join own using (call_id)
           union all select abuse_report_id from abuse_reports join applications using (application_id) join own using (call_id)
           union all select consultation_id from rooms
           union all select booking_id from bookings join rooms using (consultation_id)
           union all select quote_id from quotes join feedback using (feedback_id) join rooms using (consultation_id)
           union all select report_id from reports join rooms using (consultation_id)"#,
        host as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(objects)
}

/// Whoever the host knows by name through their calls: hosts, applicants, participants.
pub async fn people_of_host(conn: &mut PgConnection, host: PersonId) -> Result<Vec<PersonId>, AppError> {
    let people = sqlx::query_scalar!(
        r#"with own as (select call_id from call_hosts where person_id = $1)
           select person_id as "id!: PersonId" from call_hosts join own using (call_id)
           union select applicant_id from applications join own using (call_id)
           union select person_id from participants join consultations using (consultation_id) join own using (call_id)"#,
        host as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}
