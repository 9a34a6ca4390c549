//! What is known of a person: address, name, language and zone, parsed and so always valid.

use crate::domain::id::PersonId;
use crate::domain::text::Line;
use chrono_tz::Tz;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A name as it is shown, at most 80 characters.
pub type DisplayName = Line<80>;

/// A language of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Locale {
    Ja,
    En,
}

impl Locale {
    /// All languages, in the order of choices on a page.
    pub const ALL: [Locale; 2] = [Locale::Ja, Locale::En];

    /// The BCP 47 tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Locale::Ja => "ja",
            Locale::En => "en",
        }
    }

    /// The language's own name.
    pub fn own_name(self) -> &'static str {
        match self {
            Locale::Ja => "日本語",
            Locale::En => "English",
        }
    }

    /// Reads a BCP 47 tag.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == tag)
    }
}

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an address that mail can be sent to")]
pub struct AddressError;

/// A mail address: local part as typed, domain in lower-case ASCII (RFC 5321 4.1.2 without quoted
/// local parts and address literals). Two spellings that differ in case are the same person.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses one address.
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let (local, domain) = typed.trim().rsplit_once('@').ok_or(AddressError)?;
        let domain = url::Host::parse(domain.trim_end_matches('.')).map_err(|_| AddressError)?;
        let url::Host::Domain(domain) = domain else { return Err(AddressError) };
        let address = format!("{local}@{}", domain.to_ascii_lowercase());
        (is_local_part(local) && is_mail_domain(&domain) && address.len() <= 254)
            .then_some(Self(address))
            .ok_or(AddressError)
    }

    /// The address as mail is sent to it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two addresses one: all in lower case.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// The address with its local part hidden but for the first letter: `j***@example.org`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').expect("an address has an @");
        format!("{}***@{domain}", local.chars().next().unwrap_or('*'))
    }
}

/// Where no mail is sent: RFC 2606 keeps the name from ever being somebody's.
const NOWHERE: &str = "@deleted.invalid";

impl EmailAddress {
    /// The address of somebody who deleted themselves.
    pub fn of_nobody(person: PersonId) -> Self {
        Self(format!("{}{NOWHERE}", person.0.simple()))
    }

    /// Whether nobody reads what is sent there any more.
    pub fn is_nobodys(&self) -> bool {
        self.0.ends_with(NOWHERE)
    }
}

fn is_local_part(local: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    (1..=64).contains(&local.len())
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_mail_domain(domain: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

// Logs never carry an address.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A zone of the IANA database, under the name that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(pub Tz);

impl TimeZone {
    /// Reads an IANA name, links included; anything else is `None`, never UTC.
    pub fn parse(name: &str) -> Option<Self> {
        Tz::from_str(name.trim()).ok().map(Self)
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// The word of a public address, for example of a host: lower-case ASCII letters, digits and
/// single hyphens, 2 to 40 characters, not reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slug(String);

/// Why a slug was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SlugError {
    #[error("nothing was typed")]
    Missing,
    #[error("other characters than a-z, 0-9 and hyphens, or not 2 to 40 of them")]
    Malformed,
    #[error("the program needs this word for itself")]
    Reserved,
}

const RESERVED: &[&str] = &[
    "admin",
    "api",
    "applications",
    "assets",
    "availability",
    "bookings",
    "calendars",
    "calls",
    "complaints",
    "consultations",
    "drafts",
    "edit",
    "feed",
    "feeds",
    "gifts",
    "home",
    "hosts",
    "invitations",
    "library",
    "live",
    "login",
    "mailbox",
    "metrics",
    "new",
    "policies",
    "previews",
    "ready",
    "notifications",
    "reports",
    "search",
    "settings",
    "sign-in",
    "sign-out",
    "static",
];

impl Slug {
    /// Parses a slug as typed.
    pub fn parse(typed: &str) -> Result<Self, SlugError> {
        let slug = typed.trim();
        if slug.is_empty() {
            return Err(SlugError::Missing);
        }
        let plain = slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let hyphens = !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--");
        if !plain || !hyphens || !(2..=40).contains(&slug.len()) {
            return Err(SlugError::Malformed);
        }
        if RESERVED.contains(&slug) {
            return Err(SlugError::Reserved);
        }
        Ok(Self(slug.to_owned()))
    }

    /// The slug as it stands in an address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_b24_addresses_are_normalised_or_refused() {
        let parsed = |typed: &str| EmailAddress::parse(typed).map(|a| a.as_str().to_owned());

        assert_eq!(parsed(" Aki@EXAMPLE.org. "), Ok("Aki@example.org".into()));
        assert_eq!(parsed("a+b@例え.jp"), Ok("a+b@xn--r8jz45g.jp".into()));
        // What looks alike is another name, and shows it.
        assert_eq!(parsed("aki@еxample.org"), Ok("aki@xn--xample-2of.org".into()));
        for refused in [
            "",
            "aki",
            "@example.org",
            "aki@",
            "a b@example.org",
            "\"a b\"@example.org",
            "aki@localhost",
            "aki@[127.0.0.1]",
            "aki@127.0.0.1",
            "a@b@example.org",
            "a,b@example.org",
            "a..b@example.org",
            ".a@example.org",
            "a\r\nRCPT TO:<x>@example.org",
            "Aki <aki@example.org>",
            &format!("{}@example.org", "a".repeat(65)),
            &format!("{}@{}.org", "a".repeat(64), "b.".repeat(125)),
        ] {
            assert_eq!(parsed(refused), Err(AddressError), "{refused}");
        }
    }

    #[test]
    fn an_address_is_masked_in_logs() {
        let address = EmailAddress::parse("jun@example.org").unwrap();
        assert_eq!(format!("{address:?}"), "j***@example.org");
    }

    #[test]
    fn case_20_old_names_of_zones_are_zones_and_unknown_ones_are_not() {
        for name in ["Asia/Calcutta", "US/Pacific", "Etc/GMT-9", "Asia/Tokyo"] {
            assert_eq!(TimeZone::parse(name).map(TimeZone::name), Some(name));
        }
        assert_eq!(TimeZone::parse("Asia/Atlantis"), None);
        assert_eq!(TimeZone::parse(""), None);
    }

    #[test]
    fn trust_d10_confusing_slugs_are_refused() {
        assert_eq!(Slug::parse("hana-sre").map(|s| s.as_str().to_owned()), Ok("hana-sre".into()));
        for (typed, error) in [
            ("admin", SlugError::Reserved),
            ("sign-in", SlugError::Reserved),
            ("Hana", SlugError::Malformed),
            ("花", SlugError::Malformed),
            ("a", SlugError::Malformed),
            ("-a", SlugError::Malformed),
            ("a--b", SlugError::Malformed),
            ("", SlugError::Missing),
        ] {
            assert_eq!(Slug::parse(typed), Err(error), "{typed}");
        }
    }
}
