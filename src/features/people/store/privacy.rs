//! SQL over leaving: who asked for it, and the row that stays without its person.

use super::address;
use crate::domain::deletion::NAME;
use crate::domain::id::PersonId;
use crate::domain::person::EmailAddress;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;

/// Somebody as they stand before they are deleted.
pub struct Leaving {
    pub address: EmailAddress,
    pub name: String,
}

/// The person with the row locked; nothing where they are deleted already.
pub async fn locked(tx: &mut Tx, person: PersonId) -> Result<Option<Leaving>, AppError> {
    let row = sqlx::query!(
        "select email, name from people where person_id = $1 and deleted_at is null for update",
        person as PersonId
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Leaving { address: address(&row.email)?, name: row.name }))
}

/// Whether nobody else administers the instance, and stays.
pub async fn is_last_administrator(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let staying = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from people where administrator_since is not null and leaving_since is null"#
    )
    .fetch_all(conn)
    .await?;
    Ok(staying == [person])
}

/// Locks those who administer, so that the last two cannot both leave in the belief that the other stays.
pub async fn lock_administrators(tx: &mut Tx) -> Result<(), AppError> {
    sqlx::query!(
        "select person_id from people where administrator_since is not null order by person_id for no key update"
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that somebody wants to go.
pub async fn leave(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update people set leaving_since = coalesce(leaving_since, $2) where person_id = $1",
        person as PersonId,
        now
    )
    .execute(&mut **tx)
    .await?;
    super::end_sign_ins(tx, person).await
}

/// Whether somebody asked to be deleted and still waits for it.
pub async fn is_leaving(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let is = sqlx::query_scalar!(
        r#"select exists (select from people where person_id = $1 and leaving_since is not null and deleted_at is null) as "is!""#,
        person as PersonId
    )
    .fetch_one(conn)
    .await?;
    Ok(is)
}

/// Deletes everything by which a person signs in, and leaves a row that says nothing of them.
pub async fn erase(tx: &mut Tx, person: PersonId, address: &EmailAddress) -> Result<(), AppError> {
    super::end_sign_ins(tx, person).await?;
    super::lift_bars_of(tx, person).await?;
    sqlx::query!(
        r#"with a as (delete from second_factors where person_id = $1),
                passkeys as (delete from passkeys where person_id = $1),
                ceremonies as (delete from passkey_ceremonies where person_id = $1),
                codes as (delete from recovery_codes where person_id = $1),
                b as (delete from address_changes where person_id = $1),
                c as (delete from known_browsers where person_id = $1),
                d as (delete from identities where person_id = $1),
                e as (update sanctions set reason = '', appeal = case when appeal is not null then '' end,
                             answer = case when answer is not null then '' end
                       where person_id = $1)
           delete from sign_in_requests where lower(email) = $2"#,
        person as PersonId,
        address.folded(),
    )
    .execute(&mut **tx)
    .await?;
    let (gone, now) = (EmailAddress::of_nobody(person), tx.now());
    sqlx::query!(
        r#"update people
              set email = $2, name = $3, time_zone = 'UTC', about = '', site_url = null, settled_at = null, host_since = null,
                  administrator_since = null, slug = case when slug is not null then $4 end, digest_hour = 8, deleted_at = $5
            where person_id = $1"#,
        person as PersonId,
        gone.as_str(),
        NAME,
        format!("gone-{}", person.0.simple()),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "people",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['epoch', 'leaving_since', 'deleted_at'] as "row!" from people t where person_id = $1"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "sign_ins",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['token_hash', 'epoch'] as "row!" from sign_ins t where person_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "address_changes",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from address_changes t where person_id = $1 order by asked_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "second_factors",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('created_at', created_at, 'confirmed_at', confirmed_at) as "row!" from second_factors where person_id = $1"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "passkeys",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('name', name, 'created_at', created_at, 'last_used_at', last_used_at) as "row!"
                     from passkeys where person_id = $1 order by created_at, passkey_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "identities",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from identities t where person_id = $1 order by identity_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "sanctions",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['decided_by', 'concluded_by', 'token_hash'] as "row!" from sanctions t where person_id = $1 order by decided_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "known_browsers",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('first_at', first_at) as "row!" from known_browsers where person_id = $1 order by first_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
