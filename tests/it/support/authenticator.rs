//! A device with a passkey, in software: says what a browser and its authenticator would, or lies.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Somebody was there.
const PRESENT: u8 = 0x01;
/// A new credential follows.
const ATTESTED: u8 = 0x40;

/// A device with one passkey.
pub struct Authenticator {
    pub credential: Vec<u8>,
    key: EcdsaKeyPair,
    /// How often it signed.
    pub counter: u32,
}

/// What a device says about itself and about what it was asked.
#[derive(Clone)]
pub struct Words {
    /// Whether a new passkey is asked for.
    pub is_new: bool,
    /// What the answer says that it is.
    pub kind: &'static str,
    pub challenge: String,
    pub origin: String,
    pub is_framed: bool,
    pub site: String,
    pub flags: u8,
    pub counter: u32,
    /// The public key, as COSE writes it.
    pub key: Vec<u8>,
}

/// A lie, by what an honest device would have said.
pub type Lie = fn(Words) -> Words;

/// All that a device or a browser on another site could say; an honest one would have been let on.
pub const LIES: [(&str, Lie); 9] = [
    ("wrong origin", |words| Words { origin: "https://evil.example".into(), ..words }),
    ("another port", |words| Words { origin: format!("{}1", words.origin), ..words }),
    ("another scheme", |words| Words { origin: words.origin.replace("http:", "ftp:"), ..words }),
    ("in a frame of another site", |words| Words { is_framed: true, ..words }),
    ("wrong site", |words| Words { site: "evil.example".into(), ..words }),
    ("wrong challenge", |words| Words { challenge: URL_SAFE_NO_PAD.encode([7; 16]), ..words }),
    ("empty challenge", |words| Words { challenge: String::new(), ..words }),
    ("nobody was there", |words| Words { flags: words.flags & !PRESENT, ..words }),
    ("said for the other kind", |words| {
        let kind = if words.kind == "webauthn.get" { "webauthn.create" } else { "webauthn.get" };
        Words { kind, ..words }
    }),
];

impl Authenticator {
    /// A device with a new key, which counts.
    pub fn new() -> Self {
        Self::with(&ECDSA_P256_SHA256_ASN1_SIGNING)
    }

    /// One that counts nothing, as synchronised passkeys do.
    pub fn without_counter() -> Self {
        Self { counter: 0, ..Self::new() }
    }

    /// One with an algorithm that nobody asked for.
    pub fn of_p384() -> Self {
        Self::with(&ECDSA_P384_SHA384_ASN1_SIGNING)
    }

    fn with(algorithm: &'static EcdsaSigningAlgorithm) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self { credential: uuid::Uuid::new_v4().as_bytes().repeat(2), key, counter: 1 }
    }

    /// The same device in the hands of somebody else: another key under the same credential.
    pub fn forged(&self) -> Self {
        Self { credential: self.credential.clone(), counter: self.counter, ..Self::new() }
    }

    /// What an honest device says to what it was asked by a page.
    pub fn words(&self, asked: &Value, origin: &str) -> Words {
        let is_new = asked["rp"].is_object();
        let site = if is_new { &asked["rp"]["id"] } else { &asked["rpId"] };
        Words {
            is_new,
            kind: if is_new { "webauthn.create" } else { "webauthn.get" },
            challenge: asked["challenge"].as_str().unwrap().to_owned(),
            origin: origin.to_owned(),
            is_framed: false,
            site: site.as_str().unwrap().to_owned(),
            flags: PRESENT,
            counter: self.counter,
            key: self.cose(),
        }
    }

    /// Answers honestly, and counts.
    pub fn answer(&mut self, asked: &Value, origin: &str) -> String {
        self.counter += u32::from(self.counter > 0);
        self.say(&self.words(asked, origin))
    }

    /// Says these words, signed, as `PublicKeyCredential.toJSON()` writes them.
    pub fn say(&self, words: &Words) -> String {
        let client = json!({ "type": words.kind, "challenge": words.challenge, "origin": words.origin, "crossOrigin": words.is_framed });
        let client = client.to_string();
        let response = if words.is_new { self.attestation(words, &client) } else { self.assertion(words, &client) };
        let id = URL_SAFE_NO_PAD.encode(&self.credential);
        json!({ "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": {}, "response": response })
            .to_string()
    }

    fn attestation(&self, words: &Words, client: &str) -> Value {
        let mut data = head(words, ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).unwrap().to_be_bytes());
        data.extend(&self.credential);
        data.extend(&words.key);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        json!({ "clientDataJSON": URL_SAFE_NO_PAD.encode(client), "attestationObject": URL_SAFE_NO_PAD.encode(object), "transports": ["internal"] })
    }

    fn assertion(&self, words: &Words, client: &str) -> Value {
        let data = head(words, 0);
        let signed = [&data[..], &Sha256::digest(client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
        })
    }

    /// An elliptic curve key: kty 2, then algorithm, curve and the point.
    fn cose(&self) -> Vec<u8> {
        let point = &self.key.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        let (algorithm, curve): (&[u8], u8) = if x.len() == 32 { (b"\x26", 1) } else { (b"\x38\x22", 2) };
        let length = u8::try_from(x.len()).unwrap();
        [b"\xa5\x01\x02\x03", algorithm, &[0x20, curve, 0x21, 0x58, length], x, &[0x22, 0x58, length], y].concat()
    }
}

impl Words {
    /// The key under the algorithm 0, which is none.
    pub fn with_no_algorithm(mut self) -> Self {
        assert_eq!(self.key[3..5], [0x03, 0x26]);
        self.key[4] = 0;
        self
    }
}

fn head(words: &Words, more: u8) -> Vec<u8> {
    let mut data = Sha256::digest(&words.site).to_vec();
    data.push(words.flags | more);
    data.extend(words.counter.to_be_bytes());
    data
}
