//! `/applications/{application}/request`: the host wants to know more before deciding.

use super::store::{self, Seen};
use crate::domain::id::ApplicationId;
use crate::domain::text::Text;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "applications/request.html")]
struct Request {
    frame: Frame,
    seen: Seen,
    fields: Fields,
}

/// Asks for the question.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    seen.require_decision()?;
    show(&Request { frame, seen, fields: Fields::default() })
}

/// Sends the question.
pub async fn post(frame: Frame, id: Path<ApplicationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_decision()?;
    let Some(body) = fields.required::<Text<8000>>("body") else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Request { frame, seen, fields });
    };
    match seen.application.clone().ask(frame.now) {
        Ok(moved) => {
            store::add_post(&mut tx, *id, seen.me, body.as_str()).await?;
            store::save(&mut tx, moved).await?;
            tx.see_other(format!("{}?said=sent", seen.path(""))).await
        }
        Err(_) => {
            fields.refuse("body", Message::new("applications-show-not_now"));
            show_with(StatusCode::CONFLICT, &Request { frame, seen, fields })
        }
    }
}
