//! `/live` and `/ready`: for balancers and supervisors.

use super::Platform;
use super::error::{Answer, AppError};
use actix_web::{HttpResponse, web};

/// The process runs.
pub async fn live() -> Answer {
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("live\n"))
}

/// The process may be given requests: it is not stopping, and the database answers.
pub async fn ready(platform: web::Data<Platform>) -> Answer {
    if platform.stopping.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(AppError::Unavailable(anyhow::anyhow!("the process is stopping")));
    }
    sqlx::query_scalar!(r#"select true as "up!""#).fetch_one(&platform.db).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"))
}
