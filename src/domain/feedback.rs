//! What participants say afterwards: six open questions, consent to quote for each answer, and what
//! the host then still owes in writing.

use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, FeedbackId, FollowUpId};
use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

/// The form that is asked from now on. An answer is shown with the questions of its own form.
pub const FORM_VERSION: i32 = 1;
/// Questions of a form.
pub const QUESTIONS: i32 = 6;
/// The question whose answer may be for administrators alone.
pub const ABOUT_CONDUCT: i32 = 5;
/// The question whose answer may become a next action.
pub const ABOUT_ACTIONS: i32 = 3;
/// The question whose answer may become a follow-up.
pub const ABOUT_GAPS: i32 = 2;
/// Days after the opening on which the form is asked for; then never again.
pub const ASKED_ON_DAYS: [i64; 4] = [0, 1, 5, 14];
/// The form ends this long after it was opened.
pub const ENDS_AFTER: TimeDelta = TimeDelta::days(30);
/// Answers can be changed this long after they were sent.
pub const CHANGES_FOR: TimeDelta = TimeDelta::days(14);

/// The message keys of a form's questions, the first question first. A form is never edited: a
/// changed question is a new version beside the old ones.
pub fn questions(version: i32) -> [&'static str; 6] {
    let known = usize::try_from(version - 1).unwrap_or(0).min(FORMS.len() - 1);
    FORMS[known]
}

const FORMS: [[&str; 6]; FORM_VERSION as usize] = [FORM_1];

const FORM_1: [&str; 6] = [
    "feedback-form-q1",
    "feedback-form-q2",
    "feedback-form-q3",
    "feedback-form-q4",
    "feedback-form-q5",
    "feedback-form-q6",
];

/// Where one participant's form is in its life. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    Invited,
    Draft,
    Submitted,
    Amended,
    Locked,
    Skipped,
    Expired,
}

impl Stage {
    /// All stages in the order of a life.
    pub const ALL: [Stage; 7] =
        [Stage::Invited, Stage::Draft, Stage::Submitted, Stage::Amended, Stage::Locked, Stage::Skipped, Stage::Expired];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Invited => "invited",
            Stage::Draft => "draft",
            Stage::Submitted => "submitted",
            Stage::Amended => "amended",
            Stage::Locked => "locked",
            Stage::Skipped => "skipped",
            Stage::Expired => "expired",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Whether nothing was sent yet, and still can be.
    pub fn is_open(self) -> bool {
        matches!(self, Stage::Invited | Stage::Draft)
    }

    /// Whether answers were sent.
    pub fn has_answers(self) -> bool {
        matches!(self, Stage::Submitted | Stage::Amended | Stage::Locked)
    }
}

/// An act that is not possible any more, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {act} while {stage}")]
pub struct NotNow {
    pub act: &'static str,
    pub stage: &'static str,
}

impl NotNow {
    /// Key of what a person reads.
    pub fn key(self) -> &'static str {
        match self.act {
            "owe" | "send" | "drop" | "read" => "feedback-follow_ups-not_now",
            _ => "feedback-form-not_now",
        }
    }
}

/// One participant's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feedback {
    pub id: FeedbackId,
    pub consultation: ConsultationId,
    pub stage: Stage,
    pub invited_at: DateTime<Utc>,
    pub submitted_at: Option<DateTime<Utc>>,
}

impl Feedback {
    /// Keeps what was typed for later.
    pub fn keep(self) -> Result<Self, NotNow> {
        match self.stage.is_open() {
            true => Ok(Self { stage: Stage::Draft, ..self }),
            false => Err(self.not_now("keep")),
        }
    }

    /// Sends the answers, or changes them while that is possible.
    pub fn submit(self, now: DateTime<Utc>) -> Result<(Self, Fact), NotNow> {
        let (feedback, consultation) = (self.id, self.consultation);
        match self.stage {
            Stage::Invited | Stage::Draft => {
                let fact = Fact::FeedbackSubmitted { feedback, consultation };
                Ok((Self { stage: Stage::Submitted, submitted_at: Some(now), ..self }, fact))
            }
            Stage::Submitted | Stage::Amended if self.takes_changes(now) => {
                let submitted_at = if self.is_asked_again() { Some(now) } else { self.submitted_at };
                let fact = Fact::FeedbackAmended { feedback, consultation };
                Ok((Self { stage: Stage::Amended, submitted_at, ..self }, fact))
            }
            _ => Err(self.not_now("submit")),
        }
    }

    /// The participant would rather not. What they said before stays.
    pub fn skip(self) -> Result<(Self, Fact), NotNow> {
        let fact = Fact::FeedbackSkipped { feedback: self.id };
        match self.stage.is_open() {
            true => Ok((Self { stage: Stage::Skipped, ..self }, fact)),
            false if self.is_asked_again() => Ok((Self { stage: Stage::Locked, ..self }, fact)),
            false => Err(self.not_now("skip")),
        }
    }

    /// Nothing came for 30 days. What was said before stays.
    pub fn expire(self, now: DateTime<Utc>) -> Result<(Self, Fact), NotNow> {
        let feedback = self.id;
        match now - self.invited_at >= ENDS_AFTER {
            true if self.stage.is_open() => {
                Ok((Self { stage: Stage::Expired, ..self }, Fact::FeedbackExpired { feedback }))
            }
            true if self.is_asked_again() => {
                Ok((Self { stage: Stage::Locked, ..self }, Fact::FeedbackLocked { feedback }))
            }
            _ => Err(self.not_now("expire")),
        }
    }

    /// The answers stay as they are: a quote was published, or 14 days are over.
    pub fn lock(self) -> Result<(Self, Fact), NotNow> {
        match self.stage {
            Stage::Submitted | Stage::Amended => {
                Ok((Self { stage: Stage::Locked, ..self }, Fact::FeedbackLocked { feedback: self.id }))
            }
            _ => Err(self.not_now("lock")),
        }
    }

    /// Whether sent answers can still be changed.
    pub fn takes_changes(&self, now: DateTime<Utc>) -> bool {
        matches!(self.stage, Stage::Submitted | Stage::Amended) && self.changes_until().is_some_and(|end| now < end)
    }

    /// Until when they can be changed, once they were sent.
    pub fn changes_until(&self) -> Option<DateTime<Utc>> {
        match self.is_asked_again() {
            true => Some(self.invited_at + ENDS_AFTER),
            false => self.submitted_at.map(|at| at + CHANGES_FOR),
        }
    }

    /// Whether they answered about an end that was none: they talked after all, and are asked once
    /// more with their words kept.
    pub fn is_asked_again(&self) -> bool {
        self.stage == Stage::Amended && self.submitted_at.is_some_and(|at| at < self.invited_at)
    }

    /// Whether an answer is waited for.
    pub fn is_wanted(&self) -> bool {
        self.stage.is_open() || self.is_asked_again()
    }

    fn not_now(&self, act: &'static str) -> NotNow {
        NotNow { act, stage: self.stage.as_str() }
    }
}

/// Where something that the host owes in writing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FollowUpStage {
    /// An answer about what was missing, of which nothing became yet. It is there while the answer is,
    /// and no row says so.
    Suggested,
    Owed,
    Sent,
    Read,
    Dropped,
}

impl FollowUpStage {
    /// All stages in the order of a life.
    pub const ALL: [FollowUpStage; 5] = [
        FollowUpStage::Suggested,
        FollowUpStage::Owed,
        FollowUpStage::Sent,
        FollowUpStage::Read,
        FollowUpStage::Dropped,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            FollowUpStage::Suggested => "suggested",
            FollowUpStage::Owed => "owed",
            FollowUpStage::Sent => "sent",
            FollowUpStage::Read => "read",
            FollowUpStage::Dropped => "dropped",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// The host takes it up.
    pub fn owe(self, follow_up: FollowUpId, consultation: ConsultationId) -> Result<(Self, Fact), NotNow> {
        match self {
            FollowUpStage::Suggested => Ok((FollowUpStage::Owed, Fact::FollowUpOwed { follow_up, consultation })),
            _ => Err(self.not_now("owe")),
        }
    }

    /// The host wrote it.
    pub fn send(self, follow_up: FollowUpId, consultation: ConsultationId) -> Result<(Self, Fact), NotNow> {
        match self {
            FollowUpStage::Owed => Ok((FollowUpStage::Sent, Fact::FollowUpSent { follow_up, consultation })),
            _ => Err(self.not_now("send")),
        }
    }

    /// The host says why it will not come.
    pub fn drop(self, follow_up: FollowUpId, consultation: ConsultationId) -> Result<(Self, Fact), NotNow> {
        match self {
            FollowUpStage::Suggested | FollowUpStage::Owed => {
                Ok((FollowUpStage::Dropped, Fact::FollowUpDropped { follow_up, consultation }))
            }
            _ => Err(self.not_now("drop")),
        }
    }

    /// The recipient says that it arrived.
    pub fn read(self) -> Result<Self, NotNow> {
        match self {
            FollowUpStage::Sent => Ok(FollowUpStage::Read),
            _ => Err(self.not_now("read")),
        }
    }

    fn not_now(self, act: &'static str) -> NotNow {
        NotNow { act, stage: self.as_str() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use uuid::Uuid;

    fn at(day: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap() + TimeDelta::days(day)
    }

    fn form(stage: Stage) -> Feedback {
        Feedback {
            id: FeedbackId(Uuid::nil()),
            consultation: ConsultationId(Uuid::nil()),
            stage,
            invited_at: at(0),
            submitted_at: stage.has_answers().then(|| at(2)),
        }
    }

    #[test]
    fn a_form_moves_like_this() {
        let word = |moved: Result<Feedback, NotNow>| moved.map_or_else(NotNow::key, |f| f.stage.as_str());
        let row = |stage: Stage| {
            let form = form(stage);
            format!(
                "{}: {} {} {} {} {} {} {}\n",
                stage.as_str(),
                word(form.keep()),
                word(form.submit(at(3)).map(|m| m.0)),
                word(form.submit(at(16)).map(|m| m.0)),
                word(form.skip().map(|m| m.0)),
                word(form.expire(at(29)).map(|m| m.0)),
                word(form.expire(at(30)).map(|m| m.0)),
                word(form.lock().map(|m| m.0)),
            )
        };
        assert_eq!(
            Stage::ALL.into_iter().map(row).collect::<String>().replace("feedback-form-not_now", "-"),
            "\
invited: draft submitted submitted skipped - expired -
draft: draft submitted submitted skipped - expired -
submitted: - amended - - - - locked
amended: - amended - - - - locked
locked: - - - - - - -
skipped: - - - - - - -
expired: - - - - - - -
"
        );
    }

    #[test]
    fn a_form_that_is_asked_again_keeps_what_was_said() {
        let again = Feedback { invited_at: at(20), ..form(Stage::Amended) };
        assert!(again.is_wanted() && again.takes_changes(at(49)) && !again.takes_changes(at(50)));
        assert_eq!(again.skip().map(|m| m.0.stage), Ok(Stage::Locked));
        assert_eq!(again.expire(at(49)).map(|m| m.0.stage).map_err(NotNow::key), Err("feedback-form-not_now"));
        assert_eq!(again.expire(at(50)).map(|m| m.0.stage), Ok(Stage::Locked));

        let (answered, _) = again.submit(at(21)).unwrap();

        assert_eq!((answered.stage, answered.submitted_at), (Stage::Amended, Some(at(21))));
        assert!(!answered.is_wanted() && answered.takes_changes(at(34)) && !answered.takes_changes(at(35)));
    }

    #[test]
    fn a_follow_up_ends_sent_or_with_a_reason() {
        let (id, of) = (FollowUpId(Uuid::nil()), ConsultationId(Uuid::nil()));
        let row = |stage: FollowUpStage| {
            let word = |moved: Result<_, NotNow>| moved.map_or_else(NotNow::key, FollowUpStage::as_str);
            let (owed, sent) = (stage.owe(id, of).map(|m| m.0), stage.send(id, of).map(|m| m.0));
            let (dropped, read) = (stage.drop(id, of).map(|m| m.0), stage.read());
            format!("{}: {} {} {} {}\n", stage.as_str(), word(owed), word(sent), word(dropped), word(read))
        };
        assert_eq!(
            FollowUpStage::ALL.into_iter().map(row).collect::<String>().replace("feedback-follow_ups-not_now", "-"),
            "suggested: owed - dropped -\nowed: - sent dropped -\nsent: - - - read\nread: - - - -\ndropped: - - - -\n"
        );
    }
}
