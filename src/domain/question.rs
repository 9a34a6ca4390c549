//! Items of the question-and-answer document: who asks, who answers, what is kept for the session.
//!
//! The document's own stage is the consultation's; it is sealed where that takes no writing.

use crate::domain::consultation::Side;
use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, ItemId, PersonId};
use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

/// What an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Topic,
    Question,
    Background,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Question, Kind::Topic, Kind::Background];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Topic => "topic",
            Kind::Question => "question",
            Kind::Background => "background",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Topic => "questions-kind-topic",
            Kind::Question => "questions-kind-question",
            Kind::Background => "questions-kind-background",
        }
    }
}

/// Where an item came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    Written,
    /// Born on the day.
    Live,
    /// Brought along from the former consultation.
    Carried,
}

impl Origin {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Written => "written",
            Origin::Live => "live",
            Origin::Carried => "carried",
        }
    }

    /// Key of what is said of it, where that is not plain.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Origin::Written => None,
            Origin::Live => Some("questions-origin-live"),
            Origin::Carried => Some("questions-origin-carried"),
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Origin::Written, Origin::Live, Origin::Carried].into_iter().find(|origin| origin.as_str() == word)
    }
}

/// Where an item stands. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    Asked,
    BackgroundWanted,
    Answered,
    ForSession,
    Covered,
    DirectionGiven,
    Unresolved,
    NextTime,
    Settled,
    Dropped,
}

impl Stage {
    /// All stages in the order of a life.
    pub const ALL: [Stage; 10] = [
        Stage::Asked,
        Stage::BackgroundWanted,
        Stage::Answered,
        Stage::ForSession,
        Stage::Covered,
        Stage::DirectionGiven,
        Stage::Unresolved,
        Stage::NextTime,
        Stage::Settled,
        Stage::Dropped,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Asked => "asked",
            Stage::BackgroundWanted => "background_wanted",
            Stage::Answered => "answered",
            Stage::ForSession => "for_session",
            Stage::Covered => "covered",
            Stage::DirectionGiven => "direction_given",
            Stage::Unresolved => "unresolved",
            Stage::NextTime => "next_time",
            Stage::Settled => "settled",
            Stage::Dropped => "dropped",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Stage::Asked => "questions-item-asked",
            Stage::BackgroundWanted => "questions-item-background_wanted",
            Stage::Answered => "questions-item-answered",
            Stage::ForSession => "questions-item-for_session",
            Stage::Covered => "questions-item-covered",
            Stage::DirectionGiven => "questions-item-direction_given",
            Stage::Unresolved => "questions-item-unresolved",
            Stage::NextTime => "questions-item-next_time",
            Stage::Settled => "questions-item-settled",
            Stage::Dropped => "questions-item-dropped",
        }
    }

    /// What became of it in the session, where it was talked about.
    pub fn outcome(self) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.stage() == self)
    }

    /// Whether it was on the agenda of a session and stayed open: the host may write about it after.
    pub fn is_left_open(self) -> bool {
        matches!(self, Stage::Unresolved | Stage::NextTime)
    }
}

/// What became of an item in the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Covered,
    DirectionGiven,
    Unresolved,
    NextTime,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 4] = [Outcome::Covered, Outcome::DirectionGiven, Outcome::Unresolved, Outcome::NextTime];

    /// The stage that it leads to.
    pub fn stage(self) -> Stage {
        match self {
            Outcome::Covered => Stage::Covered,
            Outcome::DirectionGiven => Stage::DirectionGiven,
            Outcome::Unresolved => Stage::Unresolved,
            Outcome::NextTime => Stage::NextTime,
        }
    }

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        self.stage().as_str()
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        self.stage().key()
    }
}

/// Whoever acts on an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub person: PersonId,
    pub side: Side,
}

/// Why an act on an item was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ItemError {
    #[error("this is for somebody else to do")]
    NotYours,
    #[error("it does not stand where this is possible")]
    NotNow,
}

impl ItemError {
    /// Key of what the page says.
    pub fn key(self) -> &'static str {
        match self {
            ItemError::NotYours => "questions-item-not_yours",
            ItemError::NotNow => "questions-item-not_now",
        }
    }
}

/// After this many rounds of writing the page suggests to talk.
pub const ROUNDS_UNTIL_TALK: i32 = 3;
/// Whoever says nothing for this long agrees with the agenda.
pub const SILENCE: TimeDelta = TimeDelta::hours(48);

/// An item as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: ItemId,
    pub consultation: ConsultationId,
    pub author: PersonId,
    /// The side that asks; the other one answers.
    pub side: Side,
    pub kind: Kind,
    pub origin: Origin,
    pub title: String,
    pub stage: Stage,
    pub stage_since: DateTime<Utc>,
    pub outcome_note: String,
}

/// What a transition gives: the item as it stands then, and the fact.
pub type Moved = Result<(Item, Fact), ItemError>;

impl Item {
    /// The host wants to know more before answering.
    pub fn ask_for_background(self, by: Actor, now: DateTime<Utc>) -> Moved {
        self.only(by.side == Side::Host && self.side == Side::Guest)?;
        self.from(&[Stage::Asked], Stage::BackgroundWanted, now)
    }

    /// The guests told more.
    pub fn give_background(self, by: Actor, now: DateTime<Utc>) -> Moved {
        self.only(by.side == Side::Guest)?;
        self.from(&[Stage::BackgroundWanted], Stage::Asked, now)
    }

    /// The side across answered.
    pub fn answer(self, by: Actor, now: DateTime<Utc>) -> Moved {
        self.only(by.side != self.side)?;
        self.from(&[Stage::Asked], Stage::Answered, now)
    }

    /// The asking side goes on from the answer.
    pub fn ask_on(self, by: Actor, now: DateTime<Utc>) -> Moved {
        self.only(by.side == self.side)?;
        self.from(&[Stage::Answered], Stage::Asked, now)
    }

    /// Either side keeps it for the session.
    pub fn keep_for_session(self, now: DateTime<Utc>) -> Moved {
        self.from(&[Stage::Asked, Stage::Answered], Stage::ForSession, now)
    }

    /// Either side goes on in writing after all.
    pub fn back_to_writing(self, now: DateTime<Utc>) -> Moved {
        self.from(&[Stage::ForSession], Stage::Asked, now)
    }

    /// The asker or the host is content with the answer.
    pub fn settle(self, by: Actor, now: DateTime<Utc>) -> Moved {
        self.only(by.person == self.author || by.side == Side::Host)?;
        self.from(&[Stage::Answered], Stage::Settled, now)
    }

    /// The asker has more to ask.
    pub fn reopen(self, by: Actor, now: DateTime<Utc>) -> Moved {
        self.only(by.person == self.author)?;
        self.from(&[Stage::Settled], Stage::Asked, now)
    }

    /// The asker takes it back; what was talked about stays.
    pub fn take_back(self, by: Actor, now: DateTime<Utc>) -> Moved {
        self.only(by.person == self.author)?;
        let before_the_talk =
            [Stage::Asked, Stage::BackgroundWanted, Stage::Answered, Stage::ForSession, Stage::Settled];
        self.from(&before_the_talk, Stage::Dropped, now)
    }

    /// The asker words the title anew, as long as it was not taken back.
    pub fn reword(self, by: Actor, title: String) -> Moved {
        self.only(by.person == self.author)?;
        match self.stage {
            Stage::Dropped => Err(ItemError::NotNow),
            _ => {
                let fact = Fact::ItemReworded { consultation: self.consultation, item: self.id };
                Ok((Self { title, ..self }, fact))
            }
        }
    }

    /// What became of it in the session, by the host; said again it replaces what was said.
    pub fn conclude(self, outcome: Outcome, note: String, now: DateTime<Utc>) -> Moved {
        match self.stage == Stage::ForSession || self.stage.outcome().is_some() {
            true => {
                let fact = Fact::OutcomeSet { consultation: self.consultation, item: self.id };
                Ok((Self { stage: outcome.stage(), stage_since: now, outcome_note: note, ..self }, fact))
            }
            false => Err(ItemError::NotNow),
        }
    }

    fn only(&self, is_theirs: bool) -> Result<(), ItemError> {
        is_theirs.then_some(()).ok_or(ItemError::NotYours)
    }

    fn from(self, stages: &[Stage], to: Stage, now: DateTime<Utc>) -> Moved {
        match stages.contains(&self.stage) {
            true => {
                let fact = Fact::ItemMoved { consultation: self.consultation, item: self.id };
                Ok((Self { stage: to, stage_since: now, ..self }, fact))
            }
            false => Err(ItemError::NotNow),
        }
    }
}

/// Whether the host may set the agenda: the lead said ok, or nobody said anything for two days.
pub fn is_agreed_to(ok_at: Option<DateTime<Utc>>, last_word_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    ok_at.is_some() || now - last_word_at >= SILENCE
}

#[cfg(test)]
mod tests;
