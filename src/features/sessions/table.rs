//! The acts on a run sheet: each is one transition with its rows, or a refusal.

use super::store::{self, Stale};
use crate::domain::access::Act;
use crate::domain::booking::Booking;
use crate::domain::consultation::{Part, Stage};
use crate::domain::id::{BlockId, ItemId};
use crate::domain::question::Outcome;
use crate::domain::session::{Block, BlockStage, OPENS_BEFORE, Planned, plan};
use crate::domain::text::{Line, Text};
use crate::features::consultations::{self, Room};
use crate::features::{bookings, questions};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::form::{Fields, Revision, Whole};
use crate::platform::i18n::Message;
use sqlx::PgConnection;

/// Why an act was refused: at which field, in which words, and whether something changed meanwhile.
pub struct Refusal {
    pub field: &'static str,
    pub message: Message,
    pub is_conflict: bool,
}

impl Refusal {
    fn conflict(field: &'static str, key: &'static str) -> Self {
        Self { field, message: Message::new(key), is_conflict: true }
    }
}

/// What an act gives: done, or refused.
pub type Done = Result<Result<(), Refusal>, AppError>;

fn impossible() -> Done {
    Ok(Err(Refusal::conflict("act", "sessions-run-not_now")))
}

/// The run sheet that the agenda gives.
pub async fn planned(conn: &mut PgConnection, room: &Room, minutes: i32) -> Result<Vec<Planned>, AppError> {
    let items: Vec<ItemId> = questions::agenda(conn, room.id()).await?.into_iter().map(|item| item.id).collect();
    Ok(plan(&items, minutes))
}

/// Planned minutes: those of the booking, or those that were wished.
pub fn minutes(room: &Room, booking: Option<&Booking>) -> i32 {
    booking.map_or(room.consultation.wished_minutes, |booking| booking.minutes)
}

/// Stores the run sheet while there is none, or anew from the agenda.
pub async fn make(tx: &mut Tx, room: &Room, booking: Option<&Booking>) -> Result<(), AppError> {
    let planned = planned(tx, room, minutes(room, booking)).await?;
    store::replace_blocks(tx, room.id(), &planned).await
}

/// Begins: the host at any time, the others shortly before the planned start.
pub async fn start(tx: &mut Tx, room: &Room, booking: Option<&Booking>) -> Done {
    room.require(Act::StartSession)?;
    let now = tx.now();
    let is_open = room.part.is_host() || booking.is_some_and(|b| now >= b.starts_at - OPENS_BEFORE);
    let Ok(moved) = room.consultation.clone().start(now) else { return impossible() };
    if !is_open {
        return Ok(Err(Refusal::conflict("act", "sessions-run-too_early")));
    }
    if store::blocks(tx, room.id()).await?.is_empty() {
        make(tx, room, booking).await?;
    }
    consultations::save(tx, moved).await?;
    store::set_times(tx, room.id(), Some(minutes(room, booking)), Some(now), None, None).await?;
    let first = store::blocks(tx, room.id()).await?.into_iter().find(|b| b.stage == BlockStage::Todo);
    if let Some(Ok(moved)) = first.map(|block| block.start(now)) {
        store::save_block(tx, moved).await?;
    }
    Ok(Ok(()))
}

/// Sound or link failed: as if it had not begun.
pub async fn take_back_start(tx: &mut Tx, room: &Room) -> Done {
    room.require(Act::RunSession)?;
    let now = tx.now();
    let Ok(moved) = room.consultation.clone().take_back_start(now) else { return impossible() };
    for block in store::blocks(tx, room.id()).await? {
        if let Ok(moved) = block.take_back() {
            store::save_block(tx, moved).await?;
        }
    }
    consultations::save(tx, moved).await?;
    store::set_times(tx, room.id(), None, None, None, None).await?;
    Ok(Ok(()))
}

/// Ends, with the minutes that it really took; also for a session that was held without this page.
pub async fn finish(tx: &mut Tx, room: &Room, booking: Option<&Booking>, fields: &mut Fields) -> Done {
    let now = tx.now();
    let was_held_elsewhere = room.stage() == Stage::Booked;
    match was_held_elsewhere {
        true if room.part == Part::Member => return Err(AppError::NotAllowed),
        true if booking.is_none_or(|b| now < b.starts_at) => return impossible(),
        true => {}
        false => room.require(Act::RunSession)?,
    }
    let actual = fields.optional::<Whole<1, 600>>("actual").map(|minutes| minutes.0);
    if fields.is_refused() {
        return Ok(Err(Refusal { field: "actual", message: Message::new("field-choice"), is_conflict: false }));
    }
    let Ok(moved) = room.consultation.clone().hold(now) else { return impossible() };
    end_running(tx, room).await?;
    consultations::save(tx, moved).await?;
    let started_at = store::session(tx, room.id()).await?.started_at.or(booking.map(|b| b.starts_at));
    store::set_times(tx, room.id(), Some(minutes(room, booking)), started_at, Some(now), actual).await?;
    Ok(Ok(()))
}

async fn end_running(tx: &mut Tx, room: &Room) -> Result<(), AppError> {
    let now = tx.now();
    let running = store::blocks(tx, room.id()).await?.into_iter().find(|b| b.stage == BlockStage::Running);
    if let Some(Ok(moved)) = running.map(|block| block.finish(now)) {
        store::save_block(tx, moved).await?;
    }
    Ok(())
}

async fn block(tx: &mut Tx, room: &Room, fields: &Fields) -> Result<Block, AppError> {
    let id: BlockId = fields.value("block").parse().map_err(|_| AppError::NotFound)?;
    store::blocks(tx, room.id()).await?.into_iter().find(|b| b.id == id).ok_or(AppError::NotFound)
}

/// A block begins, ends or is left out; the one that ran ends when another begins.
pub async fn move_block(tx: &mut Tx, room: &Room, fields: &Fields, act: &str) -> Done {
    room.require(Act::RunSession)?;
    let (now, block) = (tx.now(), block(tx, room, fields).await?);
    if room.stage() != Stage::InSession {
        return impossible();
    }
    let moved = match act {
        "begin" => block.start(now),
        "end" => block.finish(now),
        _ => block.skip(),
    };
    let Ok(moved) = moved else { return impossible() };
    if act == "begin" {
        end_running(tx, room).await?;
    }
    store::save_block(tx, moved).await?;
    Ok(Ok(()))
}

/// Planned minutes of each block, before the session.
pub async fn set_minutes(tx: &mut Tx, room: &Room, booking: Option<&Booking>, fields: &mut Fields) -> Done {
    room.require(Act::RunSession)?;
    if !room.stage().takes_writing() {
        return impossible();
    }
    if store::blocks(tx, room.id()).await?.is_empty() {
        make(tx, room, booking).await?;
    }
    let typed: Vec<String> = fields.values("minutes").map(str::to_owned).collect();
    for (block, typed) in store::blocks(tx, room.id()).await?.into_iter().zip(typed) {
        let Some(minutes) = typed.trim().parse().ok().filter(|minutes| (0..=240).contains(minutes)) else {
            let message = Message::new("field-number").with("min", 0).with("max", 240);
            return Ok(Err(Refusal { field: "minutes", message, is_conflict: false }));
        };
        store::set_minutes(tx, room.id(), block.id, minutes).await?;
    }
    Ok(Ok(()))
}

/// The note of a block, by the hosts, in the session and after it.
pub async fn set_note(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    room.require(Act::RunSession)?;
    let block = block(tx, room, fields).await?;
    let note = fields.optional::<Text<8000>>("note").map(|note| note.as_str().to_owned()).unwrap_or_default();
    let Some(Revision(revision)) = fields.required::<Revision>("revision") else { return impossible() };
    if !matches!(room.stage(), Stage::InSession | Stage::Held) {
        return impossible();
    }
    match store::set_note(tx, room.id(), block.id, &note, revision).await? {
        Ok(()) => Ok(Ok(())),
        Err(Stale) => Ok(Err(Refusal::conflict("note", "sessions-run-stale"))),
    }
}

/// What became of an item.
pub async fn set_outcome(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    room.require(Act::RunSession)?;
    let item: ItemId = fields.value("item").parse().map_err(|_| AppError::NotFound)?;
    let note = fields.optional::<Text<4000>>("outcome_note").map(|n| n.as_str().to_owned()).unwrap_or_default();
    let Some(outcome) = Outcome::parse(fields.value("outcome")) else {
        return Ok(Err(Refusal { field: "outcome", message: Message::new("field-choice"), is_conflict: false }));
    };
    if !matches!(room.stage(), Stage::InSession | Stage::Held) {
        return impossible();
    }
    match questions::set_outcome(tx, room.id(), item, outcome, &note).await? {
        true => Ok(Ok(())),
        false => impossible(),
    }
}

/// Something that came up while talking.
pub async fn add_item(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    let Some(title) = fields.required::<Line<200>>("title") else {
        return Ok(Err(Refusal { field: "title", message: Message::new("field-missing"), is_conflict: false }));
    };
    if room.stage() != Stage::InSession {
        return impossible();
    }
    let item = questions::add_live(tx, room.id(), room.me, title.as_str()).await?;
    store::insert_topic(tx, room.id(), item, 5).await?;
    Ok(Ok(()))
}

/// What everyone takes away.
pub async fn set_takeaways(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    let text = fields.optional::<Text<8000>>("takeaways").map(|text| text.as_str().to_owned()).unwrap_or_default();
    let Some(Revision(revision)) = fields.required::<Revision>("revision") else { return impossible() };
    if !matches!(room.stage(), Stage::InSession | Stage::Held) {
        return impossible();
    }
    match store::set_takeaways(tx, room.id(), &text, revision).await? {
        Ok(()) => Ok(Ok(())),
        Err(Stale) => Ok(Err(Refusal::conflict("takeaways", "sessions-run-stale"))),
    }
}

/// The confirmed booking of the room.
pub async fn booking(conn: &mut PgConnection, room: &Room) -> Result<Option<Booking>, AppError> {
    bookings::confirmed(conn, room.id()).await
}
