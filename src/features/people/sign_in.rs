//! `/sign-in`: asks for an address and mails a link. The answer is the same for every address.

use super::store::{self, NewRequest};
use super::way::safe_next;
use crate::config::providers::Provider;
use crate::domain::fact::Fact;
use crate::domain::id::{PersonId, SignInRequestId};
use crate::domain::person::{EmailAddress, Locale};
use crate::platform::asker::cookie_name;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError, see_other};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::{SIGN_IN_PER_ADDRESS, SIGN_IN_PER_NETWORK};
use crate::platform::page::{Frame, show, show_with};
use crate::platform::route::client_address;
use crate::platform::{Platform, random};
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::TimeDelta;

/// How long a mailed link works.
const LASTS: TimeDelta = TimeDelta::minutes(10);

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct SignIn {
    frame: Frame,
    fields: Fields,
    /// Why a provider did not lead any further.
    notice: Option<Message>,
}

impl SignIn {
    fn providers(&self) -> &[Provider] {
        &self.frame.platform.config.providers
    }

    fn way_to(&self, provider: &Provider) -> String {
        self.frame.carry(&format!("/sign-in/providers/{}", provider.name))
    }
}

/// Asks for the address.
pub async fn get(frame: Frame) -> Answer {
    let next = safe_next(&frame.asked("next"));
    if frame.person().is_some() {
        return Ok(see_other(next));
    }
    show(&SignIn { fields: Fields::of(&[("next", &next)]), frame, notice: None })
}

/// The page with a word on why a provider did not lead any further: the mail still does.
pub fn instead(frame: Frame, status: StatusCode, fields: Fields, notice: Message) -> Answer {
    let next = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", fields.value("next")).finish();
    let frame = frame.leading_to("/sign-in", next);
    show_with(status, &SignIn { frame, fields, notice: Some(notice) })
}

/// Stores the request; the job decides what is sent.
pub async fn post(frame: Frame, request: HttpRequest, mut fields: Fields) -> Answer {
    let next = safe_next(fields.value("next"));
    let Some(address) = fields.required::<EmailAddress>("email") else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &SignIn { frame, fields, notice: None });
    };
    let is_mailed = may_ask(&frame, &request, &address).await?;
    let tx = frame.begin(&fields).await?;
    ask(tx, &frame, &address, &next, is_mailed).await
}

/// Counts a request for a link by network and address; whether one is mailed. Before the transaction: who
/// counts inside of one holds two connections, and eight at once wait for each other.
pub async fn may_ask(frame: &Frame, request: &HttpRequest, address: &EmailAddress) -> Result<bool, AppError> {
    SIGN_IN_PER_NETWORK.take(&frame.platform, &client_address(request, &frame.platform)).await?;
    let is_mailed = SIGN_IN_PER_ADDRESS.allows(&frame.platform, &address.folded()).await?;
    if !is_mailed {
        metrics::counter!("kabeuchi_sign_in_mails_withheld_total").increment(1);
    }
    Ok(is_mailed)
}

/// Requests a link for an address and leads to the page of the typed code. Also for forms that a
/// visitor sends, whose draft waits for the sign-in.
pub async fn ask(tx: Tx, frame: &Frame, address: &EmailAddress, next: &str, is_mailed: bool) -> Answer {
    ask_at(tx, frame, address, next, is_mailed, "/sign-in/code").await
}

/// The same, where the page says more.
pub async fn ask_at(
    mut tx: Tx,
    frame: &Frame,
    address: &EmailAddress,
    next: &str,
    is_mailed: bool,
    page: &str,
) -> Answer {
    let attempt = random::token();
    if is_mailed {
        let (locale, keys) = (frame.speech.locale, &frame.platform.keys);
        let new = NewRequest { address, locale, attempt: random::hashed(&attempt), next, keys, lasts: LASTS };
        let request = store::insert_request(&mut tx, new, frame.now).await?;
        tx.record(Fact::SignInRequested { request }).await?;
    }
    let mut answer = tx.see_other(frame.carry(page)).await?;
    answer.add_cookie(&attempt_cookie(&frame.platform, attempt)).map_err(|e| AppError::Unexpected(e.into()))?;
    Ok(answer)
}

/// The answer of [`ask`], and nothing is asked for.
pub fn ask_nothing(frame: &Frame) -> Answer {
    let mut answer = see_other(frame.carry("/sign-in/code"));
    let attempt = attempt_cookie(&frame.platform, random::token());
    answer.add_cookie(&attempt).map_err(|e| AppError::Unexpected(e.into()))?;
    Ok(answer)
}

/// What goes along with a printed link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Along {
    /// The person becomes administrator and host.
    pub grants: bool,
    /// Their second factor is lost.
    pub loses_factor: bool,
}

/// Makes a link outside the browser: printed by a command, for a first visit or when mail is
/// broken. It works for an hour.
pub async fn invite(platform: &Platform, address: &EmailAddress, along: Along) -> Result<String, AppError> {
    let now = platform.clock.now();
    let mut tx = Tx::begin(platform, None, now).await?;
    let token = printed_link(&mut tx, address, Locale::En).await?;
    if along.grants {
        let person = store::find_or_create(&mut tx, address, Locale::En, now).await?;
        store::grant_administrator(&mut tx, person, now).await?;
        store::grant_host(&mut tx, person, now).await?;
        tx.record(Fact::AdministratorGranted { person }).await?;
    }
    if (along.grants || along.loses_factor)
        && let Some(person) = store::by_address(&mut tx, address).await?
    {
        lose_factor(&mut tx, person).await?;
    }
    tx.commit().await?;
    Ok(platform.config.url(&format!("/sign-in/{token}")))
}

/// Whoever has the machine is the last way back for somebody whose telephone is lost.
async fn lose_factor(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    if store::remove_factors(tx, person).await? {
        store::end_sign_ins(tx, person).await?;
        tx.record(Fact::SecondFactorRemoved { person }).await?;
    }
    Ok(())
}

/// The link that a first start prints, while nobody is here.
pub async fn first_link(platform: &Platform) -> Result<Option<String>, AppError> {
    let now = platform.clock.now();
    let mut tx = Tx::begin(platform, None, now).await?;
    if !store::is_empty(&mut tx).await? {
        return Ok(None);
    }
    let token = random::token();
    let request = store::insert_first_request(&mut tx, random::hashed(&random::token()), now).await?;
    store::add_link(&mut tx, request, &random::hashed(&token), &random::hashed(&random::code())).await?;
    tx.commit().await?;
    Ok(Some(platform.config.url(&format!("/sign-in/{token}"))))
}

async fn printed_link(tx: &mut Tx, address: &EmailAddress, locale: Locale) -> Result<String, AppError> {
    let (token, now) = (random::token(), tx.now());
    let attempt = random::hashed(&random::token());
    let platform = tx.platform().clone();
    let new = NewRequest { address, locale, attempt, next: "/home", keys: &platform.keys, lasts: TimeDelta::hours(1) };
    let request: SignInRequestId = store::insert_request(tx, new, now).await?;
    store::add_link(tx, request, &random::hashed(&token), &random::hashed(&random::code())).await?;
    Ok(token)
}

/// The cookie that binds a typed code to the browser that asked for it.
pub fn attempt_name(platform: &Platform) -> &'static str {
    match platform.config.is_local() {
        true => "dev-sign-in-attempt",
        false => "__Host-sign-in-attempt",
    }
}

/// The cookie of a browser that begins something.
pub fn attempt_cookie(platform: &Platform, value: String) -> Cookie<'static> {
    cookie(platform, attempt_name(platform), value, time::Duration::minutes(10))
}

/// A cookie of ours: for this host alone, unreadable for scripts.
pub fn cookie(platform: &Platform, name: &'static str, value: String, lasts: time::Duration) -> Cookie<'static> {
    let secure = !platform.config.is_local();
    Cookie::build(name, value).path("/").http_only(true).secure(secure).same_site(SameSite::Lax).max_age(lasts).finish()
}

/// A sign-in by a proven address.
pub struct Proven {
    pub request: SignInRequestId,
    pub address: EmailAddress,
    pub locale: Locale,
    pub next: String,
    /// Proven in another browser than the one that asked.
    pub is_elsewhere: bool,
}

impl Proven {
    /// What the mail of a request proves to this browser.
    pub fn of(asked: store::Request, frame: &Frame, request: &HttpRequest) -> Self {
        let is_elsewhere = !is_attempt(&frame.platform, request, &asked.attempt);
        let next = asked.way.open(asked.id, &frame.platform.keys);
        Self { request: asked.id, address: asked.address, locale: asked.locale, next, is_elsewhere }
    }
}

/// Whether this browser is the one that asked.
pub fn is_attempt(platform: &Platform, request: &HttpRequest, attempt: &random::Hashed) -> bool {
    request.cookie(attempt_name(platform)).is_some_and(|cookie| random::hashed(cookie.value()) == *attempt)
}

/// Signs the person of the address in, or asks them for their second factor.
pub async fn finish(mut tx: Tx, frame: &Frame, request: &HttpRequest, proven: Proven) -> Answer {
    let person = store::find_or_create(&mut tx, &proven.address, proven.locale, frame.now).await?;
    crate::platform::drafts::attach(&mut tx, &proven.address, person, Some(frame.now), frame.now).await?;
    crate::platform::addresses::restore(&mut tx, &proven.address, person).await?;
    let Proven { request: asked, next, is_elsewhere, .. } = proven;
    welcome(tx, frame, request, Arrived { person, request: asked, next, is_elsewhere }).await
}

/// Somebody who is known, whatever is still to be asked.
pub struct Arrived {
    pub person: PersonId,
    pub request: SignInRequestId,
    pub next: String,
    pub is_elsewhere: bool,
}

/// Signs a person in, or asks them for their second factor.
pub async fn welcome(mut tx: Tx, frame: &Frame, request: &HttpRequest, arrived: Arrived) -> Answer {
    if store::has_factor(&mut tx, arrived.person).await? {
        return wait(tx, frame, &arrived).await;
    }
    let Arrived { person, next, is_elsewhere, .. } = arrived;
    complete(tx, frame, request, Entrance { person, next, is_elsewhere, by_factor: false }).await
}

/// Lets the sign-in of somebody with a second factor wait for it.
async fn wait(mut tx: Tx, frame: &Frame, arrived: &Arrived) -> Answer {
    let token = random::token();
    let (hashed, person) = (random::hashed(&token), arrived.person);
    store::insert_attempt(&mut tx, &hashed, person, arrived.request, arrived.is_elsewhere, frame.now).await?;
    let mut answer = tx.see_other(frame.carry("/sign-in/second-factor")).await?;
    answer.add_cookie(&attempt_cookie(&frame.platform, token)).map_err(|e| AppError::Unexpected(e.into()))?;
    Ok(answer)
}

/// Somebody who showed all that they are asked for.
pub struct Entrance {
    pub person: PersonId,
    pub next: String,
    pub is_elsewhere: bool,
    pub by_factor: bool,
}

/// Signs in and leads on; a person without a name chooses one first.
pub async fn complete(mut tx: Tx, frame: &Frame, request: &HttpRequest, entrance: Entrance) -> Answer {
    let person = entrance.person;
    // A link that was mailed before the account was closed, or before anybody knew that it is: the next mail says so.
    if store::is_disabled(&mut tx, person).await? {
        tx.commit().await?;
        return Err(AppError::Gone);
    }
    let (token, lasts) = enter(&mut tx, frame, request, &entrance).await?;
    let is_settled = store::profile(&mut tx, person).await?.is_settled;
    let next = safe_next(&entrance.next);
    let location = match is_settled {
        true => next,
        false => format!(
            "/settings/profile?next={}",
            url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>()
        ),
    };
    let mut answer: HttpResponse = tx.see_other(location).await?;
    let name = cookie_name(frame.platform.config.is_local());
    let lasts = time::Duration::seconds(lasts.num_seconds());
    answer.add_cookie(&cookie(&frame.platform, name, token, lasts)).map_err(|e| AppError::Unexpected(e.into()))?;
    answer
        .add_cookie(&cookie(&frame.platform, attempt_name(&frame.platform), String::new(), time::Duration::ZERO))
        .map_err(|e| AppError::Unexpected(e.into()))?;
    Ok(answer)
}

/// Signs the browser in under a new token; whatever it was signed in with before ends. Gives the token and
/// how long it lasts at most.
async fn enter(
    tx: &mut Tx,
    frame: &Frame,
    request: &HttpRequest,
    entrance: &Entrance,
) -> Result<(String, TimeDelta), AppError> {
    let person = entrance.person;
    if let Some(former) = request.cookie(cookie_name(frame.platform.config.is_local()))
        && let Some((person, sign_in)) = store::end_former(tx, &random::hashed(former.value())).await?
    {
        tx.record(Fact::SignedOut { person, sign_in }).await?;
    }
    let token = random::token();
    let agent = request.headers().get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(200).collect();
    let (hashed, by_factor) = (random::hashed(&token), entrance.by_factor);
    let (sign_in, lasts) = store::insert_sign_in(tx, person, &hashed, &agent, by_factor, frame.now).await?;
    tx.record(Fact::SignedIn { person, sign_in }).await?;
    if entrance.is_elsewhere {
        tx.record(Fact::SignedInElsewhere { person, sign_in }).await?;
    }
    // A browser that was brought up to date is the same browser.
    let kind: String = agent.chars().filter(|c| !c.is_ascii_digit()).collect();
    if store::is_new_browser(tx, person, &random::hashed(&kind), frame.now).await? {
        tx.record(Fact::BrowserAppeared { sign_in }).await?;
    }
    Ok((token, lasts))
}
