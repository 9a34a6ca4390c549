//! SQL over what was said: what an application said and wished for before, and the messages beside it.

use super::{Seen, add_kinds, wishes};
use crate::domain::id::{ApplicationId, PersonId};
use crate::features::applications::wishes::Wishes;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Replaces what the application says and wishes for; what it said before stays readable.
pub async fn replace(tx: &mut Tx, seen: &Seen, summary: &str, wishes: &Wishes) -> Result<(), AppError> {
    let (id, now) = (seen.application.id, tx.now());
    sqlx::query!(
        r#"insert into application_summaries (application_id, revision, summary, wished_minutes, kinds, locale, replaced_at)
           values ($1, $2, $3, $4, $5, $6, $7)"#,
        id as ApplicationId,
        seen.revision + 1,
        seen.summary,
        seen.wishes.minutes,
        &seen.wishes.words(),
        seen.wishes.locale.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update applications set summary = $2, wished_minutes = $3, locale = $4 where application_id = $1",
        id as ApplicationId,
        summary,
        wishes.minutes,
        wishes.locale.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from application_kinds where application_id = $1", id as ApplicationId)
        .execute(&mut **tx)
        .await?;
    add_kinds(tx, id, wishes).await
}

/// What an application said before.
pub struct Former {
    pub summary: String,
    /// `None` where an earlier release replaced the text alone.
    pub wishes: Option<Wishes>,
    pub replaced_at: DateTime<Utc>,
}

/// Former texts, the oldest first.
pub async fn former_summaries(conn: &mut PgConnection, id: ApplicationId) -> Result<Vec<Former>, AppError> {
    let rows = sqlx::query!(
        "select summary, wished_minutes, kinds, locale, replaced_at from application_summaries where application_id = $1 order by revision",
        id as ApplicationId
    )
    .fetch_all(conn)
    .await?;
    let former = rows.into_iter().map(|row| Former {
        wishes: row
            .wished_minutes
            .zip(row.locale)
            .map(|(minutes, locale)| wishes(minutes, &row.kinds.unwrap_or_default(), &locale)),
        summary: row.summary,
        replaced_at: row.replaced_at,
    });
    Ok(former.collect())
}

/// A question of the host or an answer, before the decision.
pub struct Post {
    pub author: PersonId,
    pub name: String,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// Posts in their order.
pub async fn posts(conn: &mut PgConnection, id: ApplicationId) -> Result<Vec<Post>, AppError> {
    let posts = sqlx::query_as!(
        Post,
        r#"select p.author_id as "author: PersonId", q.name, p.body, p.at
             from application_posts p join people q on q.person_id = p.author_id
            where p.application_id = $1 order by p.at, p.application_post_id"#,
        id as ApplicationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(posts)
}

/// Adds a post.
pub async fn add_post(tx: &mut Tx, id: ApplicationId, author: PersonId, body: &str) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into application_posts (application_post_id, application_id, author_id, body, at) values ($1, $2, $3, $4, $5)",
        random::id::<uuid::Uuid>(),
        id as ApplicationId,
        author as PersonId,
        body,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
