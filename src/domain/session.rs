//! The day: a run sheet of blocks that follow each other, one running at a time, and what is to be
//! done afterwards.

use crate::domain::fact::Fact;
use crate::domain::id::{ActionId, BlockId, ConsultationId, ItemId, PersonId};
use crate::domain::local_time::earliest;
use crate::domain::run_sheet::Origin;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use thiserror::Error;

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    IceBreak,
    Background,
    Topic,
    ScreenShare,
    NextActions,
}

impl Kind {
    /// All kinds in the order of a session.
    pub const ALL: [Kind; 5] = [Kind::IceBreak, Kind::Background, Kind::Topic, Kind::ScreenShare, Kind::NextActions];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::IceBreak => "ice_break",
            Kind::Background => "background",
            Kind::Topic => "topic",
            Kind::ScreenShare => "screen_share",
            Kind::NextActions => "next_actions",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::IceBreak => "sessions-block-ice_break",
            Kind::Background => "sessions-block-background",
            Kind::Topic => "sessions-block-topic",
            Kind::ScreenShare => "sessions-block-screen_share",
            Kind::NextActions => "sessions-block-next_actions",
        }
    }

    /// Key of what it is for, or where it came from.
    pub fn hint(self) -> &'static str {
        match self {
            Kind::IceBreak => "sessions-hint-ice_break",
            Kind::Background => "sessions-hint-background",
            Kind::Topic => "sessions-hint-topic",
            Kind::ScreenShare => "sessions-hint-screen_share",
            Kind::NextActions => "sessions-hint-next_actions",
        }
    }
}

/// A block before the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub kind: Kind,
    pub item: Option<ItemId>,
    pub minutes: i32,
    pub title: String,
    pub origin: Origin,
    pub because: String,
}

impl Planned {
    /// A topic that came up on the day.
    pub fn topic(item: ItemId, minutes: i32) -> Self {
        Self {
            kind: Kind::Topic,
            item: Some(item),
            minutes,
            title: String::new(),
            origin: Origin::Default,
            because: String::new(),
        }
    }

    /// The block that it becomes.
    pub fn block(self, id: BlockId, consultation: ConsultationId) -> Block {
        Block {
            id,
            consultation,
            kind: self.kind,
            item: self.item,
            minutes: self.minutes,
            title: self.title,
            origin: self.origin,
            because: self.because,
            stage: BlockStage::Todo,
            started_at: None,
            ended_at: None,
            note: String::new(),
            note_revision: 0,
        }
    }
}

/// Where a block stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockStage {
    Todo,
    Running,
    Done,
    Skipped,
}

impl BlockStage {
    /// All stages.
    pub const ALL: [BlockStage; 4] = [BlockStage::Todo, BlockStage::Running, BlockStage::Done, BlockStage::Skipped];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            BlockStage::Todo => "todo",
            BlockStage::Running => "running",
            BlockStage::Done => "done",
            BlockStage::Skipped => "skipped",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }
}

/// A block of a run sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub id: BlockId,
    pub consultation: ConsultationId,
    pub kind: Kind,
    pub item: Option<ItemId>,
    pub minutes: i32,
    pub title: String,
    pub origin: Origin,
    /// Why it is there, in the hosts' words.
    pub because: String,
    pub stage: BlockStage,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub note: String,
    pub note_revision: i32,
}

/// An act that the stage does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not possible where it stands")]
pub struct NotNow;

impl NotNow {
    /// Key of what a person reads.
    pub fn key(self) -> &'static str {
        "sessions-run-not_now"
    }
}

impl Block {
    /// Begins, or goes on after it was ended too early. The caller ends the one that runs.
    pub fn start(self, now: DateTime<Utc>) -> Result<(Self, Fact), NotNow> {
        match self.stage {
            BlockStage::Todo | BlockStage::Done | BlockStage::Skipped => {
                let started_at = self.started_at.or(Some(now));
                Ok(Self { stage: BlockStage::Running, started_at, ended_at: None, ..self }.told())
            }
            BlockStage::Running => Err(NotNow),
        }
    }

    /// Ends.
    pub fn finish(self, now: DateTime<Utc>) -> Result<(Self, Fact), NotNow> {
        match self.stage {
            BlockStage::Running => Ok(Self { stage: BlockStage::Done, ended_at: Some(now), ..self }.told()),
            _ => Err(NotNow),
        }
    }

    /// Is left out.
    pub fn skip(self) -> Result<(Self, Fact), NotNow> {
        match self.stage {
            BlockStage::Todo => Ok(Self { stage: BlockStage::Skipped, ..self }.told()),
            _ => Err(NotNow),
        }
    }

    /// As if it had not begun: the start of the session was a false one.
    pub fn take_back(self) -> Result<(Self, Fact), NotNow> {
        match self.stage {
            BlockStage::Todo => Err(NotNow),
            _ => Ok(Self { stage: BlockStage::Todo, started_at: None, ended_at: None, ..self }.told()),
        }
    }

    fn told(self) -> (Self, Fact) {
        let fact = Fact::BlockMoved { consultation: self.consultation, block: self.id };
        (self, fact)
    }
}

/// Where an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionStage {
    Open,
    Done,
    Dropped,
}

impl ActionStage {
    /// All stages.
    pub const ALL: [ActionStage; 3] = [ActionStage::Open, ActionStage::Done, ActionStage::Dropped];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            ActionStage::Open => "open",
            ActionStage::Done => "done",
            ActionStage::Dropped => "dropped",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }
}

/// Something that somebody is going to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub id: ActionId,
    pub consultation: ConsultationId,
    pub owner: PersonId,
    pub what: String,
    pub due_on: Option<NaiveDate>,
    pub stage: ActionStage,
    pub reason: Option<String>,
}

impl Action {
    /// Its owner did it.
    pub fn finish(self) -> Result<(Self, Fact), NotNow> {
        self.from(ActionStage::Open, ActionStage::Done, None)
    }

    /// Its owner will not do it, and says why.
    pub fn drop_because(self, reason: String) -> Result<(Self, Fact), NotNow> {
        self.from(ActionStage::Open, ActionStage::Dropped, Some(reason))
    }

    /// Its owner takes it up again.
    pub fn reopen(self) -> Result<(Self, Fact), NotNow> {
        match self.stage {
            ActionStage::Open => Err(NotNow),
            stage => self.from(stage, ActionStage::Open, None),
        }
    }

    fn from(self, from: ActionStage, to: ActionStage, reason: Option<String>) -> Result<(Self, Fact), NotNow> {
        match self.stage == from {
            true => {
                let fact = Fact::ActionMoved { consultation: self.consultation, action: self.id };
                Ok((Self { stage: to, reason, ..self }, fact))
            }
            false => Err(NotNow),
        }
    }
}

/// Participants other than the host may begin this long before the planned start.
pub const OPENS_BEFORE: TimeDelta = TimeDelta::minutes(10);
/// The side that was missed may say otherwise for this long.
pub const CONTESTABLE_FOR: TimeDelta = TimeDelta::days(7);
/// Somebody counts as absent this long after the planned start.
pub const ABSENT_AFTER: TimeDelta = TimeDelta::minutes(10);
/// A session that nobody ended has ended this long after its planned end.
pub const ENDS_AFTER: TimeDelta = TimeDelta::hours(2);
/// Days after the planned end on which both sides are asked whether they talked.
pub const ASKED_ON_DAYS: [i64; 2] = [1, 3];
/// Days after the planned end on which a session that nobody mentions counts as held.
pub const HELD_ON_DAY: i64 = 7;
/// Days after which a missed session is closed.
pub const MISSED_CLOSES_ON_DAY: i64 = 14;

/// When the owner of an action hears that its day has come: at nine in the morning where they live.
pub fn reminded_at(due_on: NaiveDate, zone: Tz) -> DateTime<Utc> {
    earliest(due_on.and_time(NaiveTime::MIN) + TimeDelta::hours(9), zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 12, 0, 0, 0).unwrap()
    }

    #[test]
    fn blocks_begin_end_are_left_out_and_go_on() {
        let (id, of) = (BlockId(Uuid::from_u128(1)), ConsultationId(Uuid::from_u128(2)));
        let block = |stage| Block { stage, ..Planned::topic(ItemId(Uuid::from_u128(3)), 10).block(id, of) };
        let word = |moved: Result<(Block, Fact), NotNow>| moved.map_or_else(NotNow::key, |(b, _)| b.stage.as_str());
        let row = |stage: BlockStage| {
            let (start, finish) = (word(block(stage).start(now())), word(block(stage).finish(now())));
            let (skip, take_back) = (word(block(stage).skip()), word(block(stage).take_back()));
            format!("{}: start {start}, finish {finish}, skip {skip}, take back {take_back}\n", stage.as_str())
        };
        assert_eq!(
            BlockStage::ALL.into_iter().map(row).collect::<String>().replace(NotNow.key(), "not_now"),
            "\
todo: start running, finish not_now, skip skipped, take back not_now
running: start not_now, finish done, skip not_now, take back todo
done: start running, finish not_now, skip not_now, take back todo
skipped: start running, finish not_now, skip not_now, take back todo
"
        );
    }

    #[test]
    fn the_life_of_an_action_is_this_table() {
        let action = |stage| Action {
            id: ActionId(Uuid::from_u128(1)),
            consultation: ConsultationId(Uuid::from_u128(2)),
            owner: PersonId(Uuid::from_u128(3)),
            what: "Write one SLO".into(),
            due_on: None,
            stage,
            reason: None,
        };
        let word = |moved: Result<(Action, Fact), NotNow>| moved.map_or_else(NotNow::key, |(a, _)| a.stage.as_str());
        let row = |stage: ActionStage| {
            let (finish, reopen) = (word(action(stage).finish()), word(action(stage).reopen()));
            let drop = word(action(stage).drop_because("no time".into()));
            format!("{}: finish {finish}, drop {drop}, reopen {reopen}\n", stage.as_str())
        };
        assert_eq!(
            ActionStage::ALL.into_iter().map(row).collect::<String>().replace(NotNow.key(), "not_now"),
            "\
open: finish done, drop dropped, reopen not_now
done: finish not_now, drop not_now, reopen open
dropped: finish not_now, drop not_now, reopen open
"
        );
    }

    #[test]
    fn actions_are_done_dropped_with_a_reason_and_taken_up_again() {
        let action = Action {
            id: ActionId(Uuid::from_u128(1)),
            consultation: ConsultationId(Uuid::from_u128(2)),
            owner: PersonId(Uuid::from_u128(3)),
            what: "Write one SLO".into(),
            due_on: None,
            stage: ActionStage::Open,
            reason: None,
        };
        let (done, _) = action.clone().finish().unwrap();
        assert!(done.clone().finish().is_err() && done.clone().drop_because("late".into()).is_err());
        assert_eq!(done.reopen().unwrap().0, action);
        let (dropped, _) = action.drop_because("the team was dissolved".into()).unwrap();
        assert_eq!(dropped.reason.as_deref(), Some("the team was dissolved"));
        assert_eq!(dropped.reopen().unwrap().0.reason, None);
    }
}
