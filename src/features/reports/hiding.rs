//! `/reports/{series}/{number}/hiding`: an administrator takes a report out of sight. The host hears
//! by mail, and may publish another version under the same number.

use super::mails::HiddenMail;
use super::store::{self, Series};
use crate::features::consultations;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "reports/hiding.html")]
struct Hiding {
    frame: Frame,
    series: Series,
    number: i32,
    is_refused: bool,
}

impl Hiding {
    fn path(&self) -> String {
        format!("/reports/{}/{}", self.series.slug, self.number)
    }
}

/// Asks.
pub async fn get(frame: Frame, address: Path<(String, i32)>) -> Answer {
    let mut read = frame.read().await?;
    let (series, _) = found(&mut read, &address).await?;
    show(&Hiding { frame, series, number: address.1, is_refused: false })
}

/// Hides.
pub async fn post(frame: Frame, address: Path<(String, i32)>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let (series, published) = found(&mut tx, &address).await?;
    consultations::lock(&mut tx, published.consultation).await?;
    let written = store::system(&mut tx, published.id).await?.ok_or(AppError::NotFound)?;
    let Ok(moved) = written.report.bar(frame.now) else {
        return show_with(StatusCode::CONFLICT, &Hiding { frame, series, number: address.1, is_refused: true });
    };
    store::save(&mut tx, moved).await?;
    tx.enqueue_now(HiddenMail { report: published.id, by_administrator: true }).await?;
    tx.see_other(format!("/reports/{}?said=done", series.slug)).await
}

async fn found(conn: &mut PgConnection, address: &(String, i32)) -> Result<(Series, store::Published), AppError> {
    let series = store::series_by_slug(conn, &address.0).await?.ok_or(AppError::NotFound)?;
    let published = store::published(conn, &series, address.1).await?.ok_or(AppError::NotFound)?;
    Ok((series, published))
}
