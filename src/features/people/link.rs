//! `/sign-in/{token}`: the page behind a mailed link. Opening it changes nothing, since mail
//! scanners open links too; the button signs in.

use super::sign_in::{Proven, finish, is_attempt};
use super::store;
use crate::domain::fact::Fact;
use crate::domain::id::SignInRequestId;
use crate::domain::person::EmailAddress;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "people/link.html")]
struct Link {
    frame: Frame,
    masked: String,
    token: String,
    is_other_browser: bool,
}

impl Link {
    fn action(&self) -> String {
        self.frame.carry(&format!("/sign-in/{}", self.token))
    }
}

#[derive(Template)]
#[template(path = "people/first_link.html")]
struct FirstLink {
    frame: Frame,
    fields: Fields,
    token: String,
}

/// Shows whom the link signs in; the link of a first start asks.
pub async fn get(frame: Frame, request: HttpRequest, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let hashed = random::hashed(&token);
    if store::first_request_of_link(&mut read, &hashed, frame.now).await?.is_some() {
        return show(&FirstLink { frame, fields: Fields::default(), token: token.into_inner() });
    }
    let asked = store::request_of_link(&mut read, &hashed, frame.now).await?.ok_or(AppError::Gone)?;
    let is_other_browser = !is_attempt(&frame.platform, &request, &asked.attempt);
    show(&Link { masked: asked.address.masked(), token: token.into_inner(), is_other_browser, frame })
}

/// Spends the link.
pub async fn post(frame: Frame, request: HttpRequest, token: Path<String>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hashed = random::hashed(&token);
    if let Some(first) = store::first_request_of_link(&mut tx, &hashed, frame.now).await? {
        return post_first(tx, frame, request, first, fields, token.into_inner()).await;
    }
    let asked = store::request_of_link(&mut tx, &hashed, frame.now).await?.ok_or(AppError::Gone)?;
    match store::spend(&mut tx, asked.id, frame.now).await? {
        true => {
            let proven = Proven::of(asked, &frame, &request);
            finish(tx, &frame, &request, proven).await
        }
        false => Err(AppError::Gone),
    }
}

/// Whoever sits at the machine of an empty instance becomes its administrator and host.
async fn post_first(
    mut tx: Tx,
    frame: Frame,
    request: HttpRequest,
    first: SignInRequestId,
    mut fields: Fields,
    token: String,
) -> Answer {
    let Some(address) = fields.required::<EmailAddress>("email") else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &FirstLink { frame, fields, token });
    };
    if !store::spend(&mut tx, first, frame.now).await? {
        return Err(AppError::Gone);
    }
    let locale = frame.speech.locale;
    let person = store::find_or_create(&mut tx, &address, locale, frame.now).await?;
    store::grant_administrator(&mut tx, person, frame.now).await?;
    store::grant_host(&mut tx, person, frame.now).await?;
    tx.record(Fact::AdministratorGranted { person }).await?;
    finish(
        tx,
        &frame,
        &request,
        Proven { request: first, address, locale, next: "/home".to_owned(), is_elsewhere: false },
    )
    .await
}
