//! `/invitations/{token}`: joins a consultation, or says no. A mailed invitation is for its address and
//! once; a team link serves many. Joining is told, never asked.

use super::participants::MOST_GUESTS;
use super::store::{self, Open};
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::platform::consents::{self, Consent};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError, see_other};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "consultations/invitation.html")]
struct Invitation {
    frame: Frame,
    open: Open,
    token: String,
    /// Signed in with another address than the one that was invited.
    is_for_another: bool,
    refusal: Option<Message>,
    is_declined: bool,
}

/// Shows who invites to what.
pub async fn get(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let open = store::open_invitation(&mut read, &random::hashed(&token), frame.now).await?.ok_or(AppError::Gone)?;
    if is_in_already(&mut read, &frame, &open).await? {
        return Ok(see_other(format!("/consultations/{}", open.consultation)));
    }
    let is_for_another = is_for_another(&frame, &open);
    show(&Invitation { frame, open, token: token.into_inner(), is_for_another, refusal: None, is_declined: false })
}

/// Joins, or says no to a mailed invitation, for which its link is enough. Who is not signed in signs in first and comes back.
pub async fn post(frame: Frame, token: Path<String>, fields: Fields) -> Answer {
    if fields.one_of("act", ["", "join", "decline"])? == "decline" {
        return decline(frame, token.into_inner(), fields).await;
    }
    let mut tx = frame.begin(&fields).await?;
    let open = locked(&mut tx, &token).await?;
    let Some(person) = frame.person().map(|p| p.id) else {
        return Ok(see_other(frame.carry(&format!("/sign-in?next=/invitations/{token}"))));
    };
    if is_in_already(&mut tx, &frame, &open).await? {
        return Ok(see_other(format!("/consultations/{}", open.consultation)));
    }
    match refusal(&mut tx, &frame, &open, &fields).await? {
        Some((status, key)) => refused(frame, open, token.into_inner(), status, key),
        None => join(tx, open, person).await,
    }
}

/// The invitation behind the lock of its consultation.
async fn locked(tx: &mut Tx, token: &str) -> Result<Open, AppError> {
    let (hash, now) = (random::hashed(token), tx.now());
    let found = store::open_invitation(tx, &hash, now).await?.ok_or(AppError::Gone)?;
    store::lock(tx, found.consultation).await?;
    // Until the lock was ours it may have been revoked, or the consultation cancelled.
    store::open_invitation(tx, &hash, now).await?.ok_or(AppError::Gone)
}

fn refused(frame: Frame, open: Open, token: String, status: StatusCode, key: &'static str) -> Answer {
    let is_for_another = is_for_another(&frame, &open);
    let refusal = Some(Message::new(key));
    show_with(status, &Invitation { frame, open, token, is_for_another, refusal, is_declined: false })
}

async fn decline(frame: Frame, token: String, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let open = locked(&mut tx, &token).await?;
    if open.email.is_none() || !store::decline_invitation(&mut tx, open.invitation).await? {
        return refused(frame, open, token, StatusCode::CONFLICT, "consultations-invitation-for_many");
    }
    let (consultation, invitation) = (open.consultation, open.invitation);
    tx.record(Fact::InvitationDeclined { consultation, invitation }).await?;
    tx.commit().await?;
    show(&Invitation { frame, open, token, is_for_another: false, refusal: None, is_declined: true })
}

async fn join(mut tx: Tx, open: Open, person: PersonId) -> Answer {
    if open.email.is_some() && !store::spend_invitation(&mut tx, open.invitation).await? {
        return Err(AppError::Gone);
    }
    // Who came by the link for the team needs the mail no more.
    store::spend_invitations_of(&mut tx, open.consultation, person).await?;
    store::join(&mut tx, open.consultation, person, "member", open.confidentiality_version).await?;
    agree(&mut tx, &open, person).await?;
    tx.record(Fact::ParticipantJoined { consultation: open.consultation, person }).await?;
    tx.see_other(format!("/consultations/{}", open.consultation)).await
}

async fn agree(tx: &mut Tx, open: &Open, person: PersonId) -> Result<(), AppError> {
    if open.confidentiality.is_empty() {
        return Ok(());
    }
    let call = store::system(tx, open.consultation).await?.call.to_string();
    let version = open.confidentiality_version.to_string();
    let kind = consents::Kind::Confidentiality;
    consents::give(tx, person, Consent { kind, subject: &call, version: &version, text: &open.confidentiality }).await
}

async fn refusal(
    tx: &mut Tx,
    frame: &Frame,
    open: &Open,
    fields: &Fields,
) -> Result<Option<(StatusCode, &'static str)>, AppError> {
    if is_for_another(frame, open) {
        return Ok(Some((StatusCode::CONFLICT, "consultations-invitation-for_another")));
    }
    let read = fields.value("confidentiality_version");
    let is_current = read.is_empty() || read == open.confidentiality_version.to_string();
    let has_agreed = fields.has("confidential", "yes") && is_current;
    if !open.confidentiality.is_empty() && !has_agreed {
        return Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, "consultations-invitation-confidential_missing")));
    }
    let guests = store::attendants(tx, open.consultation).await?.iter().filter(|p| !p.part.is_host()).count();
    Ok((guests >= MOST_GUESTS).then_some((StatusCode::CONFLICT, "consultations-invitation-full")))
}

async fn is_in_already(conn: &mut sqlx::PgConnection, frame: &Frame, open: &Open) -> Result<bool, AppError> {
    let Some(person) = frame.person() else { return Ok(false) };
    Ok(store::attendants(conn, open.consultation).await?.iter().any(|a| a.person == person.id))
}

fn is_for_another(frame: &Frame, open: &Open) -> bool {
    match (frame.person(), &open.email) {
        (Some(person), Some(email)) => person.email.to_lowercase() != email.to_lowercase(),
        _ => false,
    }
}
