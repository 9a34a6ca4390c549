//! SQL over the calls of somebody who leaves: they end, and what the host wrote goes.

use super::{locked, save};
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;

/// Titles of calls that a person owns and that take applications, or may again.
pub async fn active(conn: &mut PgConnection, person: PersonId) -> Result<Vec<String>, AppError> {
    let titles = sqlx::query_scalar!(
        "select title from calls where owner_id = $1 and stage in ('open', 'paused') order by created_at, call_id",
        person as PersonId
    )
    .fetch_all(conn)
    .await?;
    Ok(titles)
}

/// Everything that a person owns, with what it is called.
pub async fn owned(conn: &mut PgConnection, person: PersonId) -> Result<Vec<(CallId, String)>, AppError> {
    let rows = sqlx::query!(
        r#"select call_id as "id: CallId", title from calls where owner_id = $1 order by call_id"#,
        person as PersonId
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}

/// Closes the calls of a person, where a backup brought them back open; whoever waits is declined.
pub async fn end(tx: &mut Tx, person: PersonId) -> Result<Vec<CallId>, AppError> {
    let owned: Vec<CallId> = owned(tx, person).await?.into_iter().map(|(id, _)| id).collect();
    for id in &owned {
        if let Ok(moved) = locked(tx, *id).await?.stage.close(*id) {
            save(tx, *id, moved).await?;
        }
        tx.record(Fact::WaitingDismissed { call: *id }).await?;
    }
    Ok(owned)
}

/// Empties the calls of a person, and takes them out of those that they host with others. `ja` and `en`
/// stand where a title was.
pub async fn erase(tx: &mut Tx, person: PersonId, (ja, en): (&str, &str)) -> Result<(), AppError> {
    sqlx::query!(
        r#"with a as (delete from call_topics where call_id in (select call_id from calls where owner_id = $1)),
                i as (delete from host_invitations
                       where invited_by = $1 or lower(email) = (select lower(email) from people where person_id = $1)),
                t as (delete from call_transfers where to_id = $1 or asked_by = $1),
                b as (delete from call_hosts h using calls c where c.call_id = h.call_id and h.person_id = $1 and c.owner_id <> $1)
           update calls
              set title = case when locale = 'ja' then $2 else $3 end, slug = call_id::text, why = '', scope = '', not_for = '', confidentiality = '',
                  gift_text = '', gift_url = null, meeting_place = '', revision = revision + 1
            where owner_id = $1"#,
        person as PersonId,
        ja,
        en,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "host_invitations",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['token_hash'] as "row!" from host_invitations t where invited_by = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "calls",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from calls t where owner_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "call_topics",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from call_topics t join calls using (call_id) where owner_id = $1 order by call_id, position"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "call_kinds",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from call_kinds t join calls using (call_id) where owner_id = $1 order by call_id, kind"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "call_hosts",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) || jsonb_build_object('call', c.title) as "row!" from call_hosts t join calls c using (call_id) where person_id = $1 order by call_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "call_suspensions",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('call', c.title, 'reason', t.reason, 'suspended_at', t.suspended_at, 'lifted_at', t.lifted_at) as "row!"
                     from call_suspensions t join calls c using (call_id) join call_hosts h using (call_id) where h.person_id = $1 order by t.suspended_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
