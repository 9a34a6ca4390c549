//! What a host says about a calendar: its name, where it is, how its events are read.

use crate::domain::audit::Action;
use crate::domain::calendar::Stance;
use crate::domain::ical::{AllDay, Counts, Reads};
use crate::domain::text::Line;
use crate::platform::form::{Field, Fields};
use crate::platform::http_client::Address;
use crate::platform::i18n::Message;
use crate::platform::page::Frame;
use serde::{Deserialize, Serialize};
use url::Url;

/// What was written about a calendar, without its address.
pub struct Written {
    pub name: Line<80>,
    pub reads: Reads,
    pub stance: Stance,
}

/// Words of whole days: as marked, busy, free.
struct AllDayWord(AllDay);

impl Field for AllDayWord {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        all_day(typed).map(Self).ok_or_else(|| Message::new("field-choice"))
    }
}

struct CountsWord(Counts);

impl Field for CountsWord {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        counts(typed).map(Self).ok_or_else(|| Message::new("field-choice"))
    }
}

struct StanceWord(Stance);

impl Field for StanceWord {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        let stances = [Stance::Takes, Stance::Warns, Stance::Asks].into_iter();
        let stance = stances.map(Self).find(|stance| stance_word(stance.0) == typed);
        stance.ok_or_else(|| Message::new("field-choice"))
    }
}

fn stance_word(stance: Stance) -> &'static str {
    match stance {
        Stance::Takes => "takes",
        Stance::Warns => "warns",
        Stance::Asks => "asks",
    }
}

/// How whole days are read, by its word.
pub fn all_day(word: &str) -> Option<AllDay> {
    [AllDay::AsMarked, AllDay::Busy, AllDay::Free].into_iter().find(|all_day| all_day_word(*all_day) == word)
}

/// The word of how whole days are read.
pub fn all_day_word(all_day: AllDay) -> &'static str {
    match all_day {
        AllDay::AsMarked => "as_marked",
        AllDay::Busy => "busy",
        AllDay::Free => "free",
    }
}

/// How a kind of event counts, by its word.
pub fn counts(word: &str) -> Option<Counts> {
    [Counts::Busy, Counts::Free].into_iter().find(|counts| counts_word(*counts) == word)
}

/// The word of how a kind of event counts.
pub fn counts_word(counts: Counts) -> &'static str {
    match counts {
        Counts::Busy => "busy",
        Counts::Free => "free",
    }
}

/// The form of a calendar as it is set.
pub fn fields_of(name: &str, kind: Kind, reads: Reads, stance: Stance) -> Fields {
    Fields::of(&[
        ("name", name),
        ("kind", kind.as_str()),
        ("all_day", all_day_word(reads.all_day)),
        ("tentative", counts_word(reads.tentative)),
        ("unanswered", counts_word(reads.unanswered)),
        ("stance", stance_word(stance)),
    ])
}

/// Reads all but the address.
pub fn written(fields: &mut Fields) -> Option<Written> {
    let name = fields.required("name");
    let all_day = fields.required::<AllDayWord>("all_day");
    let tentative = fields.required::<CountsWord>("tentative");
    let unanswered = fields.required::<CountsWord>("unanswered");
    let stance = fields.required::<StanceWord>("stance");
    Some(Written {
        name: name?,
        reads: Reads { all_day: all_day?.0, tentative: tentative?.0, unanswered: unanswered?.0 },
        stance: stance?.0,
    })
}

/// What a calendar is read from. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Feed,
    CalDav,
}

impl Kind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Feed => "feed",
            Kind::CalDav => "caldav",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Kind::Feed, Kind::CalDav].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What is sealed of a calendar: everything that lets somebody read it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Secret {
    Feed { address: String },
    CalDav { address: String, user: String, password: String },
}

impl Secret {
    /// What it opens.
    pub fn kind(&self) -> Kind {
        match self {
            Secret::Feed { .. } => Kind::Feed,
            Secret::CalDav { .. } => Kind::CalDav,
        }
    }
}

impl Secret {
    /// Whether both open the same account: what was written there can be reached with either.
    pub fn is_same_account(&self, other: &Secret) -> bool {
        let account = |secret: &Secret| match secret {
            Secret::CalDav { address, user, .. } => Some((Url::parse(address).ok()?.origin(), user.clone())),
            Secret::Feed { .. } => None,
        };
        account(self).is_some_and(|own| account(other).is_some_and(|other| own == other))
    }
}

/// Where a calendar is, and with what it opens.
pub struct Place {
    pub address: Address,
    pub secret: Secret,
}

/// A password as it is: nothing of it is trimmed.
struct Password(String);

impl Field for Password {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        match (typed.is_empty(), typed.chars().count() > 200, typed.chars().any(char::is_control)) {
            (true, _, _) => Err(Message::new("field-missing")),
            (_, true, _) => Err(Message::new("field-too_long").with("max", 200)),
            (_, _, true) => Err(Message::new("field-control")),
            _ => Ok(Self(typed.to_owned())),
        }
    }
}

/// Reads where the calendar is. A password is not given back with a refused form.
pub fn place(fields: &mut Fields, frame: &Frame) -> Option<Place> {
    let address = address(fields, frame);
    let account = fields.has("kind", "caldav").then(|| (user(fields), fields.required::<Password>("password")));
    fields.set("password", "");
    let address = address?;
    let written = address.url().to_string();
    let secret = match account {
        None => Secret::Feed { address: written },
        Some((user, password)) => Secret::CalDav { address: written, user: user?, password: password?.0 },
    };
    Some(Place { address, secret })
}

/// In the way that the name is sent, it ends at its first colon.
fn user(fields: &mut Fields) -> Option<String> {
    let user = fields.required::<Line<200>>("user")?;
    match user.as_str().contains(':') {
        true => {
            fields.refuse("user", Message::new("calendars-error-user"));
            None
        }
        false => Some(user.as_str().to_owned()),
    }
}

/// Reads the address. Whatever is wrong with it has one sentence: which networks there are is
/// nobody's business.
fn address(fields: &mut Fields, frame: &Frame) -> Option<Address> {
    let typed = fields.value("address").to_owned();
    match frame.platform.http.address(&typed) {
        _ if typed.trim().is_empty() => fields.refuse("address", Message::new("field-missing")),
        Ok(address) => return Some(address),
        Err(_) => {
            frame.refused(Action::AddressRefused, None);
            fields.refuse("address", Message::new("calendars-error-address"));
        }
    }
    None
}
