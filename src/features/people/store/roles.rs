//! SQL over people as administrators see them, and who may host or administer.

use super::end_sign_ins;
use crate::domain::id::PersonId;
use crate::domain::person::EmailAddress;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A person as administrators see them.
pub struct Listed {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub created_at: DateTime<Utc>,
    pub is_host: bool,
    pub is_administrator: bool,
    /// Whether their address refused mails until nothing more was sent.
    pub is_suspended: bool,
}

/// People by name or address, a page at a time by key.
pub async fn list(conn: &mut PgConnection, search: &str, after: Option<PersonId>) -> Result<Vec<Listed>, AppError> {
    let people = sqlx::query_as!(
        Listed,
        r#"select person_id as "id: PersonId", name, email, created_at, host_since is not null as "is_host!", administrator_since is not null as "is_administrator!",
                  exists (select from refused_addresses r where r.address = lower(email) and r.suspended_at is not null) as "is_suspended!"
             from people
            where deleted_at is null and ($1 = '' or strpos(lower(name), lower($1)) > 0 or strpos(lower(email), lower($1)) > 0)
              and ($2::uuid is null or person_id > $2)
            order by person_id limit 51"#,
        search,
        after as Option<PersonId>,
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}

/// Lets a person host; a word for their public address is made from the ID until they choose one. Like every
/// change of what somebody may do, it ends their sign-ins.
pub async fn grant_host(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<bool, AppError> {
    let slug = format!("host-{}", &person.0.simple().to_string()[20..]);
    let granted = sqlx::query!(
        "update people set host_since = $2, slug = coalesce(slug, $3) where person_id = $1 and host_since is null and deleted_at is null",
        person as PersonId,
        now,
        slug,
    )
    .execute(&mut *conn)
    .await?;
    if granted.rows_affected() == 1 {
        end_sign_ins(&mut *conn, person).await?;
    }
    let exists = sqlx::query_scalar!(
        r#"select exists (select from people where person_id = $1) as "exists!""#,
        person as PersonId
    );
    Ok(exists.fetch_one(conn).await?)
}

/// Takes the host part back. The open calls of the person rest in the same transaction, before this.
pub async fn withdraw_host(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let taken = sqlx::query!(
        "update people set host_since = null where person_id = $1 and host_since is not null",
        person as PersonId
    )
    .execute(&mut *conn)
    .await?;
    if taken.rows_affected() == 0 {
        return Ok(false);
    }
    end_sign_ins(conn, person).await?;
    Ok(true)
}

/// Whether a person holds the grant to write and open calls, and may use it: not with a closed account.
pub async fn holds_grant(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let holds = sqlx::query_scalar!(
        r#"select exists (select from people where person_id = $1 and host_since is not null and disabled_at is null) as "holds!""#,
        person as PersonId
    )
    .fetch_one(conn)
    .await?;
    Ok(holds)
}

/// The same, and it stays so until the transaction ends.
pub async fn holds_grant_still(tx: &mut Tx, person: PersonId) -> Result<bool, AppError> {
    let holds = sqlx::query_scalar!(
        r#"select host_since is not null and disabled_at is null as "holds!" from people where person_id = $1 for share"#,
        person as PersonId
    );
    Ok(holds.fetch_optional(&mut **tx).await?.unwrap_or(false))
}

/// Makes a person an administrator; false where they are one.
pub async fn grant_administrator(
    conn: &mut PgConnection,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<bool, AppError> {
    let granted = sqlx::query!(
        "update people set administrator_since = $2 where person_id = $1 and administrator_since is null and deleted_at is null",
        person as PersonId,
        now
    )
    .execute(&mut *conn)
    .await?;
    if granted.rows_affected() == 0 {
        return Ok(false);
    }
    end_sign_ins(conn, person).await?;
    Ok(true)
}

/// Takes that back; false where they are none.
pub async fn withdraw_administrator(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let taken = sqlx::query!(
        "update people set administrator_since = null where person_id = $1 and administrator_since is not null",
        person as PersonId
    )
    .execute(&mut *conn)
    .await?;
    if taken.rows_affected() == 0 {
        return Ok(false);
    }
    end_sign_ins(conn, person).await?;
    Ok(true)
}

/// The person of an address.
pub async fn by_address(conn: &mut PgConnection, address: &EmailAddress) -> Result<Option<PersonId>, AppError> {
    let person = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from people where lower(email) = $1"#,
        address.folded()
    );
    Ok(person.fetch_optional(conn).await?)
}

/// Everyone who administers the instance.
pub async fn administrators(conn: &mut PgConnection) -> Result<Vec<PersonId>, AppError> {
    let people = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from people where administrator_since is not null order by person_id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}

/// Whether nobody is here yet.
pub async fn is_empty(conn: &mut PgConnection) -> Result<bool, AppError> {
    let empty = sqlx::query_scalar!(r#"select not exists (select from people) as "empty!""#).fetch_one(conn).await?;
    Ok(empty)
}

/// Ends the request with `NotFound` where there is no such person.
pub async fn require(conn: &mut PgConnection, person: PersonId) -> Result<(), AppError> {
    let is_here =
        sqlx::query_scalar!(r#"select exists (select from people where person_id = $1) as "is!""#, person as PersonId);
    if is_here.fetch_one(conn).await? { Ok(()) } else { Err(AppError::NotFound) }
}

/// The same, with the row locked until the transaction ends: what administrators do to one person happens one
/// after the other. Before any of their calls, as whoever looks at a grant holds the call already.
pub async fn lock(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sqlx::query!("select person_id from people where person_id = $1 for no key update", person as PersonId)
        .fetch_optional(&mut **tx)
        .await?
        .map(drop)
        .ok_or(AppError::NotFound)
}
