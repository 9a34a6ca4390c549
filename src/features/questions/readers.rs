//! Who of the other side has seen what the reader wrote: each name once, at the newest post that was
//! there when its person was here last.

use super::store::{Post, Seen};
use crate::domain::id::PostId;
use crate::domain::person::Locale;
use crate::features::consultations::Room;
use crate::platform::page::Frame;
use std::collections::HashMap;

/// What stands under the reader's own posts.
pub struct Readers(HashMap<PostId, String>);

impl Readers {
    /// The readers of these posts, of those who were here.
    pub fn of<'a>(frame: &Frame, room: &Room, posts: impl Iterator<Item = &'a Post>, seen: &[Seen]) -> Self {
        let mut own: Vec<&Post> = posts.filter(|post| post.author_id == room.me && post.gone.is_none()).collect();
        own.sort_by_key(|post| (post.created_at, post.id));
        let comma = match frame.speech.locale {
            Locale::Ja => "、",
            Locale::En => ", ",
        };
        let told = |names: Vec<&str>| frame.t("questions-writing-seen_by").with("names", names.join(comma)).to_string();
        Self(newest_seen(&own, seen).into_iter().map(|(post, names)| (post, told(names))).collect())
    }

    /// What stands under a post; mostly nothing.
    pub fn at(&self, post: &Post) -> &str {
        self.0.get(&post.id).map_or("", String::as_str)
    }
}

fn newest_seen<'a>(own: &[&Post], seen: &'a [Seen]) -> HashMap<PostId, Vec<&'a str>> {
    let mut at: HashMap<PostId, Vec<&str>> = HashMap::new();
    for reader in seen {
        if let Some(post) = own.iter().rev().find(|post| post.created_at <= reader.seen_at) {
            at.entry(post.id).or_default().push(&reader.name);
        }
    }
    at
}
