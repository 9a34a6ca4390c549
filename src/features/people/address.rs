//! `/settings/address` and `/settings/address/{token}`: another address for an account. It waits until the
//! new one confirms; the former is told and can undo it for 72 hours. Nobody learns whether an address is
//! somebody's already.

use super::sign_out::forget;
use super::store::{self, AddressChange, AddressTaken};
use crate::domain::fact::Fact;
use crate::domain::person::EmailAddress;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::ADDRESS_CHANGES;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// Mails to addresses of others are not for sale.

#[derive(Template)]
#[template(path = "people/address.html")]
struct Address {
    frame: Frame,
    fields: Fields,
    own: String,
    pending: Option<String>,
}

#[derive(Template)]
#[template(path = "people/address_link.html")]
struct Link {
    frame: Frame,
    token: String,
    masked: String,
    is_undo: bool,
}

/// Shows the address, and the one that waits.
pub async fn get(frame: Frame) -> Answer {
    page(frame, Fields::default()).await
}

/// Asks for another; the job decides whom it mails.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    let new = fields.required::<EmailAddress>("email");
    if new.as_ref().is_some_and(|new| new.folded() == person.email.to_lowercase()) {
        fields.refuse("email", Message::new("people-address-own"));
    }
    let (Some(new), false) = (new, fields.is_refused()) else { return page(frame, fields).await };
    ADDRESS_CHANGES.take(&frame.platform, &person.id.to_string()).await?;
    let mut tx = frame.begin(&fields).await?;
    let change = store::ask_for_address(&mut tx, person.id, &new, frame.now).await?;
    tx.record(Fact::AddressChangeAsked { change }).await?;
    tx.see_other("/settings/address?said=sent").await
}

async fn page(frame: Frame, fields: Fields) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    let (own, mut read) = (person.email.clone(), frame.read().await?);
    let pending = store::pending_change(&mut read, person.id, frame.now).await?;
    let pending = pending.map(|change| change.new.as_str().to_owned());
    let status = if fields.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    show_with(status, &Address { frame, fields, own, pending })
}

/// Shows what the link of a mail does; opening it changes nothing.
pub async fn get_link(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let found = store::change_of_link(&mut read, &random::hashed(&token), frame.now).await?;
    let (change, is_undo) = found.ok_or(AppError::Gone)?;
    may_confirm(&frame, &change, is_undo)?;
    let masked = if is_undo { change.former.masked() } else { change.new.masked() };
    show(&Link { frame, token: token.into_inner(), masked, is_undo })
}

/// Confirms the new address, or gives the account back to the former.
pub async fn post_link(frame: Frame, token: Path<String>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let found = store::change_of_link(&mut tx, &random::hashed(&token), frame.now).await?;
    let (change, is_undo) = found.ok_or(AppError::Gone)?;
    if frame.person().is_none() && !is_undo {
        return Err(AppError::SignInNeeded);
    }
    may_confirm(&frame, &change, is_undo)?;
    let (moved, fact) = match is_undo {
        true => (store::restore_address(&mut tx, &change).await?, Fact::AddressRestored { change: change.id }),
        false => {
            (store::change_address(&mut tx, &change, frame.now).await?, Fact::AddressChanged { change: change.id })
        }
    };
    match moved {
        Ok(true) => done(tx, &frame, fact).await,
        Ok(false) | Err(AddressTaken) => Err(AppError::Gone),
    }
}

/// Whoever holds the new address may be a stranger to whom it was mistyped: the account's own person
/// confirms. Undoing is for whoever reads the mail of the former address, signed in or not.
fn may_confirm(frame: &Frame, change: &AddressChange, is_undo: bool) -> Result<(), AppError> {
    match frame.person() {
        Some(person) if !is_undo && person.id != change.person => Err(AppError::Gone),
        _ => Ok(()),
    }
}

async fn done(mut tx: Tx, frame: &Frame, fact: Fact) -> Answer {
    tx.record(fact).await?;
    let mut answer = tx.see_other("/sign-in?said=address").await?;
    forget(frame, &mut answer)?;
    Ok(answer)
}
