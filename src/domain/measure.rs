//! What administrators do about a thing itself, beside decisions over people: each with a reason that those
//! concerned read.

use crate::domain::consultation::Part;
use thiserror::Error;

/// What was done. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    RemoveParticipant,
    /// For a reason of law: nothing is kept for whoever shared it.
    RemoveMaterial,
    RemoveCalendar,
    HideReport,
    WithdrawReport,
    CloseCall,
}

impl Act {
    /// All of them.
    pub const ALL: [Act; 6] = [
        Act::RemoveParticipant,
        Act::RemoveMaterial,
        Act::RemoveCalendar,
        Act::HideReport,
        Act::WithdrawReport,
        Act::CloseCall,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::RemoveParticipant => "remove_participant",
            Act::RemoveMaterial => "remove_material",
            Act::RemoveCalendar => "remove_calendar",
            Act::HideReport => "hide_report",
            Act::WithdrawReport => "withdraw_report",
            Act::CloseCall => "close_call",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == word)
    }
}

/// Why an administrator cannot remove somebody from a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Stays {
    #[error("hosts belong to the call")]
    Host,
    #[error("the consultation is over")]
    Over,
    #[error("nobody else could lead the guests")]
    Alone,
}

/// Whether an administrator removes somebody from a consultation: any guest while it goes on, the lead where a
/// member can follow.
pub fn may_remove_guest(whom: Part, goes_on: bool, has_follower: bool) -> Result<(), Stays> {
    match whom {
        _ if whom.is_host() => Err(Stays::Host),
        _ if !goes_on => Err(Stays::Over),
        Part::Lead if !has_follower => Err(Stays::Alone),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_are_removed_while_it_goes_on_and_somebody_leads() {
        let parts = [Part::Host, Part::CoHost { may_decide: true }, Part::Lead, Part::Member];
        let told = |goes_on, follows| parts.map(|part| may_remove_guest(part, goes_on, follows).err());
        let host = Some(Stays::Host);
        assert_eq!(told(true, true), [host, host, None, None]);
        assert_eq!(told(true, false), [host, host, Some(Stays::Alone), None]);
        assert_eq!(told(false, true), [host, host, Some(Stays::Over), Some(Stays::Over)]);
    }

    #[test]
    fn words_read_back() {
        assert!(Act::ALL.into_iter().all(|act| Act::parse(act.as_str()) == Some(act)));
    }
}
