//! The run sheet that the sessions of a call begin with: blocks in their order, with the reason why
//! each is there.

use crate::domain::id::ItemId;
use crate::domain::session::{Block, Kind, Planned};
use thiserror::Error;

/// Where a block came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// As the program proposes it.
    #[default]
    Default,
    /// The hosts put it there.
    Host,
    /// Somebody's feedback did.
    Feedback,
}

impl Origin {
    /// All origins.
    pub const ALL: [Origin; 3] = [Origin::Default, Origin::Host, Origin::Feedback];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Default => "default",
            Origin::Host => "host",
            Origin::Feedback => "feedback",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == word)
    }
}

/// A block of a call's run sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetBlock {
    pub kind: Kind,
    /// Empty where the kind's own name will do.
    pub title: String,
    /// `None` lets the length of the session decide.
    pub minutes: Option<i32>,
    pub is_on: bool,
    pub origin: Origin,
    /// Why it is there, in the hosts' words; empty where the kind's own reason will do.
    pub because: String,
}

impl SheetBlock {
    /// A block as the program proposes it.
    pub fn of(kind: Kind) -> Self {
        Self { kind, title: String::new(), minutes: None, is_on: true, origin: Origin::Default, because: String::new() }
    }

    /// Whether the hosts made it: a block with a name of its own and no other purpose.
    pub fn is_own(&self) -> bool {
        self.kind == Kind::Background && !self.title.is_empty()
    }
}

/// The most blocks that a run sheet has: it is one page beside a video call.
pub const MOST_BLOCKS: usize = 12;

/// What sessions begin with where the hosts changed nothing.
pub fn default_sheet() -> Vec<SheetBlock> {
    Kind::ALL.map(SheetBlock::of).to_vec()
}

/// Why a run sheet cannot be kept as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    #[error("nothing is left of it")]
    Empty,
    #[error("too many blocks")]
    TooMany,
    #[error("the topics stand in it {0} times")]
    Topics(usize),
}

impl Fault {
    /// Key of what a person reads.
    pub fn key(self) -> &'static str {
        match self {
            Fault::Empty => "sessions-run_sheet-empty",
            Fault::TooMany => "sessions-run_sheet-too_many",
            Fault::Topics(_) => "sessions-run_sheet-topics",
        }
    }
}

/// Checks a whole run sheet.
pub fn check(sheet: &[SheetBlock]) -> Result<(), Fault> {
    let topics = sheet.iter().filter(|block| block.kind == Kind::Topic).count();
    match sheet.len() {
        _ if !sheet.iter().any(|block| block.is_on) => Err(Fault::Empty),
        count if count > MOST_BLOCKS => Err(Fault::TooMany),
        _ if topics != 1 => Err(Fault::Topics(topics)),
        _ => Ok(()),
    }
}

/// The shortest time that a topic gets.
const SHORTEST_TOPIC: i32 = 5;

/// Minutes of a block other than the topics in a session of this length.
fn usual(kind: Kind, minutes: i32) -> i32 {
    match (kind, minutes >= 60) {
        (Kind::IceBreak, true) => 5,
        (Kind::IceBreak, false) => 3,
        (_, true) => 10,
        (_, false) => 5,
    }
}

/// The run sheet of one session: the call's, with the agreed topics in their order at the place of
/// the topics. They share what the others leave, unless the hosts gave them a time.
pub fn plan(sheet: &[SheetBlock], items: &[ItemId], minutes: i32) -> Vec<Planned> {
    let length = |block: &SheetBlock| block.minutes.unwrap_or_else(|| usual(block.kind, minutes));
    let on = || sheet.iter().filter(|block| block.is_on);
    let fixed: i32 = on().filter(|block| block.kind != Kind::Topic).map(length).sum();
    let planned = |block: &SheetBlock, item, minutes| Planned {
        kind: block.kind,
        item,
        minutes,
        title: block.title.clone(),
        origin: block.origin,
        because: block.because.clone(),
    };
    let mut all = Vec::new();
    for block in on() {
        match block.kind {
            Kind::Topic => {
                let shares = shares(block.minutes.unwrap_or(minutes - fixed), items.len().max(1));
                all.extend(shares.into_iter().enumerate().map(|(n, m)| planned(block, items.get(n).copied(), m)));
            }
            _ => all.push(planned(block, None, length(block))),
        }
    }
    all
}

/// A run sheet that was kept, with the topics of the agenda as it is now: those that are none any more
/// go, new ones come with the shortest time, and all stand in the agenda's order where topics stand.
/// `new` makes a block for a topic.
pub fn followed(kept: Vec<Block>, items: &[ItemId], mut new: impl FnMut(Planned) -> Block) -> Vec<Block> {
    let place = kept.iter().position(|block| block.kind == Kind::Topic).unwrap_or(kept.len());
    let (topics, mut all): (Vec<Block>, Vec<Block>) = kept.into_iter().partition(|block| block.kind == Kind::Topic);
    let of = |item: Option<ItemId>| topics.iter().find(|block| block.item == item).cloned();
    let now: Vec<Block> = match items {
        [] => of(None).into_iter().collect(),
        items => {
            let topic = |item: &ItemId| of(Some(*item)).unwrap_or_else(|| new(Planned::topic(*item, SHORTEST_TOPIC)));
            items.iter().map(topic).collect()
        }
    };
    all.splice(place..place, now);
    all
}

/// Minutes shared by the topics; the first gets what does not divide.
fn shares(minutes: i32, count: usize) -> Vec<i32> {
    let number = i32::try_from(count).unwrap_or(i32::MAX);
    let each = (minutes.max(SHORTEST_TOPIC) / number).max(SHORTEST_TOPIC);
    let spare = (minutes - each * number).max(0);
    (0..count).map(|n| each + if n == 0 { spare } else { 0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{BlockId, ConsultationId};
    use uuid::Uuid;

    fn items(count: u128) -> Vec<ItemId> {
        (1..=count).map(|n| ItemId(Uuid::from_u128(n))).collect()
    }

    fn minutes(sheet: &[SheetBlock], count: u128, minutes: i32) -> Vec<i32> {
        plan(sheet, &items(count), minutes).iter().map(|block| block.minutes).collect()
    }

    #[test]
    fn an_hour_is_shared_by_its_topics() {
        let sheet = default_sheet();
        assert_eq!(minutes(&sheet, 2, 60), [5, 10, 13, 12, 10, 10]);
        assert_eq!(minutes(&sheet, 1, 30), [3, 5, 12, 5, 5]);
        assert_eq!(
            minutes(&sheet, 0, 60),
            [5, 10, 25, 10, 10],
            "without an agenda there is still something to talk about"
        );
        assert_eq!(minutes(&sheet, 9, 60).iter().sum::<i32>(), 80, "too many topics show as too many minutes");
    }

    #[test]
    fn hosts_leave_out_add_move_and_time_blocks() {
        let mut sheet = default_sheet();
        sheet[3].is_on = false;
        sheet[2].minutes = Some(40);
        sheet.insert(1, SheetBlock { title: "Names".into(), minutes: Some(2), ..SheetBlock::of(Kind::Background) });
        assert_eq!(minutes(&sheet, 2, 60), [5, 2, 10, 20, 20, 10]);
        assert_eq!(plan(&sheet, &[], 60)[1].title, "Names");
        assert_eq!(check(&sheet), Ok(()));
    }

    #[test]
    fn a_kept_run_sheet_follows_the_agenda_and_keeps_its_minutes() {
        let (mut made, room) = (100, ConsultationId(Uuid::from_u128(9)));
        let mut block = |planned: Planned| {
            made += 1;
            planned.block(BlockId(Uuid::from_u128(made)), room)
        };
        let kept: Vec<Block> = plan(&default_sheet(), &items(2), 60).into_iter().map(&mut block).collect();
        let second = kept[3].clone();
        let now = followed(kept.clone(), &[ItemId(Uuid::from_u128(3)), ItemId(Uuid::from_u128(2))], &mut block);
        let topics: Vec<_> = now.iter().filter_map(|b| Some((b.item?.0.as_u128(), b.minutes))).collect();
        assert_eq!(topics, [(3, SHORTEST_TOPIC), (2, 12)]);
        assert_eq!((now.len(), now[3].clone()), (6, second));
        assert_eq!(followed(kept.clone(), &items(2), &mut block), kept, "nothing changed");
        let kinds = |blocks: &[Block]| blocks.iter().map(|b| b.kind).collect::<Vec<_>>();
        let empty = followed(kept, &[], &mut block);
        assert_eq!(kinds(&empty), [Kind::IceBreak, Kind::Background, Kind::ScreenShare, Kind::NextActions]);
        assert_eq!(followed(empty, &items(1), &mut block).last().unwrap().kind, Kind::Topic);
    }

    #[test]
    fn a_run_sheet_has_the_topics_once_and_something_on() {
        let mut sheet = default_sheet();
        sheet.iter_mut().for_each(|block| block.is_on = false);
        assert_eq!(check(&sheet), Err(Fault::Empty));
        assert_eq!(check(&default_sheet()[..2]), Err(Fault::Topics(0)));
        let many = [default_sheet(), vec![SheetBlock::of(Kind::Background); MOST_BLOCKS]].concat();
        assert_eq!(check(&many), Err(Fault::TooMany));
    }
}
