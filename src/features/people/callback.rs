//! `/sign-in/providers/{provider}/callback`: where a browser comes back from a provider. The one GET that
//! writes, because RFC 6749 sends browsers back so: what it does needs the cookie of the browser that began,
//! and happens once. Nobody is let in by an address alone.

use super::providers::{self, find, unavailable, way_back};
use super::sign_in::{Arrived, ask_at, attempt_name, instead, may_ask, welcome};
use super::store::{self, NewRequest, ProviderAttempt};
use crate::config::providers::Provider;
use crate::domain::audit::Action;
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::domain::identity::{Arrival, Claim, arrival};
use crate::domain::person::EmailAddress;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError, see_other};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::PROVIDER_PER_NETWORK;
use crate::platform::page::Frame;
use crate::platform::provider::{self, Brought, Journey, Said, Trouble};
use crate::platform::route::client_address;
use crate::platform::{addresses, drafts, random};
use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use chrono::TimeDelta;

/// Whoever came back, and from where.
struct Return {
    frame: Frame,
    request: HttpRequest,
    provider: Provider,
    attempt: ProviderAttempt,
}

/// Takes what the browser brought.
pub async fn get(frame: Frame, request: HttpRequest, name: Path<String>) -> Answer {
    let provider = find(&frame, &name)?;
    if request.method() == Method::HEAD {
        return Err(AppError::Unreadable);
    }
    PROVIDER_PER_NETWORK.take(&frame.platform, &client_address(&request, &frame.platform)).await?;
    let Some(attempt) = spend(&frame, &request, &provider).await? else {
        tracing::warn!(provider = provider.name, "a way back that nobody began here");
        frame.refused(Action::SignInRefused, None);
        let notice = refused(&provider);
        return instead(frame, StatusCode::BAD_REQUEST, Fields::default(), notice);
    };
    let came = Return { frame, request, provider, attempt };
    if let Some((status, notice)) = came.error() {
        return came.ends(status, notice).await;
    }
    match came.attempt.linking {
        Some(person) => came.link(person).await,
        None => came.sign_in().await,
    }
}

/// The try of this browser, which is over now whatever comes of it.
async fn spend(frame: &Frame, request: &HttpRequest, provider: &Provider) -> Result<Option<ProviderAttempt>, AppError> {
    let (state, cookie) = (frame.asked("state"), request.cookie(attempt_name(&frame.platform)));
    let Some(cookie) = cookie.filter(|_| !state.is_empty()) else { return Ok(None) };
    let (state, attempt) = (random::hashed(&state), random::hashed(cookie.value()));
    let mut tx = frame.begin(&Fields::default()).await?;
    let spent = store::spend_provider_attempt(&mut tx, &provider.issuer, &state, &attempt, frame.now).await?;
    tx.commit().await?;
    Ok(spent)
}

/// Says no more than that it did not work.
fn refused(provider: &Provider) -> Message {
    Message::new("people-providers-refused").with("title", provider.title.clone())
}

impl Return {
    /// What the provider sent instead of a code.
    fn error(&self) -> Option<(StatusCode, Message)> {
        let declined = || Message::new("people-providers-declined").with("title", self.provider.title.clone());
        match self.frame.asked("error").as_str() {
            "" if self.frame.asked("code").is_empty() => Some((StatusCode::BAD_REQUEST, refused(&self.provider))),
            "" => None,
            "access_denied" => Some((StatusCode::OK, declined())),
            "server_error" | "temporarily_unavailable" => {
                Some((StatusCode::SERVICE_UNAVAILABLE, unavailable(&self.provider)))
            }
            _ => Some((StatusCode::BAD_REQUEST, refused(&self.provider))),
        }
    }

    /// Ends a try that came to nothing, on the page where it began.
    async fn ends(self, status: StatusCode, notice: Message) -> Answer {
        let mut tx = self.frame.begin(&Fields::default()).await?;
        tx.record(Fact::ProviderRefused { attempt: self.attempt.id }).await?;
        tx.commit().await?;
        let next = self.attempt.next(&self.frame.platform.keys);
        match self.attempt.linking.is_some() && self.is_still(self.attempt.linking) {
            true => providers::page(self.frame, status, Some(notice)).await,
            false => instead(self.frame, status, Fields::of(&[("next", &next)]), notice),
        }
    }

    /// Whether the person who began is signed in here, freshly confirmed.
    fn is_still(&self, linking: Option<PersonId>) -> bool {
        let person = self.frame.person().filter(|person| person.is_fresh(self.frame.now));
        person.map(|person| person.id) == linking
    }

    async fn ask(&self) -> Result<Said, Trouble> {
        let verifier = self.attempt.verifier(&self.frame.platform.keys).ok_or(Trouble::Refused("sealed otherwise"))?;
        let (state, nonce) = (self.frame.asked("state"), self.attempt.nonce.clone());
        let journey = Journey { back: way_back(&self.frame, &self.provider), state, nonce, verifier };
        let brought = Brought { code: self.frame.asked("code"), issuer: self.frame.asked("iss") };
        let said = provider::identify(&self.frame.platform, &self.provider, journey, brought).await;
        said.inspect_err(|trouble| {
            tracing::warn!(provider = self.provider.name, %trouble, "a provider identified nobody");
        })
    }

    async fn troubled(self, trouble: Trouble) -> Answer {
        let (status, notice) = match trouble {
            Trouble::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, unavailable(&self.provider)),
            Trouble::Refused(_) => (StatusCode::BAD_REQUEST, refused(&self.provider)),
        };
        self.ends(status, notice).await
    }

    async fn link(self, person: PersonId) -> Answer {
        if self.frame.person().is_some_and(|asker| asker.id == person && !asker.is_fresh(self.frame.now)) {
            return Ok(see_other("/settings/confirmation?next=%2Fsettings%2Fproviders"));
        }
        if !self.is_still(Some(person)) {
            return self.troubled(Trouble::Refused("another person")).await;
        }
        let said = match self.ask().await {
            Ok(said) => said,
            Err(trouble) => return self.troubled(trouble).await,
        };
        let (issuer, now) = (self.provider.issuer.as_str(), self.frame.now);
        let mut tx = self.frame.begin(&Fields::default()).await?;
        match store::link(&mut tx, person, issuer, &said.subject, now).await? {
            Some(identity) => tx.record(Fact::IdentityLinked { person, identity }).await?,
            None if store::person_of(&mut tx, issuer, &said.subject).await? == Some(person) => {}
            None => {
                drop(tx);
                let notice = Message::new("people-providers-others").with("title", self.provider.title.clone());
                return self.ends(StatusCode::CONFLICT, notice).await;
            }
        }
        tx.see_other("/settings/providers?said=done").await
    }

    async fn sign_in(self) -> Answer {
        let said = match self.ask().await {
            Ok(said) => said,
            Err(trouble) => return self.troubled(trouble).await,
        };
        let mut tx = self.frame.begin(&Fields::default()).await?;
        if let Some(person) = store::person_of(&mut tx, &self.provider.issuer, &said.subject).await? {
            return self.enter(tx, person).await;
        }
        let claim = said
            .address
            .as_ref()
            .map_or(Claim::Absent, |_| Claim::of(said.is_verified, self.provider.trusts_addresses));
        let is_taken = match &said.address {
            Some(address) => is_taken(&mut tx, address).await?,
            None => false,
        };
        match (arrival(claim, is_taken), said.address) {
            (Arrival::Newcomer, Some(address)) => self.make(tx, &said.subject, address).await,
            (Arrival::MailFirst, Some(address)) => {
                drop(tx);
                self.mail(&address).await
            }
            (_, address) => {
                drop(tx);
                self.link_first(address).await
            }
        }
    }

    /// Makes the account of somebody whose address is proven and free.
    async fn make(self, mut tx: Tx, subject: &str, address: EmailAddress) -> Answer {
        let (locale, now) = (self.frame.speech.locale, self.frame.now);
        let Some(person) = store::create(&mut tx, &address, locale, now).await? else {
            drop(tx);
            return self.link_first(Some(address)).await;
        };
        let identity = store::link(&mut tx, person, &self.provider.issuer, subject, now).await?;
        let identity = identity.ok_or(AppError::BeingDone)?;
        tx.record(Fact::IdentityLinked { person, identity }).await?;
        drafts::attach(&mut tx, &address, person, None, now).await?;
        addresses::restore(&mut tx, &address, person).await?;
        self.enter(tx, person).await
    }

    /// Ends like the mailed link: by the code of an app, where the person has one.
    async fn enter(self, mut tx: Tx, person: PersonId) -> Answer {
        let (keys, now) = (&self.frame.platform.keys, self.frame.now);
        let receiver = store::receiver(&mut tx, person).await?;
        let next = self.attempt.next(keys);
        let new = NewRequest {
            address: &receiver.address,
            locale: receiver.speech.locale,
            attempt: random::hashed(&random::token()),
            next: &next,
            keys,
            lasts: TimeDelta::minutes(10),
        };
        let request = store::insert_answered_request(&mut tx, new, now).await?;
        welcome(tx, &self.frame, &self.request, Arrived { person, request, next, is_elsewhere: false }).await
    }

    /// Asks the address itself. Linking comes later, by whoever is signed in then.
    async fn mail(self, address: &EmailAddress) -> Answer {
        let is_mailed = may_ask(&self.frame, &self.request, address).await?;
        let tx = self.frame.begin(&Fields::default()).await?;
        let next = self.attempt.next(&self.frame.platform.keys);
        ask_at(tx, &self.frame, address, &next, is_mailed, "/sign-in/code?said=unproven").await
    }

    async fn link_first(self, address: Option<EmailAddress>) -> Answer {
        let notice = Message::new("people-providers-link_first").with("title", self.provider.title.clone());
        let mut tx = self.frame.begin(&Fields::default()).await?;
        tx.record(Fact::ProviderRefused { attempt: self.attempt.id }).await?;
        tx.commit().await?;
        let next = self.attempt.next(&self.frame.platform.keys);
        let typed = address.as_ref().map_or("", EmailAddress::as_str);
        let fields = Fields::of(&[("next", &next), ("email", typed)]);
        instead(self.frame, StatusCode::CONFLICT, fields, notice)
    }
}

/// Whether an account has the address, or had it and can have it back.
async fn is_taken(tx: &mut Tx, address: &EmailAddress) -> Result<bool, AppError> {
    let now = tx.now();
    Ok(store::is_taken(tx, address).await? || store::change_from(tx, address, now).await?.is_some())
}
