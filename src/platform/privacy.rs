//! What the platform itself holds of a person: drafts, choices about mails, marks of reading, mails of a
//! local instance, counters.

use super::db::Tx;
use super::error::AppError;
use crate::domain::id::PersonId;
use crate::domain::person::EmailAddress;
use sqlx::PgConnection;

/// What one table holds of a person, as they take it along.
pub struct Part {
    pub table: &'static str,
    pub rows: Vec<serde_json::Value>,
}

/// Deletes it. Counters of limits carry addresses until their while is over; the mails of a local instance,
/// and what waits for the mail of a day, carry names and titles: `words` are those of the person.
pub async fn erase(tx: &mut Tx, person: PersonId, address: &EmailAddress, words: &[String]) -> Result<(), AppError> {
    sqlx::query!(
        r#"with a as (delete from drafts where person_id = $1),
                b as (delete from notification_settings where person_id = $1),
                c as (delete from digest_entries where person_id = $1 or exists (select from unnest($2::text[]) w where strpos(subject, w) > 0)),
                d as (delete from unsubscribe_keys where person_id = $1)
           delete from readings where person_id = $1"#,
        person as PersonId,
        words,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"with a as (delete from visitor_drafts where lower(address) = $1),
                b as (delete from refused_addresses where address = $1),
                c as (delete from limits where strpos(lower(bucket), $1) > 0)
           delete from mailbox
            where lower(recipient) = $1
               or exists (select from unnest($2::text[]) w where strpos(subject, w) > 0 or strpos(text_part, w) > 0 or strpos(calendar_part, w) > 0)"#,
        address.folded(),
        words,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the tables of the platform hold of a person.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "drafts",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from drafts t where person_id = $1 order by saved_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "notification_settings",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from notification_settings t where person_id = $1 order by topic"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "digest_entries",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['job_id'] as "row!" from digest_entries t where person_id = $1 order by at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "readings",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from readings t where person_id = $1 order by seen_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "facts",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('fact', fact, 'at', at) as "row!" from facts where actor_id = $1 order by at, fact_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "refused_addresses",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from refused_addresses t join people p on lower(p.email) = t.address where p.person_id = $1"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
