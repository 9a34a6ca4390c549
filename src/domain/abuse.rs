//! Reports of abuse: what is wrong, and what administrators made of it. Who reported stays hidden.

use crate::domain::fact::Fact;
use crate::domain::id::{AbuseReportId, ComplaintId, PersonId};
use chrono::{DateTime, TimeDelta, Utc};
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

/// How long a decision may be appealed.
pub const APPEAL_FOR: TimeDelta = TimeDelta::days(14);

/// What administrators decide. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing was wrong: the application went back.
    Dismissed,
    /// The application was turned away.
    Actioned,
}

impl Decision {
    /// Both decisions.
    pub const ALL: [Decision; 2] = [Decision::Dismissed, Decision::Actioned];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Dismissed => "dismissed",
            Decision::Actioned => "actioned",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Decision::Dismissed => "admin-abuse-dismissed",
            Decision::Actioned => "admin-abuse-actioned",
        }
    }
}

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Open,
    /// An administrator looks at it.
    Triaged,
    Decided {
        at: DateTime<Utc>,
        decision: Decision,
        by: PersonId,
    },
    /// Whom the decision went against wants it to be looked at once more.
    Appealed {
        decision: Decision,
        /// Who decided, and has no second word.
        by: PersonId,
    },
    /// The last word.
    Final {
        decision: Decision,
    },
}

impl Stage {
    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Stage::Open => "admin-abuse-open",
            Stage::Triaged => "admin-abuse-triaged",
            Stage::Decided { decision, .. } => decision.key(),
            Stage::Appealed { .. } => "admin-abuse-appealed",
            Stage::Final { .. } => "admin-abuse-final",
        }
    }

    /// Whether it waits for a first decision.
    pub fn is_undecided(self) -> bool {
        matches!(self, Stage::Open | Stage::Triaged)
    }

    /// What was decided, last.
    pub fn decision(self) -> Option<Decision> {
        match self {
            Stage::Open | Stage::Triaged => None,
            Stage::Decided { decision, .. } | Stage::Appealed { decision, .. } | Stage::Final { decision } => {
                Some(decision)
            }
        }
    }
}

/// What is stored of where a report stands.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// "open", or the word of the decision that counts.
    pub word: &'a str,
    pub is_triaged: bool,
    /// When the first decision was made, and by whom.
    pub decided: Option<(DateTime<Utc>, PersonId)>,
    pub is_appealed: bool,
    pub is_final: bool,
}

impl Stored<'_> {
    /// Where the report stands; `None` where no report can stand.
    pub fn stage(self) -> Option<Stage> {
        match (Decision::parse(self.word), self.decided) {
            (Some(decision), _) if self.is_final => Some(Stage::Final { decision }),
            (Some(decision), Some((_, by))) if self.is_appealed => Some(Stage::Appealed { decision, by }),
            (Some(decision), Some((at, by))) => Some(Stage::Decided { at, decision, by }),
            (None, None) if self.is_triaged => Some(Stage::Triaged),
            (None, None) => Some(Stage::Open),
            _ => None,
        }
    }
}

/// A step in the life of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Triaged,
    Decided,
    Appealed,
    Concluded,
}

/// What a report is known by: those of applications and complaints live alike, and have facts of their own.
pub trait Known: Copy {
    /// That a step was taken.
    fn took(self, step: Step) -> Fact;
}

impl Known for AbuseReportId {
    fn took(self, step: Step) -> Fact {
        let report = self;
        match step {
            Step::Triaged => Fact::AbuseReportTriaged { report },
            Step::Decided => Fact::AbuseReportDecided { report },
            Step::Appealed => Fact::AbuseReportAppealed { report },
            Step::Concluded => Fact::AbuseReportConcluded { report },
        }
    }
}

impl Known for ComplaintId {
    fn took(self, step: Step) -> Fact {
        let complaint = self;
        match step {
            Step::Triaged => Fact::ComplaintTriaged { complaint },
            Step::Decided => Fact::ComplaintDecided { complaint },
            Step::Appealed => Fact::ComplaintAppealed { complaint },
            Step::Concluded => Fact::ComplaintConcluded { complaint },
        }
    }
}

/// A report as its life-cycle sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report<Id = AbuseReportId> {
    pub id: Id,
    pub reporter: PersonId,
    /// Whose words it is about.
    pub subject: PersonId,
    pub stage: Stage,
}

/// Why an act on a report was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    #[error("it does not stand where this is possible")]
    NotNow,
    #[error("the decision went against somebody else")]
    NotYours,
    #[error("the time for an appeal is over")]
    TooLate,
    #[error("whoever decided does not answer the appeal")]
    OwnDecision,
    #[error("whoever reported, or is meant, does not decide")]
    Party,
}

/// What a transition gives.
pub type Moved<Id = AbuseReportId> = Result<(Report<Id>, Fact), Refused>;

impl<Id: Known> Report<Id> {
    /// Whether somebody reported it, or is meant.
    pub fn is_party(&self, person: PersonId) -> bool {
        [self.reporter, self.subject].contains(&person)
    }

    /// An administrator takes it up.
    pub fn triage(self, by: PersonId) -> Moved<Id> {
        match self.stage {
            _ if self.is_party(by) => Err(Refused::Party),
            Stage::Open => Ok(self.moved(Stage::Triaged, Step::Triaged)),
            _ => Err(Refused::NotNow),
        }
    }

    /// An administrator decides.
    pub fn decide(self, decision: Decision, by: PersonId, at: DateTime<Utc>) -> Moved<Id> {
        match self.stage.is_undecided() {
            _ if self.is_party(by) => Err(Refused::Party),
            true => Ok(self.moved(Stage::Decided { at, decision, by }, Step::Decided)),
            false => Err(Refused::NotNow),
        }
    }

    /// Whom a decision goes against: who reported when nothing follows, whom it is about otherwise.
    pub fn loser(&self) -> Option<PersonId> {
        self.stage.decision().map(|decision| match decision {
            Decision::Dismissed => self.reporter,
            Decision::Actioned => self.subject,
        })
    }

    /// Until when the decision may be appealed.
    pub fn appeal_until(&self) -> Option<DateTime<Utc>> {
        match self.stage {
            Stage::Decided { at, .. } => Some(at + APPEAL_FOR),
            _ => None,
        }
    }

    /// Whom the decision went against appeals, once.
    pub fn appeal(self, by: PersonId, now: DateTime<Utc>) -> Moved<Id> {
        match (self.stage, self.appeal_until()) {
            (Stage::Decided { .. }, _) if self.loser() != Some(by) => Err(Refused::NotYours),
            (Stage::Decided { decision, by, .. }, Some(until)) if now < until => {
                Ok(self.moved(Stage::Appealed { decision, by }, Step::Appealed))
            }
            (Stage::Decided { .. }, _) => Err(Refused::TooLate),
            _ => Err(Refused::NotNow),
        }
    }

    /// Another administrator than who decided has the last word.
    pub fn conclude(self, decision: Decision, by: PersonId) -> Moved<Id> {
        match self.stage {
            _ if self.is_party(by) => Err(Refused::Party),
            Stage::Appealed { by: decided_by, .. } if decided_by == by => Err(Refused::OwnDecision),
            Stage::Appealed { .. } => Ok(self.moved(Stage::Final { decision }, Step::Concluded)),
            _ => Err(Refused::NotNow),
        }
    }

    fn moved(self, stage: Stage, step: Step) -> (Self, Fact) {
        (Self { stage, ..self }, self.id.took(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const REPORTER: PersonId = PersonId(Uuid::from_u128(2));
    const SUBJECT: PersonId = PersonId(Uuid::from_u128(3));
    const DECIDER: PersonId = PersonId(Uuid::from_u128(4));
    const OTHER: PersonId = PersonId(Uuid::from_u128(5));

    fn name(stage: Stage) -> String {
        let word = match stage {
            Stage::Open => "open",
            Stage::Triaged => "triaged",
            Stage::Decided { .. } => "decided",
            Stage::Appealed { .. } => "appealed",
            Stage::Final { .. } => "final",
        };
        format!("{word}{}", stage.decision().map(|decision| format!(" {}", decision.as_str())).unwrap_or_default())
    }

    fn word(moved: Moved) -> String {
        moved.map_or_else(|refused| format!("{refused:?}"), |(report, _)| name(report.stage))
    }

    #[test]
    fn the_life_of_a_report() {
        let now = DateTime::UNIX_EPOCH;
        let (dismissed, actioned) = (Decision::Dismissed, Decision::Actioned);
        let stages = [
            Stage::Open,
            Stage::Triaged,
            Stage::Decided { at: now, decision: dismissed, by: DECIDER },
            Stage::Decided { at: now, decision: actioned, by: DECIDER },
            Stage::Appealed { decision: dismissed, by: DECIDER },
            Stage::Final { decision: actioned },
        ];
        let row = |stage: Stage| {
            let report = Report { id: AbuseReportId(Uuid::nil()), reporter: REPORTER, subject: SUBJECT, stage };
            let (triage, decide) = (word(report.triage(DECIDER)), word(report.decide(actioned, DECIDER, now)));
            let appeals = [REPORTER, SUBJECT].map(|by| word(report.appeal(by, now))).join(" / ");
            let conclude = [DECIDER, OTHER].map(|by| word(report.conclude(actioned, by))).join(" / ");
            format!("{}: triage {triage}, decide {decide}, appeal {appeals}, conclude {conclude}\n", name(stage))
        };
        assert_eq!(
            stages.map(row).concat(),
            "\
open: triage triaged, decide decided actioned, appeal NotNow / NotNow, conclude NotNow / NotNow
triaged: triage NotNow, decide decided actioned, appeal NotNow / NotNow, conclude NotNow / NotNow
decided dismissed: triage NotNow, decide NotNow, appeal appealed dismissed / NotYours, conclude NotNow / NotNow
decided actioned: triage NotNow, decide NotNow, appeal NotYours / appealed actioned, conclude NotNow / NotNow
appealed dismissed: triage NotNow, decide NotNow, appeal NotNow / NotNow, conclude OwnDecision / final actioned
final actioned: triage NotNow, decide NotNow, appeal NotNow / NotNow, conclude NotNow / NotNow
"
        );
    }

    #[test]
    fn whoever_is_a_party_to_it_does_not_decide() {
        let decision = Decision::Dismissed;
        for stage in [Stage::Open, Stage::Appealed { decision, by: DECIDER }] {
            let report = Report { id: AbuseReportId(Uuid::nil()), reporter: REPORTER, subject: SUBJECT, stage };
            for party in [REPORTER, SUBJECT] {
                assert_eq!(report.triage(party), Err(Refused::Party));
                assert_eq!(report.decide(decision, party, DateTime::UNIX_EPOCH), Err(Refused::Party));
                assert_eq!(report.conclude(decision, party), Err(Refused::Party));
            }
        }
    }

    #[test]
    fn an_appeal_has_its_time() {
        let (at, decision) = (DateTime::UNIX_EPOCH, Decision::Dismissed);
        let stage = Stage::Decided { at, decision, by: DECIDER };
        let report = Report { id: AbuseReportId(Uuid::nil()), reporter: REPORTER, subject: SUBJECT, stage };
        assert!(report.appeal(REPORTER, at + APPEAL_FOR - TimeDelta::seconds(1)).is_ok());
        assert_eq!(report.appeal(REPORTER, at + APPEAL_FOR), Err(Refused::TooLate));
    }

    #[test]
    fn words_read_back() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::parse(kind.as_str()) == Some(kind)));
        assert!(Decision::ALL.into_iter().all(|decision| Decision::parse(decision.as_str()) == Some(decision)));
    }
}
