//! `/consultations/{consultation}/questions`: the document with all its threads; POST adds an item.

use super::readers::Readers;
use super::store::{self, Listed, Margin, NewItem, Post};
use super::title;
use super::words::{At, Words, taken_back};
use super::writing::{self, LONGEST, Writing};
use crate::domain::access::Act;
use crate::domain::consultation::Stage as ConsultationStage;
use crate::domain::id::{ConsultationId, ItemId};
use crate::domain::question::{Kind, Origin, ROUNDS_UNTIL_TALK, Stage};
use crate::domain::text::{Line, Text};
use crate::domain::thread::Thread;
use crate::features::consultations::{self, Head, Room};
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;

/// The name of the form's drafts.
const FORM: &str = "item";

/// An item with its thread.
struct Entry {
    listed: Listed,
    posts: Vec<Post>,
}

#[derive(Template)]
#[template(path = "questions/show.html")]
struct Show {
    frame: Frame,
    room: Room,
    entries: Vec<Entry>,
    margin: Margin,
    readers: Readers,
    words: Words,
    fields: Fields,
    writing: Writing,
    is_unsent: bool,
}

impl Show {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-show-title"), "/questions")
    }

    fn kinds(&self) -> &'static [Kind] {
        kinds(&self.room)
    }

    fn takes_writing(&self) -> bool {
        self.room.stage().takes_writing()
    }

    /// Only then handing over is the one thing to do next.
    fn may_hand_over(&self) -> bool {
        self.room.is_my_turn() && !self.entries.is_empty()
    }

    fn may_resolve(&self) -> bool {
        matches!(self.room.stage(), ConsultationStage::Preparing | ConsultationStage::Ready)
            && (self.room.part.is_host() || self.room.consultation.resolution_proposed_at.is_some())
    }

    fn is_time_to_talk(&self) -> bool {
        self.room.consultation.rounds >= ROUNDS_UNTIL_TALK && self.room.stage() == ConsultationStage::Preparing
    }

    fn is_new(&self, post: &Post) -> bool {
        is_new(post, self.margin.since, &self.room)
    }

    fn is_form_open(&self) -> bool {
        self.entries.is_empty() || self.fields.is_refused() || self.writing.preview.is_some() || self.is_unsent
    }

    fn item_path<'a>(&'a self, entry: &'a Entry) -> At<'a> {
        At { room: &self.room, item: &entry.listed.item.id, post: None }
    }

    fn post_path<'a>(&'a self, post: &'a Post) -> At<'a> {
        At { room: &self.room, item: &post.item, post: Some(&post.id) }
    }

    fn readers(&self, post: &Post) -> &str {
        self.readers.at(post)
    }

    fn is_mine(&self, post: &Post) -> bool {
        post.author_id == self.room.me && self.takes_writing()
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.room.id())
    }

    fn preview_path(&self) -> String {
        self.room.path("/questions/preview")
    }

    /// Nothing else is done with this text.
    fn others(&self) -> [(&'static str, &'static str); 0] {
        []
    }
}

impl Entry {
    fn badge(&self) -> &'static str {
        badge(self.listed.item.stage)
    }

    fn is_dropped(&self) -> bool {
        self.listed.item.stage == Stage::Dropped
    }
}

/// How loud the word for where an item stands is.
pub fn badge(stage: Stage) -> &'static str {
    match stage {
        Stage::Asked | Stage::BackgroundWanted => "warn",
        Stage::ForSession => "accent",
        Stage::Answered | Stage::Covered | Stage::DirectionGiven | Stage::Settled => "good",
        Stage::Unresolved | Stage::NextTime | Stage::Dropped => "quiet",
    }
}

/// Whether somebody else wrote it since the reader was here.
pub fn is_new(post: &Post, since: Option<DateTime<Utc>>, room: &Room) -> bool {
    post.author_id != room.me && post.gone.is_none() && since.is_some_and(|since| post.created_at > since)
}

/// Guests ask; asking for background is the hosts' way.
fn kinds(room: &Room) -> &'static [Kind] {
    match room.part.is_host() {
        true => &[Kind::Background, Kind::Topic, Kind::Question],
        false => &[Kind::Question, Kind::Topic],
    }
}

/// Shows the document.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let draft = drafts::find(&mut read, room.me, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some() && room.stage().takes_writing();
    let fields = match draft {
        Some(draft) => writing::of_draft(draft),
        None => Fields::of(&[("kind", kinds(&room)[0].as_str())]),
    };
    show(&Show { is_unsent, ..page(&mut read, frame, room, fields, Writing::default()).await? })
}

/// Adds an item, with its first post where there is one.
pub async fn post(frame: Frame, id: Path<ConsultationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::Write)?;
    if fields.one_of("act", ["", "add", "preview"])? == "preview" {
        let writing = Writing::preview(&fields, "body");
        return show(&page(&mut tx, frame, room, fields, writing).await?);
    }
    let title = fields.required::<Line<{ title::LONGEST }>>("title");
    let body = fields.optional::<Text<LONGEST>>("body");
    let kind = Kind::parse(fields.value("kind")).filter(|kind| kinds(&room).contains(kind));
    if kind.is_none() {
        fields.refuse("kind", Message::new("field-choice"));
    }
    let writing = Writing::look(&mut fields, "body");
    if !room.stage().takes_writing() {
        fields.refuse("title", Message::new("questions-show-sealed"));
        return show_with(StatusCode::CONFLICT, &page(&mut tx, frame, room, fields, writing).await?);
    }
    let (Some(title), Some(kind), false) = (title, kind, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&mut tx, frame, room, fields, writing).await?);
    };
    add(&mut tx, &room, kind, title.as_str(), body.as_ref().map(Text::as_str)).await?;
    tx.see_other(format!("{}?said=saved", room.path("/questions"))).await
}

async fn add(tx: &mut Tx, room: &Room, kind: Kind, title: &str, body: Option<&str>) -> Result<(), AppError> {
    let (author, side) = (room.me, room.part.side());
    let new = NewItem { author, side, kind, origin: Origin::Written, stage: Stage::Asked, title };
    let item = store::add_item(tx, room.id(), new).await?;
    if let Some(body) = body {
        store::add_post(tx, room, item, Thread::Main, body).await?;
    }
    drafts::delete(tx, room.me, FORM, &room.id().to_string()).await?;
    consultations::touch(tx, room.id()).await
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    room: Room,
    fields: Fields,
    writing: Writing,
) -> Result<Show, AppError> {
    let mut posts: HashMap<ItemId, Vec<Post>> = HashMap::new();
    for post in store::posts(conn, room.id(), None).await? {
        posts.entry(post.item).or_default().push(post);
    }
    let me = room.me;
    let of_item = |listed: Listed| Entry {
        posts: posts.remove(&listed.item.id).unwrap_or_default(),
        listed: listed.shown_to(me, || taken_back(&frame)),
    };
    let entries: Vec<Entry> = store::all(conn, room.id()).await?.into_iter().map(of_item).collect();
    let margin = store::margin(conn, &room, frame.now).await?;
    let readers = Readers::of(&frame, &room, entries.iter().flat_map(|entry| &entry.posts), &margin.seen);
    let words = Words::of(&frame, entries.iter().flat_map(|entry: &Entry| &entry.posts));
    Ok(Show { frame, room, entries, margin, readers, words, fields, writing, is_unsent: false })
}
