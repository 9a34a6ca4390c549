//! SQL over complaints that are kept no longer.

use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};

/// Deletes complaints that were made until then and wait for nothing; gives their number.
pub async fn forget_old(tx: &mut Tx, until: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from complaints where complaint_id in
                  (select complaint_id from complaints
                    where created_at <= $1 and stage <> 'open' and (appealed_at is null or final_at is not null)
                    order by created_at limit $2)"#,
        until,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    Ok(gone.rows_affected())
}
