//! SQL over every text that was ever kept.

use crate::domain::id::{ConsultationId, ItemId, PersonId};
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A text of a post or the title of an item; of the goal where it belongs to no item.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its place in the order of time, from 1. Texts are only added, so that it stays the same.
    pub number: i64,
    pub item: Option<ItemId>,
    /// Whether it is a title that was worded anew, not a post.
    pub is_title: bool,
    pub title: String,
    pub author: String,
    pub revision: i32,
    pub at: DateTime<Utc>,
    /// Nobody reads it any more but whoever wrote it.
    pub is_taken_back: bool,
    /// A post that its author took back or another removed: its texts are empty.
    pub is_gone: bool,
    pub body: String,
    /// The text that it followed.
    pub before: Option<String>,
}

/// Texts of a document before a place in the order of time, the newest first, as this person may read them.
pub async fn history(
    conn: &mut PgConnection,
    id: ConsultationId,
    reader: PersonId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Kept>, AppError> {
    let mut kept = sqlx::query_as!(
        Kept,
        r#"with texts as (
               select i.item_id, false as is_title, i.title, p.post_id as of_what, r.author_id, r.revision, r.body, r.at,
                      i.stage = 'dropped' and p.author_id <> $2 as is_taken_back, p.taken_at is not null as is_gone, null as was
                 from items i join posts p using (item_id) join post_revisions r using (post_id)
                where i.consultation_id = $1
                union all
               select i.item_id, true, i.title, f.item_id, f.replaced_by, f.revision + 1,
                      lead(f.title, 1, i.title) over (partition by f.item_id order by f.revision), f.replaced_at,
                      i.stage = 'dropped' and i.author_id <> $2, false, f.title
                 from items i join item_titles f using (item_id)
                where i.consultation_id = $1
                union all
               select null, false, '', g.consultation_id, g.author_id, g.revision, g.goal, g.at, false, false, null
                 from goals g where g.consultation_id = $1
           ), numbered as (
               select t.*, row_number() over (order by t.at, t.of_what, t.revision) as number,
                      coalesce(t.was, lag(t.body) over (partition by t.of_what order by t.revision)) as before
                 from texts t
           )
           select n.number as "number!", n.item_id as "item: ItemId", n.is_title as "is_title!", n.title as "title!", q.name as author, n.revision as "revision!", n.at as "at!",
                  n.is_taken_back as "is_taken_back!", n.is_gone as "is_gone!", n.body as "body!", n.before
             from numbered n join people q on q.person_id = n.author_id
            where $3::bigint is null or n.number < $3
            order by n.number desc
            limit $4"#,
        id as ConsultationId,
        reader as PersonId,
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    for text in kept.iter_mut().filter(|text| text.is_taken_back) {
        (text.body, text.before) = (String::new(), None);
    }
    Ok(kept)
}
