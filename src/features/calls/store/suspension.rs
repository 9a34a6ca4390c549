//! SQL over calls that administrators keep from the public.

use super::Call;
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, PersonId};
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Why and since when a call is kept from the public.
pub struct Suspension {
    pub reason: String,
    pub at: DateTime<Utc>,
}

/// The suspension of a call, where it is suspended.
pub async fn suspension(conn: &mut PgConnection, id: CallId) -> Result<Option<Suspension>, AppError> {
    let suspension = sqlx::query_as!(
        Suspension,
        "select reason, suspended_at as at from call_suspensions where call_id = $1 and lifted_at is null",
        id as CallId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(suspension)
}

/// Whether administrators let the call take on somebody new: it is not kept from the public, and nothing keeps
/// its owner from hosting.
pub async fn is_let(conn: &mut PgConnection, call: &Call, now: DateTime<Utc>) -> Result<bool, AppError> {
    Ok(!call.is_suspended && people::may_host(conn, call.owner, now).await?)
}

/// Keeps a call from the public; an open one pauses, so that a program of before takes nothing for it either.
/// False where it is suspended already.
pub async fn suspend(tx: &mut Tx, call: &Call, by: PersonId, reason: &str) -> Result<bool, AppError> {
    let now = tx.now();
    let suspended = sqlx::query!(
        r#"insert into call_suspensions (call_id, reason, suspended_by, suspended_at) values ($1, $2, $3, $4)
           on conflict do nothing"#,
        call.id as CallId,
        reason,
        by as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    if suspended.rows_affected() == 0 {
        return Ok(false);
    }
    if let Ok(paused) = call.stage.pause(call.id) {
        super::save(tx, call.id, paused).await?;
    }
    tx.record(Fact::CallSuspended { call: call.id }).await?;
    Ok(true)
}

/// Gives a call back to its hosts, who open it again themselves. False where it was not suspended.
pub async fn restore(tx: &mut Tx, id: CallId) -> Result<bool, AppError> {
    let now = tx.now();
    let lifted = sqlx::query!(
        "update call_suspensions set lifted_at = $2 where call_id = $1 and lifted_at is null",
        id as CallId,
        now
    )
    .execute(&mut **tx)
    .await?;
    if lifted.rows_affected() == 0 {
        return Ok(false);
    }
    tx.record(Fact::CallRestored { call: id }).await?;
    Ok(true)
}

/// A call as administrators see it in their list.
pub struct Watched {
    pub id: CallId,
    pub title: String,
    pub host: String,
    pub is_suspended: bool,
    pub opened_at: Option<DateTime<Utc>>,
}

/// Calls that were ever public, those opened last first.
pub async fn watched(conn: &mut PgConnection, search: &str, limit: i64) -> Result<Vec<Watched>, AppError> {
    let calls = sqlx::query_as!(
        Watched,
        r#"select c.call_id as "id: CallId", c.title, o.name as host, c.opened_at,
                  exists (select from call_suspensions s where s.call_id = c.call_id and s.lifted_at is null) as "is_suspended!"
             from calls c join people o on o.person_id = c.owner_id
            where c.stage <> 'draft' and ($1 = '' or strpos(lower(c.title), lower($1)) > 0 or strpos(lower(o.name), lower($1)) > 0)
            order by c.opened_at desc nulls last, c.call_id limit $2"#,
        search,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(calls)
}

/// Deletes suspensions that were lifted until then; gives their number.
pub async fn forget_suspensions(tx: &mut Tx, until: DateTime<Utc>) -> Result<u64, AppError> {
    let gone = sqlx::query!("delete from call_suspensions where lifted_at <= $1", until).execute(&mut **tx).await?;
    Ok(gone.rows_affected())
}
