//! GitHub: OAuth 2 alone, so that its API is asked who somebody is. Its number for an account is never given
//! to another; its names are.

use super::{Brought, Journey, Said, Trouble, ask, of_token};
use crate::config::exposed;
use crate::config::providers::Provider;
use crate::domain::person::EmailAddress;
use crate::platform::Platform;
use hyper::header::{ACCEPT, AUTHORIZATION};
use oauth2::basic::BasicClient;
use oauth2::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, TokenUrl,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// What may be read: the account's number and its addresses.
const SCOPE: &str = "user:email";

#[derive(Deserialize)]
struct User {
    id: u64,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

/// GitHub's page, with what it must tell back.
pub(super) fn way_there(provider: &Provider, journey: &Journey) -> Result<String, Trouble> {
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(journey.verifier.clone()));
    let client = client(provider, journey).ok_or(Trouble::Unavailable("address"))?;
    let state = journey.state.clone();
    let asked = client.authorize_url(|| CsrfToken::new(state)).add_scope(Scope::new(SCOPE.to_owned()));
    let (url, _) = asked.set_pkce_challenge(challenge).url();
    Ok(url.into())
}

/// Changes the code into a token, and asks with it.
pub(super) async fn identify(
    platform: &Platform,
    provider: &Provider,
    api: &str,
    journey: Journey,
    brought: Brought,
) -> Result<Said, Trouble> {
    let client = client(provider, &journey).ok_or(Trouble::Unavailable("address"))?;
    let http = |request| ask(platform, request);
    let request = client.exchange_code(AuthorizationCode::new(brought.code));
    let request = request.set_pkce_verifier(PkceCodeVerifier::new(journey.verifier));
    let answer = request.request_async(&http).await.map_err(of_token)?;
    let user: User = read(platform, &format!("{api}/user"), answer.access_token()).await?;
    let addresses: Vec<Address> = read(platform, &format!("{api}/user/emails"), answer.access_token()).await?;
    let primary = addresses.into_iter().find(|address| address.primary);
    Ok(Said {
        subject: user.id.to_string(),
        is_verified: primary.as_ref().is_some_and(|address| address.verified),
        address: primary.and_then(|address| EmailAddress::parse(&address.email).ok()),
    })
}

fn client(provider: &Provider, journey: &Journey) -> Option<Client> {
    let home = provider.issuer.trim_end_matches('/');
    let client = BasicClient::new(ClientId::new(provider.client_id.clone()))
        .set_client_secret(ClientSecret::new(exposed(&provider.client_secret).to_owned()))
        .set_auth_uri(AuthUrl::new(format!("{home}/login/oauth/authorize")).ok()?)
        .set_token_uri(TokenUrl::new(format!("{home}/login/oauth/access_token")).ok()?)
        .set_redirect_uri(RedirectUrl::new(journey.back.clone()).ok()?)
        .set_auth_type(AuthType::RequestBody);
    Some(client)
}

async fn read<T: DeserializeOwned>(platform: &Platform, url: &str, token: &AccessToken) -> Result<T, Trouble> {
    let request = hyper::Request::get(url)
        .header(AUTHORIZATION, format!("Bearer {}", token.secret()))
        .header(ACCEPT, "application/json")
        .body(Vec::new());
    let request: HttpRequest = request.map_err(|_| Trouble::Unavailable("token"))?;
    let answer = ask(platform, request).await.map_err(|_| Trouble::Unavailable("API"))?;
    match answer.status().is_success() {
        true => serde_json::from_slice(answer.body()).map_err(|_| Trouble::Unavailable("nonsense")),
        false => Err(Trouble::Refused("API")),
    }
}
