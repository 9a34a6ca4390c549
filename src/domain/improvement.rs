//! What the hosts of a call changed because of an answer: of the process, or of the run sheet.

use crate::domain::fact::Fact;
use crate::domain::id::ImprovementId;
use thiserror::Error;

/// The questions whose answers are about the process and the conversation.
pub const FROM_QUESTIONS: [i32; 2] = [4, 5];

/// Where a change has its effect, and where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Process,
    RunSheet,
}

impl Place {
    /// All places.
    pub const ALL: [Place; 2] = [Place::RunSheet, Place::Process];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Process => "process",
            Place::RunSheet => "run_sheet",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Place::Process => "feedback-improvements-process",
            Place::RunSheet => "feedback-improvements-run_sheet",
        }
    }
}

/// Where a change is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Recorded,
    Withdrawn,
}

impl Stage {
    /// All stages in the order of a life.
    pub const ALL: [Stage; 2] = [Stage::Recorded, Stage::Withdrawn];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Recorded => "recorded",
            Stage::Withdrawn => "withdrawn",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// The hosts do not show it any more.
    pub fn withdraw(self, improvement: ImprovementId) -> Result<(Self, Fact), NotNow> {
        match self {
            Stage::Recorded => Ok((Stage::Withdrawn, Fact::ImprovementWithdrawn { improvement })),
            Stage::Withdrawn => Err(NotNow),
        }
    }
}

/// It was withdrawn before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not possible where it stands")]
pub struct NotNow;

impl NotNow {
    /// Key of what a person reads.
    pub fn key(self) -> &'static str {
        "feedback-improvements-not_now"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_improvement_moves_like_this() {
        let row = |stage: Stage| {
            let withdrawn = stage.withdraw(ImprovementId(Uuid::nil())).map_or_else(NotNow::key, |m| m.0.as_str());
            format!("{}: withdraw {withdrawn}\n", stage.as_str())
        };
        assert_eq!(
            Stage::ALL.into_iter().map(row).collect::<String>(),
            "recorded: withdraw withdrawn\nwithdrawn: withdraw feedback-improvements-not_now\n"
        );
    }
}
