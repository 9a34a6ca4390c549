//! `/settings/confirmation`: asks a signed-in person again who they are, before what could lock them out
//! and before an administrator's acts: by a mailed code, or by their app or passkey where they have one.

use super::passkey;
use super::second_factor;
use super::store::{self, Ceremony, ConfirmationTry, Factors};
use super::way::safe_next;
use crate::domain::audit::Action;
use crate::domain::fact::Fact;
use crate::platform::asker::SignedIn;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::{CONFIRMATION_MAILS, FACTOR_TRIES};
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "people/confirmation.html")]
struct Confirmation {
    frame: Frame,
    fields: Fields,
    factors: Factors,
    /// Whether a code can be typed.
    is_asked: bool,
}

/// Shows the ways to confirm.
pub async fn get(frame: Frame) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    let mut read = frame.read().await?;
    let factors = store::factors(&mut read, person.id).await?;
    let is_asked = factors.any() || store::is_code_open(&mut read, person.sign_in, frame.now).await?;
    drop(read);
    let fields = Fields::of(&[("next", &safe_next(&frame.asked("next")))]);
    show(&Confirmation { frame, fields, factors, is_asked })
}

/// Mails a code, or takes one or a passkey and leads back.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    match (fields.one_of("act", ["send", "confirm", "ask_passkey", "passkey"])?, person.has_factor) {
        ("send", true) => Err(AppError::Unprocessable("who has a second factor is not asked by mail")),
        ("send", false) => send(&frame, person, &fields).await,
        ("ask_passkey", _) => passkey::ask_for_one(&frame, Ceremony::Confirming(person.sign_in), person.id).await,
        ("passkey", _) => by_passkey(&frame, person, fields).await,
        (_, true) => by_app(&frame, person, fields).await,
        (_, false) => by_mail(&frame, person, fields).await,
    }
}

async fn send(frame: &Frame, person: &SignedIn, fields: &Fields) -> Answer {
    CONFIRMATION_MAILS.take(&frame.platform, &person.id.to_string()).await?;
    let mut tx = frame.begin(fields).await?;
    store::ask_for_code(&mut tx, person.sign_in, frame.now).await?;
    tx.record(Fact::ConfirmationAsked { sign_in: person.sign_in }).await?;
    let next: String = url::form_urlencoded::byte_serialize(safe_next(fields.value("next")).as_bytes()).collect();
    tx.see_other(format!("/settings/confirmation?next={next}&said=sent")).await
}

async fn by_mail(frame: &Frame, person: &SignedIn, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let typed = second_factor::letters(fields.value("code"));
    let (message, is_asked) =
        match store::try_confirmation(&mut tx, person.sign_in, &random::hashed(&typed), frame.now).await? {
            ConfirmationTry::Right => return confirmed(tx, frame, person, &fields).await,
            ConfirmationTry::Wrong { left } => (Message::new("people-code-wrong").with("left", left), true),
            ConfirmationTry::Dead => (Message::new("people-confirmation-dead"), false),
        };
    tx.commit().await?;
    fields.refuse("code", message);
    fields.set("code", "");
    refused(frame, fields, Action::ConfirmationRefused, Factors::default(), is_asked)
}

async fn by_app(frame: &Frame, person: &SignedIn, mut fields: Fields) -> Answer {
    FACTOR_TRIES.take(&frame.platform, &person.id.to_string()).await?;
    let mut tx = frame.begin(&fields).await?;
    if second_factor::is_proven(&mut tx, person.id, fields.value("code")).await? {
        return confirmed(tx, frame, person, &fields).await;
    }
    let factors = store::factors(&mut tx, person.id).await?;
    drop(tx);
    fields.refuse("code", Message::new("people-second_factor-wrong"));
    fields.set("code", "");
    refused(frame, fields, Action::ConfirmationRefused, factors, true)
}

async fn by_passkey(frame: &Frame, person: &SignedIn, mut fields: Fields) -> Answer {
    FACTOR_TRIES.take(&frame.platform, &person.id.to_string()).await?;
    let mut tx = frame.begin(&fields).await?;
    let ceremony = Ceremony::Confirming(person.sign_in);
    let Err(refusal) = passkey::prove(&mut tx, ceremony, person.id, fields.value("passkey")).await? else {
        return confirmed(tx, frame, person, &fields).await;
    };
    let factors = store::factors(&mut tx, person.id).await?;
    tx.commit().await?;
    refusal.tell(&mut fields);
    refused(frame, fields, refusal.action(Action::ConfirmationRefused), factors, true)
}

async fn confirmed(mut tx: Tx, frame: &Frame, person: &SignedIn, fields: &Fields) -> Answer {
    store::confirm(&mut tx, person.sign_in, person.has_factor, frame.now).await?;
    tx.record(Fact::PersonConfirmed { sign_in: person.sign_in }).await?;
    tx.see_other(safe_next(fields.value("next"))).await
}

fn refused(frame: &Frame, fields: Fields, action: Action, factors: Factors, is_asked: bool) -> Answer {
    frame.refused(action, None);
    let page = Confirmation { frame: frame.clone(), fields, factors, is_asked };
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
