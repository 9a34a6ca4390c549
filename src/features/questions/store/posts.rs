//! SQL over posts and their revisions.

use crate::domain::consultation::Side;
use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, ItemId, PersonId, PostId};
use crate::domain::post::Gone;
use crate::domain::thread::Thread;
use crate::features::consultations::Room;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::markdown::{self, Html};
use crate::platform::random;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A post in an item's thread.
#[derive(Clone, Debug)]
pub struct Post {
    pub id: PostId,
    pub item: ItemId,
    pub author_id: PersonId,
    pub author: String,
    pub side: Side,
    pub thread: Thread,
    pub round: i32,
    pub body: String,
    pub html: Html,
    pub revision: i32,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    /// Without its text; what stands in its place.
    pub gone: Option<Gone>,
}

impl Post {
    /// Whether the hosts' side wrote it.
    pub fn is_hosts(&self) -> bool {
        self.side == Side::Host
    }
}

/// Posts of a consultation, or of one item, as they are drawn: their Markdown is left where it is.
pub async fn posts(conn: &mut PgConnection, id: ConsultationId, item: Option<ItemId>) -> Result<Vec<Post>, AppError> {
    Ok(standing(posts_of(conn, id, item, false).await?))
}

/// Posts of a consultation with their Markdown.
pub async fn posts_to_export(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Post>, AppError> {
    Ok(standing(posts_of(conn, id, None, true).await?))
}

/// Posts with a text, and the stubs of those without.
fn standing(posts: Vec<Post>) -> Vec<Post> {
    let answers = |post: &Post, later: &&Post| {
        let (of, thread) = (post.item, post.thread);
        (later.item, later.thread, later.gone) == (of, thread, None) && later.author_id != post.author_id
    };
    let stands = |(n, post): (usize, &Post)| {
        post.gone.is_none_or(|gone| gone.leaves_stub(posts[n..].iter().any(|later| answers(post, &later))))
    };
    let stand: Vec<bool> = posts.iter().enumerate().map(stands).collect();
    posts.into_iter().zip(stand).filter_map(|(post, stands)| stands.then_some(post)).collect()
}

/// Posts of a consultation, or of one item: thread by thread, in each the oldest first.
async fn posts_of(
    conn: &mut PgConnection,
    id: ConsultationId,
    item: Option<ItemId>,
    with_body: bool,
) -> Result<Vec<Post>, AppError> {
    let rows = sqlx::query!(
        r#"select p.post_id as "id: PostId", p.item_id as "item: ItemId", p.author_id as "author_id: PersonId", q.name as author,
                  p.side, p.thread, p.round, case when $3 then p.body else '' end as "body!", p.html, p.revision, p.created_at, p.edited_at,
                  p.taken_by as "taken_by: PersonId"
             from posts p
             join items i using (item_id)
             join people q on q.person_id = p.author_id
            where i.consultation_id = $1 and ($2::uuid is null or p.item_id = $2)
            order by p.created_at, p.post_id"#,
        id as ConsultationId,
        item as Option<ItemId>,
        with_body,
    )
    .fetch_all(conn)
    .await?;
    let mut posts: Vec<Post> = rows
        .into_iter()
        .map(|row| Post {
            id: row.id,
            item: row.item,
            author_id: row.author_id,
            author: row.author,
            side: Side::parse(&row.side).unwrap_or(Side::Guest),
            thread: Thread::parse(&row.thread).unwrap_or(Thread::Main),
            round: row.round,
            body: row.body,
            html: Html::stored(row.html),
            revision: row.revision,
            created_at: row.created_at,
            edited_at: row.edited_at,
            gone: row.taken_by.map(|by| if by == row.author_id { Gone::TakenBack } else { Gone::Removed }),
        })
        .collect();
    posts.sort_by_key(|post| post.thread);
    Ok(posts)
}

/// One post of an item; the caller found the item in its consultation.
pub async fn post(conn: &mut PgConnection, id: ConsultationId, item: ItemId, post: PostId) -> Result<Post, AppError> {
    posts_of(conn, id, Some(item), true).await?.into_iter().find(|p| p.id == post).ok_or(AppError::NotFound)
}

/// Adds a post and its first revision.
pub async fn add_post(tx: &mut Tx, room: &Room, item: ItemId, thread: Thread, body: &str) -> Result<PostId, AppError> {
    let (post, now): (PostId, _) = (random::id(), tx.now());
    let html = markdown::render(body);
    sqlx::query!(
        r#"insert into posts (post_id, item_id, author_id, side, round, body, html, created_at, thread)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"#,
        post as PostId,
        item as ItemId,
        room.me as PersonId,
        room.part.side().as_str(),
        room.consultation.rounds + 1,
        body,
        html.as_str(),
        now,
        thread.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    keep_revision(tx, post, 1, room.me, body).await?;
    tx.record(Fact::PostWritten { consultation: room.id(), post }).await?;
    Ok(post)
}

/// Replaces a post's text by its next revision.
pub async fn edit_post(tx: &mut Tx, room: &Room, post: &Post, body: &str) -> Result<(), AppError> {
    let (revision, now) = (post.revision + 1, tx.now());
    let html = markdown::render(body);
    sqlx::query!(
        "update posts set body = $2, html = $3, revision = $4, edited_at = $5 where post_id = $1",
        post.id as PostId,
        body,
        html.as_str(),
        revision,
        now,
    )
    .execute(&mut **tx)
    .await?;
    keep_revision(tx, post.id, revision, room.me, body).await?;
    tx.record(Fact::PostEdited { consultation: room.id(), post: post.id }).await
}

async fn keep_revision(tx: &mut Tx, post: PostId, revision: i32, author: PersonId, body: &str) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into post_revisions (post_id, revision, body, author_id, at) values ($1, $2, $3, $4, $5)",
        post as PostId,
        revision,
        body,
        author as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Empties a post with its former texts, and keeps the last one where its author shall still have it.
pub async fn take_post(tx: &mut Tx, room: &Room, post: &Post, gone: Gone) -> Result<(), AppError> {
    let now = tx.now();
    if let Some(kept_for) = gone.kept_for() {
        sqlx::query!(
            "insert into removed_texts (post_id, body, kept_until) values ($1, $2, $3)",
            post.id as PostId,
            post.body,
            now + kept_for,
        )
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query!(
        r#"with emptied as (update post_revisions set body = '' where post_id = $1)
           update posts set body = '', html = '', taken_at = $2, taken_by = $3 where post_id = $1"#,
        post.id as PostId,
        now,
        room.me as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::PostTaken { consultation: room.id(), post: post.id }).await
}

/// What another removed, as long as its author may take it along.
pub struct RemovedText {
    pub body: String,
    pub kept_until: DateTime<Utc>,
}

/// The text of a post that another removed.
pub async fn removed_text(conn: &mut PgConnection, post: PostId) -> Result<Option<RemovedText>, AppError> {
    let text =
        sqlx::query_as!(RemovedText, "select body, kept_until from removed_texts where post_id = $1", post as PostId,)
            .fetch_optional(conn)
            .await?;
    Ok(text)
}

/// Until when the text of a post that another removed is kept; `None` where none is.
pub async fn removed_text_ends_at(conn: &mut PgConnection, post: PostId) -> Result<Option<DateTime<Utc>>, AppError> {
    Ok(removed_text(conn, post).await?.map(|text| text.kept_until))
}

/// Deletes the text of a post that another removed.
pub async fn wipe_text(tx: &mut Tx, post: PostId) -> Result<(), AppError> {
    sqlx::query!("delete from removed_texts where post_id = $1", post as PostId).execute(&mut **tx).await?;
    Ok(())
}

/// A text that a post had before.
pub struct Former {
    pub revision: i32,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// The texts that a post had before, the newest first.
pub async fn former(conn: &mut PgConnection, post: &Post) -> Result<Vec<Former>, AppError> {
    let former = sqlx::query_as!(
        Former,
        "select revision, body, at from post_revisions where post_id = $1 and revision < $2 order by revision desc",
        post.id as PostId,
        post.revision,
    )
    .fetch_all(conn)
    .await?;
    Ok(former)
}

/// When anything was written last.
pub async fn last_post_at(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<DateTime<Utc>>, AppError> {
    let last = sqlx::query_scalar!(
        "select max(p.created_at) from posts p join items i using (item_id) where i.consultation_id = $1",
        id as ConsultationId,
    )
    .fetch_one(conn)
    .await?;
    Ok(last)
}
