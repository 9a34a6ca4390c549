//! `/applications/{application}/request`: the host wants to know more before deciding, or writes
//! something more to whoever was asked or waits.

use super::store::{self, Seen};
use crate::domain::application::Stage;
use crate::domain::id::ApplicationId;
use crate::domain::text::Text;
use crate::platform::drafts;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// The name of the drafts of questions; their subject is the application.
const FORM: &str = "request";

#[derive(Template)]
#[template(path = "applications/request.html")]
struct Request {
    frame: Frame,
    seen: Seen,
    fields: Fields,
    is_unsent: bool,
}

impl Request {
    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.seen.application.id)
    }

    /// Whether it is a question, which gives the turn; otherwise it is a message beside one.
    fn is_question(&self) -> bool {
        self.seen.application.stage == Stage::Submitted
    }

    fn title(&self) -> Told {
        self.frame.t(if self.is_question() { "applications-request-title" } else { "applications-show-write" })
    }

    fn label(&self) -> Told {
        self.frame.t(if self.is_question() { "applications-request-question" } else { "applications-show-message" })
    }
}

/// Asks for the question.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    seen.require_decision()?;
    let draft = drafts::find(&mut read, seen.me, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    show(&Request { frame, seen, fields: draft.map(|draft| draft.fields).unwrap_or_default(), is_unsent })
}

/// Sends the question.
pub async fn post(frame: Frame, id: Path<ApplicationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_decision()?;
    let Some(body) = fields.required::<Text<8000>>("body") else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Request { frame, seen, fields, is_unsent: false });
    };
    let fact = match seen.application.clone().ask(frame.now) {
        Ok(moved) => {
            store::save(&mut tx, moved).await?;
            None
        }
        Err(_) => match seen.application.write(seen.me) {
            Ok(fact) => Some(fact),
            Err(_) => {
                fields.refuse("body", Message::new("applications-show-not_now"));
                return show_with(StatusCode::CONFLICT, &Request { frame, seen, fields, is_unsent: false });
            }
        },
    };
    store::add_post(&mut tx, *id, seen.me, body.as_str()).await?;
    drafts::delete(&mut tx, seen.me, FORM, &id.to_string()).await?;
    if let Some(fact) = fact {
        tx.record(fact).await?;
    }
    tx.see_other(format!("{}?said=sent", seen.path(""))).await
}
