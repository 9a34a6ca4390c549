//! Passkeys (WebAuthn Level 3): what a browser is asked, and whether its answer is true of this site, which is
//! known by its configured address alone. What is kept in between is stored by whoever asks.

use crate::config::Config;
use crate::domain::id::PersonId;
use chrono::TimeDelta;
use serde::Serialize;
use std::num::NonZeroU32;
use url::Host;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::{
    AllowedCredentials, AuthenticationVerificationOptions, NonDiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::register::{
    CoseAlgorithmIdentifier, CoseAlgorithmIdentifiers, Nickname, PublicKeyCredentialUserEntity,
    RegistrationVerificationOptions, ResidentKeyRequirement, UserHandle16, Username,
};
use webauthn_rp::request::{
    AsciiDomain, Credentials, PublicKeyCredentialDescriptor, RpId, UserVerificationRequirement,
};
use webauthn_rp::response::auth::error::AuthCeremonyErr;
use webauthn_rp::response::register::{DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, NonDiscoverableAuthentication16, NonDiscoverableAuthenticationServerState,
    PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
};

/// How long a device has time to answer.
pub const LASTS: TimeDelta = TimeDelta::minutes(5);
/// An answer with a chain of certificates, which nobody asked for, has a few kilobytes.
const LONGEST: usize = 16 * 1024;
/// The crate goes by the machine's clock. What ends a ceremony is its row, by the clock of all processes.
const LONG: NonZeroU32 = NonZeroU32::new(24 * 60 * 60 * 1000).expect("a day is not nothing");
/// What devices of today have: Ed25519, P-256, and RSA for older Windows.
const ALGORITHMS: CoseAlgorithmIdentifiers = CoseAlgorithmIdentifiers::ALL.remove(CoseAlgorithmIdentifier::Es384);

/// This site, as passkeys know it.
pub struct Site {
    id: RpId,
    origin: String,
}

/// What a browser is asked, as JSON, and what its answer is compared with.
pub struct Asked {
    pub options: String,
    pub state: Vec<u8>,
}

/// A passkey as it is stored.
#[derive(Debug)]
pub struct Stored {
    pub credential: Vec<u8>,
    pub public_key: Vec<u8>,
    pub state: Vec<u8>,
    /// How often it signed, where its device counts that.
    pub counter: u32,
    /// How its device is reached, as the browser put it.
    pub transports: u8,
}

/// Why an answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// No answer of a device, or not to this question.
    Wrong,
    /// It signed less often than it did before: there is a copy of it.
    Copied,
}

impl Site {
    /// The site of the configured address; none where that is an IP address, for which no browser makes passkeys.
    pub fn of(config: &Config) -> Option<Self> {
        let Some(Host::Domain(domain)) = config.origin.host() else { return None };
        let id = RpId::Domain(AsciiDomain::try_from(domain.to_owned()).ok()?);
        Some(Self { id, origin: config.origin.origin().ascii_serialization() })
    }

    /// Asks for a new passkey of a person on a device that has none of these.
    pub fn ask_for_new(&self, person: PersonId, email: &str, name: &str, present: &[Stored]) -> Option<Asked> {
        let (handle, present) = (handle(person), present.iter().map(descriptor).collect::<Option<_>>()?);
        let user = PublicKeyCredentialUserEntity {
            name: Username::try_from(email).or_else(|_| Username::try_from("kabeuchi")).ok()?,
            id: &handle,
            display_name: Nickname::try_from(name).ok(),
        };
        let mut options = PublicKeyCredentialCreationOptions::second_factor(&self.id, user, present);
        options.pub_key_cred_params = ALGORITHMS;
        options.authenticator_selection.user_verification = UserVerificationRequirement::Preferred;
        options.authenticator_selection.resident_key = ResidentKeyRequirement::Preferred;
        options.timeout = LONG;
        let (server, client) = options.start_ceremony().ok()?;
        Some(Asked { options: told(&client)?, state: server.encode().ok()? })
    }

    /// The passkey of an answer to [`Self::ask_for_new`]. Whether somebody has it already is for the table to say.
    pub fn new_passkey(&self, state: &[u8], answer: &str) -> Result<Stored, Doubt> {
        let asked = RegistrationServerState::<16>::decode(state).map_err(|_| Doubt::Wrong)?;
        let answer = Registration::from_json_relaxed(readable(answer)?).map_err(|_| Doubt::Wrong)?;
        let origins = [self.origin.as_str()];
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        let made = asked.verify(&self.id, &answer, &options).map_err(|_| Doubt::Wrong)?;
        let (last, transports) = (made.dynamic_state(), made.transports());
        let (Ok(public_key), Ok(state), Ok(transports)) =
            (made.static_state().encode(), last.encode(), transports.encode());
        let (credential, state) = (made.id().as_ref().to_vec(), state.to_vec());
        Ok(Stored { credential, public_key, state, counter: last.sign_count, transports })
    }

    /// Asks for an answer by one of these passkeys.
    pub fn ask_for_one(&self, present: &[Stored]) -> Option<Asked> {
        let mut allowed = AllowedCredentials::with_capacity(present.len());
        for passkey in present {
            allowed.push(descriptor(passkey)?.into());
        }
        let mut asked = NonDiscoverableCredentialRequestOptions::second_factor(&self.id, allowed).ok()?;
        asked.options().user_verification = UserVerificationRequirement::Preferred;
        asked.options().timeout = LONG;
        let (server, client) = asked.start_ceremony().ok()?;
        Some(Asked { options: told(&client)?, state: server.encode().ok()? })
    }

    /// A passkey of the person after it gave a true answer to [`Self::ask_for_one`].
    pub fn used(&self, person: PersonId, state: &[u8], passkey: Stored, answer: &Answer) -> Result<Stored, Doubt> {
        let asked = NonDiscoverableAuthenticationServerState::decode(state).map_err(|_| Doubt::Wrong)?;
        let public_key = StaticState::decode(&passkey.public_key[..]).map_err(|_| Doubt::Wrong)?;
        let last = passkey.state.as_slice().try_into().map_err(|_| Doubt::Wrong)?;
        let last = DynamicState::decode(last).map_err(|_| Doubt::Wrong)?;
        let (id, handle) = (CredentialId::decode(&passkey.credential[..]).map_err(|_| Doubt::Wrong)?, handle(person));
        let mut known = AuthenticatedCredential::new(id, &handle, public_key, last).map_err(|_| Doubt::Wrong)?;
        let origins = [self.origin.as_str()];
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        asked.verify(&self.id, &answer.0, &mut known, &options).map_err(|error| match error {
            AuthCeremonyErr::SignatureCounter => Doubt::Copied,
            _ => Doubt::Wrong,
        })?;
        let last = known.dynamic_state();
        let Ok(state) = last.encode();
        Ok(Stored { state: state.to_vec(), counter: last.sign_count, ..passkey })
    }
}

/// What a device answers with one of its passkeys.
pub struct Answer(NonDiscoverableAuthentication16);

impl Answer {
    /// Reads what `PublicKeyCredential.toJSON()` made.
    pub fn read(json: &str) -> Result<Self, Doubt> {
        NonDiscoverableAuthentication16::from_json_relaxed(readable(json)?).map(Self).map_err(|_| Doubt::Wrong)
    }

    /// Which passkey it says that it has used.
    pub fn credential(&self) -> &[u8] {
        self.0.raw_id().into_inner()
    }
}

fn told(options: &impl Serialize) -> Option<String> {
    let mut options = serde_json::to_value(options).ok()?;
    options["timeout"] = LASTS.num_milliseconds().into();
    Some(options.to_string())
}

fn readable(answer: &str) -> Result<&[u8], Doubt> {
    (answer.len() <= LONGEST).then_some(answer.as_bytes()).ok_or(Doubt::Wrong)
}

fn handle(person: PersonId) -> UserHandle16 {
    let Ok(handle) = UserHandle16::decode(*person.0.as_bytes());
    handle
}

fn descriptor(passkey: &Stored) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let id = CredentialId::<Vec<u8>>::decode(passkey.credential.clone()).ok()?;
    Some(PublicKeyCredentialDescriptor { id, transports: AuthTransports::decode(passkey.transports).ok()? })
}
