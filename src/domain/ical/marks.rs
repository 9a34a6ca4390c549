//! Whether an event takes the time of the calendar's owner: what it is marked as, what they answered,
//! and how they want their own marks read.

use super::component::Component;
use super::lines::Property;
use crate::domain::person::EmailAddress;

/// How a host has one source read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    pub all_day: AllDay,
    pub tentative: Counts,
    pub unanswered: Counts,
}

impl Default for Reads {
    fn default() -> Self {
        Self { all_day: AllDay::AsMarked, tentative: Counts::Busy, unanswered: Counts::Busy }
    }
}

/// How whole days count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllDay {
    /// Whatever they are marked as: calendars mark whole days free without asking.
    Busy,
    Free,
    AsMarked,
}

/// How a kind of event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    Busy,
    Free,
}

/// What the owner answered, from free to busy: of several addresses the busiest answer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Declined,
    None,
    Tentative,
    Accepted,
}

/// What an event says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    pub(super) is_cancelled: bool,
    is_all_day: bool,
    is_free: bool,
    is_tentative: bool,
    answer: Answer,
}

impl Marks {
    pub(super) fn of(event: &Component, is_date: bool, owner: &[EmailAddress]) -> Self {
        let is = |name: &str, word: &str| event.find(name).is_some_and(|property| property.is(word));
        let answer = answer(event, owner);
        Self {
            is_cancelled: is("STATUS", "CANCELLED"),
            is_all_day: is_date || is("X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE"),
            is_free: is("TRANSP", "TRANSPARENT") || is("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"),
            is_tentative: is("STATUS", "TENTATIVE")
                || is("X-MICROSOFT-CDO-BUSYSTATUS", "TENTATIVE")
                || answer == Answer::Tentative,
            answer,
        }
    }

    /// Whether the time is taken.
    pub(super) fn is_busy(&self, reads: Reads) -> bool {
        let is_free_as_marked = match (self.is_all_day, reads.all_day) {
            (true, AllDay::Free) => true,
            (true, AllDay::Busy) => false,
            _ => self.is_free,
        };
        let is_free_by_choice = (self.is_tentative && reads.tentative == Counts::Free)
            || (self.answer == Answer::None && reads.unanswered == Counts::Free);
        !(self.is_cancelled || self.answer == Answer::Declined || is_free_as_marked || is_free_by_choice)
    }
}

/// An event that nobody was asked to is one's own, and so is one that the owner invites to.
fn answer(event: &Component, owner: &[EmailAddress]) -> Answer {
    let is_owner = |property: &&Property| owner.iter().any(|address| is_of(property, address));
    let answers = event.all("ATTENDEE").filter(is_owner).map(|attendee| {
        match attendee.parameter("PARTSTAT").unwrap_or("NEEDS-ACTION").to_ascii_uppercase().as_str() {
            "DECLINED" => Answer::Declined,
            "NEEDS-ACTION" => Answer::None,
            "TENTATIVE" => Answer::Tentative,
            _ => Answer::Accepted,
        }
    });
    match answers.max() {
        Some(Answer::None) if event.find("ORGANIZER").as_ref().is_some_and(is_owner) => Answer::Accepted,
        Some(answer) => answer,
        None => Answer::Accepted,
    }
}

/// Apple writes an address of its own kind as the value and the mail address as a parameter.
fn is_of(property: &Property, address: &EmailAddress) -> bool {
    let value = property.value.trim();
    let value = value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).map_or(value, |_| &value[7..]);
    let address = address.folded();
    [Some(value), property.parameter("EMAIL")].into_iter().flatten().any(|text| text.trim().to_lowercase() == address)
}
