//! SQL over what somebody who leaves sent, and what they said of what others sent.

use super::retention::empty;
use super::{lock, save, system};
use crate::domain::id::{ApplicationId, ConsultationId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Withdraws what waits for an answer; gives the rooms that the person's applications opened.
pub async fn withdraw(tx: &mut Tx, person: PersonId) -> Result<Vec<ConsultationId>, AppError> {
    let (ids, now) = (of_person(tx, person).await?, tx.now());
    let mut rooms = Vec::new();
    for id in ids {
        lock(tx, id).await?;
        let application = system(tx, id).await?;
        rooms.extend(application.consultation);
        if let Ok(moved) = application.withdraw(None, now) {
            save(tx, moved).await?;
        }
    }
    Ok(rooms)
}

/// What a person sent, and what was sent to the calls that they own.
pub async fn concerning(tx: &mut Tx, person: PersonId) -> Result<Vec<ApplicationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications join calls using (call_id)
            where applicant_id = $1 or owner_id = $1"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Who takes no applications of a person, and since when.
pub async fn blocks(tx: &mut Tx, person: PersonId) -> Result<Vec<(PersonId, DateTime<Utc>)>, AppError> {
    let rows = sqlx::query!(
        r#"select host_id as "host: PersonId", since from blocked_people where person_id = $1"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.host, row.since)).collect())
}

async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<ApplicationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications where applicant_id = $1 order by application_id"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Empties what a person sent, deletes what they said to others who applied, and what reports of abuse keep
/// of their words. That there was a report, and how it was decided, stays.
pub async fn erase(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let ids = of_person(tx, person).await?;
    empty(tx, &ids).await?;
    sqlx::query!(
        r#"with a as (delete from blocked_people where host_id = $1 or person_id = $1),
                b as (delete from application_posts where author_id = $1),
                n as (delete from application_notes where author_id = $1
                         or application_id in (select application_id from applications where applicant_id = $1))
           update applications a set note = null
             from calls c where c.call_id = a.call_id and c.owner_id = $1"#,
        person as PersonId
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"update abuse_reports
              set evidence = case when subject_id = $1 then jsonb_build_object('call_title', '', 'applicant', '', 'summary', '', 'former', '[]'::jsonb, 'posts', '[]'::jsonb)
                                  else evidence || '{"call_title": "", "posts": []}' end,
                  body = '', appeal = case when appeal is not null then '' end
            where subject_id = $1 or reporter_id = $1"#,
        person as PersonId
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"update abuse_reports
              set decision_note = case when decided_by = $1 then null else decision_note end,
                  final_reason = case when final_by = $1 then '' else final_reason end
            where decided_by = $1 or final_by = $1"#,
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
            table: "application_notes",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from application_notes t where author_id = $1 order by at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "applications",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['note'] || jsonb_build_object('call', c.title, 'note', case when t.stage = 'withdrawn' then t.note end) as "row!"
                     from applications t join calls c using (call_id) where applicant_id = $1 order by submitted_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "application_kinds",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from application_kinds t join applications using (application_id) where applicant_id = $1 order by application_id, kind"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "application_summaries",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from application_summaries t join applications using (application_id) where applicant_id = $1 order by application_id, revision"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "application_posts",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from application_posts t where author_id = $1 order by at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "blocked_people",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('since', since) as "row!" from blocked_people where host_id = $1 order by since"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "abuse_reports",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('kind', kind, 'stage', stage, 'created_at', created_at, 'body', case when reporter_id = $1 then body end,
                     'appeal', case when appealed_by = $1 then appeal end, 'about_me', subject_id = $1) as "row!"
                     from abuse_reports where reporter_id = $1 or subject_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
