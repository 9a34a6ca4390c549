//! `/settings/export`: everything that the instance holds of a person, to be taken along. A job makes the
//! archive; opening the page sends nothing, a button does.

use super::archive;
use super::store::{self, Export};
use super::sweep::Sweep;
use crate::domain::fact::Fact;
use crate::domain::id::{ExportId, PersonId};
use crate::domain::retention::EXPORTS;
use crate::platform::error::{Answer, AppError};
use crate::platform::files;
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "home/export.html")]
struct Page {
    frame: Frame,
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
    show(&page(&mut read, frame, me).await?)
}

async fn page(conn: &mut PgConnection, frame: Frame, me: PersonId) -> Result<Page, AppError> {
    let exports = store::exports(conn, me, frame.now).await?;
    Ok(Page { frame, exports, is_refused: false })
}

/// Asks for an archive, or sends one.
pub async fn post(frame: Frame, fields: Fields, request: HttpRequest) -> Answer {
    let me = frame.asker.id()?;
    if fields.one_of("act", ["ask", "take"])? == "take" {
        return take(frame, &fields, me, &request).await;
    }
    let mut tx = frame.begin(&fields).await?;
    match store::ask(&mut tx, me).await? {
        Ok(()) => {
            tx.enqueue(Sweep::after(frame.now)).await?;
            tx.see_other("/settings/export?said=done").await
        }
        Err(store::Running) => {
            let page = page(&mut tx, frame, me).await?;
            show_with(StatusCode::CONFLICT, &Page { is_refused: true, ..page })
        }
    }
}

async fn take(frame: Frame, fields: &Fields, me: PersonId, request: &HttpRequest) -> Answer {
    let export: ExportId = fields.value("export").parse().map_err(|_| AppError::NotFound)?;
    let mut tx = frame.begin(fields).await?;
    let exports = store::exports(&mut tx, me, frame.now).await?;
    let ready = exports.into_iter().find(|one| one.id == export).and_then(|one| one.ready).ok_or(AppError::NotFound)?;
    tx.record(Fact::ExportTaken { export }).await?;
    tx.commit().await?;
    let path = archive::folder(&frame.platform).path(export.0);
    files::send(request, path, ready.size, "kabeuchi.zip", "application/zip").await
}
