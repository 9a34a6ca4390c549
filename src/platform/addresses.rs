//! Addresses whose servers refuse what is sent there. After three refusals in a row nothing more is sent,
//! but for the link that somebody asks for to sign in: it is the way back.

use super::db::Tx;
use super::error::AppError;
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::domain::person::EmailAddress;
use crate::domain::retention;
use crate::domain::suspension::MOST_REFUSALS;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Whether nothing more is sent to an address.
pub async fn is_suspended(conn: &mut PgConnection, address: &EmailAddress) -> Result<bool, AppError> {
    let suspended = sqlx::query_scalar!(
        r#"select exists (select from refused_addresses where address = lower($1) and suspended_at is not null) as "is!""#,
        address.as_str(),
    )
    .fetch_one(conn)
    .await?;
    Ok(suspended)
}

/// Counts a refusal; the last one suspends the address, and is a fact where it is a person's. Of others each is one
/// that was invited.
pub async fn refused(tx: &mut Tx, address: &EmailAddress) -> Result<(), AppError> {
    let now = tx.now();
    let refusals = sqlx::query_scalar!(
        r#"insert into refused_addresses as r (address, refusals, refused_at) values (lower($1), 1, $2)
           on conflict (address) do update
              set refusals = least(r.refusals + 1, 1000), refused_at = $2,
                  suspended_at = case when r.refusals + 1 >= $3 then coalesce(r.suspended_at, $2) end
           returning refusals"#,
        address.as_str(),
        now,
        i32::from(MOST_REFUSALS),
    )
    .fetch_one(&mut **tx)
    .await?;
    match person_of(tx, address).await? {
        Some(person) if refusals == MOST_REFUSALS => tx.record(Fact::AddressSuspended { person }).await,
        Some(_) => Ok(()),
        None => {
            let invited = tx.platform().later.invited;
            for invitation in invited(tx, address).await? {
                tx.record(Fact::InvitationRefused { invitation }).await?;
            }
            Ok(())
        }
    }
}

async fn person_of(conn: &mut PgConnection, address: &EmailAddress) -> Result<Option<PersonId>, AppError> {
    let person = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from people where lower(email) = $1"#,
        address.as_str().to_lowercase()
    )
    .fetch_optional(conn)
    .await?;
    Ok(person)
}

/// Forgets refusals of an address that took a mail.
pub async fn took(conn: &mut PgConnection, address: &EmailAddress) -> Result<(), AppError> {
    sqlx::query!("delete from refused_addresses where address = lower($1) and suspended_at is null", address.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets addresses that refused nothing for long: they are tried again. Gives their number.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from refused_addresses where address in
                  (select address from refused_addresses where refused_at <= $1 order by refused_at limit $2)"#,
        now - retention::REFUSALS,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}

/// Lets mail go to a person's address again.
pub async fn restore(tx: &mut Tx, address: &EmailAddress, person: PersonId) -> Result<(), AppError> {
    let restored = sqlx::query!(
        "delete from refused_addresses where address = lower($1) and suspended_at is not null",
        address.as_str()
    )
    .execute(&mut **tx)
    .await?;
    match restored.rows_affected() {
        0 => Ok(()),
        _ => tx.record(Fact::AddressResumed { person }).await,
    }
}
