//! SQL over what somebody who leaves said and took on themselves on the day.

use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// Actions that a person wrote or took on: a report may have begun with them.
pub async fn words(conn: &mut PgConnection, person: PersonId) -> Result<Vec<String>, AppError> {
    let words =
        sqlx::query_scalar!("select what from actions where owner_id = $1 or created_by = $1", person as PersonId)
            .fetch_all(conn)
            .await?;
    Ok(words)
}

/// Empties actions, contests, and what was noted in talks of the person's own calls. That there was an action stays:
/// a host's year counts it.
pub async fn erase(tx: &mut Tx, person: PersonId, reasons: &[String], (ja, en): (&str, &str)) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"with dropped as (
               update no_shows set contest_words = '' where contested_by = $1)
           update actions a
              set what = case when c.locale = 'ja' then $2 else $3 end,
                  stage_since = case when a.owner_id = $1 and a.stage = 'open' then $4 else a.stage_since end,
                  reason = case when a.reason is not null or (a.owner_id = $1 and a.stage = 'open') then '' end,
                  stage = case when a.owner_id = $1 and a.stage = 'open' then 'dropped' else a.stage end
             from consultations s join calls c using (call_id)
            where s.consultation_id = a.consultation_id and (a.owner_id = $1 or a.created_by = $1)"#,
        person as PersonId,
        ja,
        en,
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"with own as (select call_id, consultation_id from calls left join consultations using (call_id) where owner_id = $1),
                a as (update sessions set takeaways = '' where consultation_id in (select consultation_id from own)),
                b as (update run_sheet_blocks set title = case when title <> '' then $2 else '' end, because = '' where call_id in (select call_id from own))
           update run_blocks set note = '', title = case when title <> '' then $2 else '' end, because = ''
            where consultation_id in (select consultation_id from own)"#,
        person as PersonId,
        en,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"with a as (update run_sheet_blocks set because = '' where because = any($1))
           update run_blocks set because = '' where because = any($1)"#,
        reasons,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
