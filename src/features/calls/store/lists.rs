//! SQL over lists of calls.

use crate::domain::call::Stage;
use crate::domain::id::{CallId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// A call as lists show it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: CallId,
    pub owner: PersonId,
    pub title: String,
    pub scope: String,
    pub locale: String,
    pub stage: Stage,
    pub host_name: String,
    pub host_slug: String,
    pub slug: String,
    pub free_minutes: i32,
    pub longest_minutes: i32,
    pub reply_days: i32,
    pub capacity: i32,
}

impl Listed {
    /// Its public page.
    pub fn path(&self) -> String {
        format!("/hosts/{}/calls/{}", self.host_slug, self.slug)
    }
}

/// Whose calls a list shows.
enum Of {
    Everyone,
    Owner(PersonId),
    Host(PersonId),
}

async fn listed(conn: &mut PgConnection, of: Of, limit: i64) -> Result<Vec<Listed>, AppError> {
    let (owner, host) = match of {
        Of::Everyone => (None, None),
        Of::Owner(person) => (Some(person), None),
        Of::Host(person) => (None, Some(person)),
    };
    let rows = sqlx::query!(
        r#"select c.call_id as "id: CallId", c.owner_id as "owner: PersonId", c.title, c.scope, c.locale, c.stage, o.name as host_name, o.slug as "host_slug!", c.slug,
                  c.free_minutes, c.longest_minutes, c.reply_days, c.capacity
             from calls c
             join people o on o.person_id = c.owner_id
            where case when $2::uuid is not null
                       then exists (select from call_hosts h where h.call_id = c.call_id and h.person_id = $2)
                       else not exists (select from call_suspensions u where u.call_id = c.call_id and u.lifted_at is null)
                            and c.stage in ('open', 'paused') and ($1::uuid is null and c.stage = 'open' or c.owner_id = $1) end
            order by array_position(array['open', 'draft', 'paused', 'closed', 'archived'], c.stage), coalesce(c.opened_at, c.created_at) desc, c.call_id
            limit $3"#,
        owner as Option<PersonId>,
        host as Option<PersonId>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        stage: Stage::parse(&row.stage).unwrap_or(Stage::Archived),
        id: row.id,
        owner: row.owner,
        title: row.title,
        scope: row.scope,
        locale: row.locale,
        host_name: row.host_name,
        host_slug: row.host_slug,
        slug: row.slug,
        free_minutes: row.free_minutes,
        longest_minutes: row.longest_minutes,
        reply_days: row.reply_days,
        capacity: row.capacity,
    });
    Ok(listed.collect())
}

/// Open calls of everyone, those opened last first.
pub async fn opened(conn: &mut PgConnection, limit: i64) -> Result<Vec<Listed>, AppError> {
    listed(conn, Of::Everyone, limit).await
}

/// What a host's public page shows: open calls first, then paused ones.
pub async fn of_owner(conn: &mut PgConnection, owner: PersonId) -> Result<Vec<Listed>, AppError> {
    listed(conn, Of::Owner(owner), 50).await
}

/// All calls that a person hosts, drafts too.
pub async fn of_host(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Listed>, AppError> {
    listed(conn, Of::Host(person), 100).await
}

/// All calls of an owner, with their rows locked until the transaction ends.
pub async fn locked_of_owner(tx: &mut Tx, owner: PersonId) -> Result<Vec<CallId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select call_id as "id: CallId" from calls where owner_id = $1 order by call_id for no key update"#,
        owner as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Whether anything of an owner has a public page.
pub async fn has_public(conn: &mut PgConnection, owner: PersonId) -> Result<bool, AppError> {
    let has = sqlx::query_scalar!(
        r#"select exists (select from calls where owner_id = $1 and stage <> 'draft') as "has!""#,
        owner as PersonId
    )
    .fetch_one(conn)
    .await?;
    Ok(has)
}
