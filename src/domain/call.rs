//! A published call for applications: where it stands, what it offers, in which topics.

use crate::domain::fact::Fact;
use crate::domain::id::CallId;
use chrono::TimeDelta;
use thiserror::Error;

/// What becomes of those who wait when a call takes no new applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// They are still decided over, one by one.
    Finish,
    /// All get a no, in kind words.
    Decline,
}

impl Waiting {
    /// Both.
    pub const ALL: [Waiting; 2] = [Waiting::Finish, Waiting::Decline];

    /// The word of forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Waiting::Finish => "finish",
            Waiting::Decline => "decline",
        }
    }

    /// Reads the word of forms.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|waiting| waiting.as_str() == word)
    }
}

/// Where a call stands. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    Draft,
    Open,
    Paused,
    Closed,
    Archived,
}

/// A call whose hosts were away for this long pauses by itself.
pub const IDLE_AFTER: TimeDelta = TimeDelta::days(30);

/// An act that the stage does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {act} while {}", .stage.as_str())]
pub struct NotNow {
    pub act: &'static str,
    pub stage: Stage,
}

/// What a transition gives: the next stage and the fact.
pub type Moved = Result<(Stage, Fact), NotNow>;

impl Stage {
    /// All stages in the order of a life.
    pub const ALL: [Stage; 5] = [Stage::Draft, Stage::Open, Stage::Paused, Stage::Closed, Stage::Archived];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Open => "open",
            Stage::Paused => "paused",
            Stage::Closed => "closed",
            Stage::Archived => "archived",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Whether everybody may read it.
    pub fn is_public(self) -> bool {
        self != Stage::Draft
    }

    /// Takes applications, for the first time or again. The caller saw that nothing is missing.
    pub fn open(self, call: CallId) -> Moved {
        match self {
            Stage::Draft | Stage::Paused | Stage::Closed => Ok((Stage::Open, Fact::CallOpened { call })),
            _ => Err(NotNow { act: "open", stage: self }),
        }
    }

    /// Takes no applications for a while.
    pub fn pause(self, call: CallId) -> Moved {
        match self {
            Stage::Open => Ok((Stage::Paused, Fact::CallPaused { call })),
            _ => Err(NotNow { act: "pause", stage: self }),
        }
    }

    /// Takes no applications any more.
    pub fn close(self, call: CallId) -> Moved {
        match self {
            Stage::Open | Stage::Paused => Ok((Stage::Closed, Fact::CallClosed { call })),
            _ => Err(NotNow { act: "close", stage: self }),
        }
    }

    /// Puts it away for good; its reports stay.
    pub fn archive(self, call: CallId) -> Moved {
        match self {
            Stage::Closed => Ok((Stage::Archived, Fact::CallArchived { call })),
            _ => Err(NotNow { act: "archive", stage: self }),
        }
    }
}

/// A kind of help that a host offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Talk,
    Review,
    Career,
    Architecture,
    Debugging,
    Clarifying,
}

impl Kind {
    /// All kinds in the order of forms and pages.
    pub const ALL: [Kind; 6] =
        [Kind::Talk, Kind::Clarifying, Kind::Review, Kind::Architecture, Kind::Debugging, Kind::Career];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Talk => "talk",
            Kind::Review => "review",
            Kind::Career => "career",
            Kind::Architecture => "architecture",
            Kind::Debugging => "debugging",
            Kind::Clarifying => "clarifying",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Talk => "calls-kind-talk",
            Kind::Review => "calls-kind-review",
            Kind::Career => "calls-kind-career",
            Kind::Architecture => "calls-kind-architecture",
            Kind::Debugging => "calls-kind-debugging",
            Kind::Clarifying => "calls-kind-clarifying",
        }
    }
}

/// Topics under a name; the name is empty for those that stand alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicGroup {
    pub name: String,
    pub topics: Vec<String>,
}

/// Why typed topics were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TopicsError {
    #[error("more than {max} topics")]
    TooMany { max: usize },
    #[error("a topic or a group's name is longer than {max} characters")]
    TooLong { max: usize },
}

/// Topics that a call may have.
const TOPICS: usize = 60;
/// Characters of a topic.
const TOPIC: usize = 60;

/// Reads topics as they are typed: a group a line, `SRE: SLO, production readiness`. Full-width
/// colons and the commas of Japanese count alike; a line without a colon is topics alone.
pub fn parse_topics(typed: &str) -> Result<Vec<TopicGroup>, TopicsError> {
    let groups: Vec<TopicGroup> = typed.lines().map(group).filter(|g| !g.topics.is_empty()).collect();
    let words = || groups.iter().flat_map(|g| g.topics.iter().chain([&g.name]));
    if words().any(|word| word.chars().count() > TOPIC) {
        return Err(TopicsError::TooLong { max: TOPIC });
    }
    match groups.iter().map(|g| g.topics.len()).sum::<usize>() > TOPICS {
        true => Err(TopicsError::TooMany { max: TOPICS }),
        false => Ok(groups),
    }
}

fn group(line: &str) -> TopicGroup {
    let (name, topics) = line.split_once([':', '：']).unwrap_or(("", line));
    let words = topics.split([',', '、', '，']).map(str::trim).filter(|t| !t.is_empty());
    let topics: Vec<String> = words.map(str::to_owned).collect();
    match topics.is_empty() {
        // "SRE:" is a topic whose details are not written yet.
        true => TopicGroup {
            name: String::new(),
            topics: Some(name.trim()).filter(|n| !n.is_empty()).map(str::to_owned).into_iter().collect(),
        },
        false => TopicGroup { name: name.trim().to_owned(), topics },
    }
}

/// Writes topics as they are typed.
pub fn write_topics(groups: &[TopicGroup]) -> String {
    let line = |group: &TopicGroup| match group.name.is_empty() {
        true => group.topics.join(", "),
        false => format!("{}: {}", group.name, group.topics.join(", ")),
    };
    groups.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The longest word of an address.
const LONGEST_SLUG: usize = 40;

/// The wanted word of an address, or the first numbered one that no other call of the owner has.
pub fn free_slug(wanted: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|n| {
        let end = format!("-{n}");
        let begin = &wanted[..wanted.len().min(LONGEST_SLUG - end.len())];
        format!("{}{end}", begin.trim_end_matches('-'))
    });
    let mut words = std::iter::once(wanted.to_owned()).chain(numbered);
    words.find(|word| !taken.contains(word)).unwrap_or_else(|| wanted.to_owned())
}

/// What a call still needs before it can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Why,
    Topics,
    Scope,
}

impl Missing {
    /// The form's field that is empty.
    pub fn field(self) -> &'static str {
        match self {
            Missing::Why => "why",
            Missing::Topics => "topics",
            Missing::Scope => "scope",
        }
    }

    /// Key of what the host reads.
    pub fn key(self) -> &'static str {
        match self {
            Missing::Why => "calls-opening-missing_why",
            Missing::Topics => "calls-opening-missing_topics",
            Missing::Scope => "calls-opening-missing_scope",
        }
    }
}

/// What is missing for a call with these texts.
pub fn missing(why: &str, topics: &[TopicGroup], scope: &str) -> Vec<Missing> {
    let all =
        [(Missing::Why, why.is_empty()), (Missing::Topics, topics.is_empty()), (Missing::Scope, scope.is_empty())];
    all.into_iter().filter(|(_, is_missing)| *is_missing).map(|(what, _)| what).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn stages_and_acts() {
        let call = CallId(Uuid::from_u128(1));
        let word = |moved: Moved| moved.map_or("-", |(stage, _)| stage.as_str());
        let row = |stage: Stage| {
            let (open, pause, close) = (word(stage.open(call)), word(stage.pause(call)), word(stage.close(call)));
            let archive = word(stage.archive(call));
            format!("{}: open {open}, pause {pause}, close {close}, archive {archive}\n", stage.as_str())
        };
        assert_eq!(
            Stage::ALL.into_iter().map(row).collect::<String>(),
            "\
draft: open open, pause -, close -, archive -
open: open -, pause paused, close closed, archive -
paused: open open, pause -, close closed, archive -
closed: open open, pause -, close -, archive archived
archived: open -, pause -, close -, archive -
"
        );
    }

    #[test]
    fn words_read_back() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.as_str()), Some(stage));
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
    }

    #[test]
    fn topics_are_typed_a_group_a_line() {
        let typed = "SRE: SLO, production readiness,\n\nインフラ：AWS、Terraform\non-boarding\n文化：\n";
        let groups = parse_topics(typed).unwrap();
        let seen: Vec<_> = groups.iter().map(|g| (g.name.as_str(), g.topics.join("|"))).collect();
        assert_eq!(
            seen,
            [
                ("SRE", "SLO|production readiness".to_owned()),
                ("インフラ", "AWS|Terraform".to_owned()),
                ("", "on-boarding".to_owned()),
                ("", "文化".to_owned()),
            ]
        );
        assert_eq!(parse_topics(&write_topics(&groups)), Ok(groups));
        assert_eq!(parse_topics(" \n : \n"), Ok(Vec::new()));
    }

    #[test]
    fn a_word_that_is_taken_is_numbered() {
        let long = "a".repeat(40);
        for (wanted, taken, free) in [
            ("sre", vec![], "sre".to_owned()),
            ("sre", vec!["sre"], "sre-2".to_owned()),
            ("sre", vec!["sre", "sre-2", "slo"], "sre-3".to_owned()),
            (long.as_str(), vec![long.as_str()], format!("{}-2", &long[..38])),
        ] {
            let taken: Vec<String> = taken.into_iter().map(str::to_owned).collect();
            let found = free_slug(wanted, &taken);
            assert_eq!(found, free);
            assert!(crate::domain::person::Slug::parse(&found).is_ok(), "{found}");
        }
    }

    #[test]
    fn topics_have_bounds() {
        assert_eq!(parse_topics(&"a,".repeat(61)), Err(TopicsError::TooMany { max: 60 }));
        assert_eq!(parse_topics(&"a".repeat(61)), Err(TopicsError::TooLong { max: 60 }));
    }

    #[test]
    fn a_call_without_texts_misses_them() {
        assert_eq!(missing("", &[], ""), [Missing::Why, Missing::Topics, Missing::Scope]);
        let topics = parse_topics("SLO").unwrap();
        assert_eq!(missing("I learn too", &topics, "One next action"), []);
    }
}
