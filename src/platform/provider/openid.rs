//! OpenID Connect: discovery, keys, the code flow, and the checks of an ID token (OpenID Connect Core 3.1.3.7).

use super::{Brought, Journey, Said, Trouble, ask, of_token};
use crate::config::exposed;
use crate::config::providers::Provider;
use crate::domain::person::EmailAddress;
use crate::platform::Platform;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreGrantType, CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, DiscoveryError, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl,
    Scope, SignatureVerificationError, TokenResponse,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// How long what an issuer says of itself is believed.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(1);
/// For a key that nobody knows, keys are fetched no more often than this: anybody can name one.
const KEYS_REST: TimeDelta = TimeDelta::seconds(60);
/// How far the clocks of issuer and instance may be apart.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// An ID token is made for a try, and no try lasts longer.
const NEWEST: TimeDelta = TimeDelta::minutes(10);

/// How a token may be signed: with a key of the issuer's own. A shared secret, or nothing, proves nothing.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Whether it says in each way back who sends the browser (RFC 9207).
#[derive(Clone, Debug, Serialize, Deserialize)]
struct NamesItself {
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for NamesItself {}

type Metadata = ProviderMetadata<
    NamesItself,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What issuers said of themselves a while ago.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<String, Known>>);

#[derive(Clone)]
struct Known {
    metadata: Arc<Metadata>,
    at: DateTime<Utc>,
    keys_asked_at: DateTime<Utc>,
}

impl Cache {
    fn of(&self, issuer: &str, now: DateTime<Utc>) -> Option<Arc<Metadata>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        known.filter(|known| now < known.at + KNOWN_FOR).map(|known| known.metadata)
    }

    fn keep(&self, issuer: &str, metadata: Arc<Metadata>, now: DateTime<Utc>) {
        let known = Known { metadata, at: now, keys_asked_at: now };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(issuer.to_owned(), known);
    }

    /// Whether somebody may ask for keys now: one of many who come at once.
    fn takes_turn(&self, issuer: &str, now: DateTime<Utc>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get_mut(issuer).filter(|known| now >= known.keys_asked_at + KEYS_REST);
        known.map(|known| known.keys_asked_at = now).is_some()
    }

    fn keep_keys(&self, issuer: &str, metadata: Arc<Metadata>) {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(issuer) {
            known.metadata = metadata;
        }
    }
}

/// The issuer's page, with what it must tell back.
pub(super) async fn way_there(platform: &Platform, provider: &Provider, journey: &Journey) -> Result<String, Trouble> {
    let metadata = known(platform, provider).await?;
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(journey.verifier.clone()));
    let client =
        CoreClient::from_provider_metadata((*metadata).clone(), ClientId::new(provider.client_id.clone()), None);
    let client = client.set_redirect_uri(back(journey)?);
    let (state, nonce) = (journey.state.clone(), journey.nonce.clone());
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let asked = client.authorize_url(flow, || CsrfToken::new(state), || Nonce::new(nonce));
    let (url, ..) = asked.add_scope(Scope::new("email".to_owned())).set_pkce_challenge(challenge).url();
    Ok(url.into())
}

/// Changes the code into an ID token and believes it after every check.
pub(super) async fn identify(
    platform: &Platform,
    provider: &Provider,
    journey: Journey,
    brought: Brought,
) -> Result<Said, Trouble> {
    let metadata = known(platform, provider).await?;
    let says_always = metadata.additional_metadata().authorization_response_iss_parameter_supported == Some(true);
    if brought.issuer != provider.issuer && (says_always || !brought.issuer.is_empty()) {
        return Err(Trouble::Refused("iss of the way back"));
    }
    let token = token(platform, provider, &metadata, &journey, brought.code).await?;
    match said(provider, &metadata, &token, &journey, platform.clock.now()) {
        Err(NotVerified::UnknownKey) => {
            let metadata = with_new_keys(platform, provider, &metadata).await?;
            said(provider, &metadata, &token, &journey, platform.clock.now())
        }
        said => said,
    }
    .map_err(|wrong| Trouble::Refused(wrong.word()))
}

fn back(journey: &Journey) -> Result<RedirectUrl, Trouble> {
    RedirectUrl::new(journey.back.clone()).map_err(|_| Trouble::Unavailable("way back"))
}

async fn known(platform: &Platform, provider: &Provider) -> Result<Arc<Metadata>, Trouble> {
    let now = platform.clock.now();
    if let Some(metadata) = platform.issuers.of(&provider.issuer, now) {
        return Ok(metadata);
    }
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|_| Trouble::Unavailable("issuer"))?;
    let http = |request| ask(platform, request);
    let metadata = Metadata::discover_async(issuer, &http).await.map_err(|error| Trouble::Unavailable(word(&error)))?;
    // The content security policy lets our forms lead to the issuer's own origin alone.
    let home = Url::parse(&provider.issuer).map(|url| url.origin());
    if home.is_ok_and(|home| home != metadata.authorization_endpoint().url().origin()) {
        return Err(Trouble::Unavailable("its page is elsewhere"));
    }
    let metadata = Arc::new(metadata);
    platform.issuers.keep(&provider.issuer, metadata.clone(), now);
    Ok(metadata)
}

/// For a key that nobody knows: issuers change theirs.
async fn with_new_keys(
    platform: &Platform,
    provider: &Provider,
    metadata: &Arc<Metadata>,
) -> Result<Arc<Metadata>, Trouble> {
    if !platform.issuers.takes_turn(&provider.issuer, platform.clock.now()) {
        // Somebody else may have asked meanwhile.
        return Ok(platform.issuers.of(&provider.issuer, platform.clock.now()).unwrap_or_else(|| metadata.clone()));
    }
    let http = |request| ask(platform, request);
    let keys = CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &http).await;
    let keys = keys.map_err(|error| Trouble::Unavailable(word(&error)))?;
    let metadata = Arc::new((**metadata).clone().set_jwks(keys));
    platform.issuers.keep_keys(&provider.issuer, metadata.clone());
    Ok(metadata)
}

async fn token(
    platform: &Platform,
    provider: &Provider,
    metadata: &Metadata,
    journey: &Journey,
    code: String,
) -> Result<CoreIdToken, Trouble> {
    let secret = ClientSecret::new(exposed(&provider.client_secret).to_owned());
    let id = ClientId::new(provider.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata.clone(), id, Some(secret));
    let client = client.set_redirect_uri(back(journey)?).set_auth_type(auth_type(metadata));
    let http = |request| ask(platform, request);
    let request =
        client.exchange_code(AuthorizationCode::new(code)).map_err(|_| Trouble::Unavailable("no token endpoint"))?;
    let request = request.set_pkce_verifier(PkceCodeVerifier::new(journey.verifier.clone()));
    let answer = request.request_async(&http).await.map_err(of_token)?;
    answer.id_token().cloned().ok_or(Trouble::Refused("no ID token"))
}

/// By header, as every issuer must take it that says nothing else.
fn auth_type(metadata: &Metadata) -> AuthType {
    let taken = metadata.token_endpoint_auth_methods_supported();
    match taken.is_some_and(|taken| !taken.contains(&CoreClientAuthMethod::ClientSecretBasic)) {
        true => AuthType::RequestBody,
        false => AuthType::BasicAuth,
    }
}

/// Why an ID token is not believed.
enum NotVerified {
    UnknownKey,
    Wrong(&'static str),
}

impl NotVerified {
    fn word(&self) -> &'static str {
        match self {
            NotVerified::UnknownKey => "unknown key",
            NotVerified::Wrong(word) => word,
        }
    }
}

impl From<ClaimsVerificationError> for NotVerified {
    fn from(error: ClaimsVerificationError) -> Self {
        use ClaimsVerificationError::*;
        NotVerified::Wrong(match error {
            SignatureVerification(SignatureVerificationError::NoMatchingKey) => return NotVerified::UnknownKey,
            SignatureVerification(_) => "signature",
            Expired(_) => "time",
            InvalidAudience(_) => "audience",
            InvalidIssuer(_) => "issuer",
            InvalidNonce(_) => "nonce",
            _ => "claims",
        })
    }
}

fn said(
    provider: &Provider,
    metadata: &Metadata,
    token: &CoreIdToken,
    journey: &Journey,
    now: DateTime<Utc>,
) -> Result<Said, NotVerified> {
    let id = ClientId::new(provider.client_id.clone());
    // As a client without a secret: then no secret can stand in for a signature.
    let verifier = CoreIdTokenVerifier::new_public_client(id, metadata.issuer().clone(), metadata.jwks().clone())
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now - LEEWAY)
        .set_issue_time_verifier_fn(move |at| match (now - NEWEST - LEEWAY..=now + LEEWAY).contains(&at) {
            true => Ok(()),
            false => Err("issued at another time".to_owned()),
        });
    let claims = token.claims(&verifier, &Nonce::new(journey.nonce.clone()))?;
    if claims.authorized_party().is_some_and(|party| party.as_str() != provider.client_id) {
        return Err(NotVerified::Wrong("authorized party"));
    }
    Ok(Said {
        subject: claims.subject().as_str().to_owned(),
        address: claims.email().and_then(|address| EmailAddress::parse(address.as_str()).ok()),
        is_verified: claims.email_verified() == Some(true),
    })
}

/// What was wrong with what an issuer says of itself.
fn word<E: std::error::Error>(error: &DiscoveryError<E>) -> &'static str {
    match error {
        DiscoveryError::Request(_) => "no answer",
        DiscoveryError::Validation(_) => "another issuer",
        DiscoveryError::Response(..) => "status",
        _ => "nonsense",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::providers::Kind;
    use chrono::TimeZone;
    use serde_json::json;

    /// Of a key that was thrown away.
    const MODULUS: &str = "m_VNaJ3RTqGF-WyVeOzvh2XV0lLNmuMaA6qYLLB1EeaH9dfKb15CEO3wmBZGDztJXUyna2ftvDuSFlO444l1j4_fyd-JF-\
        s38kdy0LmSpofPYzqLVP_F2u027W7xupT1xDoGeCODhJ5C6ZomhJepK6F6KOAOKILXOJvk7FsgeltSpngrVUXxpncOGuHNjEOGyN\
        L4fJxvArx_nhQ95ZgnShtzpIR9hNclIWHdThdfwRTIR7K-YMZfdQjgISD8HveITM33zOQj02o-\
        cE31Rj1ffS9b3yOUPskTHVnRabopRrsg20jxOEsOl-ZQgATtk6Z-mE64Niv8evAP-qnCpmI0zQ";
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUub3JnIiwiYXVkIjoia2FiZXVjaGkiL\
        CJzdWIiOiIyNDgyODk3NjEwMDEiLCJpYXQiOjE3OTkwMjA4MDAsImV4cCI6MTc5OTAyMTEwMCwibm9uY2UiOiJuLTBTNl9XekEyT\
        WoiLCJlbWFpbCI6ImFraUBleGFtcGxlLm9yZyIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlfQ.KzCsX0VAk5fwEarj3AJpuifiMeEV0p\
        fMHPWUr1UJo-He2tro4JETCOGFRmWjqEqMbfa8nKOYATwXPm2yY72mwra0YSkMsfby8Al7hO_5nxpsaEjf5ZlDvxug6xCZFC1rSi\
        8HHtJElWko_cdYC1aDaHbWd9SzAgSBFg8-MsDHjYY7qkxxwB8utO3fqhCoITN5R27BuKSHjpYEfuKcOGAkugSlxct1UdEwvzGhp-\
        _R223unq3Q_JZ55Fda-\
        JexH1S5jzgQ5nSHyU9hYQIGa2ydQ6K0G8JVVjRlUKcQt9a-X2S8dVNubM91TQ85COjxKNUgFUAMPH5oC8dnS9e_DsBQHg";

    fn read(token: &str) -> Result<Said, NotVerified> {
        let provider = Provider {
            name: "example".into(),
            title: "Example".into(),
            kind: Kind::OpenIdConnect,
            issuer: "https://id.example.org".into(),
            client_id: "kabeuchi".into(),
            client_secret: "secret".into(),
            trusts_addresses: false,
        };
        let keys =
            json!({ "keys": [{ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "e": "AQAB", "n": MODULUS }] });
        let metadata = json!({
            "issuer": provider.issuer,
            "authorization_endpoint": "https://id.example.org/authorize",
            "jwks_uri": "https://id.example.org/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let metadata: Metadata = serde_json::from_value(metadata).unwrap();
        let metadata = metadata.set_jwks(serde_json::from_value(keys).unwrap());
        let nonce = "n-0S6_WzA2Mj".to_owned();
        let journey = Journey { back: String::new(), state: String::new(), nonce, verifier: String::new() };
        let now = Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 30).unwrap();
        said(&provider, &metadata, &token.parse().unwrap(), &journey, now)
    }

    #[test]
    fn what_most_issuers_sign_with_is_read() {
        let said = read(TOKEN).ok().unwrap();
        assert_eq!((said.subject.as_str(), said.is_verified), ("248289761001", true));
        assert_eq!(said.address.unwrap().as_str(), "aki@example.org");
    }

    #[test]
    fn another_signature_is_none() {
        let (signed, signature) = TOKEN.rsplit_once('.').unwrap();
        let turned: String = signature.chars().rev().collect();
        let zero = "A".repeat(signature.len());
        for signature in [turned, zero] {
            assert_eq!(read(&format!("{signed}.{signature}")).err().map(|wrong| wrong.word()), Some("signature"));
        }
    }
}
