//! SQL over what somebody who leaves answered, promised and kept for themselves.

use super::retention;
use crate::domain::id::{FeedbackId, PersonId, QuoteId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;

/// Takes back every consent to quote; gives the quotes, whose reports the caller hides.
pub async fn revoke_all(tx: &mut Tx, person: PersonId) -> Result<Vec<QuoteId>, AppError> {
    let quotes = sqlx::query_scalar!(
        r#"select q.quote_id as "id: QuoteId" from quotes q join feedback f using (feedback_id)
            where f.person_id = $1 and q.stage = 'granted' order by q.quote_id"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    for quote in &quotes {
        super::revoke(tx, person, *quote).await?;
    }
    Ok(quotes)
}

/// Everything that a person answered.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<FeedbackId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select feedback_id as "id: FeedbackId" from feedback where person_id = $1"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Why hosts changed something, where answers of a person brought it: the run sheet says it, too.
pub async fn reasons(tx: &mut Tx, answers: &[FeedbackId]) -> Result<Vec<String>, AppError> {
    let reasons = sqlx::query_scalar!(
        "select because from improvements where feedback_id = any($1) and because <> ''",
        answers as &[FeedbackId]
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(reasons)
}

/// Deletes answers with what followed from them, and what a host wrote around those of others. Reports let
/// go of the quotes before.
pub async fn erase(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let answers = of_person(tx, person).await?;
    sqlx::query!(
        r#"with a as (delete from follow_ups where recipient_id = $1),
                b as (update follow_ups u set what = '', body = case when body is not null then '' end, html = case when html is not null then '' end,
                             reason = case when reason is not null then '' end
                        from consultations s join calls c using (call_id)
                       where s.consultation_id = u.consultation_id and c.owner_id = $1 and u.recipient_id <> $1)
           update improvements set because = '', because_before = null, change = case when written_by = $1 then '' else change end,
                  is_public = is_public and written_by <> $1
            where written_by = $1 or feedback_id = any($2)"#,
        person as PersonId,
        &answers as &[FeedbackId],
    )
    .execute(&mut **tx)
    .await?;
    retention::delete(tx, &answers).await?;
    super::forget_gifts_of(tx, person).await?;
    forget_wordings(tx, person).await
}

/// Answers that were given to a host's own questions stand under those of the program.
async fn forget_wordings(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sqlx::query!(
        "update feedback set wording_id = null where wording_id in (select wording_id from feedback_wordings where written_by = $1)",
        person as PersonId
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from feedback_wordings where written_by = $1", person as PersonId).execute(&mut **tx).await?;
    Ok(())
}

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "feedback",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from feedback t where person_id = $1 order by invited_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "feedback_answers",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from feedback_answers t join feedback using (feedback_id) where person_id = $1 order by feedback_id, question"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "quotes",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from quotes t join feedback using (feedback_id) where person_id = $1 order by quote_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "follow_ups",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['html', 'what', 'body', 'reason', 'recipient_id'] || jsonb_build_object('body', case when c.owner_id = $1 then t.body end, 'to_me', recipient_id = $1) as "row!"
                     from follow_ups t join consultations s using (consultation_id) join calls c using (call_id) where recipient_id = $1 or c.owner_id = $1 order by t.created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "feedback_wordings",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['written_by'] as "row!" from feedback_wordings t where written_by = $1 order by written_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "improvements",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['written_by', 'feedback_id'] as "row!" from improvements t where written_by = $1 order by written_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part { table: "gifts", rows: super::gifts_to_take(&mut *conn, person).await? },
    ])
}
