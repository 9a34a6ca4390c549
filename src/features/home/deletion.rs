//! `/settings/deletion`: somebody deletes themselves. The page says before what goes, what stays, and what
//! stands in the way.

use super::erasure;
use crate::domain::deletion::{NotYet, may_delete};
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::features::{calls, people};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "home/deletion.html")]
struct Deletion {
    frame: Frame,
    fields: Fields,
    not_yet: Option<NotYet>,
    /// Titles of calls that have to be closed first.
    calls: Vec<String>,
}

/// Says what it means.
pub async fn get(frame: Frame) -> Answer {
    let me = frame.asker.id()?;
    let mut read = frame.read().await?;
    let (not_yet, calls) = in_the_way(&mut read, me).await?;
    show(&Deletion { frame, fields: Fields::default(), not_yet, calls })
}

/// Takes back all consents and signs out everywhere at once; the rest is done by a job.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    people::privacy::lock_administrators(&mut tx).await?;
    let (not_yet, calls) = in_the_way(&mut tx, me).await?;
    if fields.value("sure") != "yes" {
        fields.refuse("sure", Message::new("home-deletion-not_sure"));
    }
    match (not_yet, fields.is_refused()) {
        (None, false) => {}
        (Some(_), _) => return show_with(StatusCode::CONFLICT, &Deletion { frame, fields, not_yet, calls }),
        (None, true) => {
            return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Deletion { frame, fields, not_yet, calls });
        }
    }
    erasure::take_back(&mut tx, me).await?;
    people::privacy::leave(&mut tx, me).await?;
    tx.record(Fact::DeletionAsked { person: me }).await?;
    let mut answer = tx.see_other("/?said=leaving").await?;
    people::forget(&frame, &mut answer)?;
    Ok(answer)
}

async fn in_the_way(conn: &mut PgConnection, me: PersonId) -> Result<(Option<NotYet>, Vec<String>), AppError> {
    let calls = calls::privacy::active(conn, me).await?;
    let is_last = people::privacy::is_last_administrator(conn, me).await?;
    Ok((may_delete(calls.len(), is_last).err(), calls))
}
