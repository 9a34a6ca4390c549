//! SQL over what administrators do about things, and why. Later slices do it, in their own transaction.

use crate::domain::id::{MeasureId, PersonId};
use crate::domain::measure::Act;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A measure with the name of who took it.
pub struct Measure {
    pub reason: String,
    pub administrator: String,
    pub taken_at: DateTime<Utc>,
}

/// Keeps why an administrator does something about a thing.
pub async fn take_measure(
    tx: &mut Tx,
    act: Act,
    object: Uuid,
    by: PersonId,
    reason: &str,
) -> Result<MeasureId, AppError> {
    let (id, now): (MeasureId, _) = (random::id(), tx.now());
    sqlx::query!(
        "insert into measures (measure_id, act, object_id, reason, taken_by, taken_at) values ($1, $2, $3, $4, $5, $6)",
        id as MeasureId,
        act.as_str(),
        object,
        reason,
        by as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// The last measure of this kind about a thing.
pub async fn last_measure(conn: &mut PgConnection, act: Act, object: Uuid) -> Result<Option<Measure>, AppError> {
    let measure = sqlx::query_as!(
        Measure,
        r#"select m.reason, q.name as administrator, m.taken_at
             from measures m join people q on q.person_id = m.taken_by
            where m.act = $1 and m.object_id = $2 order by m.taken_at desc limit 1"#,
        act.as_str(),
        object,
    )
    .fetch_optional(conn)
    .await?;
    Ok(measure)
}

/// A measure, for the mails about it.
pub async fn measure(conn: &mut PgConnection, id: MeasureId) -> Result<Option<Measure>, AppError> {
    let measure = sqlx::query_as!(
        Measure,
        r#"select m.reason, q.name as administrator, m.taken_at
             from measures m join people q on q.person_id = m.taken_by where m.measure_id = $1"#,
        id as MeasureId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(measure)
}
