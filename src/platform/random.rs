//! Secrets of mailed links, cookies and typed codes: made here, stored hashed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256 of a secret, as it is stored.
pub type Hashed = Vec<u8>;

/// 256 random bits as 43 characters for a link or a cookie.
#[expect(clippy::disallowed_methods, reason = "the one place that makes secrets")]
pub fn token() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a token or code.
pub fn hashed(secret: &str) -> Hashed {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Letters and digits that nobody mistakes for one another: no I, L, O, U, 0 and 1.
const ALPHABET: &[u8; 30] = b"ABCDEFGHJKMNPQRSTVWXYZ23456789";

/// The key of an app that makes codes.
#[expect(clippy::disallowed_methods, reason = "the one place that makes secrets")]
pub fn app_key() -> [u8; 20] {
    rand::rng().random()
}

/// A code of 8 letters to be typed.
#[expect(clippy::disallowed_methods, reason = "the one place that makes secrets")]
pub fn code() -> String {
    let mut rng = rand::rng();
    (0..8).map(|_| ALPHABET[rng.random_range(0..ALPHABET.len())] as char).collect()
}

/// An ID whose order is that of creation.
#[expect(clippy::disallowed_methods, reason = "the one place that makes IDs")]
pub fn id<T: From<Uuid>>() -> T {
    T::from(Uuid::now_v7())
}

/// A key that tells nothing, not even when it was made.
#[expect(clippy::disallowed_methods, reason = "the one place that makes keys")]
pub fn key() -> Uuid {
    Uuid::new_v4()
}
