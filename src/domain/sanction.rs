//! What administrators decide over a person, and the one appeal against it.

use crate::domain::fact::Fact;
use crate::domain::id::{PersonId, SanctionId};
use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

/// What a sanction takes away. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, yet.
    Warning,
    /// Sending applications.
    Applying,
    /// Hosting: open calls pause.
    Hosting,
    /// The account: nobody signs in with it.
    Account,
}

impl Kind {
    /// All kinds, the mildest first.
    pub const ALL: [Kind; 4] = [Kind::Warning, Kind::Applying, Kind::Hosting, Kind::Account];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Warning => "warning",
            Kind::Applying => "applying",
            Kind::Hosting => "hosting",
            Kind::Account => "account",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Warning => "people-sanction-warning",
            Kind::Applying => "people-sanction-applying",
            Kind::Hosting => "people-sanction-hosting",
            Kind::Account => "people-sanction-account",
        }
    }

    /// Key of what it means for the person.
    pub fn meaning(self) -> &'static str {
        match self {
            Kind::Warning => "people-sanction-warning_text",
            Kind::Applying => "people-sanction-applying_text",
            Kind::Hosting => "people-sanction-hosting_text",
            Kind::Account => "people-sanction-account_text",
        }
    }
}

/// How long it may be appealed.
pub const APPEAL_FOR: TimeDelta = TimeDelta::days(14);

/// A sanction as its life-cycle sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sanction {
    pub id: SanctionId,
    pub person: PersonId,
    pub kind: Kind,
    pub decided_by: PersonId,
    pub decided_at: DateTime<Utc>,
    /// `None` where it lasts until it is lifted.
    pub ends_at: Option<DateTime<Utc>>,
    pub appealed_at: Option<DateTime<Utc>>,
    pub concluded_at: Option<DateTime<Utc>>,
    pub lifted_at: Option<DateTime<Utc>>,
}

/// Why an act on a sanction was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    #[error("it was appealed already")]
    Appealed,
    #[error("its time to appeal is over")]
    TooLate,
    #[error("there is no appeal to answer")]
    NoAppeal,
    #[error("whoever decided does not answer the appeal")]
    OwnDecision,
    #[error("nobody judges over themselves")]
    Oneself,
    #[error("it is over")]
    Over,
}

impl Sanction {
    /// Whether it takes anything away now.
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        self.kind != Kind::Warning && self.lifted_at.is_none() && self.ends_at.is_none_or(|ends| now < ends)
    }

    /// Until when it may be appealed.
    pub fn appeal_until(&self) -> DateTime<Utc> {
        self.decided_at + APPEAL_FOR
    }

    /// The person wants another to look at it.
    pub fn appeal(self, now: DateTime<Utc>) -> Result<(Self, Fact), Refused> {
        match (self.appealed_at, self.lifted_at) {
            (Some(_), _) => Err(Refused::Appealed),
            (_, Some(_)) => Err(Refused::Over),
            _ if now >= self.appeal_until() => Err(Refused::TooLate),
            _ => Ok((Self { appealed_at: Some(now), ..self }, Fact::SanctionAppealed { sanction: self.id })),
        }
    }

    /// Another administrator answers the appeal, and lifts the sanction or leaves it.
    pub fn conclude(self, by: PersonId, lifts: bool, now: DateTime<Utc>) -> Result<(Self, Fact), Refused> {
        match (self.appealed_at, self.concluded_at) {
            (None, _) | (_, Some(_)) => Err(Refused::NoAppeal),
            _ if by == self.person => Err(Refused::Oneself),
            _ if by == self.decided_by => Err(Refused::OwnDecision),
            _ => {
                let lifted_at = self.lifted_at.or(lifts.then_some(now));
                let next = Self { concluded_at: Some(now), lifted_at, ..self };
                Ok((next, Fact::SanctionConcluded { sanction: self.id }))
            }
        }
    }

    /// An administrator takes it back.
    pub fn lift(self, by: PersonId, now: DateTime<Utc>) -> Result<(Self, Fact), Refused> {
        match self.lifted_at {
            Some(_) => Err(Refused::Over),
            None if by == self.person => Err(Refused::Oneself),
            None => Ok((Self { lifted_at: Some(now), ..self }, Fact::SanctionLifted { sanction: self.id })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n)
    }

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    fn decided(kind: Kind, ends_at: Option<DateTime<Utc>>) -> Sanction {
        Sanction {
            id: SanctionId(Uuid::nil()),
            person: person(9),
            kind,
            decided_by: person(1),
            decided_at: day(0),
            ends_at,
            appealed_at: None,
            concluded_at: None,
            lifted_at: None,
        }
    }

    #[test]
    fn it_lasts_until_its_end_or_until_it_is_lifted() {
        assert!(!decided(Kind::Warning, None).is_in_force(day(1)), "a warning takes nothing away");
        let month = decided(Kind::Applying, Some(day(30)));
        assert!(month.is_in_force(day(29)) && !month.is_in_force(day(30)));
        let account = decided(Kind::Account, None);
        assert!(account.is_in_force(day(4_000)));
        let lifted = account.lift(person(1), day(2)).unwrap().0;
        assert!(!lifted.is_in_force(day(3)));
        assert_eq!(lifted.lift(person(1), day(3)), Err(Refused::Over));
    }

    #[test]
    fn nobody_judges_over_themselves() {
        let sanction = decided(Kind::Applying, None);
        assert_eq!(sanction.lift(person(9), day(1)), Err(Refused::Oneself));
        let appealed = sanction.appeal(day(1)).unwrap().0;
        for lifts in [true, false] {
            assert_eq!(appealed.conclude(person(9), lifts, day(2)), Err(Refused::Oneself));
        }
    }

    #[test]
    fn it_is_appealed_once_and_answered_by_another_once() {
        let sanction = decided(Kind::Hosting, None);
        assert_eq!(sanction.appeal(day(14)), Err(Refused::TooLate));
        assert_eq!(sanction.conclude(person(2), true, day(1)), Err(Refused::NoAppeal));
        let appealed = sanction.appeal(day(13)).unwrap().0;
        assert_eq!(appealed.appeal(day(13)), Err(Refused::Appealed));
        assert_eq!(appealed.conclude(person(1), true, day(14)), Err(Refused::OwnDecision));
        let left = appealed.conclude(person(2), false, day(14)).unwrap().0;
        assert!(left.is_in_force(day(15)));
        assert_eq!(left.conclude(person(3), true, day(15)), Err(Refused::NoAppeal));
        assert!(!appealed.conclude(person(2), true, day(14)).unwrap().0.is_in_force(day(15)));
    }
}
