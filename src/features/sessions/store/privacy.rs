//! SQL over what somebody who leaves said and took on themselves on the day.

use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
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

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "sessions",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('consultation_id', t.consultation_id, 'planned_minutes', planned_minutes, 'started_at', started_at, 'ended_at', ended_at, 'actual_minutes', actual_minutes,
                     'takeaways', case when c.owner_id = $1 then takeaways end) as "row!"
                     from sessions t join consultations s using (consultation_id) join calls c using (call_id)
                     where c.owner_id = $1 or exists (select from participants p where p.consultation_id = t.consultation_id and p.person_id = $1)
                     order by started_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "actions",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['created_by'] as "row!" from actions t where owner_id = $1 or created_by = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "no_shows",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('consultation_id', consultation_id, 'absent_side', absent_side, 'said_at', said_at, 'said_by_me', said_by = $1,
                     'contest_words', case when contested_by = $1 then contest_words end) as "row!"
                     from no_shows where said_by = $1 or contested_by = $1
                     or exists (select from participants p where p.consultation_id = no_shows.consultation_id and p.person_id = $1) order by said_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "run_blocks",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from run_blocks t join consultations s using (consultation_id) join calls c using (call_id) where c.owner_id = $1 order by t.consultation_id, t.position"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "run_sheets",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['changed_by'] as "row!" from run_sheets t where changed_by = $1 order by call_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "run_sheet_blocks",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from run_sheet_blocks t join calls using (call_id) where owner_id = $1 order by call_id, position"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
