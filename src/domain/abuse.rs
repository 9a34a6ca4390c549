//! Reports of abuse: what is wrong, and what administrators made of it. Who reported stays hidden.

use crate::domain::fact::Fact;
use crate::domain::id::AbuseReportId;
use thiserror::Error;

/// What is wrong with an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Recruiting or selling under the cover of a consultation.
    Selling,
    /// Somebody else's work is wanted: an interview to sit, an exam to pass.
    Cheating,
    Harassment,
    Spam,
    Other,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 5] = [Kind::Selling, Kind::Cheating, Kind::Harassment, Kind::Spam, Kind::Other];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Selling => "selling",
            Kind::Cheating => "cheating",
            Kind::Harassment => "harassment",
            Kind::Spam => "spam",
            Kind::Other => "other",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Selling => "applications-abuse-selling",
            Kind::Cheating => "applications-abuse-cheating",
            Kind::Harassment => "applications-abuse-harassment",
            Kind::Spam => "applications-abuse-spam",
            Kind::Other => "applications-abuse-other",
        }
    }
}

/// Where a report stands. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Open,
    /// Nothing was wrong: the application went back.
    Dismissed,
    /// The application was turned away.
    Actioned,
}

/// A report that was decided already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("already decided")]
pub struct Decided;

impl Stage {
    /// All stages.
    pub const ALL: [Stage; 3] = [Stage::Open, Stage::Dismissed, Stage::Actioned];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Dismissed => "dismissed",
            Stage::Actioned => "actioned",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Stage::Open => "admin-abuse-open",
            Stage::Dismissed => "admin-abuse-dismissed",
            Stage::Actioned => "admin-abuse-actioned",
        }
    }

    /// An administrator decides, once.
    pub fn decide(self, report: AbuseReportId, to: Stage) -> Result<(Stage, Fact), Decided> {
        match (self, to) {
            (Stage::Open, Stage::Dismissed | Stage::Actioned) => Ok((to, Fact::AbuseReportDecided { report })),
            _ => Err(Decided),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_report_is_decided_once() {
        let id = AbuseReportId(Uuid::from_u128(1));
        for from in Stage::ALL {
            for to in Stage::ALL {
                let may = from == Stage::Open && to != Stage::Open;
                assert_eq!(from.decide(id, to).is_ok(), may, "{from:?} {to:?}");
            }
        }
    }

    #[test]
    fn words_read_back() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::parse(kind.as_str()) == Some(kind)));
        assert!(Stage::ALL.into_iter().all(|stage| Stage::parse(stage.as_str()) == Some(stage)));
    }
}
