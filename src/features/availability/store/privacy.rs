//! SQL over the hours of somebody who leaves.

use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;

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
