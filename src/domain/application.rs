//! An application to a call: from the first rough sentence to the host's decision.

use crate::domain::fact::Fact;
use crate::domain::id::{ApplicationId, CallId, ConsultationId, PersonId};
use crate::domain::local_time::earliest;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use thiserror::Error;

/// Where an application stands. Stored by its word. What is not sent yet is a draft of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    Submitted,
    Asked,
    Waitlisted,
    Accepted,
    Declined,
    Withdrawn,
    Expired,
    Lapsed,
    Blocked,
}

impl Stage {
    /// All stages in the order of a life.
    pub const ALL: [Stage; 9] = [
        Stage::Submitted,
        Stage::Asked,
        Stage::Waitlisted,
        Stage::Accepted,
        Stage::Declined,
        Stage::Withdrawn,
        Stage::Expired,
        Stage::Lapsed,
        Stage::Blocked,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Submitted => "submitted",
            Stage::Asked => "asked",
            Stage::Waitlisted => "waitlisted",
            Stage::Accepted => "accepted",
            Stage::Declined => "declined",
            Stage::Withdrawn => "withdrawn",
            Stage::Expired => "expired",
            Stage::Lapsed => "lapsed",
            Stage::Blocked => "blocked",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Whether a decision is still to come.
    pub fn is_waiting(self) -> bool {
        matches!(self, Stage::Submitted | Stage::Asked | Stage::Waitlisted)
    }

    /// Whether it counts against the caps of its applicant; an accepted one counts as long as its
    /// consultation takes a place.
    pub fn is_active(self) -> bool {
        self.is_waiting() || matches!(self, Stage::Accepted | Stage::Blocked)
    }
}

/// Why a host says no. The page and the mail say for each what else the person could do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclineKind {
    /// Not what the call is for.
    Scope,
    /// Others know more of it.
    Expertise,
    /// No time at present.
    Time,
    /// Anything else; the note may say it.
    Other,
    /// The call was closed.
    Closed,
    /// Administrators found that it goes against the rules of the instance.
    Rules,
}

impl DeclineKind {
    /// Those that a host chooses from.
    pub const CHOICES: [DeclineKind; 4] =
        [DeclineKind::Scope, DeclineKind::Expertise, DeclineKind::Time, DeclineKind::Other];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            DeclineKind::Scope => "scope",
            DeclineKind::Expertise => "expertise",
            DeclineKind::Time => "time",
            DeclineKind::Other => "other",
            DeclineKind::Closed => "closed",
            DeclineKind::Rules => "rules",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::CHOICES.into_iter().chain([DeclineKind::Closed, DeclineKind::Rules]).find(|kind| kind.as_str() == word)
    }

    /// Key of the host's choice.
    pub fn key(self) -> &'static str {
        match self {
            DeclineKind::Scope => "applications-decline-scope",
            DeclineKind::Expertise => "applications-decline-expertise",
            DeclineKind::Time => "applications-decline-time",
            DeclineKind::Other => "applications-decline-other",
            DeclineKind::Closed => "applications-decline-closed",
            DeclineKind::Rules => "applications-decline-rules",
        }
    }

    /// Key of what the applicant reads: what else they could do.
    pub fn advice(self) -> &'static str {
        match self {
            DeclineKind::Scope => "applications-advice-scope",
            DeclineKind::Expertise => "applications-advice-expertise",
            DeclineKind::Time => "applications-advice-time",
            DeclineKind::Other => "applications-advice-other",
            DeclineKind::Closed => "applications-advice-closed",
            DeclineKind::Rules => "applications-advice-rules",
        }
    }

    /// Key of kind words that a host may begin the note with.
    pub fn words(self) -> &'static str {
        match self {
            DeclineKind::Scope => "applications-words-scope",
            DeclineKind::Expertise => "applications-words-expertise",
            DeclineKind::Time => "applications-words-time",
            DeclineKind::Other | DeclineKind::Closed | DeclineKind::Rules => "applications-words-other",
        }
    }
}

/// An act that the stage does not allow; the page says so and keeps what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {act} while {}", .stage.as_str())]
pub struct NotNow {
    pub act: &'static str,
    pub stage: Stage,
}

/// Why an application could not be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AcceptError {
    #[error(transparent)]
    NotNow(#[from] NotNow),
    #[error("all places of the call are taken")]
    Full,
}

/// Active applications that a person may have over all calls.
pub const MOST_ACTIVE: usize = 5;
/// An unanswered application ends this many days after the reply promise.
pub const EXPIRES_DAYS: i64 = 7;
/// The host is reminded this many days before the promise ends, and when it ends.
pub const REMINDED_DAYS: i64 = 2;
/// A question of the host that nobody answers ends the application.
pub const LAPSES_AFTER: TimeDelta = TimeDelta::days(21);

/// Midnight that ends the day which is `days` after the day of `instant`, in the host's zone. Where
/// clocks skip midnight, the first instant after it.
pub fn end_of_day(instant: DateTime<Utc>, days: i64, zone: Tz) -> DateTime<Utc> {
    midnight(instant.with_timezone(&zone).date_naive(), days + 1, zone)
}

/// The midnight that is `days` after a midnight in the host's zone; days before when negative.
pub fn days_after(due_at: DateTime<Utc>, days: i64, zone: Tz) -> DateTime<Utc> {
    midnight(due_at.with_timezone(&zone).date_naive(), days, zone)
}

fn midnight(date: NaiveDate, days: i64, zone: Tz) -> DateTime<Utc> {
    let moved = match days.try_into() {
        Ok(days) => date.checked_add_days(Days::new(days)),
        Err(_) => date.checked_sub_days(Days::new(days.unsigned_abs())),
    };
    earliest(moved.unwrap_or(date).and_time(NaiveTime::MIN), zone)
}

/// An application as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub id: ApplicationId,
    pub call: CallId,
    pub applicant: PersonId,
    pub stage: Stage,
    pub stage_since: DateTime<Utc>,
    pub submitted_at: DateTime<Utc>,
    /// Until when the host answers.
    pub due_at: Option<DateTime<Utc>>,
    pub decline: Option<DeclineKind>,
    /// The host's note when declined, the applicant's reason when withdrawn.
    pub note: Option<String>,
    /// Whether it was sent again after it ended unanswered.
    pub revived: bool,
    pub consultation: Option<ConsultationId>,
}

/// What a transition gives: the application as it stands then, and the fact.
pub type Moved = Result<(Application, Fact), NotNow>;

impl Application {
    /// The host wants to know more.
    pub fn ask(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Submitted => {
                let fact = Fact::ApplicationAsked { application: self.id };
                Ok((Self { due_at: None, ..self.moved_to(Stage::Asked, now) }, fact))
            }
            _ => Err(self.not_now("ask")),
        }
    }

    /// The applicant answered; the host's time begins again.
    pub fn answer(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Asked => {
                let fact = Fact::ApplicationAnswered { application: self.id };
                Ok((self.due(due_at).moved_to(Stage::Submitted, now), fact))
            }
            _ => Err(self.not_now("answer")),
        }
    }

    /// Either side writes something more without deciding anything. To a question the applicant
    /// answers instead; what is with the host, the host asks about.
    pub fn write(&self, by: PersonId) -> Result<Fact, NotNow> {
        let is_theirs = match self.stage {
            Stage::Submitted => by == self.applicant,
            Stage::Asked => by != self.applicant,
            stage => stage == Stage::Waitlisted,
        };
        match is_theirs {
            true => Ok(Fact::ApplicationMessageAdded { application: self.id, by }),
            false => Err(self.not_now("write")),
        }
    }

    /// Waits for a place: by the host, or by the system when the call is full.
    pub fn waitlist(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Submitted => {
                let fact = Fact::ApplicationWaitlisted { application: self.id };
                Ok((Self { due_at: None, ..self.moved_to(Stage::Waitlisted, now) }, fact))
            }
            _ => Err(self.not_now("wait-list")),
        }
    }

    /// A place is free: the host's time begins.
    pub fn readmit(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Waitlisted => {
                let fact = Fact::ApplicationReadmitted { application: self.id };
                Ok((self.due(due_at).moved_to(Stage::Submitted, now), fact))
            }
            _ => Err(self.not_now("readmit")),
        }
    }

    /// The host takes it on. The caller counted the call's free places under its lock and opened
    /// the consultation.
    pub fn accept(
        self,
        into: ConsultationId,
        free_places: i64,
        now: DateTime<Utc>,
    ) -> Result<(Self, Fact), AcceptError> {
        match self.stage {
            stage if !stage.is_waiting() => Err(self.not_now("accept").into()),
            _ if free_places <= 0 => Err(AcceptError::Full),
            _ => {
                let fact = Fact::ApplicationAccepted { application: self.id, consultation: into };
                let accepted = Self { consultation: Some(into), due_at: None, ..self };
                Ok((accepted.moved_to(Stage::Accepted, now), fact))
            }
        }
    }

    /// The host says no.
    pub fn decline(self, kind: DeclineKind, note: Option<String>, now: DateTime<Utc>) -> Moved {
        match self.stage.is_waiting() {
            true => {
                let fact = Fact::ApplicationDeclined { application: self.id };
                let declined = Self { decline: Some(kind), note, due_at: None, ..self };
                Ok((declined.moved_to(Stage::Declined, now), fact))
            }
            false => Err(self.not_now("decline")),
        }
    }

    /// The host reports it: nobody but administrators decides over it now.
    pub fn block(self, now: DateTime<Utc>) -> Moved {
        match self.stage.is_waiting() {
            true => {
                let fact = Fact::ApplicationBlocked { application: self.id };
                Ok((Self { due_at: None, ..self.moved_to(Stage::Blocked, now) }, fact))
            }
            false => Err(self.not_now("report")),
        }
    }

    /// An administrator found nothing wrong: the host's time begins.
    pub fn give_back(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Blocked => {
                let fact = Fact::ApplicationReturned { application: self.id };
                Ok((self.due(due_at).moved_to(Stage::Submitted, now), fact))
            }
            _ => Err(self.not_now("give back")),
        }
    }

    /// An administrator found that it goes against the rules: the applicant is told, and waits for
    /// nothing any more.
    pub fn turn_away(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Blocked => {
                let fact = Fact::ApplicationDeclined { application: self.id };
                let declined = Self { decline: Some(DeclineKind::Rules), ..self };
                Ok((declined.moved_to(Stage::Declined, now), fact))
            }
            _ => Err(self.not_now("turn away")),
        }
    }

    /// The applicant takes it back.
    pub fn withdraw(self, reason: Option<String>, now: DateTime<Utc>) -> Moved {
        match self.stage.is_waiting() {
            true => {
                let fact = Fact::ApplicationWithdrawn { application: self.id };
                let withdrawn = Self { note: reason, due_at: None, ..self };
                Ok((withdrawn.moved_to(Stage::Withdrawn, now), fact))
            }
            false => Err(self.not_now("withdraw")),
        }
    }

    /// The host did not answer, seven days after the promise.
    pub fn expire(self, zone: Tz, now: DateTime<Utc>) -> Moved {
        let is_over = self.due_at.is_some_and(|due| now >= days_after(due, EXPIRES_DAYS, zone));
        match self.stage {
            Stage::Submitted if is_over => {
                let fact = Fact::ApplicationExpired { application: self.id };
                Ok((Self { due_at: None, ..self.moved_to(Stage::Expired, now) }, fact))
            }
            _ => Err(self.not_now("expire")),
        }
    }

    /// The applicant did not answer for three weeks.
    pub fn lapse(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Asked if now - self.stage_since >= LAPSES_AFTER => {
                let fact = Fact::ApplicationLapsed { application: self.id };
                Ok((self.moved_to(Stage::Lapsed, now), fact))
            }
            _ => Err(self.not_now("lapse")),
        }
    }

    /// The applicant sends it again, once.
    pub fn revive(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Expired | Stage::Lapsed if !self.revived => {
                let fact = Fact::ApplicationRevived { application: self.id };
                let revived = Self { revived: true, submitted_at: now, ..self.due(due_at) };
                Ok((revived.moved_to(Stage::Submitted, now), fact))
            }
            _ => Err(self.not_now("send again")),
        }
    }

    /// Whether the applicant may still change their text.
    pub fn takes_edits(&self) -> bool {
        self.stage.is_waiting()
    }

    /// Whether the applicant may send it again.
    pub fn may_be_revived(&self) -> bool {
        matches!(self.stage, Stage::Expired | Stage::Lapsed) && !self.revived
    }

    /// When a question of the host that stays without an answer ends it.
    pub fn lapses_at(&self) -> Option<DateTime<Utc>> {
        (self.stage == Stage::Asked).then(|| self.stage_since + LAPSES_AFTER)
    }

    fn due(self, due_at: DateTime<Utc>) -> Self {
        Self { due_at: Some(due_at), ..self }
    }

    fn moved_to(self, stage: Stage, now: DateTime<Utc>) -> Self {
        Self { stage, stage_since: now, ..self }
    }

    fn not_now(&self, act: &'static str) -> NotNow {
        NotNow { act, stage: self.stage }
    }
}

#[cfg(test)]
mod tests;
