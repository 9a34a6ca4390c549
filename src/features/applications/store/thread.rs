//! SQL over what was said: the texts that an application had, and the messages beside it.

use super::Seen;
use crate::domain::id::{ApplicationId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Replaces what the application says; what it said before stays readable.
pub async fn replace_summary(tx: &mut Tx, seen: &Seen, summary: &str) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into application_summaries (application_id, revision, summary, replaced_at) values ($1, $2, $3, $4)",
        seen.application.id as ApplicationId,
        seen.revision + 1,
        seen.summary,
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update applications set summary = $2 where application_id = $1",
        seen.application.id as ApplicationId,
        summary
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What an application said before.
pub struct Former {
    pub summary: String,
    pub replaced_at: DateTime<Utc>,
}

/// Former texts, the oldest first.
pub async fn former_summaries(conn: &mut PgConnection, id: ApplicationId) -> Result<Vec<Former>, AppError> {
    let former = sqlx::query_as!(
        Former,
        "select summary, replaced_at from application_summaries where application_id = $1 order by revision",
        id as ApplicationId
    )
    .fetch_all(conn)
    .await?;
    Ok(former)
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
