//! The words of a document, said once a page: the same few stand at each of its hundreds of posts.

use super::store::Post;
use crate::domain::id::{ItemId, PostId};
use crate::domain::person::Locale;
use crate::domain::post::Gone;
use crate::domain::question::{Kind, Stage};
use crate::domain::thread::Thread;
use crate::features::consultations::Room;
use crate::platform::i18n::{Speech, TimeTag};
use crate::platform::page::Frame;
use askama::filters::HtmlSafe;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// What stands for the title of an item that was taken back.
pub fn taken_back(frame: &Frame) -> String {
    frame.t("questions-item-taken_back").to_string()
}

/// Words in the reader's language by their keys, and what stands before the number of a round.
pub struct Words {
    speech: Speech,
    said: &'static HashMap<&'static str, String>,
    rounds: Vec<String>,
}

/// The words in each language, said once a process.
static SAID: LazyLock<[HashMap<&'static str, String>; 2]> = LazyLock::new(|| Locale::ALL.map(said));

fn said(locale: Locale) -> HashMap<&'static str, String> {
    let speech = Speech { locale, zone: chrono_tz::UTC };
    let kinds = Kind::ALL.map(Kind::key);
    let stages = Stage::ALL.map(Stage::key);
    let threads = Thread::ALL.map(Thread::key);
    let others = [
        Gone::TakenBack.key(),
        Gone::Removed.key(),
        "questions-post-to_kept",
        "questions-removal-remove",
        "complaints-new-link",
        "questions-origin-live",
        "questions-origin-carried",
        "questions-writing-new",
        "questions-writing-edit",
        "questions-writing-edited",
        "questions-thread-write",
        "questions-show-to_write",
    ];
    let keys = kinds.into_iter().chain(stages).chain(threads).chain(others);
    keys.map(|key| (key, speech.t(key).to_string())).collect()
}

impl Words {
    /// The words for these posts.
    pub fn of<'a>(frame: &Frame, posts: impl Iterator<Item = &'a Post>) -> Self {
        let last = posts.map(|post| post.round).max().unwrap_or(0);
        let rounds = (0..=last).map(|n| frame.t("questions-writing-round").with("round", n).to_string());
        let [ja, en] = &*SAID;
        let said = match frame.speech.locale {
            Locale::Ja => ja,
            Locale::En => en,
        };
        Self { speech: frame.speech, rounds: rounds.collect(), said }
    }

    /// A word by its key.
    pub fn t(&self, key: &'static str) -> &str {
        self.said.get(key).map_or(key, String::as_str)
    }

    /// "Round 2".
    pub fn round(&self, number: &i32) -> &str {
        usize::try_from(*number).ok().and_then(|n| self.rounds.get(n)).map_or("", String::as_str)
    }

    /// An instant as `<time>`.
    pub fn time(&self, instant: &DateTime<Utc>) -> TimeTag {
        TimeTag::of(&self.speech, *instant)
    }
}

/// The path of an item or a post, written where it stands and nowhere before.
pub struct At<'a> {
    pub room: &'a Room,
    pub item: &'a ItemId,
    pub post: Option<&'a PostId>,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/consultations/{}/questions/{}", self.room.id(), self.item)?;
        match self.post {
            Some(post) => write!(f, "/posts/{post}"),
            None => Ok(()),
        }
    }
}

// IDs and our own words.
impl HtmlSafe for At<'_> {}
