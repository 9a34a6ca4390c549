//! `/sign-in/code`: says that a link was sent, and takes the code of the mail in its place.

use super::sign_in::{Proven, attempt_name, finish};
use super::store::{self, CodeTry};
use crate::domain::audit::{Action, Kind, Object};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::CODES_PER_NETWORK;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use crate::platform::route::client_address;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "people/code.html")]
struct Code {
    frame: Frame,
    fields: Fields,
}

/// Asks for the code.
pub async fn get(frame: Frame) -> Answer {
    show(&Code { frame, fields: Fields::default() })
}

/// Signs in with the right code; the fifth wrong one ends it.
pub async fn post(frame: Frame, request: HttpRequest, mut fields: Fields) -> Answer {
    let typed: String = fields.value("code").to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
    if typed.len() != 8 {
        fields.refuse("code", Message::new("people-code-malformed"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Code { frame, fields });
    }
    CODES_PER_NETWORK.take(&frame.platform, &client_address(&request, &frame.platform)).await?;
    let cookie = request.cookie(attempt_name(&frame.platform)).ok_or(AppError::Gone)?;
    let mut tx = frame.begin(&fields).await?;
    match store::try_code(&mut tx, &random::hashed(cookie.value()), &random::hashed(&typed), frame.now).await? {
        CodeTry::Right(asked) => match store::spend(&mut tx, asked.id, frame.now).await? {
            true => {
                let proven = Proven::of(asked, &frame, &request);
                finish(tx, &frame, &request, proven).await
            }
            false => Err(AppError::Gone),
        },
        CodeTry::Wrong { request, left } => {
            tx.commit().await?;
            frame.refused(Action::SignInRefused, Some(Object::new(Kind::SignInRequest, request.0)));
            fields.refuse("code", Message::new("people-code-wrong").with("left", left));
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &Code { frame, fields })
        }
        CodeTry::Dead => {
            tx.commit().await?;
            Err(AppError::Gone)
        }
    }
}
