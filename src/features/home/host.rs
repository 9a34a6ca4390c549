//! `/hosts/{host}`: who the host is, and their calls.

use crate::domain::call::Stage;
use crate::features::{applications, calls, people, reports};
use crate::platform::error::{Answer, AppError};
use crate::platform::markdown::{self, Html};
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "home/host.html")]
struct Host {
    frame: Frame,
    host: people::HostCard,
    calls: Vec<calls::Listed>,
    reports: Vec<reports::Listed>,
    /// How often the promise to answer was kept, and over how many applications.
    promise: Option<(i64, i64)>,
}

/// Fewer applications say nothing.
const FEWEST: i64 = 5;

impl Host {
    fn initial(&self) -> String {
        self.host.name.chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default()
    }

    fn about(&self) -> Html {
        markdown::render(&self.host.about)
    }

    fn is_me(&self) -> bool {
        self.frame.person().is_some_and(|p| p.id == self.host.id)
    }
}

/// Shows the host.
pub async fn get(frame: Frame, slug: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let host = people::by_slug(&mut read, &slug).await?.ok_or(AppError::NotFound)?;
    let calls = calls::of_owner(&mut read, host.id).await?;
    let reports = reports::of_host(&mut read, host.id, 10).await?;
    let has_page = !reports.is_empty()
        || people::holds_grant(&mut read, host.id).await?
        || calls::has_public(&mut read, host.id).await?;
    if !has_page {
        return Err(AppError::NotFound);
    }
    let (kept, all) = applications::promise(&mut read, host.id, frame.now).await?;
    let promise = (all >= FEWEST).then_some((kept, all));
    show(&Host { frame, host, calls, reports, promise })
}
