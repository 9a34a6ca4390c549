//! What keeps programs out of forms that anyone may send, without scripts and without a third party:
//! a field that no person sees, and a signed mark of when the form was drawn.

use super::Platform;
use super::form::Fields;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

/// Name of the field that nobody sees.
pub const TRAP: &str = "homepage";
/// Name of the field with the mark.
pub const MARK: &str = "drawn";

/// Nobody reads and fills a form faster.
const FASTEST: TimeDelta = TimeDelta::seconds(2);
/// A mark is not collected and used for ever.
const LASTS: TimeDelta = TimeDelta::hours(24);

/// How a form was filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    Human,
    TooFast,
    /// Drawn too long ago, for another form, or not by us.
    Expired,
}

/// Whether the field was filled that no person sees.
pub fn is_trapped(fields: &Fields) -> bool {
    let is_trapped = !fields.value(TRAP).is_empty();
    if is_trapped {
        metrics::counter!("kabeuchi_bots_total").increment(1);
    }
    is_trapped
}

/// The mark of a form that is drawn now; empty where the instance has no key to sign with.
pub fn mark(platform: &Platform, form: &str, now: DateTime<Utc>) -> String {
    let sealed = platform.keys.seal(&now.timestamp_millis().to_string(), &bound_to(form));
    sealed.map(|sealed| URL_SAFE_NO_PAD.encode(sealed)).unwrap_or_default()
}

/// How long after it was drawn a form came back.
pub fn pace(platform: &Platform, form: &str, fields: &Fields, now: DateTime<Utc>) -> Pace {
    if platform.keys.is_empty() {
        return Pace::Human;
    }
    match drawn(platform, form, fields.value(MARK)).map(|drawn| now - drawn) {
        Some(time) if time < FASTEST => Pace::TooFast,
        Some(time) if time <= LASTS => Pace::Human,
        _ => Pace::Expired,
    }
}

fn drawn(platform: &Platform, form: &str, mark: &str) -> Option<DateTime<Utc>> {
    let sealed = URL_SAFE_NO_PAD.decode(mark).ok()?;
    DateTime::from_timestamp_millis(platform.keys.open(&sealed, &bound_to(form))?.parse().ok()?)
}

fn bound_to(form: &str) -> String {
    format!("form {form}")
}
