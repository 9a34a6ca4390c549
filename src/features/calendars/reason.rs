//! Why a calendar could not be read, or a session not be written to it.

use crate::platform::dav;
use crate::platform::http_client::Failure;

/// Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NotFetched(Failure),
    /// What came is not a calendar.
    NotACalendar,
    /// The server keeps the account at another origin; which, is stored with the calendar.
    Elsewhere,
    /// The address was sealed with a key that is gone.
    Sealed,
}

impl Reason {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NotFetched(failure) => failure.as_str(),
            Reason::NotACalendar => "not_a_calendar",
            Reason::Elsewhere => "elsewhere",
            Reason::Sealed => "sealed",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "not_a_calendar" => Some(Reason::NotACalendar),
            "elsewhere" => Some(Reason::Elsewhere),
            "sealed" => Some(Reason::Sealed),
            _ => Failure::parse(word).map(Reason::NotFetched),
        }
    }

    /// What its host reads; `origin` is said in it where the account is elsewhere.
    pub fn key(self) -> &'static str {
        match self {
            Reason::NotFetched(failure) => failure.key(),
            Reason::NotACalendar => "fetch-kind",
            Reason::Elsewhere => "calendars-reason-elsewhere",
            Reason::Sealed => "calendars-reason-sealed",
        }
    }
}

impl From<&dav::Error> for Reason {
    fn from(error: &dav::Error) -> Self {
        match error {
            dav::Error::Failed(failure) => Reason::NotFetched(*failure),
            dav::Error::Elsewhere(_) => Reason::Elsewhere,
        }
    }
}
