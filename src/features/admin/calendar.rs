//! `/admin/calendars/{calendar}`: disconnects somebody's calendar. Neither its address nor what is in it is shown.

use super::removal::{Removal, reason};
use crate::domain::id::CalendarId;
use crate::features::calendars::{self, Connection};
use crate::features::people;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use sqlx::PgConnection;

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    connection: Connection,
    fields: Fields,
) -> Result<Removal, AppError> {
    let name = people::receiver(conn, connection.person).await?.name;
    let facts = vec![("admin-participant-name", name), ("admin-calendar-origin", connection.origin)];
    Ok(Removal {
        frame,
        title: "admin-calendar-title",
        text: "admin-calendar-text",
        facts,
        since: Some(connection.connected_at),
        path: format!("/admin/calendars/{}", connection.id),
        back: format!("/admin/people/{}", connection.person),
        hindrance: None,
        fields,
    })
}

/// Asks.
pub async fn get(frame: Frame, id: Path<CalendarId>) -> Answer {
    let mut read = frame.read().await?;
    let connection = calendars::connection(&mut read, *id).await?;
    page(&mut read, frame, connection, Fields::default()).await?.answer(StatusCode::OK)
}

/// Disconnects it.
pub async fn post(frame: Frame, id: Path<CalendarId>, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let connection = calendars::connection(&mut tx, *id).await?;
    let Some(reason) = reason(&mut fields) else {
        return page(&mut tx, frame, connection, fields).await?.answer(StatusCode::UNPROCESSABLE_ENTITY);
    };
    let person = calendars::cut_off(&mut tx, *id, me, &reason).await?;
    tx.see_other(format!("/admin/people/{person}?said=done")).await
}
