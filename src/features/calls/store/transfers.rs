//! SQL over calls that are handed to another owner.

use super::Call;
use crate::domain::call::free_slug;
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, PersonId};
use crate::domain::retention;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Whom somebody asked to take a call over, while they can answer.
pub struct Transfer {
    pub to: PersonId,
    pub name: String,
    /// Whether the owner asked, and not an administrator in their place.
    pub is_by_owner: bool,
    pub expires_at: DateTime<Utc>,
}

/// The transfer of a call that waits for an answer. What an administrator asked in the place of an owner is
/// over once that one's account is given back.
pub async fn transfer(conn: &mut PgConnection, call: CallId, now: DateTime<Utc>) -> Result<Option<Transfer>, AppError> {
    let transfer = sqlx::query_as!(
        Transfer,
        r#"select t.to_id as "to: PersonId", q.name, t.asked_by = c.owner_id as "is_by_owner!", t.expires_at
             from call_transfers t join people q on q.person_id = t.to_id join calls c using (call_id)
             join people o on o.person_id = c.owner_id
            where t.call_id = $1 and t.expires_at > $2 and (t.asked_by = c.owner_id or o.disabled_at is not null)"#,
        call as CallId,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(transfer)
}

/// Asks a co-host to take the call over; whoever was asked before is asked no more.
pub async fn ask_to_take_over(tx: &mut Tx, call: CallId, to: PersonId, by: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into call_transfers (call_id, to_id, asked_by, asked_at, expires_at) values ($1, $2, $3, $4, $5)
           on conflict (call_id) do update
              set to_id = excluded.to_id, asked_by = excluded.asked_by, asked_at = excluded.asked_at, expires_at = excluded.expires_at"#,
        call as CallId,
        to as PersonId,
        by as PersonId,
        now,
        now + retention::INVITATIONS,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::CallOffered { call, person: to }).await
}

/// Ends what was asked, by this fact.
pub async fn end_transfer(tx: &mut Tx, call: CallId, fact: Fact) -> Result<(), AppError> {
    sqlx::query!("delete from call_transfers where call_id = $1", call as CallId).execute(&mut **tx).await?;
    tx.record(fact).await
}

/// Makes a co-host the owner; the former owner hosts on with all rights. The word of the address stays where
/// it is free among the new owner's calls. What the former owner's invitations promised is theirs no more.
pub async fn hand_over(tx: &mut Tx, call: &Call, to: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    let taken =
        sqlx::query_scalar!("select slug from calls where owner_id = $1", to as PersonId).fetch_all(&mut **tx).await?;
    sqlx::query!(
        "update calls set owner_id = $2, slug = $3, revision = revision + 1 where call_id = $1",
        call.id as CallId,
        to as PersonId,
        free_slug(&call.slug, &taken),
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update call_hosts set may_decide = true, attends = true where call_id = $1 and person_id = $2",
        call.id as CallId,
        to as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"update host_invitations set revoked_at = $2
            where call_id = $1 and accepted_at is null and declined_at is null and revoked_at is null"#,
        call.id as CallId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    end_transfer(tx, call.id, Fact::CallHandedOver { call: call.id, from: call.owner, to }).await
}
