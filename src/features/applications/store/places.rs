//! SQL over who counts against the caps of a person and the places of a call, and who waits.

use crate::domain::application::Application;
use crate::domain::id::{ApplicationId, CallId, ConsultationId, PersonId};
use crate::features::calls::Call;
use crate::features::consultations;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How many active applications a person has over all calls. Those whose consultation ended give
/// their place back first.
pub async fn active_of(tx: &mut Tx, person: PersonId) -> Result<i64, AppError> {
    let accepted = sqlx::query_scalar!(
        r#"select consultation_id as "consultation!: ConsultationId" from applications
            where applicant_id = $1 and is_active and stage = 'accepted'"#,
        person as PersonId,
    )
    .fetch_all(&mut **tx)
    .await?;
    for consultation in accepted {
        follow(tx, consultation).await?;
    }
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from applications where applicant_id = $1 and is_active"#,
        person as PersonId
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(count)
}

/// The active application of a person to a call.
pub async fn active_on(
    conn: &mut PgConnection,
    call: CallId,
    person: PersonId,
) -> Result<Option<ApplicationId>, AppError> {
    let id = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications where call_id = $1 and applicant_id = $2 and is_active"#,
        call as CallId,
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id)
}

/// Whether somebody waits for an answer of a call, or is or was a guest of it. Its consultations are locked,
/// so that it stays so until the transaction ends.
pub async fn is_guest(conn: &mut PgConnection, call: CallId, person: PersonId) -> Result<bool, AppError> {
    consultations::lock_active_of(&mut *conn, call).await?;
    let waits = active_on(&mut *conn, call, person).await?.is_some();
    Ok(waits || consultations::was_guest_of(conn, call, person).await?)
}

/// An accepted application is active as long as its consultation takes a place. Gives the call.
pub async fn follow(tx: &mut Tx, consultation: ConsultationId) -> Result<Option<CallId>, AppError> {
    let is_active = consultations::system(tx, consultation).await?.stage.is_active();
    let call = sqlx::query_scalar!(
        r#"update applications a set is_active = $2
            where consultation_id = $1
              and ($2 = false or not exists (select from applications o where o.call_id = a.call_id and o.applicant_id = a.applicant_id
                                                and o.is_active and o.application_id <> a.application_id))
        returning call_id as "call: CallId""#,
        consultation as ConsultationId,
        is_active,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(call)
}

/// Applications of a call that wait for a place, those that were sent first first.
pub async fn waitlisted(conn: &mut PgConnection, call: CallId, limit: i64) -> Result<Vec<ApplicationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications where call_id = $1 and stage = 'waitlisted'
            order by submitted_at, application_id limit $2"#,
        call as CallId,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// Applications of a call that a decision is still to come for.
pub async fn undecided(conn: &mut PgConnection, call: CallId) -> Result<Vec<ApplicationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications where call_id = $1 and stage in ('submitted', 'asked', 'waitlisted')
            order by submitted_at, application_id"#,
        call as CallId,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// Whether a new application would have to wait: all places are taken, or others wait for those that
/// are left. Whom the host lets wait beside a free place keeps nobody out.
pub async fn is_full(conn: &mut PgConnection, call: &Call, active: i64) -> Result<bool, AppError> {
    if active >= i64::from(call.capacity) {
        return Ok(true);
    }
    let somebody_waits = !waitlisted(&mut *conn, call.id, 1).await?.is_empty();
    Ok(somebody_waits && unpromised(conn, call, active).await? <= 0)
}

/// Places that are neither taken nor may be by whoever is being decided over.
pub async fn unpromised(conn: &mut PgConnection, call: &Call, active: i64) -> Result<i64, AppError> {
    let being_decided = sqlx::query_scalar!(
        r#"select count(*) as "count!" from applications where call_id = $1 and stage in ('submitted', 'asked')"#,
        call.id as CallId,
    )
    .fetch_one(conn)
    .await?;
    Ok(i64::from(call.capacity) - active - being_decided)
}

/// How many applications of each call wait for a decision; calls without one are left out.
pub async fn waiting_of_calls(conn: &mut PgConnection, calls: &[CallId]) -> Result<Vec<(CallId, i64)>, AppError> {
    let rows = sqlx::query!(
        r#"select call_id as "call: CallId", count(*) as "count!" from applications
            where call_id = any($1) and stage in ('submitted', 'asked', 'waitlisted') group by call_id"#,
        calls as &[CallId],
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.call, row.count)).collect())
}

/// How many applications came to a call in the hour that begins then.
pub async fn arrived(conn: &mut PgConnection, call: CallId, hour: DateTime<Utc>) -> Result<i64, AppError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from applications where call_id = $1 and submitted_at >= $2 and submitted_at < $3"#,
        call as CallId,
        hour,
        hour + TimeDelta::hours(1),
    );
    Ok(count.fetch_one(conn).await?)
}

/// Which of an hour an application is, the first as 1.
pub async fn arrived_as(
    conn: &mut PgConnection,
    application: &Application,
    hour: DateTime<Utc>,
) -> Result<i64, AppError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from applications
            where call_id = $1 and submitted_at >= $2 and (submitted_at, application_id) <= ($3, $4)"#,
        application.call as CallId,
        hour,
        application.submitted_at,
        application.id as ApplicationId,
    );
    Ok(count.fetch_one(conn).await?)
}
