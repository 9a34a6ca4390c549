//! `/calls/{call}/closing`: no applications any more; those that wait are declined or finished. A closed
//! call can be put away here for good.

use super::store::{self, Call};
use crate::domain::call::{Stage, Waiting};
use crate::domain::fact::Fact;
use crate::domain::id::CallId;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "calls/closing.html")]
struct Closing {
    frame: Frame,
    call: Call,
    fields: Fields,
    /// Key of why the stage does not allow what was asked.
    refusal: Option<&'static str>,
}

/// Shows what closing means, and asks what becomes of those who wait.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = store::for_host(&mut read, *id, &frame.asker).await?.call;
    show(&Closing { frame, call, fields: Fields::of(&[("waiting", "finish")]), refusal: None })
}

/// Closes the call.
pub async fn post(frame: Frame, id: Path<CallId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    hosted.require_decision()?;
    let call = hosted.call;
    if fields.one_of("act", ["", "archive"])? == "archive" {
        return match call.stage.archive(call.id) {
            Ok(moved) => {
                store::save(&mut tx, call.id, moved).await?;
                tx.record(Fact::WaitingDismissed { call: call.id }).await?;
                tx.see_other("/calls?said=done").await
            }
            Err(_) => {
                let refusal = Some("calls-closing-not_archived");
                show_with(StatusCode::CONFLICT, &Closing { frame, call, fields, refusal })
            }
        };
    }
    let Some(waiting) = Waiting::parse(fields.value("waiting")) else {
        fields.refuse("waiting", Message::new("field-choice"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Closing { frame, call, fields, refusal: None });
    };
    let Ok(moved) = call.stage.close(call.id) else {
        let refusal = Some("calls-closing-not_now");
        return show_with(StatusCode::CONFLICT, &Closing { frame, call, fields, refusal });
    };
    store::save(&mut tx, call.id, moved).await?;
    if waiting == Waiting::Decline {
        tx.record(Fact::WaitingDismissed { call: call.id }).await?;
    }
    tx.see_other("/calls?said=done").await
}
