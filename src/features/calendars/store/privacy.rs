//! SQL over the calendars of somebody who leaves.

use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;

/// Disconnects all calendars of a person. What was written to them stays there, and is the person's.
pub async fn erase(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sqlx::query!(
        r#"with a as (delete from calendar_targets where person_id = $1),
                b as (delete from calendar_objects where person_id = $1)
           delete from calendars where person_id = $1"#,
        person as PersonId
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "calendars",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['address', 'etag', 'last_modified'] as "row!" from calendars t where person_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "calendar_collections",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('name', t.name, 'is_read', is_read, 'listed_at', listed_at) as "row!" from calendar_collections t join calendars using (calendar_id) where person_id = $1 order by t.name"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "calendar_busy",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['flaws', 'otherwise'] as "row!" from calendar_busy t join calendars using (calendar_id) where person_id = $1 order by calendar_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "calendar_targets",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('chosen_at', chosen_at) as "row!" from calendar_targets where person_id = $1"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "calendar_objects",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('uid', uid, 'starts_at', starts_at, 'written_at', written_at, 'strayed', strayed) as "row!" from calendar_objects where person_id = $1 order by written_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
