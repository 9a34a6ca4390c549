//! SQL over the calendars of somebody who leaves.

use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;

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
