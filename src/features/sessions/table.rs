//! The acts on a run sheet: each is one transition with its rows, or a refusal.

use super::store::{self, Stale};
use crate::domain::access::Act;
use crate::domain::booking::Booking;
use crate::domain::consultation::{Part, Stage};
use crate::domain::id::{BlockId, ConsultationId, ItemId};
use crate::domain::question::Outcome;
use crate::domain::run_sheet::{followed, plan};
use crate::domain::session::{Block, BlockStage, OPENS_BEFORE, Planned};
use crate::domain::text::{Line, Text};
use crate::features::consultations::{self, Room};
use crate::features::questions::AgendaItem;
use crate::features::{bookings, questions};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::form::{Fields, Revision, Whole};
use crate::platform::i18n::Message;
use crate::platform::random;
use sqlx::PgConnection;

/// Why an act was refused.
pub enum Refusal {
    /// The fields say what is wrong with them.
    Wrong,
    /// It is not possible as things stand now: said at this field, in these words.
    Conflict(&'static str, &'static str),
}

/// Another window saved the text in the meantime.
pub const STALE: &str = "sessions-run-stale";

/// What an act gives: done, or refused.
pub type Done = Result<Result<(), Refusal>, AppError>;

fn wrong() -> Done {
    Ok(Err(Refusal::Wrong))
}

fn conflict(field: &'static str, key: &'static str) -> Done {
    Ok(Err(Refusal::Conflict(field, key)))
}

fn impossible() -> Done {
    conflict("act", "sessions-run-not_now")
}

fn takes_notes(room: &Room) -> bool {
    matches!(room.stage(), Stage::InSession | Stage::Held)
}

/// A text that may be left empty; `None` where it is wrong.
fn text<const MAX: usize>(fields: &mut Fields, name: &str) -> Option<String> {
    let text = fields.optional::<Text<MAX>>(name).map(|text| text.as_str().to_owned());
    fields.error(name).is_none().then(|| text.unwrap_or_default())
}

/// The run sheet that the call's and the agenda give.
pub async fn planned(
    conn: &mut PgConnection,
    room: &Room,
    items: &[AgendaItem],
    minutes: i32,
) -> Result<Vec<Planned>, AppError> {
    let items: Vec<ItemId> = items.iter().filter(|item| item.is_for_session()).map(|item| item.id).collect();
    let sheet = store::run_sheet(conn, room.consultation.call).await?;
    Ok(plan(&sheet.blocks, &items, minutes))
}

/// The run sheet that was kept, which follows the agenda until the session; empty where none was.
pub fn kept(room: &Room, blocks: Vec<Block>, items: &[AgendaItem]) -> Vec<Block> {
    if blocks.is_empty() || !room.stage().takes_writing() {
        return blocks;
    }
    let items: Vec<ItemId> = items.iter().filter(|item| item.is_for_session()).map(|item| item.id).collect();
    followed(blocks, &items, |planned| planned.block(random::id(), room.id()))
}

/// Planned minutes: those of the booking, or those that were wished.
pub fn minutes(room: &Room, booking: Option<&Booking>) -> i32 {
    booking.map_or(room.consultation.wished_minutes, |booking| booking.minutes)
}

/// Makes the run sheet anew from the agenda, before the session.
pub async fn renew(tx: &mut Tx, room: &Room, booking: Option<&Booking>) -> Done {
    room.require(Act::RunSession)?;
    if !room.stage().takes_writing() {
        return impossible();
    }
    make(tx, room, booking).await?;
    Ok(Ok(()))
}

async fn make(tx: &mut Tx, room: &Room, booking: Option<&Booking>) -> Result<(), AppError> {
    let items = questions::agenda(tx, room.id()).await?;
    let planned = planned(tx, room, &items, minutes(room, booking)).await?;
    store::replace_blocks(tx, room.id(), &planned).await
}

/// Makes the run sheet where there is none; one that was kept is brought to the agenda of now.
async fn settle(tx: &mut Tx, room: &Room, booking: Option<&Booking>) -> Result<Vec<Block>, AppError> {
    let stored = store::blocks(tx, room.id()).await?;
    if stored.is_empty() {
        make(tx, room, booking).await?;
        return store::blocks(tx, room.id()).await;
    }
    let items = questions::agenda(tx, room.id()).await?;
    let blocks = kept(room, stored.clone(), &items);
    if blocks != stored {
        store::arrange(tx, room.id(), &blocks).await?;
    }
    Ok(blocks)
}

/// Begins: the host at any time, the others shortly before the planned start.
pub async fn start(tx: &mut Tx, room: &Room, booking: Option<&Booking>) -> Done {
    room.require(Act::StartSession)?;
    let now = tx.now();
    let is_open = room.part.is_host() || booking.is_some_and(|b| now >= b.starts_at - OPENS_BEFORE);
    let Ok(moved) = room.consultation.clone().start(now) else { return impossible() };
    if !is_open {
        return conflict("act", "sessions-run-too_early");
    }
    let blocks = settle(tx, room, booking).await?;
    consultations::save(tx, moved).await?;
    store::set_times(tx, room.id(), Some(minutes(room, booking)), Some(now), None, None).await?;
    let first = blocks.into_iter().find(|b| b.stage == BlockStage::Todo);
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
        return wrong();
    }
    let Ok(moved) = room.consultation.clone().hold(now) else { return impossible() };
    end_running(tx, room.id()).await?;
    consultations::save(tx, moved).await?;
    let started_at = store::session(tx, room.id()).await?.started_at.or(booking.map(|b| b.starts_at));
    let ended_at = booking.filter(|_| was_held_elsewhere).map_or(now, |b| b.ends_at.min(now));
    store::set_times(tx, room.id(), Some(minutes(room, booking)), started_at, Some(ended_at), actual).await?;
    Ok(Ok(()))
}

/// Ends the block that runs.
pub async fn end_running(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    let now = tx.now();
    let running = store::blocks(tx, id).await?.into_iter().find(|b| b.stage == BlockStage::Running);
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
        end_running(tx, room.id()).await?;
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
    let blocks = settle(tx, room, booking).await?;
    let typed: Vec<String> = fields.values("minutes").map(str::to_owned).collect();
    let minutes: Vec<Option<i32>> = typed.iter().map(|typed| typed.trim().parse().ok()).collect();
    if !minutes.iter().all(|minutes| minutes.is_some_and(|minutes| (0..=240).contains(&minutes))) {
        fields.refuse("minutes", Message::new("field-number").with("min", 0).with("max", 240));
        return wrong();
    }
    if minutes.len() != blocks.len() {
        return conflict("minutes", "sessions-run-other_plan");
    }
    for (block, minutes) in blocks.into_iter().zip(minutes.into_iter().flatten()) {
        store::set_minutes(tx, room.id(), block.id, minutes).await?;
    }
    Ok(Ok(()))
}

/// The note of a block, by the hosts, in the session and after it.
pub async fn set_note(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    room.require(Act::RunSession)?;
    let block = block(tx, room, fields).await?;
    if !takes_notes(room) {
        return impossible();
    }
    let (note, revision) = (text::<8000>(fields, "note"), fields.required::<Revision>("revision"));
    let (Some(note), Some(Revision(revision))) = (note, revision) else { return wrong() };
    match store::set_note(tx, room.id(), block.id, &note, revision).await? {
        Ok(()) => Ok(Ok(())),
        Err(Stale) => conflict("note", STALE),
    }
}

/// What became of an item.
pub async fn set_outcome(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    room.require(Act::RunSession)?;
    let item: ItemId = fields.value("item").parse().map_err(|_| AppError::NotFound)?;
    if !takes_notes(room) {
        return impossible();
    }
    let outcome = Outcome::parse(fields.value("outcome"));
    if outcome.is_none() {
        fields.refuse("outcome", Message::new("field-choice"));
    }
    let (Some(note), Some(outcome)) = (text::<4000>(fields, "outcome_note"), outcome) else { return wrong() };
    match questions::set_outcome(tx, room.id(), item, outcome, &note).await? {
        true => Ok(Ok(())),
        false => impossible(),
    }
}

/// Something that came up while talking.
pub async fn add_item(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    if room.stage() != Stage::InSession {
        return impossible();
    }
    let Some(title) = fields.required::<Line<200>>("title") else { return wrong() };
    let item = questions::add_live(tx, room.id(), room.me, title.as_str()).await?;
    store::insert_topic(tx, room.id(), item, 5).await?;
    Ok(Ok(()))
}

/// What everyone takes away.
pub async fn set_takeaways(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    if !takes_notes(room) {
        return impossible();
    }
    let (takeaways, revision) = (text::<8000>(fields, "takeaways"), fields.required::<Revision>("revision"));
    let (Some(takeaways), Some(Revision(revision))) = (takeaways, revision) else { return wrong() };
    match store::set_takeaways(tx, room.id(), &takeaways, revision).await? {
        Ok(()) => Ok(Ok(())),
        Err(Stale) => conflict("takeaways", STALE),
    }
}

/// The confirmed booking of the room.
pub async fn booking(conn: &mut PgConnection, room: &Room) -> Result<Option<Booking>, AppError> {
    bookings::confirmed(conn, room.id()).await
}
