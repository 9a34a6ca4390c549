//! `/calls/invitations/{token}`: begins to host a call with its owner, or says no. An invitation is for
//! its address alone, and once.

use super::store::{self, Open, Rights};
use crate::domain::id::PersonId;
use crate::domain::interval::Interval;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError, see_other};
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told};
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "calls/invitation.html")]
struct Invitation {
    frame: Frame,
    open: Open,
    token: String,
    /// Signed in with another address than the one that was invited.
    is_for_another: bool,
    refusal: Option<Message>,
    /// A booked time of the call that the person has given elsewhere.
    taken: Option<Interval>,
    is_declined: bool,
}

impl Invitation {
    fn of(frame: Frame, open: Open, token: String) -> Self {
        let is_for_another = is_for_another(&frame, &open);
        Self { frame, open, token, is_for_another, refusal: None, taken: None, is_declined: false }
    }

    fn rights(&self) -> [Told; 2] {
        let rights = Rights { may_decide: self.open.may_decide, attends: self.open.attends };
        super::mails::rights(rights).map(|key| self.frame.t(key))
    }

    fn taken_when(&self) -> Option<String> {
        self.taken.map(|time| self.frame.speech.span(time.start(), time.end()))
    }
}

/// Shows who invites to which call, and what the person could do there.
pub async fn get(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let open = store::open_invitation(&mut read, &random::hashed(&token), frame.now).await?.ok_or(AppError::Gone)?;
    if is_host_already(&mut read, &frame, &open).await? {
        return Ok(see_other(format!("/calls/{}/hosts", open.call)));
    }
    show(&Invitation::of(frame, open, token.into_inner()))
}

/// Accepts, or says no, for which the link is enough. Who is not signed in signs in first and comes back.
pub async fn post(frame: Frame, token: Path<String>, fields: Fields) -> Answer {
    let (act, token) = (fields.one_of("act", ["", "accept", "accept_apart", "decline"])?, token.into_inner());
    let mut tx = frame.begin(&fields).await?;
    let open = locked(&mut tx, &token).await?;
    if act == "decline" {
        return decline(frame, tx, open, token).await;
    }
    let Some(person) = frame.person().map(|p| p.id) else {
        return Ok(see_other(frame.carry(&format!("/sign-in?next=/calls/invitations/{token}"))));
    };
    if is_host_already(&mut tx, &frame, &open).await? {
        return Ok(see_other(format!("/calls/{}/hosts", open.call)));
    }
    if let Some(key) = refusal(&mut tx, &frame, &open, person).await? {
        let refusal = Some(Message::new(key));
        return show_with(StatusCode::CONFLICT, &Invitation { refusal, ..Invitation::of(frame, open, token) });
    }
    let rights = Rights { may_decide: open.may_decide, attends: open.attends && act != "accept_apart" };
    accept(frame, tx, open, token, (person, rights)).await
}

/// The invitation behind the lock of its call: until it was ours the invitation may have been taken back.
async fn locked(tx: &mut Tx, token: &str) -> Result<Open, AppError> {
    let (hash, now) = (random::hashed(token), tx.now());
    let found = store::open_invitation(tx, &hash, now).await?.ok_or(AppError::Gone)?;
    store::locked(tx, found.call).await?;
    store::open_invitation(tx, &hash, now).await?.ok_or(AppError::Gone)
}

async fn decline(frame: Frame, mut tx: Tx, open: Open, token: String) -> Answer {
    if !store::decline_invitation(&mut tx, &open).await? {
        return Err(AppError::Gone);
    }
    tx.commit().await?;
    show(&Invitation { is_for_another: false, is_declined: true, ..Invitation::of(frame, open, token) })
}

async fn accept(frame: Frame, mut tx: Tx, open: Open, token: String, (person, rights): (PersonId, Rights)) -> Answer {
    if !store::spend_invitation(&mut tx, open.invitation).await? {
        return Err(AppError::Gone);
    }
    let taken = match rights.attends {
        true => (frame.platform.later.commit_host)(&mut tx, open.call, person, frame.now).await?,
        false => None,
    };
    if taken.is_some() {
        // What was written until then goes with the transaction, and the invitation waits on.
        drop(tx);
        return show_with(StatusCode::CONFLICT, &Invitation { taken, ..Invitation::of(frame, open, token) });
    }
    store::add_host(&mut tx, open.call, person, rights).await?;
    tx.see_other(format!("/calls/{}/hosts?said=done", open.call)).await
}

async fn refusal(tx: &mut Tx, frame: &Frame, open: &Open, person: PersonId) -> Result<Option<&'static str>, AppError> {
    if is_for_another(frame, open) {
        return Ok(Some("calls-invitation-for_another"));
    }
    if (frame.platform.later.is_guest)(tx, open.call, person).await? {
        return Ok(Some("calls-invitation-is_guest"));
    }
    let is_full = store::hosts(tx, open.call).await?.len() >= super::hosts::MOST_HOSTS;
    Ok(is_full.then_some("calls-invitation-full"))
}

async fn is_host_already(conn: &mut PgConnection, frame: &Frame, open: &Open) -> Result<bool, AppError> {
    let Some(person) = frame.person() else { return Ok(false) };
    Ok(store::hosts(conn, open.call).await?.iter().any(|host| host.person == person.id))
}

fn is_for_another(frame: &Frame, open: &Open) -> bool {
    frame.person().is_some_and(|person| person.email.to_lowercase() != open.email.to_lowercase())
}
