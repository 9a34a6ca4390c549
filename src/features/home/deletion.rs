//! `/settings/deletion` and, for a closed account, `/sanctions/{token}/deletion`: somebody deletes themselves. The
//! page says before what goes, what stays, and what stands in the way.

use super::erasure;
use super::place::Place;
use crate::domain::deletion::{NotYet, may_delete};
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::features::{calls, people};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "home/deletion.html")]
struct Deletion {
    frame: Frame,
    place: Place,
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
    let place = Place::in_settings("deletion");
    show(&Deletion { frame, place, fields: Fields::default(), not_yet, calls })
}

/// The same by the link of a closed account, in whose way nothing stands: its calls rest, and end with it.
pub async fn get_closed(frame: Frame, token: Path<String>) -> Answer {
    people::closed_by_link(&mut *frame.read().await?, &token).await?;
    let place = Place::by_link(&token, "deletion");
    show(&Deletion { frame, place, fields: Fields::default(), not_yet: None, calls: Vec::new() })
}

/// Takes back all consents and signs out everywhere at once; the rest is done by a job.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    people::privacy::lock_administrators(&mut tx).await?;
    let in_the_way = in_the_way(&mut tx, me).await?;
    delete(tx, frame, fields, in_the_way, (me, Place::in_settings("deletion"))).await
}

/// The same by the link of a closed account.
pub async fn post_closed(frame: Frame, fields: Fields, token: Path<String>) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let person = people::closed_by_link(&mut tx, &token).await?;
    delete(tx, frame, fields, (None, Vec::new()), (person, Place::by_link(&token, "deletion"))).await
}

async fn delete(
    mut tx: Tx,
    frame: Frame,
    mut fields: Fields,
    (not_yet, calls): (Option<NotYet>, Vec<String>),
    (person, place): (PersonId, Place),
) -> Answer {
    if fields.value("sure") != "yes" {
        fields.refuse("sure", Message::new("home-deletion-not_sure"));
    }
    match (not_yet, fields.is_refused()) {
        (None, false) => {}
        (Some(_), _) => return show_with(StatusCode::CONFLICT, &Deletion { frame, place, fields, not_yet, calls }),
        (None, true) => {
            return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Deletion { frame, place, fields, not_yet, calls });
        }
    }
    erasure::take_back(&mut tx, person).await?;
    people::privacy::leave(&mut tx, person).await?;
    tx.record(Fact::DeletionAsked { person }).await?;
    let mut answer = tx.see_other("/?said=leaving").await?;
    people::forget(&frame, &mut answer)?;
    Ok(answer)
}

async fn in_the_way(conn: &mut PgConnection, me: PersonId) -> Result<(Option<NotYet>, Vec<String>), AppError> {
    let calls = calls::privacy::active(conn, me).await?;
    let is_last = people::privacy::is_last_administrator(conn, me).await?;
    Ok((may_delete(calls.len(), is_last).err(), calls))
}
