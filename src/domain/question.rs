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
mod tests {
    use super::*;
    use chrono::TimeZone;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap()
    }

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    fn at(stage: Stage, side: Side) -> Item {
        Item {
            id: ItemId(Uuid::from_u128(1)),
            consultation: ConsultationId(Uuid::from_u128(2)),
            author: person(if side == Side::Guest { 3 } else { 5 }),
            side,
            kind: Kind::Question,
            origin: Origin::Written,
            title: "SLO".into(),
            stage,
            stage_since: now(),
            outcome_note: String::new(),
        }
    }

    type Act = (&'static str, fn(Item, Actor) -> Moved);

    const ACTS: [Act; 10] = [
        ("ask_for_background", |i, by| i.ask_for_background(by, now())),
        ("give_background", |i, by| i.give_background(by, now())),
        ("answer", |i, by| i.answer(by, now())),
        ("ask_on", |i, by| i.ask_on(by, now())),
        ("keep_for_session", |i, _| i.keep_for_session(now())),
        ("back_to_writing", |i, _| i.back_to_writing(now())),
        ("settle", |i, by| i.settle(by, now())),
        ("reopen", |i, by| i.reopen(by, now())),
        ("take_back", |i, by| i.take_back(by, now())),
        ("conclude", |i, _| i.conclude(Outcome::NextTime, String::new(), now())),
    ];

    fn table(side: Side) -> String {
        let who = [
            ("asker", Actor { person: person(3), side: Side::Guest }),
            ("colleague", Actor { person: person(4), side: Side::Guest }),
            ("host", Actor { person: person(5), side: Side::Host }),
        ];
        let mut table = String::new();
        for stage in Stage::ALL {
            table += &format!("{}:", stage.as_str());
            for (name, act) in ACTS {
                let done: Vec<_> =
                    who.iter().filter_map(|(n, by)| act(at(stage, side), *by).ok().map(|(to, _)| (*n, to))).collect();
                let Some((_, to)) = done.first() else { continue };
                let names = done.iter().map(|(n, _)| *n).collect::<Vec<_>>().join("+");
                table += &format!(" {name}({names})→{}", to.stage.as_str());
            }
            table += "\n";
        }
        table
    }

    #[test]
    fn the_life_of_a_guests_item_is_this_table() {
        assert_eq!(
            table(Side::Guest),
            "\
asked: ask_for_background(host)→background_wanted answer(host)→answered keep_for_session(asker+colleague+host)→for_session take_back(asker)→dropped
background_wanted: give_background(asker+colleague)→asked take_back(asker)→dropped
answered: ask_on(asker+colleague)→asked keep_for_session(asker+colleague+host)→for_session settle(asker+host)→settled take_back(asker)→dropped
for_session: back_to_writing(asker+colleague+host)→asked take_back(asker)→dropped conclude(asker+colleague+host)→next_time
covered: conclude(asker+colleague+host)→next_time
direction_given: conclude(asker+colleague+host)→next_time
unresolved: conclude(asker+colleague+host)→next_time
next_time: conclude(asker+colleague+host)→next_time
settled: reopen(asker)→asked take_back(asker)→dropped
dropped:
"
        );
    }

    #[test]
    fn what_the_host_asks_the_guests_answer() {
        let table = table(Side::Host);
        let asked = table.lines().next().unwrap();
        assert_eq!(
            asked,
            "asked: answer(asker+colleague)→answered keep_for_session(asker+colleague+host)→for_session take_back(host)→dropped"
        );
    }

    #[test]
    fn an_outcome_is_a_fact_of_its_own() {
        let (item, fact) =
            at(Stage::ForSession, Side::Guest).conclude(Outcome::DirectionGiven, "Start small".into(), now()).unwrap();
        assert_eq!((item.stage.outcome(), item.outcome_note.as_str()), (Some(Outcome::DirectionGiven), "Start small"));
        assert_eq!(fact, Fact::OutcomeSet { consultation: item.consultation, item: item.id });
    }

    #[test]
    fn two_days_of_silence_are_an_ok() {
        assert!(!is_agreed_to(None, now(), now() + TimeDelta::hours(47)));
        assert!(is_agreed_to(None, now(), now() + SILENCE));
        assert!(is_agreed_to(Some(now()), now(), now()));
    }
}
