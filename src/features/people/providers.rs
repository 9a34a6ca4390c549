//! `/sign-in/providers/{provider}` leads to a provider; `/settings/providers` links accounts there to the
//! person's own, and unlinks them. The mail stays a way in, so that unlinking locks nobody out.

use super::sign_in::{attempt_cookie, instead};
use super::store::{self, Identity, NewAttempt};
use super::way::safe_next;
use crate::config::Config;
use crate::config::providers::Provider;
use crate::domain::fact::Fact;
use crate::domain::id::{IdentityId, PersonId};
use crate::platform::error::{Answer, AppError, see_other};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::PROVIDER_PER_NETWORK;
use crate::platform::page::{Frame, show_with};
use crate::platform::provider::{self, Journey, Trouble};
use crate::platform::random;
use crate::platform::route::client_address;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// Ways to a provider and back: each lets us ask somebody else.

#[derive(Template)]
#[template(path = "people/providers.html")]
struct Providers {
    frame: Frame,
    identities: Vec<Identity>,
    notice: Option<Message>,
}

impl Providers {
    fn all(&self) -> &[Provider] {
        &self.frame.platform.config.providers
    }

    fn title(&self, identity: &Identity) -> String {
        title(&self.frame.platform.config, &identity.issuer)
    }
}

/// What people read for an issuer; one that is configured no more is called by its address.
pub fn title(config: &Config, issuer: &str) -> String {
    let known = config.providers.iter().find(|provider| provider.issuer == issuer);
    known.map_or_else(|| issuer.to_owned(), |provider| provider.title.clone())
}

/// The provider of an address here.
pub fn find(frame: &Frame, name: &str) -> Result<Provider, AppError> {
    let mut all = frame.platform.config.providers.iter();
    all.find(|provider| provider.name == name).cloned().ok_or(AppError::NotFound)
}

/// Leads to a provider, to sign in.
pub async fn post_sign_in(frame: Frame, request: HttpRequest, name: Path<String>, fields: Fields) -> Answer {
    let provider = find(&frame, &name)?;
    PROVIDER_PER_NETWORK.take(&frame.platform, &client_address(&request, &frame.platform)).await?;
    let next = safe_next(fields.value("next"));
    match begin(&frame, &provider, &next, None).await? {
        Ok(answer) => Ok(answer),
        Err(_) => {
            let notice = unavailable(&provider);
            instead(frame, StatusCode::SERVICE_UNAVAILABLE, Fields::of(&[("next", &next)]), notice)
        }
    }
}

/// Shows what is linked, and what can be.
pub async fn get(frame: Frame) -> Answer {
    page(frame, StatusCode::OK, None).await
}

/// Links or unlinks.
pub async fn post(frame: Frame, request: HttpRequest, fields: Fields) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?.id;
    match fields.one_of("act", ["link", "unlink"])? {
        "link" => {
            let provider = find(&frame, fields.value("provider"))?;
            PROVIDER_PER_NETWORK.take(&frame.platform, &client_address(&request, &frame.platform)).await?;
            match begin(&frame, &provider, "/settings/providers", Some(person)).await? {
                Ok(answer) => Ok(answer),
                Err(_) => {
                    let notice = unavailable(&provider);
                    page(frame, StatusCode::SERVICE_UNAVAILABLE, Some(notice)).await
                }
            }
        }
        _ => unlink(&frame, person, &fields).await,
    }
}

/// The page, with a word on what just happened at a provider.
pub async fn page(frame: Frame, status: StatusCode, notice: Option<Message>) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?.id;
    let identities = store::identities(&mut *frame.read().await?, person).await?;
    show_with(status, &Providers { frame, identities, notice })
}

async fn unlink(frame: &Frame, person: PersonId, fields: &Fields) -> Answer {
    let identity: IdentityId = fields.value("identity").parse().map_err(|_| AppError::NotFound)?;
    let mut tx = frame.begin(fields).await?;
    if !store::unlink(&mut tx, person, identity).await? {
        return Err(AppError::NotFound);
    }
    tx.record(Fact::IdentityUnlinked { person, identity }).await?;
    tx.see_other("/settings/providers?said=done").await
}

/// Begins a try in this browser and leads away. Asked first and stored then: no connection of the database
/// waits for somebody else's machine.
async fn begin(
    frame: &Frame,
    provider: &Provider,
    next: &str,
    linking: Option<PersonId>,
) -> Result<Result<actix_web::HttpResponse, Trouble>, AppError> {
    let (platform, token) = (&frame.platform, random::token());
    let journey = Journey::to_come_back_to(way_back(frame, provider));
    let there = match provider::way_there(platform, provider, &journey).await {
        Ok(there) => there,
        Err(trouble) => {
            tracing::warn!(provider = provider.name, %trouble, "a provider cannot be reached");
            return Ok(Err(trouble));
        }
    };
    let (state, attempt) = (random::hashed(&journey.state), random::hashed(&token));
    let (nonce, verifier) = (journey.nonce.as_str(), journey.verifier.as_str());
    let new = NewAttempt { issuer: &provider.issuer, state, attempt, nonce, verifier, next, linking };
    // Without the form's key: the address that its answer leads to is a secret.
    let mut tx = frame.begin(&Fields::default()).await?;
    let id = store::insert_provider_attempt(&mut tx, new, &platform.keys, frame.now).await?;
    let attempt = id.ok_or(AppError::NotNow("this instance has no keys to seal with"))?;
    tx.record(Fact::ProviderAsked { attempt }).await?;
    tx.commit().await?;
    let mut answer = see_other(there);
    answer.add_cookie(&attempt_cookie(platform, token)).map_err(|e| AppError::Unexpected(e.into()))?;
    Ok(Ok(answer))
}

/// Each provider has a way back of its own, so that none can answer for another.
pub fn way_back(frame: &Frame, provider: &Provider) -> String {
    frame.platform.config.url(&format!("/sign-in/providers/{}/callback", provider.name))
}

/// Says that a provider does not answer.
pub fn unavailable(provider: &Provider) -> Message {
    Message::new("people-providers-unavailable").with("title", provider.title.clone())
}
