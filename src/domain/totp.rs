//! One-time codes of an app (RFC 6238 over RFC 4226): six digits, another each half minute. What makes the
//! MAC is the caller's.

use chrono::{DateTime, Utc};

/// What an HMAC-SHA-1 gives.
pub type Mac = [u8; 20];

/// Seconds that a code lasts.
const STEP_SECONDS: i64 = 30;
const DIGITS: usize = 6;
/// Steps that a clock may be wrong by.
const SKEW: i64 = 1;

/// The step of an instant.
pub fn step(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(STEP_SECONDS)
}

/// The code of a MAC: its dynamic truncation (RFC 4226 5.3).
pub fn code(mac: Mac) -> String {
    let at = usize::from(mac[19] & 0x0f);
    let word = u32::from_be_bytes([mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]]);
    format!("{:06}", word % 1_000_000)
}

/// The step that a typed code belongs to, where it is a near one and later than the last one used.
pub fn matching(typed: &str, now: DateTime<Utc>, used: i64, mac: impl Fn(i64) -> Mac) -> Option<i64> {
    let is_code = typed.len() == DIGITS && typed.bytes().all(|b| b.is_ascii_digit());
    let near = step(now) - SKEW..=step(now) + SKEW;
    // All are compared, so that the time says nothing of which it was.
    let same = |step: i64| code(mac(step)).bytes().zip(typed.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0;
    near.filter(|step| is_code && *step > used && same(*step)).fold(None, |_, step| Some(step))
}

/// Bytes as apps take them: base 32 without padding (RFC 4648).
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A MAC that names its step, so that each step has another code.
    fn mac(step: i64) -> Mac {
        let mut mac = [0; 20];
        mac[..4].copy_from_slice(&(step as u32).to_be_bytes());
        mac
    }

    #[test]
    fn a_mac_is_cut_as_the_law_says() {
        // RFC 4226 5.4.
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19, 0xda, 0x8e, 0x94, 0x5b,
            0x55, 0x5a,
        ];
        assert_eq!(code(mac), "872921");
        assert_eq!(code([0; 20]), "000000");
    }

    #[test]
    fn a_code_of_a_near_step_counts_once_and_never_an_earlier_one() {
        let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(30 * 1000 + 29);
        for (of, used, found) in [
            (998, 0, None),
            (999, 0, Some(999)),
            (1000, 0, Some(1000)),
            (1001, 0, Some(1001)),
            (1002, 0, None),
            (1000, 999, Some(1000)),
            (1000, 1000, None),
            (999, 1000, None),
        ] {
            assert_eq!(matching(&code(mac(of)), now, used, mac), found, "{of} after {used}");
        }
        for wrong in ["", "1", "00100", "0001000", "00100a", "００１０００"] {
            assert_eq!(matching(wrong, now, 0, mac), None, "{wrong}");
        }
    }

    #[test]
    fn keys_are_spelt_as_apps_read_them() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(base32(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
