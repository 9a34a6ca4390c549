//! SQL over what somebody who leaves complained of, and what was complained of theirs.

use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;

/// Empties what complaints keep of a person's words. That there was one, and how it was decided, stays. The title
/// of a call is that of its owner.
pub async fn erase(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sqlx::query!(
        r#"update complaints
              set evidence = case when subject_id = $1 then '{}' else evidence end,
                  body = case when reporter_id = $1 then '' else body end,
                  appeal = case when appealed_by = $1 then '' else appeal end,
                  reason = case when decided_by = $1 then '' else reason end,
                  final_reason = case when final_by = $1 then '' else final_reason end
            where $1 in (subject_id, reporter_id, decided_by, final_by)"#,
        person as PersonId
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"update complaints set evidence = evidence - 'call_title'
            where consultation_id in (select consultation_id from consultations join calls using (call_id) where owner_id = $1)"#,
        person as PersonId
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the table holds of a person: their own words, and what happened; not who complained of them.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![Part {
        table: "complaints",
        rows: sqlx::query_scalar!(
            r#"select jsonb_build_object('object', object, 'kind', kind, 'stage', stage, 'created_at', created_at, 'about_me', subject_id = $1,
                 'body', case when reporter_id = $1 then body end, 'appeal', case when appealed_by = $1 then appeal end) as "row!"
                 from complaints
                where reporter_id = $1 or (subject_id = $1 and (stage = 'actioned' or appealed_by = $1)) order by created_at"#,
            person as PersonId,
        )
        .fetch_all(conn)
        .await?,
    }])
}
