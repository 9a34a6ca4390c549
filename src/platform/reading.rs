//! Which pages people have open: whoever reads the news needs no mail about it. Written after the
//! answer, outside of it, at most once a minute.

use super::Platform;
use super::asker::Asker;
use super::error::AppError;
use super::random;
use crate::domain::id::PersonId;
use crate::domain::retention;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Marks that somebody opened a page that mails are about; never for a prefetch.
pub async fn mark(
    platform: web::Data<Platform>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let opened = opened(&platform, &request);
    let now = platform.clock.now();
    let response = next.call(request).await?;
    if let (Some((page, asker)), true) = (opened, response.status().is_success())
        && let Some(person) = asker.person()
        && platform.visits.is_due((mark_of(&page), person.id.0), now)
    {
        let marked = match platform.db.acquire().await {
            Ok(mut conn) => store(&mut conn, person.id, &page, now).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = marked {
            tracing::warn!(%error, "marking what is read");
        }
    }
    Ok(response.map_into_boxed_body())
}

fn opened(platform: &Platform, request: &ServiceRequest) -> Option<(String, Asker)> {
    let is_prefetch = request.headers().get("sec-purpose").is_some_and(|v| v.as_bytes().starts_with(b"prefetch"));
    let pattern = request.match_pattern()?;
    let is_told_of = platform.told_of.contains(&pattern.as_str());
    if request.method() != Method::GET || is_prefetch || !is_told_of {
        return None;
    }
    let asker = request.extensions().get::<Asker>().cloned()?;
    Some((request.path().to_owned(), asker))
}

/// A page as [`super::recent::Recent`] knows things.
fn mark_of(page: &str) -> Uuid {
    Uuid::from_slice(&random::hashed(page)[..16]).unwrap_or_default()
}

async fn store(conn: &mut PgConnection, person: PersonId, page: &str, now: DateTime<Utc>) -> Result<(), AppError> {
    sqlx::query!(
        r#"with old as (delete from readings where person_id = $1 and page <> $2 and seen_at < $4)
           insert into readings (person_id, page, seen_at) values ($1, $2, $3)
           on conflict (person_id, page) do update set seen_at = greatest(readings.seen_at, excluded.seen_at)"#,
        person as PersonId,
        page,
        now,
        now - retention::READINGS,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes readings that are over, also of whoever comes back no more; gives their number.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from readings where (person_id, page) in
                  (select person_id, page from readings where seen_at < $1 limit $2)"#,
        now - retention::READINGS,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}

/// When somebody opened a page last.
pub async fn seen_at(conn: &mut PgConnection, person: PersonId, page: &str) -> Result<Option<DateTime<Utc>>, AppError> {
    let seen_at = sqlx::query_scalar!(
        "select seen_at from readings where person_id = $1 and page = $2",
        person as PersonId,
        page
    )
    .fetch_optional(conn)
    .await?;
    Ok(seen_at)
}
