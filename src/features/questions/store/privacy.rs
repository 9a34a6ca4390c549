//! SQL over what somebody who leaves wrote into documents: a stub keeps each thread readable.

use super::{locked_material, save_material};
use crate::domain::id::{ConsultationId, MaterialId, PersonId};
use crate::domain::material::Step;
use crate::features::questions::sweep::Wipe;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;
use uuid::Uuid;

/// Titles and goals that a person ever wrote: a report may have begun with them.
pub async fn words(conn: &mut PgConnection, person: PersonId) -> Result<Vec<String>, AppError> {
    let words = sqlx::query_scalar!(
        r#"select i.title as "words!" from items i
            where coalesce((select t.replaced_by from item_titles t where t.item_id = i.item_id order by t.revision desc limit 1), i.author_id) = $1
            union
           select t.title from item_titles t join items i using (item_id)
            where coalesce((select b.replaced_by from item_titles b where b.item_id = t.item_id and b.revision < t.revision order by b.revision desc limit 1),
                           i.author_id) = $1
            union
           select goal from goals where author_id = $1"#,
        person as PersonId
    )
    .fetch_all(conn)
    .await?;
    Ok(words)
}

/// Empties everything that a person wrote. `ja` and `en` stand where a title was.
pub async fn erase(
    tx: &mut Tx,
    person: PersonId,
    rooms: &[ConsultationId],
    (ja, en): (&str, &str),
) -> Result<(), AppError> {
    take_posts(tx, person).await?;
    take_titles(tx, person, ja, en).await?;
    take_materials(tx, person).await?;
    sqlx::query!(
        r#"with a as (delete from private_notes where person_id = $1),
                b as (delete from host_notes where author_id = $1),
                c as (delete from library_entries where person_id = $1),
                d as (delete from visits where person_id = $1),
                e as (update goals set goal = '' where author_id = $1)
           update items i set outcome_note = ''
             from consultations s join calls c using (call_id)
            where s.consultation_id = i.consultation_id and c.owner_id = $1 and i.consultation_id = any($2)"#,
        person as PersonId,
        rooms as &[ConsultationId],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn take_posts(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"with a as (delete from removed_texts where post_id in (select post_id from posts where author_id = $1)),
                b as (update post_revisions set body = '' where author_id = $1)
           update posts set body = '', html = '', taken_at = coalesce(taken_at, $2), taken_by = coalesce(taken_by, $1) where author_id = $1"#,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn take_titles(tx: &mut Tx, person: PersonId, ja: &str, en: &str) -> Result<(), AppError> {
    sqlx::query!(
        r#"with removed as (
               select consultation_id, case when c.locale = 'ja' then $2 else $3 end as words from consultations join calls c using (call_id)),
           former as (
               update item_titles t set title = r.words
                 from items i join removed r using (consultation_id)
                where i.item_id = t.item_id
                  and coalesce((select b.replaced_by from item_titles b where b.item_id = t.item_id and b.revision < t.revision order by b.revision desc limit 1),
                               i.author_id) = $1)
           update items i set title = r.words
             from removed r
            where r.consultation_id = i.consultation_id
              and coalesce((select t.replaced_by from item_titles t where t.item_id = i.item_id order by t.revision desc limit 1), i.author_id) = $1"#,
        person as PersonId,
        ja,
        en,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The bytes go by jobs; what another removed is not kept for its owner any longer.
async fn take_materials(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let ids = sqlx::query_scalar!(
        r#"select material_id as "id: MaterialId" from materials where owner_id = $1 order by material_id"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    let now = tx.now();
    for id in ids {
        let held = locked_material(tx, id).await?;
        match held.and_then(|held| held.material.take(Step::Purge)) {
            Some(moved) => save_material(tx, moved, Some(now)).await?,
            None => {
                sqlx::query!("update materials set kept_until = $2 where material_id = $1", id as MaterialId, now)
                    .execute(&mut **tx)
                    .await?;
                tx.enqueue_now(Wipe { material: id }).await?;
            }
        }
    }
    Ok(())
}

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "items",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['outcome_note', 'title'] || jsonb_build_object('title', case when coalesce(
                     (select b.replaced_by from item_titles b where b.item_id = t.item_id order by b.revision desc limit 1), t.author_id) = $1 then t.title end) as "row!"
                     from items t where author_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "item_titles",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['replaced_by'] as "row!" from item_titles t join items i using (item_id)
                     where coalesce((select b.replaced_by from item_titles b where b.item_id = t.item_id and b.revision < t.revision order by b.revision desc limit 1), i.author_id) = $1
                     order by replaced_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "posts",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['html', 'taken_by'] || jsonb_build_object('question', i.title) as "row!" from posts t join items i using (item_id)
                     where t.author_id = $1 order by t.created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "post_revisions",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from post_revisions t where author_id = $1 order by at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "removed_texts",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from removed_texts t join posts using (post_id) where author_id = $1 order by post_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "goals",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from goals t where author_id = $1 order by at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "private_notes",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from private_notes t where person_id = $1 order by at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "host_notes",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from host_notes t where author_id = $1 order by at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "materials",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['sha256', 'file_key'] as "row!" from materials t where owner_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "library_entries",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from library_entries t where person_id = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "visits",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from visits t where person_id = $1 order by seen_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}

/// The files that a person shared, as far as they are still there, with their names.
pub async fn files(conn: &mut PgConnection, person: PersonId) -> Result<Vec<(Uuid, String)>, AppError> {
    let rows = sqlx::query!(
        r#"select file_key as "key!", coalesce(file_name, '') as "name!" from materials
            where owner_id = $1 and file_key is not null and stage <> 'refused' order by created_at, material_id"#,
        person as PersonId
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.name)).collect())
}
