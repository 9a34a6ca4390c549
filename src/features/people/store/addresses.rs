//! SQL over addresses that change: asked for, confirmed by the new one, undone by the former.

use super::{address, end_sign_ins};
use crate::domain::fact::Fact;
use crate::domain::id::{AddressChangeId, IdentityId, PersonId};
use crate::domain::person::EmailAddress;
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::error::AppError;
use crate::platform::random::{self, Hashed};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How long the new address can confirm.
const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(1);
/// How long the former address can undo.
const UNDO_WITHIN: TimeDelta = TimeDelta::hours(72);

/// A change of somebody's address.
pub struct AddressChange {
    pub id: AddressChangeId,
    pub person: PersonId,
    pub former: EmailAddress,
    pub new: EmailAddress,
}

struct Row {
    id: AddressChangeId,
    person: PersonId,
    former: String,
    new: String,
}

impl Row {
    fn change(self) -> Result<AddressChange, AppError> {
        let (former, new) = (address(&self.former)?, address(&self.new)?);
        Ok(AddressChange { id: self.id, person: self.person, former, new })
    }
}

/// Asks for another address; what was asked before and not confirmed dies.
pub async fn ask_for_address(
    conn: &mut PgConnection,
    person: PersonId,
    new: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<AddressChangeId, AppError> {
    let id: AddressChangeId = random::id();
    drop_pending(conn, person).await?;
    sqlx::query!(
        r#"insert into address_changes (address_change_id, person_id, former, email, asked_at, expires_at)
           select $1, person_id, email, $3, $4, $5 from people where person_id = $2"#,
        id as AddressChangeId,
        person as PersonId,
        new.as_str(),
        now,
        now + CONFIRM_WITHIN,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

async fn drop_pending(conn: &mut PgConnection, person: PersonId) -> Result<(), AppError> {
    sqlx::query!("delete from address_changes where person_id = $1 and changed_at is null", person as PersonId)
        .execute(conn)
        .await?;
    Ok(())
}

/// The change that waits for the new address.
pub async fn pending_change(
    conn: &mut PgConnection,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<AddressChange>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select address_change_id as "id: AddressChangeId", person_id as "person: PersonId", former, email as new
             from address_changes where person_id = $1 and changed_at is null and expires_at > $2"#,
        person as PersonId,
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::change).transpose()
}

/// A change that waits, for the job that mails the new address; none where that belongs to somebody.
pub async fn mailable_change(
    conn: &mut PgConnection,
    id: AddressChangeId,
    now: DateTime<Utc>,
) -> Result<Option<AddressChange>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select address_change_id as "id: AddressChangeId", person_id as "person: PersonId", former, email as new
             from address_changes c
            where address_change_id = $1 and changed_at is null and expires_at > $2
              and not exists (select from people p where lower(p.email) = lower(c.email) and p.person_id <> c.person_id)"#,
        id as AddressChangeId,
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::change).transpose()
}

/// A change that can still be undone, for the job that tells the former address.
pub async fn undoable_change(
    conn: &mut PgConnection,
    id: AddressChangeId,
    now: DateTime<Utc>,
) -> Result<Option<AddressChange>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select address_change_id as "id: AddressChangeId", person_id as "person: PersonId", former, email as new
             from address_changes where address_change_id = $1 and undone_at is null and undo_until > $2"#,
        id as AddressChangeId,
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::change).transpose()
}

/// The change by which an address stopped to be somebody's, while it can be undone: until then nobody else
/// gets an account under it.
pub async fn change_from(
    conn: &mut PgConnection,
    former: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<Option<AddressChangeId>, AppError> {
    let id = sqlx::query_scalar!(
        r#"select address_change_id as "id: AddressChangeId" from address_changes
            where lower(former) = $1 and undone_at is null and undo_until > $2
              and not exists (select from people where lower(email) = $1)
            order by changed_at desc limit 1"#,
        former.folded(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id)
}

/// Adds the link of a mail to a change.
pub async fn add_address_link(
    conn: &mut PgConnection,
    id: AddressChangeId,
    token: &Hashed,
    is_undo: bool,
) -> Result<(), AppError> {
    sqlx::query!(
        "insert into address_links (token_hash, address_change_id, is_undo) values ($1, $2, $3)",
        token,
        id as AddressChangeId,
        is_undo,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A change by the token of one of its live links, and whether that one undoes it.
pub async fn change_of_link(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<(AddressChange, bool)>, AppError> {
    let row = sqlx::query!(
        r#"select c.address_change_id as "id: AddressChangeId", c.person_id as "person: PersonId", c.former, c.email, l.is_undo
             from address_links l join address_changes c using (address_change_id)
            where l.token_hash = $1
              and case when l.is_undo then c.undone_at is null and c.undo_until > $2
                       else c.changed_at is null and c.expires_at > $2 end"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let is_undo = row.is_undo;
    let row = Row { id: row.id, person: row.person, former: row.former, new: row.email };
    Ok(Some((row.change()?, is_undo)))
}

/// The address belongs to another account.
#[derive(Debug)]
pub struct AddressTaken;

/// Moves an account to its new address and ends all sign-ins; false when somebody was faster.
pub async fn change_address(
    conn: &mut PgConnection,
    change: &AddressChange,
    now: DateTime<Utc>,
) -> Result<Result<bool, AddressTaken>, AppError> {
    let confirmed = sqlx::query!(
        "update address_changes set changed_at = $2, undo_until = $3 where address_change_id = $1 and changed_at is null and expires_at > $2",
        change.id as AddressChangeId,
        now,
        now + UNDO_WITHIN,
    )
    .execute(&mut *conn)
    .await?;
    if confirmed.rows_affected() == 0 {
        return Ok(Ok(false));
    }
    move_account(conn, change.person, &change.new, now).await.map(|moved| moved.map(|()| true))
}

/// Gives an account back to the former address: this change is undone and every later one with it, and every
/// way in that was made since goes.
pub async fn restore_address(tx: &mut Tx, change: &AddressChange) -> Result<Result<bool, AddressTaken>, AppError> {
    let now = tx.now();
    let undone = sqlx::query!(
        r#"update address_changes set undone_at = $2
            where person_id = $3 and undone_at is null
              and changed_at >= (select changed_at from address_changes where address_change_id = $1 and undone_at is null and undo_until > $2)"#,
        change.id as AddressChangeId,
        now,
        change.person as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    if undone.rows_affected() == 0 {
        return Ok(Ok(false));
    }
    drop_pending(tx, change.person).await?;
    drop_ways_in(tx, change).await?;
    move_account(tx, change.person, &change.former, now).await.map(|moved| moved.map(|()| true))
}

/// Takes away by what somebody could sign in who had the account since a change was asked for. Recovery codes
/// of which nobody knows since when they are could be theirs.
async fn drop_ways_in(tx: &mut Tx, change: &AddressChange) -> Result<(), AppError> {
    sqlx::query!(
        r#"with c as (select person_id, asked_at from address_changes where address_change_id = $1),
                a as (delete from second_factors f using c where f.person_id = c.person_id and f.created_at >= c.asked_at),
                b as (delete from recovery_codes r using c
                       where r.person_id = c.person_id and (r.created_at is null or r.created_at >= c.asked_at))
           delete from passkeys k using c where k.person_id = c.person_id and k.created_at >= c.asked_at"#,
        change.id as AddressChangeId,
    )
    .execute(&mut **tx)
    .await?;
    super::drop_lone_codes(tx, change.person).await?;
    let unlinked = sqlx::query_scalar!(
        r#"delete from identities i using address_changes c
            where c.address_change_id = $1 and i.person_id = c.person_id and i.linked_at >= c.asked_at
        returning i.identity_id as "id: IdentityId""#,
        change.id as AddressChangeId,
    )
    .fetch_all(&mut **tx)
    .await?;
    for identity in unlinked {
        tx.record(Fact::IdentityUnlinked { person: change.person, identity }).await?;
    }
    Ok(())
}

/// Links that were asked for with the address until now would make another account.
async fn move_account(
    conn: &mut PgConnection,
    person: PersonId,
    to: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<Result<(), AddressTaken>, AppError> {
    sqlx::query!(
        r#"update sign_in_requests set spent_at = $2
            where spent_at is null and lower(email) = (select lower(email) from people where person_id = $1)"#,
        person as PersonId,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let moved = sqlx::query!("update people set email = $2 where person_id = $1", person as PersonId, to.as_str())
        .execute(&mut *conn)
        .await
        .on_constraint("people_email_is_unique", AddressTaken)?;
    if let Err(taken) = moved {
        return Ok(Err(taken));
    }
    end_sign_ins(conn, person).await?;
    Ok(Ok(()))
}
