//! A gift that a host got: noted for the host alone, so that nobody is forgotten when saying thanks.
//! Nothing else reads it.

use super::fact::Fact;
use super::id::GiftId;

/// Where the note of a gift is. Before it is written there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    None,
    Recorded,
    Thanked,
}

impl Stage {
    /// All stages in their order.
    pub const ALL: [Stage; 3] = [Stage::None, Stage::Recorded, Stage::Thanked];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::None => "none",
            Stage::Recorded => "recorded",
            Stage::Thanked => "thanked",
        }
    }

    /// The stage of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Stage::None => "feedback-gift-none",
            Stage::Recorded => "feedback-gift-recorded",
            Stage::Thanked => "feedback-gift-thanked",
        }
    }
}

/// A gift as its life-cycle sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gift {
    pub id: GiftId,
    pub stage: Stage,
}

impl Gift {
    /// The host notes that it came.
    pub fn record(self) -> Option<(Self, Fact)> {
        let fact = Fact::GiftRecorded { gift: self.id };
        (self.stage == Stage::None).then_some((Self { stage: Stage::Recorded, ..self }, fact))
    }

    /// The host notes that they said thanks.
    pub fn thank(self) -> Option<(Self, Fact)> {
        let fact = Fact::GiftThanked { gift: self.id };
        (self.stage == Stage::Recorded).then_some((Self { stage: Stage::Thanked, ..self }, fact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_gift() {
        let row = |stage: Stage| {
            let gift = Gift { id: uuid::Uuid::nil().into(), stage };
            let cell = |moved: Option<(Gift, Fact)>| moved.map_or("-", |(gift, _)| gift.stage.as_str());
            format!("{}: record {} thank {}\n", stage.as_str(), cell(gift.record()), cell(gift.thank()))
        };
        assert_eq!(
            Stage::ALL.map(row).concat(),
            "\
none: record recorded thank -
recorded: record - thank thanked
thanked: record - thank -
"
        );
    }
}
