//! `/consultations/{consultation}/questions/{item}`: one thread; POST writes a post, or moves the
//! item on.

use super::readers::Readers;
use super::removal;
use super::shelf::{self, Shelf};
use super::show::{badge, is_new};
use super::store::{self, Listed, Post};
use super::title;
use super::words::{Words, taken_back};
use super::writing::{self, LONGEST, Writing};
use crate::domain::access::Act;
use crate::domain::consultation::{Side, Stage as RoomStage};
use crate::domain::id::{ConsultationId, EntryId, ItemId};
use crate::domain::post::Gone;
use crate::domain::question::{Actor, Item, ItemError, Moved, Stage};
use crate::domain::text::Text;
use crate::domain::thread::Thread;
use crate::features::consultations::{self, Head, Room};
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many};
use crate::platform::i18n::{Message, Speech, Told};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// The name of the form's drafts.
pub const FORM: &str = "post";

/// What can be done here; no word at all writes a post.
const ACTS: [&str; 11] =
    ["", "write", "answer", "background", "ask_on", "answered", "keep", "back", "settle", "reopen", "drop"];

/// What a host asks for first, by the word of its box.
const PROMPTS: [(&str, &str); 3] = [
    ("tried", "questions-item-prompt_tried"),
    ("different", "questions-item-prompt_different"),
    ("surroundings", "questions-item-prompt_surroundings"),
];

#[derive(Template)]
#[template(path = "questions/item.html")]
struct Page {
    frame: Frame,
    room: Room,
    listed: Listed,
    by: Actor,
    posts: Vec<Post>,
    since: Option<DateTime<Utc>>,
    readers: Readers,
    words: Words,
    fields: Fields,
    writing: Writing,
    is_unsent: bool,
    /// What a host could put into the text.
    shelf: Option<Shelf>,
}

impl Page {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, &self.listed.item.title, "/questions/item")
    }

    fn path(&self) -> String {
        self.room.path(&format!("/questions/{}", self.listed.item.id))
    }

    fn post_path(&self, post: &Post) -> String {
        format!("{}/posts/{}", self.path(), post.id)
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.listed.item.id)
    }

    fn preview_path(&self) -> String {
        self.room.path("/questions/preview")
    }

    fn badge(&self) -> &'static str {
        badge(self.listed.item.stage)
    }

    fn is_new(&self, post: &Post) -> bool {
        is_new(post, self.since, &self.room)
    }

    fn readers(&self, post: &Post) -> &str {
        self.readers.at(post)
    }

    fn is_mine(&self, post: &Post) -> bool {
        post.author_id == self.room.me && self.takes_writing()
    }

    /// What the reader could do with a post that is not theirs to edit, or not any more.
    fn aside_key(&self, post: &Post) -> &'static str {
        match (post.author_id == self.room.me, post.gone) {
            (true, Some(Gone::Removed)) => "questions-post-to_kept",
            (false, None) if self.may_take(post) => "questions-removal-remove",
            (false, None) => "complaints-new-link",
            _ => "",
        }
    }

    fn aside(&self, post: &Post) -> String {
        match post.gone {
            None if self.may_take(post) => format!("{}/removal", self.post_path(post)),
            None => format!("{}/complaints/new", self.post_path(post)),
            Some(_) => self.post_path(post),
        }
    }

    fn may_take(&self, post: &Post) -> bool {
        removal::taken(&self.room, post).is_ok()
    }

    /// Whether the reader can report the item: it is another's, and stands.
    fn may_complain(&self) -> bool {
        self.listed.item.author != self.room.me && !self.is_taken_back()
    }

    fn takes_writing(&self) -> bool {
        self.room.stage().takes_writing() && self.listed.item.stage != Stage::Dropped
    }

    /// Whether the asker could do this act now.
    fn may(&self, act: &str) -> bool {
        self.takes_writing() && moved(act, &self.listed.item, self.by, self.frame.now).is_some_and(|m| m.is_ok())
    }

    fn may_reword(&self) -> bool {
        title::may_reword(&self.room, &self.listed)
    }

    /// Whether a host may promise to write about what stayed open.
    fn may_owe(&self) -> bool {
        let is_after = matches!(self.room.stage(), RoomStage::Held | RoomStage::Closed);
        self.room.may(Act::OweFollowUp) && is_after && self.listed.item.stage.is_left_open()
    }

    fn threads(&self) -> [Thread; 5] {
        Thread::ALL
    }

    fn is_in(&self, thread: Thread) -> bool {
        let typed = self.fields.value("thread");
        typed == thread.as_str() || (typed.is_empty() && thread == Thread::Main)
    }

    /// Where one writes within a thread; nowhere when nothing can be written.
    fn write_path(&self, thread: &Thread) -> String {
        match self.takes_writing() {
            true => format!("{}?thread={}#write", self.path(), thread.as_str()),
            false => String::new(),
        }
    }

    fn prompts(&self) -> [(&'static str, &'static str); 3] {
        PROMPTS
    }

    /// What the reader is most likely here for.
    fn main_act(&self) -> &'static str {
        if self.may("answer") { "answer" } else { "write" }
    }

    fn main_label(&self) -> Told {
        self.frame.t(if self.may("answer") { "questions-item-act_answer" } else { "questions-item-act_post" })
    }

    /// What else can be done with the text that is written.
    fn others(&self) -> Vec<(&'static str, &'static str)> {
        let write = self.may("answer").then_some(("write", "questions-item-act_write"));
        let ask_on = self.may("ask_on").then_some(("ask_on", "questions-item-act_ask_on"));
        write.into_iter().chain(ask_on).collect()
    }

    /// What was taken back is read by nobody but whoever wrote it.
    fn is_taken_back(&self) -> bool {
        self.listed.item.stage == Stage::Dropped
    }

    fn drop_label(&self) -> &'static str {
        match self.by.person == self.room.me {
            true => "questions-item-act_drop",
            false => "questions-item-act_drop_for",
        }
    }

    /// Acts without a text, in the order of their use: the word of the act and its label.
    fn acts(&self) -> Vec<(&'static str, &'static str)> {
        let acts = [
            ("answered", "questions-item-act_answered"),
            ("keep", "questions-item-act_keep"),
            ("back", "questions-item-act_back"),
            ("settle", "questions-item-act_settle"),
            ("reopen", "questions-item-act_reopen"),
            ("drop", self.drop_label()),
        ];
        acts.into_iter().filter(|(act, _)| self.may(act)).collect()
    }
}

/// As whom the reader acts on an item: as its author where that person takes part no more.
async fn actor(conn: &mut PgConnection, room: &Room, item: &Item) -> Result<Actor, AppError> {
    let stands_in = consultations::stands_in(conn, room, item.author).await?;
    Ok(Actor { person: if stands_in { item.author } else { room.me }, side: room.part.side() })
}

/// What an act makes of the item; `None` for a post that moves nothing.
fn moved(act: &str, item: &Item, by: Actor, now: DateTime<Utc>) -> Option<Moved> {
    let item = item.clone();
    Some(match act {
        "answer" | "answered" => item.answer(by, now),
        "background" => item.ask_for_background(by, now),
        "ask_on" => item.ask_on(by, now),
        "keep" => item.keep_for_session(now),
        "back" => item.back_to_writing(now),
        "settle" => item.settle(by, now),
        "reopen" => item.reopen(by, now),
        "drop" => item.take_back(by, now),
        _ if item.stage == Stage::BackgroundWanted && by.side == Side::Guest => item.give_background(by, now),
        _ => return None,
    })
}

/// Shows the thread.
pub async fn get(frame: Frame, path: Path<(ConsultationId, ItemId)>) -> Answer {
    let (id, item) = path.into_inner();
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, id, &frame.asker).await?;
    let listed = store::item(&mut read, id, item).await.map_err(|error| room.absent(error))?;
    let draft = drafts::find(&mut read, room.me, FORM, &item.to_string(), frame.now).await?;
    let is_unsent = draft.is_some() && room.stage().takes_writing();
    let mut fields = draft.map(writing::of_draft).unwrap_or_default();
    if let Some(thread) = Thread::parse(&frame.asked("thread")) {
        fields.set("thread", thread.as_str());
    }
    show(&Page { is_unsent, ..page(&mut read, frame, room, listed, fields, Writing::default()).await? })
}

/// Writes a post, moves the item, or both.
pub async fn post(frame: Frame, path: Path<(ConsultationId, ItemId)>, Many(mut fields): Many) -> Answer {
    let (id, item) = path.into_inner();
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, id, &frame.asker).await?;
    let listed = store::item(&mut tx, id, item).await.map_err(|error| room.absent(error))?;
    room.require(Act::Write)?;
    let act = fields.value("act").to_owned();
    if act == "preview" {
        let writing = Writing::preview(&fields, "body");
        return show(&page(&mut tx, frame, room, listed, fields, writing).await?);
    }
    if act == "background" {
        room.require(Act::AskForBackground)?;
    }
    if let Ok(entry) = fields.value("insert").parse::<EntryId>()
        && room.stage().takes_writing()
    {
        shelf::insert(&mut tx, room.me, entry, &mut fields).await?;
        drafts::keep(&mut tx, room.me, FORM, &item.to_string(), &fields, frame.now).await?;
        return tx.see_other(format!("{}#write", room.path(&format!("/questions/{item}")))).await;
    }
    if act == "look" {
        return show(&page(&mut tx, frame, room, listed, fields, Writing::default()).await?);
    }
    if !ACTS.contains(&act.as_str()) {
        fields.refuse("body", Message::new("field-choice"));
    }
    let is_without_text = ["answered", "keep", "back", "settle", "reopen", "drop"].contains(&act.as_str());
    let body = if is_without_text { None } else { body(&mut fields, &room, &act) };
    let thread = writing::thread_of(&mut fields);
    let writing = if is_without_text { Writing::default() } else { Writing::look(&mut fields, "body") };
    let by = actor(&mut tx, &room, &listed.item).await?;
    let moved = moved(&act, &listed.item, by, frame.now).transpose();
    let refused = match &moved {
        Err(refused) => Some(*refused),
        Ok(None) if listed.item.stage == Stage::Dropped => Some(ItemError::NotNow),
        Ok(_) => None,
    };
    if let Some((status, key)) = refusal(&room, refused) {
        fields.refuse("body", Message::new(key));
        return show_with(status, &page(&mut tx, frame, room, listed, fields, writing).await?);
    }
    if fields.is_refused() {
        let page = page(&mut tx, frame, room, listed, fields, writing).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    save(&mut tx, &room, &listed.item, body.map(|body| (thread, body)), moved.ok().flatten()).await?;
    let back = if act == "drop" { room.path("/questions") } else { room.path(&format!("/questions/{item}")) };
    tx.see_other(format!("{back}?said=saved")).await
}

/// How a refused act is answered: not theirs, sealed, or somebody was faster.
fn refusal(room: &Room, refused: Option<ItemError>) -> Option<(StatusCode, &'static str)> {
    match refused {
        Some(ItemError::NotYours) => Some((StatusCode::FORBIDDEN, ItemError::NotYours.key())),
        _ if !room.stage().takes_writing() => Some((StatusCode::CONFLICT, "questions-show-sealed")),
        refused => refused.map(|refused| (StatusCode::CONFLICT, refused.key())),
    }
}

/// The text of the post; a request for background may be its ticked prompts alone.
fn body(fields: &mut Fields, room: &Room, act: &str) -> Option<String> {
    let speech = Speech { locale: room.call_locale, zone: room.host_zone.0 };
    let ticked: Vec<String> = PROMPTS
        .into_iter()
        .filter(|(word, _)| act == "background" && fields.has("prompt", word))
        .map(|(_, key)| format!("- {}", speech.t(key)))
        .collect();
    let typed = match ticked.is_empty() {
        true => fields.required::<Text<LONGEST>>("body"),
        false => fields.optional::<Text<LONGEST>>("body"),
    };
    let parts: Vec<String> = typed
        .map(|text| text.as_str().to_owned())
        .into_iter()
        .chain((!ticked.is_empty()).then(|| ticked.join("\n")))
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

async fn save(
    tx: &mut Tx,
    room: &Room,
    item: &Item,
    body: Option<(Thread, String)>,
    moved: Option<(Item, crate::domain::fact::Fact)>,
) -> Result<(), AppError> {
    if let Some((thread, body)) = &body {
        store::add_post(tx, room, item.id, *thread, body).await?;
        drafts::delete(tx, room.me, FORM, &item.id.to_string()).await?;
    }
    if let Some(moved) = moved {
        let is_of_agenda = item.stage == Stage::ForSession || moved.0.stage == Stage::ForSession;
        store::save(tx, moved).await?;
        if is_of_agenda {
            store::agenda_changed(tx, room.id()).await?;
        }
    }
    consultations::touch(tx, room.id()).await
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    room: Room,
    listed: Listed,
    fields: Fields,
    writing: Writing,
) -> Result<Page, AppError> {
    let by = actor(conn, &room, &listed.item).await?;
    let mut posts = store::posts(conn, room.id(), Some(listed.item.id)).await?;
    if listed.item.stage == Stage::Dropped {
        posts.retain(|post| post.author_id == room.me);
    }
    let seen = store::seen(conn, room.id(), room.part.side().other()).await?;
    let readers = Readers::of(&frame, &room, posts.iter(), &seen);
    let words = Words::of(&frame, posts.iter());
    let listed = listed.shown_to(room.me, || taken_back(&frame));
    let since = store::last_visit(conn, room.id(), room.me, frame.now).await?;
    let shelf = shelf::of(conn, &frame, &room, fields.value("look_for")).await?;
    Ok(Page { frame, room, listed, by, posts, since, readers, words, fields, writing, is_unsent: false, shelf })
}
