//! SQL over reports with the words of somebody who leaves.

use super::{save, system};
use crate::domain::id::{ConsultationId, FeedbackId, PassageId, PersonId, ReportId};
use crate::features::reports::mails::LeftOutMail;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::markdown;
use crate::platform::privacy::{Part, without};
use sqlx::PgConnection;

/// Takes a guest's words out of the reports about their consultations: quotes, what they marked, and what the
/// text began with. What they took back stays taken back, so that no version is public without them.
pub async fn erase(
    tx: &mut Tx,
    person: PersonId,
    answers: &[FeedbackId],
    rooms: &[ConsultationId],
    words: &[String],
) -> Result<(), AppError> {
    super::retention::let_go_of_quotes(tx, answers).await?;
    sqlx::query!(
        r#"with a as (delete from report_terms where person_id = $1),
                b as (delete from report_passages where person_id = $1),
                c as (delete from report_kept_marks where report_id in (select report_id from reports where consultation_id = any($2)))
           update report_previews set remark = null where person_id = $1"#,
        person as PersonId,
        rooms as &[ConsultationId],
    )
    .execute(&mut **tx)
    .await?;
    for id in of_rooms(tx, rooms).await? {
        leave_out(tx, id, words).await?;
    }
    Ok(())
}

async fn of_rooms(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<Vec<ReportId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select report_id as "id: ReportId" from reports where consultation_id = any($1) order by report_id"#,
        rooms as &[ConsultationId]
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// A text that is changed is a version that nobody said ok to.
async fn leave_out(tx: &mut Tx, id: ReportId, words: &[String]) -> Result<(), AppError> {
    let Some(written) = system(tx, id).await? else { return Ok(()) };
    let (title, body) = (without(&written.title, words), without(&written.body, words));
    if (&title, &body) != (&written.title, &written.body) {
        let html = markdown::render(&body);
        sqlx::query!(
            r#"update reports set title = $2, body = $3, published_html = case when published_html is not null then $4 end
                where report_id = $1"#,
            id as ReportId,
            title,
            body,
            html.as_str(),
        )
        .execute(&mut **tx)
        .await?;
        let now = tx.now();
        if let Ok(moved) = written.report.leave_words_out(now) {
            let report = save(tx, moved).await?;
            if report.stage != written.report.stage {
                tx.enqueue_now(LeftOutMail { report: id }).await?;
            }
        }
    }
    leave_out_of_passages(tx, id, words).await
}

async fn leave_out_of_passages(tx: &mut Tx, id: ReportId, words: &[String]) -> Result<(), AppError> {
    let rows = sqlx::query!(
        r#"select passage_id as "id: PassageId", passage, remark, reply from report_passages where report_id = $1"#,
        id as ReportId
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        sqlx::query!(
            "update report_passages set passage = $2, remark = $3, reply = $4 where passage_id = $1",
            row.id as PassageId,
            without(&row.passage, words),
            without(&row.remark, words),
            row.reply.map(|reply| without(&reply, words)),
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Withdraws and empties the reports of a person's own calls; their numbers stay as gaps.
pub async fn erase_own(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let own = sqlx::query_scalar!(
        r#"select r.report_id as "id: ReportId" from reports r join consultations s using (consultation_id) join calls c using (call_id)
            where c.owner_id = $1 order by r.report_id"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    let now = tx.now();
    for id in &own {
        if let Some(Ok(moved)) = system(tx, *id).await?.map(|written| written.report.withdraw(now)) {
            save(tx, moved).await?;
        }
    }
    sqlx::query!(
        r#"with a as (delete from report_kept_marks where report_id = any($1)),
                b as (delete from report_passages where report_id = any($1)),
                c as (delete from report_quotes where report_id = any($1)),
                d as (update report_previews set remark = null where report_id = any($1)),
                e as (update report_series set slug = 'gone-' || series_id::text, prefix = ''
                       where call_id in (select call_id from calls where owner_id = $2))
           update reports set title = '', body = '', published_html = null where report_id = any($1)"#,
        &own as &[ReportId],
        person as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reports whose present version a person approved.
pub async fn approved(tx: &mut Tx, person: PersonId) -> Result<Vec<ReportId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select report_id as "id: ReportId" from report_previews p join reports r using (report_id)
            where p.person_id = $1 and p.answer = 'approved' and p.revision = r.revision order by report_id"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "report_previews",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['token_hash', 'person_id'] || jsonb_build_object('report', case when r.published_at is not null then r.title end) as "row!" from report_previews t join reports r using (report_id) where person_id = $1 order by t.created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "report_passages",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['reply', 'passage', 'person_id'] as "row!" from report_passages t where person_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "report_terms",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['person_id'] as "row!" from report_terms t where person_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "report_quotes",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('excerpt', t.excerpt, 'role', role, 'report', r.title, 'published_at', r.published_at) as "row!" from report_quotes t join reports r using (report_id) join quotes using (quote_id) join feedback f using (feedback_id)
                     where f.person_id = $1 order by t.quote_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "reports",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['published_html', 'published_text'] as "row!" from reports t join consultations s using (consultation_id) join calls c using (call_id) where c.owner_id = $1 order by t.created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "report_series",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from report_series t join calls using (call_id) where owner_id = $1 order by t.slug"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "report_kept_marks",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from report_kept_marks t join reports r using (report_id) join consultations s using (consultation_id) join calls c using (call_id) where c.owner_id = $1 order by t.kept_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
