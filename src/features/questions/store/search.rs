//! SQL that finds items and posts by pieces of their text.

use crate::domain::id::{ConsultationId, ItemId, PersonId};
use crate::domain::search::Query;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// Rows that a page shows.
const MOST: i64 = 50;

/// An item whose title or one of whose posts has what somebody looks for.
pub struct Found {
    pub consultation: ConsultationId,
    pub item: ItemId,
    pub title: String,
    /// The post; the title where that has it.
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
