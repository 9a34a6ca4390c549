//! `/settings/second-factor` and `/sign-in/second-factor`: passkeys or the codes of an app beside the mail, and
//! recovery codes for the day when the telephone is lost.
//!
//! Why not the crate `totp-rs`: what it would add to `domain/totp.rs` is one HMAC, which is here already.

use super::passkey;
use super::sign_in::{Entrance, attempt_name, complete};
use super::store::{self, Attempt, Ceremony, Factor, Factors, Passkey};
use super::way::safe_next;
use crate::domain::audit::{Action, Kind, Object};
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::domain::totp::{self, Mac};
use crate::platform::asker::SignedIn;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError, see_other};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::FACTOR_TRIES;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::passkeys::Site;
use crate::platform::random::{self, Hashed};
use crate::platform::seal::Keys;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// Tries of one person, however many sign-ins wait.
/// Recovery codes that one gets at a time.
const CODES: usize = 10;

#[derive(Template)]
#[template(path = "people/second_factor.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    app: Option<Factor>,
    /// The key of an app that is being set up.
    key: Option<Key>,
    can_seal: bool,
    passkeys: Vec<Passkey>,
    /// Whether browsers make passkeys for the address of this instance.
    is_named: bool,
    factors: Factors,
}

impl Page {
    fn is_full(&self) -> bool {
        self.passkeys.len() >= passkey::MOST
    }
}

/// A key as apps take it.
struct Key {
    typed: String,
    link: String,
}

#[derive(Template)]
#[template(path = "people/recovery_codes.html")]
struct RecoveryCodes {
    frame: Frame,
    codes: Vec<String>,
    next: String,
}

#[derive(Template)]
#[template(path = "people/second_factor_sign_in.html")]
struct SignIn {
    frame: Frame,
    fields: Fields,
    factors: Factors,
}

/// Shows whether there is one, or the key while one is set up.
pub async fn get(frame: Frame) -> Answer {
    let fields = Fields::of(&[("next", &frame.asked("next"))]);
    page(frame, fields).await
}

/// Sets an app up, takes its first code, makes new recovery codes, or takes it away; the same for passkeys.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    const ACTS: [&str; 7] = ["begin", "confirm", "codes", "remove", "ask_passkey", "add_passkey", "remove_passkey"];
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    match fields.one_of("act", ACTS)? {
        "begin" => begin(&frame, person, &fields).await,
        "confirm" => confirm(&frame, person, fields).await,
        "codes" => new_codes(&frame, person, &fields).await,
        "ask_passkey" => passkey::ask_for_new(&frame, person).await,
        "add_passkey" => passkey::add(&frame, person, fields).await,
        "remove_passkey" => passkey::remove(&frame, person, &fields).await,
        _ => remove(&frame, person, &fields).await,
    }
}

/// The page as it stands, with what was refused.
pub async fn page(frame: Frame, fields: Fields) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    let mut read = frame.read().await?;
    let (app, factors) = (store::factor(&mut read, person.id).await?, store::factors(&mut read, person.id).await?);
    let passkeys = store::passkeys(&mut read, person.id).await?;
    drop(read);
    let pending = app.as_ref().filter(|factor| factor.confirmed_at.is_none());
    let secret = pending.and_then(|factor| open(&frame.platform.keys, person.id, factor));
    let key = secret.map(|secret| {
        let (typed, instance) = (totp::base32(&secret), frame.platform.config.instance());
        let account: String = url::form_urlencoded::byte_serialize(person.email.as_bytes()).collect();
        let link = format!("otpauth://totp/{instance}:{account}?secret={typed}&issuer={instance}");
        Key { typed: in_fours(&typed, " "), link }
    });
    let status = if fields.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (can_seal, is_named) = (!frame.platform.keys.is_empty(), Site::of(&frame.platform.config).is_some());
    show_with(status, &Page { frame, fields, app, key, can_seal, passkeys, is_named, factors })
}

async fn begin(frame: &Frame, person: &SignedIn, fields: &Fields) -> Answer {
    let mut tx = frame.begin(fields).await?;
    let sealed = frame.platform.keys.seal(&STANDARD.encode(random::app_key()), &store::factor_bound(person.id));
    let sealed = sealed.ok_or(AppError::NotNow("this instance has no keys to seal with"))?;
    if !store::begin_factor(&mut tx, person.id, &sealed, frame.now).await? {
        return Err(AppError::NotNow("an app is in force"));
    }
    let next: String = url::form_urlencoded::byte_serialize(fields.value("next").as_bytes()).collect();
    tx.see_other(format!("/settings/second-factor?next={next}")).await
}

async fn confirm(frame: &Frame, person: &SignedIn, mut fields: Fields) -> Answer {
    FACTOR_TRIES.take(&frame.platform, &person.id.to_string()).await?;
    let mut tx = frame.begin(&fields).await?;
    let factor = store::factor(&mut tx, person.id).await?.filter(|factor| factor.confirmed_at.is_none());
    let factor = factor.ok_or(AppError::NotNow("no app is being set up"))?;
    if !is_next_code(&mut tx, person.id, &factor, fields.value("code")).await? {
        drop(tx);
        frame.refused(Action::ConfirmationRefused, Some(Object::new(Kind::Person, person.id.0)));
        fields.refuse("code", Message::new("people-second_factor-wrong"));
        fields.set("code", "");
        return page(frame.clone(), fields).await;
    }
    let is_first = !store::has_factor(&mut tx, person.id).await?;
    store::confirm_factor(&mut tx, person.id, frame.now).await?;
    tx.record(Fact::SecondFactorSet { person: person.id }).await?;
    set(tx, frame, person, &fields, is_first).await
}

/// What follows when a factor of whichever kind was set up: with the first one come recovery codes.
pub async fn set(mut tx: Tx, frame: &Frame, person: &SignedIn, fields: &Fields, is_first: bool) -> Answer {
    if !is_first {
        return tx.see_other("/settings/second-factor?said=done").await;
    }
    store::confirm(&mut tx, person.sign_in, true, frame.now).await?;
    // Sign-ins by mail alone would be asked for nothing more.
    for sign_in in store::end_others(&mut tx, person.id, person.sign_in).await? {
        tx.record(Fact::SignedOut { person: person.id, sign_in }).await?;
    }
    show_codes(tx, frame, person, fields).await
}

async fn new_codes(frame: &Frame, person: &SignedIn, fields: &Fields) -> Answer {
    let mut tx = frame.begin(fields).await?;
    if !store::has_factor(&mut tx, person.id).await? {
        return Err(AppError::NotNow("no second factor is in force"));
    }
    tx.record(Fact::RecoveryCodesMade { person: person.id }).await?;
    show_codes(tx, frame, person, fields).await
}

/// The one time that they are seen: stored are their hashes.
async fn show_codes(mut tx: Tx, frame: &Frame, person: &SignedIn, fields: &Fields) -> Answer {
    let codes: Vec<String> = (0..CODES).map(|_| random::code() + &random::code()).collect();
    let hashed: Vec<Hashed> = codes.iter().map(|code| random::hashed(code)).collect();
    store::replace_codes(&mut tx, person.id, &hashed, frame.now).await?;
    tx.commit().await?;
    let codes = codes.iter().map(|code| in_fours(code, "-")).collect();
    show(&RecoveryCodes { frame: frame.clone(), codes, next: safe_next(fields.value("next")) })
}

async fn remove(frame: &Frame, person: &SignedIn, fields: &Fields) -> Answer {
    let mut tx = frame.begin(fields).await?;
    if !store::remove_factor(&mut tx, person.id).await? {
        return Err(AppError::NotNow("there is no app"));
    }
    tx.record(Fact::SecondFactorRemoved { person: person.id }).await?;
    tx.see_other("/settings/second-factor?said=done").await
}

/// Asks for the code of the app or a passkey, where a sign-in waits for it.
pub async fn get_sign_in(frame: Frame, request: HttpRequest) -> Answer {
    let mut read = frame.read().await?;
    let attempt = match waiting(&frame, &request) {
        Some(token) => store::attempt(&mut read, &token, frame.now).await?,
        None => None,
    };
    let Some(attempt) = attempt else { return Ok(see_other(frame.carry("/sign-in"))) };
    let factors = store::factors(&mut read, attempt.person).await?;
    drop(read);
    show(&SignIn { frame, fields: Fields::default(), factors })
}

/// Signs in by the right code or passkey; the fifth wrong one ends it.
pub async fn post_sign_in(frame: Frame, request: HttpRequest, mut fields: Fields) -> Answer {
    let token = waiting(&frame, &request).ok_or(AppError::Gone)?;
    let attempt = store::attempt(&mut *frame.read().await?, &token, frame.now).await?.ok_or(AppError::Gone)?;
    let act = fields.one_of("act", ["", "ask_passkey", "passkey"])?;
    let ceremony = Ceremony::SigningIn(&token);
    if act == "ask_passkey" {
        return passkey::ask_for_one(&frame, ceremony, attempt.person).await;
    }
    FACTOR_TRIES.take(&frame.platform, &attempt.person.to_string()).await?;
    let mut tx = frame.begin(&fields).await?;
    let left = store::count_try(&mut tx, &token).await?.ok_or(AppError::Gone)?;
    let proof = match act {
        "passkey" => passkey::prove(&mut tx, ceremony, attempt.person, fields.value("passkey")).await?,
        _ => {
            is_proven(&mut tx, attempt.person, fields.value("code")).await?.then_some(()).ok_or(Refusal::Code { left })
        }
    };
    let Err(refusal) = proof else { return enter(tx, &frame, &request, attempt, &token).await };
    let factors = store::factors(&mut tx, attempt.person).await?;
    tx.commit().await?;
    frame.refused(refusal.action(Action::SignInRefused), Some(Object::new(Kind::Person, attempt.person.0)));
    refusal.tell(&mut fields);
    match left {
        0 => Err(AppError::Gone),
        _ => show_with(StatusCode::UNPROCESSABLE_ENTITY, &SignIn { frame, fields, factors }),
    }
}

/// Why a second factor is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Code {
        left: i32,
    },
    /// Asked for too long ago, answered already, or asked for elsewhere.
    PasskeyOver,
    PasskeyWrong,
    PasskeyCopied,
    PasskeyTaken,
}

impl Refusal {
    /// Says so beside its field, which is typed anew.
    pub fn tell(self, fields: &mut Fields) {
        let (field, message) = match self {
            Refusal::Code { left } => ("code", Message::new("people-second_factor-wrong_left").with("left", left)),
            Refusal::PasskeyOver => ("passkey", Message::new("people-passkey-over")),
            Refusal::PasskeyWrong => ("passkey", Message::new("people-passkey-wrong")),
            Refusal::PasskeyCopied => ("passkey", Message::new("people-passkey-copied")),
            Refusal::PasskeyTaken => ("passkey", Message::new("people-passkey-taken")),
        };
        fields.refuse(field, message);
        fields.set(field, "");
    }

    /// How it is written down.
    pub fn action(self, usual: Action) -> Action {
        match self {
            Refusal::PasskeyCopied => Action::PasskeyCopied,
            _ => usual,
        }
    }
}

async fn enter(mut tx: Tx, frame: &Frame, request: &HttpRequest, attempt: Attempt, token: &Hashed) -> Answer {
    if !store::delete_attempt(&mut tx, token).await? {
        return Err(AppError::Gone);
    }
    let next = attempt.way.open(attempt.request, &frame.platform.keys);
    let (person, is_elsewhere) = (attempt.person, attempt.is_elsewhere);
    complete(tx, frame, request, Entrance { person, next, is_elsewhere, by_factor: true }).await
}

fn waiting(frame: &Frame, request: &HttpRequest) -> Option<Hashed> {
    request.cookie(attempt_name(&frame.platform)).map(|cookie| random::hashed(cookie.value()))
}

/// Whether this is a code of the person's app that was not used before, or a recovery code, which is spent
/// by it.
pub async fn is_proven(tx: &mut Tx, person: PersonId, typed: &str) -> Result<bool, AppError> {
    let (typed, now) = (letters(typed), tx.now());
    if typed.len() == 16 {
        return store::spend_code(tx, person, &random::hashed(&typed), now).await;
    }
    match store::factor(tx, person).await?.filter(|factor| factor.confirmed_at.is_some()) {
        Some(factor) => is_next_code(tx, person, &factor, &typed).await,
        None => Ok(false),
    }
}

async fn is_next_code(tx: &mut Tx, person: PersonId, factor: &Factor, typed: &str) -> Result<bool, AppError> {
    let (platform, now) = (tx.platform().clone(), tx.now());
    let Some(secret) = open(&platform.keys, person, factor) else { return Ok(false) };
    match totp::matching(&letters(typed), now, factor.last_step, |step| mac(&secret, step)) {
        Some(step) => store::take_step(tx, person, step).await,
        None => Ok(false),
    }
}

fn open(keys: &Keys, person: PersonId, factor: &Factor) -> Option<Vec<u8>> {
    STANDARD.decode(keys.open(&factor.sealed, &store::factor_bound(person))?).ok()
}

fn mac(secret: &[u8], step: i64) -> Mac {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    tag.as_ref().try_into().expect("an HMAC-SHA-1 has 20 bytes")
}

/// Letters as people read them off.
fn in_fours(letters: &str, between: &str) -> String {
    let parts: Vec<&str> = (0..letters.len()).step_by(4).map(|at| &letters[at..at + 4]).collect();
    parts.join(between)
}

/// A typed code without what people put between its letters.
pub fn letters(typed: &str) -> String {
    typed.to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    /// The last six of the eight digits of RFC 6238, appendix B.
    #[test]
    fn codes_are_those_of_the_law() {
        for (seconds, digits) in [
            (59, "287082"),
            (1111111109, "081804"),
            (1111111111, "050471"),
            (1234567890, "005924"),
            (2000000000, "279037"),
            (20000000000, "353130"),
        ] {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(totp::code(mac(b"12345678901234567890", totp::step(now))), digits);
        }
    }
}
