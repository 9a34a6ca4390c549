//! Passkeys where second factors are: added and removed at `/settings/second-factor`, asked for there, at
//! `/settings/confirmation` and at `/sign-in/second-factor`. A script asks the device; without one, codes remain.

use super::second_factor::{self, Refusal};
use super::store::{self, Added, Ceremony};
use crate::domain::audit::{Action, Kind, Object};
use crate::domain::fact::Fact;
use crate::domain::id::{PasskeyId, PersonId};
use crate::domain::text::Line;
use crate::platform::asker::SignedIn;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::limit::table::{FACTOR_TRIES, PASSKEYS_ASKED};
use crate::platform::page::Frame;
use crate::platform::passkeys::{self, Asked, Doubt, Site};
use actix_web::HttpResponse;

/// Passkeys of a person.
pub const MOST: usize = 10;

impl From<Doubt> for Refusal {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::Wrong => Refusal::PasskeyWrong,
            Doubt::Copied => Refusal::PasskeyCopied,
        }
    }
}

/// Tells the script what to ask the device for.
pub async fn ask_for_new(frame: &Frame, person: &SignedIn) -> Answer {
    PASSKEYS_ASKED.take(&frame.platform, &person.id.to_string()).await?;
    let mut tx = frame.begin(&Fields::default()).await?;
    let present = store::stored_passkeys(&mut tx, person.id).await?;
    if present.len() >= MOST {
        return Err(AppError::NotNow("there are ten passkeys"));
    }
    let present: Vec<_> = present.into_iter().map(|(_, stored)| stored).collect();
    let asked = site(frame)?.ask_for_new(person.id, &person.email, &person.name, &present);
    ask(tx, Ceremony::Adding(person.sign_in), person.id, asked).await
}

/// The same for one of the passkeys that there are.
pub async fn ask_for_one(frame: &Frame, ceremony: Ceremony<'_>, person: PersonId) -> Answer {
    PASSKEYS_ASKED.take(&frame.platform, &person.to_string()).await?;
    let mut tx = frame.begin(&Fields::default()).await?;
    let present: Vec<_> =
        store::stored_passkeys(&mut tx, person).await?.into_iter().map(|(_, stored)| stored).collect();
    if present.is_empty() {
        return Err(AppError::NotNow("there is no passkey"));
    }
    let asked = site(frame)?.ask_for_one(&present);
    ask(tx, ceremony, person, asked).await
}

fn site(frame: &Frame) -> Result<Site, AppError> {
    Site::of(&frame.platform.config).ok_or(AppError::NotNow("browsers make no passkeys for an IP address"))
}

async fn ask(mut tx: Tx, ceremony: Ceremony<'_>, person: PersonId, asked: Option<Asked>) -> Answer {
    let asked = asked.ok_or_else(|| AppError::Unexpected(anyhow::anyhow!("asking for a passkey")))?;
    let now = tx.now();
    store::begin_ceremony(&mut tx, ceremony, person, &asked.state, now).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(asked.options))
}

/// Keeps the passkey that the device made.
pub async fn add(frame: &Frame, person: &SignedIn, mut fields: Fields) -> Answer {
    FACTOR_TRIES.take(&frame.platform, &person.id.to_string()).await?;
    let Some(name) = fields.required::<Line<60>>("name") else {
        return second_factor::page(frame.clone(), fields).await;
    };
    let mut tx = frame.begin(&fields).await?;
    let made = make(&mut tx, &site(frame)?, person, name.as_str(), fields.value("passkey")).await?;
    match made {
        Ok((passkey, is_first)) => {
            tx.record(Fact::PasskeyAdded { person: person.id, passkey }).await?;
            second_factor::set(tx, frame, person, &fields, is_first).await
        }
        Err(refusal) => {
            tx.commit().await?;
            frame.refused(Action::ConfirmationRefused, Some(Object::new(Kind::Person, person.id.0)));
            refusal.tell(&mut fields);
            second_factor::page(frame.clone(), fields).await
        }
    }
}

/// The new passkey, and whether it is the person's first factor.
async fn make(
    tx: &mut Tx,
    site: &Site,
    person: &SignedIn,
    name: &str,
    answer: &str,
) -> Result<Result<(PasskeyId, bool), Refusal>, AppError> {
    let now = tx.now();
    let Some(state) = store::take_ceremony(tx, Ceremony::Adding(person.sign_in), person.id, now).await? else {
        return Ok(Err(Refusal::PasskeyOver));
    };
    let new = match site.new_passkey(&state, answer) {
        Ok(new) => new,
        Err(doubt) => return Ok(Err(doubt.into())),
    };
    let is_first = !store::has_factor(tx, person.id).await?;
    match store::add_passkey(tx, person.id, name, &new, now).await? {
        Added::Yes(passkey) => Ok(Ok((passkey, is_first))),
        Added::Taken => Ok(Err(Refusal::PasskeyTaken)),
        Added::Full => Err(AppError::NotNow("there are ten passkeys")),
    }
}

/// Takes a passkey away.
pub async fn remove(frame: &Frame, person: &SignedIn, fields: &Fields) -> Answer {
    let passkey: PasskeyId = fields.value("passkey").parse().map_err(|_| AppError::NotFound)?;
    let mut tx = frame.begin(fields).await?;
    if !store::remove_passkey(&mut tx, person.id, passkey).await? {
        return Err(AppError::NotFound);
    }
    store::drop_lone_codes(&mut tx, person.id).await?;
    tx.record(Fact::PasskeyRemoved { person: person.id, passkey }).await?;
    tx.see_other("/settings/second-factor?said=done").await
}

/// Whether the device answered what this browser was asked just now, which is spent by it.
pub async fn prove(
    tx: &mut Tx,
    ceremony: Ceremony<'_>,
    person: PersonId,
    answer: &str,
) -> Result<Result<(), Refusal>, AppError> {
    let now = tx.now();
    let Some(state) = store::take_ceremony(tx, ceremony, person, now).await? else {
        return Ok(Err(Refusal::PasskeyOver));
    };
    let Some(site) = Site::of(&tx.platform().config) else { return Ok(Err(Refusal::PasskeyWrong)) };
    let answer = match passkeys::Answer::read(answer) {
        Ok(answer) => answer,
        Err(doubt) => return Ok(Err(doubt.into())),
    };
    let present = store::stored_passkeys(tx, person).await?;
    let meant = present.into_iter().find(|(_, stored)| stored.credential == answer.credential());
    let Some((passkey, stored)) = meant else { return Ok(Err(Refusal::PasskeyWrong)) };
    match site.used(person, &state, stored, &answer) {
        Ok(used) if store::use_passkey(tx, passkey, &used, now).await? => Ok(Ok(())),
        Ok(_) => Ok(Err(Refusal::PasskeyCopied)),
        Err(doubt) => Ok(Err(doubt.into())),
    }
}
