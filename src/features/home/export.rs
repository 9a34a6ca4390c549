//! `/settings/export` and, for a closed account, `/sanctions/{token}/archive`: everything that the instance holds
//! of a person, to be taken along. A job makes the archive; opening the page sends nothing, a button does.

use super::archive;
use super::place::Place;
use super::store::{self, Export};
use super::sweep::Sweep;
use crate::domain::fact::Fact;
use crate::domain::id::{ExportId, PersonId};
use crate::domain::retention::EXPORTS;
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::files;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "home/export.html")]
struct Page {
    frame: Frame,
    place: Place,
    exports: Vec<Export>,
    is_refused: bool,
}

impl Page {
    fn is_running(&self) -> bool {
        self.exports.iter().any(|export| export.ready.is_none())
    }

    fn days(&self) -> i64 {
        EXPORTS.num_days()
    }
}

/// Shows the archives.
pub async fn get(frame: Frame) -> Answer {
    let me = frame.asker.id()?;
    let mut read = frame.read().await?;
    show(&page(&mut read, frame, me, Place::in_settings("export")).await?)
}

/// The same by the link of a closed account. What is made is told by mail, with a link of its own.
pub async fn get_closed(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let person = people::closed_by_link(&mut read, &token).await?;
    show(&page(&mut read, frame, person, Place::by_link(&token, "archive")).await?)
}

async fn page(conn: &mut PgConnection, frame: Frame, person: PersonId, place: Place) -> Result<Page, AppError> {
    let exports = store::exports(conn, person, frame.now).await?;
    Ok(Page { frame, place, exports, is_refused: false })
}

/// Asks for an archive, or sends one.
pub async fn post(frame: Frame, fields: Fields, request: HttpRequest) -> Answer {
    let (me, tx) = (frame.asker.id()?, frame.begin(&fields).await?);
    act(tx, frame, fields, request, (me, Place::in_settings("export"))).await
}

/// The same by the link of a closed account.
pub async fn post_closed(frame: Frame, fields: Fields, token: Path<String>, request: HttpRequest) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let person = people::closed_by_link(&mut tx, &token).await?;
    act(tx, frame, fields, request, (person, Place::by_link(&token, "archive"))).await
}

async fn act(
    mut tx: Tx,
    frame: Frame,
    fields: Fields,
    request: HttpRequest,
    (person, place): (PersonId, Place),
) -> Answer {
    if fields.one_of("act", ["ask", "take"])? == "take" {
        return take(tx, frame, &fields, person, &request).await;
    }
    match store::ask(&mut tx, person).await? {
        Ok(()) => {
            tx.enqueue(Sweep::after(frame.now)).await?;
            tx.see_other(format!("{}?said=done", place.path)).await
        }
        Err(store::Running) => {
            let page = page(&mut tx, frame, person, place).await?;
            show_with(StatusCode::CONFLICT, &Page { is_refused: true, ..page })
        }
    }
}

async fn take(mut tx: Tx, frame: Frame, fields: &Fields, person: PersonId, request: &HttpRequest) -> Answer {
    let export: ExportId = fields.value("export").parse().map_err(|_| AppError::NotFound)?;
    let exports = store::exports(&mut tx, person, frame.now).await?;
    let ready = exports.into_iter().find(|one| one.id == export).and_then(|one| one.ready).ok_or(AppError::NotFound)?;
    tx.record(Fact::ExportTaken { export }).await?;
    tx.commit().await?;
    let path = archive::folder(&frame.platform).path(export.0);
    files::send(request, path, ready.size, "kabeuchi.zip", "application/zip").await
}
