//! SQL that finds items and posts by pieces of their text.

use crate::domain::id::{ConsultationId, ItemId, MaterialId, PersonId};
use crate::domain::search::Query;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// Rows that a page shows.
const MOST: i64 = 50;

/// An item that has what somebody looks for: in its title, in what became of it, or in one of its posts.
pub struct Found {
    pub consultation: ConsultationId,
    pub item: ItemId,
    pub title: String,
    /// What has it.
    pub text: String,
}

/// Items and posts of these consultations, the newest first. What was taken back is found by nobody
/// but whoever wrote it.
pub async fn search(
    conn: &mut PgConnection,
    rooms: &[ConsultationId],
    reader: PersonId,
    query: &Query,
) -> Result<Vec<Found>, AppError> {
    let patterns = query.patterns();
    let found = sqlx::query_as!(
        Found,
        r#"select consultation_id as "consultation!: ConsultationId", item_id as "item!: ItemId", title as "title!", text as "text!" from (
               select distinct on (i.item_id) i.consultation_id, i.item_id, i.title, t.text, t.at
                 from items i
                 cross join lateral (
                      select i.title as text, i.created_at as at where folded(i.title) like $3 and folded(i.title) like all($4)
                       union all
                      select i.outcome_note, i.stage_since where folded(i.outcome_note) like $3 and folded(i.outcome_note) like all($4)
                       union all
                      select p.body, p.created_at from posts p
                       where p.item_id = i.item_id and folded(p.body) like $3 and folded(p.body) like all($4)) t
                where i.consultation_id = any($1) and (i.stage <> 'dropped' or i.author_id = $2)
                order by i.item_id, t.at desc) found
            order by at desc, item_id
            limit $5"#,
        rooms as &[ConsultationId],
        reader as PersonId,
        &patterns[0],
        &patterns[1..] as &[String],
        MOST,
    )
    .fetch_all(conn)
    .await?;
    Ok(found)
}

/// What stands beside the document: the goal, or the title of a piece of material.
pub struct Beside {
    pub consultation: ConsultationId,
    /// The piece of material; the goal otherwise.
    pub material: Option<MaterialId>,
    pub text: String,
}

/// Goals as they stand and titles of what is shared, of these consultations. A goal that was worded anew
/// and what was taken away are found by nobody.
pub async fn search_beside(
    conn: &mut PgConnection,
    rooms: &[ConsultationId],
    query: &Query,
) -> Result<Vec<Beside>, AppError> {
    let patterns = query.patterns();
    let found = sqlx::query_as!(
        Beside,
        r#"select consultation_id as "consultation!: ConsultationId", material_id as "material: MaterialId", text as "text!" from (
               select distinct on (consultation_id) consultation_id, null::uuid as material_id, goal as text, at
                 from goals where consultation_id = any($1) order by consultation_id, revision desc) goal
            where folded(text) like all($2)
            union all
           select * from (
               select consultation_id, material_id, title
                 from materials
                where consultation_id = any($1) and stage in ('checking', 'shared') and folded(title) like all($2)
                order by created_at desc, material_id
                limit $3) material"#,
        rooms as &[ConsultationId],
        &patterns,
        MOST,
    )
    .fetch_all(conn)
    .await?;
    Ok(found)
}
