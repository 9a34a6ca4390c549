//! A post of the document after it was written: its author takes it back, the owner of the call removes it.

use super::access::{Act, may};
use super::consultation::{Part, Stage};
use chrono::TimeDelta;
use thiserror::Error;

/// How long the author of a post that another removed can still take its text along.
pub const KEPT_FOR_AUTHOR: TimeDelta = TimeDelta::days(30);

/// How a post went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Its author took it back: the text is nowhere any more.
    TakenBack,
    /// The owner of the call removed it: a stub stays, and its author has the text for a while.
    Removed,
}

impl Gone {
    /// Key of what stands in its place.
    pub fn key(self) -> &'static str {
        match self {
            Gone::TakenBack => "questions-post-taken_back",
            Gone::Removed => "questions-post-removed",
        }
    }

    /// How long its text is kept for its author.
    pub fn kept_for(self) -> Option<TimeDelta> {
        match self {
            Gone::TakenBack => None,
            Gone::Removed => Some(KEPT_FOR_AUTHOR),
        }
    }

    /// Whether something stands in its place: what others answered must stay readable.
    pub fn leaves_stub(self, is_answered: bool) -> bool {
        is_answered || self == Gone::Removed
    }
}

/// Why a post stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Stays {
    #[error("somebody else wrote it")]
    NotYours,
    #[error("the document takes no writing any more")]
    Sealed,
    #[error("it went before")]
    Gone,
}

/// How a post goes, where this part may let it go while the consultation stands here.
pub fn take(part: Part, is_author: bool, stage: Stage, gone: Option<Gone>) -> Result<Gone, Stays> {
    match (is_author, gone) {
        (false, _) if !may(part, Act::RemovePost) => Err(Stays::NotYours),
        _ if !stage.takes_writing() => Err(Stays::Sealed),
        (_, Some(_)) => Err(Stays::Gone),
        (true, None) => Ok(Gone::TakenBack),
        (false, None) => Ok(Gone::Removed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_take_back_and_owners_remove_while_the_document_is_open() {
        let who = [
            ("author", Part::Member, true),
            ("owner", Part::Host, false),
            ("co-host", Part::CoHost { may_decide: true }, false),
            ("lead", Part::Lead, false),
            ("member", Part::Member, false),
        ];
        let mut table = String::new();
        for (name, part, is_author) in who {
            let told = |stage, gone| match take(part, is_author, stage, gone) {
                Ok(gone) => format!("→{gone:?}"),
                Err(stays) => format!("{stays:?}"),
            };
            let rows = [(Stage::Preparing, None), (Stage::Preparing, Some(Gone::TakenBack)), (Stage::Held, None)];
            table += &format!("{name}: {}\n", rows.map(|(stage, gone)| told(stage, gone)).join(" "));
        }
        assert_eq!(
            table,
            "\
author: →TakenBack Gone Sealed
owner: →Removed Gone Sealed
co-host: NotYours NotYours NotYours
lead: NotYours NotYours NotYours
member: NotYours NotYours NotYours
"
        );
    }

    #[test]
    fn a_stub_stays_where_others_answered_or_another_removed_it() {
        let stubs =
            [false, true].map(|answered| [Gone::TakenBack, Gone::Removed].map(|gone| gone.leaves_stub(answered)));
        assert_eq!(stubs, [[false, true], [true, true]]);
    }
}
