//! SQL over the hours of somebody who leaves.

use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;

/// Deletes what a person offered.
pub async fn erase(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sqlx::query!(
        r#"with a as (delete from availability_overrides where person_id = $1)
           delete from availability where person_id = $1"#,
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
            table: "availability",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from availability t where person_id = $1"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "availability_overrides",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from availability_overrides t where person_id = $1 order by on_date"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
