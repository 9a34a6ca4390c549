//! Work that a browser does before a form is sent: it looks for a number with which the hash of the form's
//! challenge begins with so many zero bits. That costs whoever sends one form nothing, and whoever sends
//! thousands their time. A challenge is sealed, so that it is of one form and age, and is spent by its use.

use super::Platform;
use super::db::Tx;
use super::error::AppError;
use super::form::Fields;
use super::random::{Hashed, hashed};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

/// Name of the field with the challenge.
pub const CHALLENGE: &str = "challenge";
/// Name of the field with the number that was found.
pub const NUMBER: &str = "work";

const LASTS: TimeDelta = TimeDelta::minutes(10);
/// Digits of the largest number that anybody could find.
const LONGEST: usize = 20;

/// What a form asks the browser for.
pub struct Challenge {
    pub text: String,
    /// Zero bits that the hash begins with.
    pub bits: u32,
}

impl Challenge {
    /// One for a form that is drawn now; none where the instance has no key to seal it with.
    pub fn draw(platform: &Platform, form: &str, bits: u32, now: DateTime<Utc>) -> Option<Self> {
        let sealed = platform.keys.seal(&format!("{} {bits}", now.timestamp_millis()), &bound_to(form))?;
        Some(Self { text: URL_SAFE_NO_PAD.encode(sealed), bits })
    }
}

/// What is wrong with the work of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not ours, for another form, or not enough.
    Wrong,
    Expired,
    /// Used before.
    Spent,
}

/// Work that was done, to be spent with what it was done for.
pub struct Work {
    challenge: Hashed,
    expires_at: DateTime<Utc>,
}

impl Work {
    /// The work that came with a form; none where nobody did any.
    pub fn of(platform: &Platform, form: &str, fields: &Fields, now: DateTime<Utc>) -> Result<Option<Self>, Fault> {
        let (text, number) = (fields.value(CHALLENGE), fields.value(NUMBER));
        if number.is_empty() {
            return Ok(None);
        }
        let (drawn, bits) = opened(platform, form, text).ok_or(Fault::Wrong)?;
        if now >= drawn + LASTS {
            return Err(Fault::Expired);
        }
        match number.len() <= LONGEST && is_enough(text, number, bits) {
            true => Ok(Some(Self { challenge: hashed(text), expires_at: drawn + LASTS })),
            false => Err(Fault::Wrong),
        }
    }

    /// Spends it together with what it was done for.
    pub async fn spend(&self, tx: &mut Tx) -> Result<Result<(), Fault>, AppError> {
        let spent = sqlx::query!(
            "insert into spent_challenges (challenge_hash, expires_at) values ($1, $2) on conflict do nothing",
            self.challenge,
            self.expires_at,
        )
        .execute(&mut **tx)
        .await?;
        Ok(if spent.rows_affected() == 1 { Ok(()) } else { Err(Fault::Spent) })
    }
}

/// Deletes challenges that expired, which nobody can use any more; gives their number.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from spent_challenges where challenge_hash in
                  (select challenge_hash from spent_challenges where expires_at <= $1 order by expires_at limit $2)"#,
        now,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}

fn opened(platform: &Platform, form: &str, text: &str) -> Option<(DateTime<Utc>, u32)> {
    let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
    let opened = platform.keys.open(&sealed, &bound_to(form))?;
    let (drawn, bits) = opened.split_once(' ')?;
    Some((DateTime::from_timestamp_millis(drawn.parse().ok()?)?, bits.parse().ok()?))
}

fn is_enough(text: &str, number: &str, bits: u32) -> bool {
    leading_zeros(&Sha256::digest(format!("{text}.{number}"))) >= bits
}

fn leading_zeros(hash: &[u8]) -> u32 {
    let zeros = hash.iter().take_while(|byte| **byte == 0).count();
    let next = hash.get(zeros).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zeros).unwrap_or_default() * 8 + next
}

fn bound_to(form: &str) -> String {
    format!("work {form}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_counted_in_bits() {
        for (hash, zeros) in
            [([0x80, 0, 0], 0), ([0x01, 0, 0], 7), ([0, 0xff, 0], 8), ([0, 0x10, 0], 11), ([0, 0, 1], 23), ([0; 3], 24)]
        {
            assert_eq!(leading_zeros(&hash), zeros, "{hash:?}");
        }
    }

    #[test]
    fn as_many_zeros_as_were_asked_for_are_enough() {
        let zeros = leading_zeros(&Sha256::digest("challenge.42"));
        assert!(is_enough("challenge", "42", zeros) && !is_enough("challenge", "42", zeros + 1));
        assert!((0..500).any(|number: u32| is_enough("challenge", &number.to_string(), 6)));
    }
}
