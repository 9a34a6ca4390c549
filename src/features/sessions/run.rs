//! `/consultations/{consultation}/run`: the hour on one page, the same for everyone, by reload without
//! JavaScript.

use super::sheet::Sheet;
use super::store::{self, Owned, Session};
use super::table::{self, Refusal};
use crate::domain::access::Act;
use crate::domain::booking::Booking;
use crate::domain::consultation::{Part, Stage};
use crate::domain::id::ConsultationId;
use crate::domain::session::{Block, OPENS_BEFORE};
use crate::features::consultations::{self, Head, Room};
use crate::features::questions::{self, AgendaItem};
use crate::platform::drafts::{self, Draft};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// The name of the draft of the takeaways; its subject is the consultation.
const FORM: &str = "takeaways";
/// The name of the drafts of notes that are being written; their subject is the block.
const NOTE: &str = "note";

#[derive(Template)]
#[template(path = "sessions/run.html")]
pub(super) struct Run {
    pub(super) frame: Frame,
    pub(super) room: Room,
    pub(super) booking: Option<Booking>,
    pub(super) session: Session,
    pub(super) blocks: Vec<Block>,
    pub(super) items: Vec<AgendaItem>,
    actions: Vec<Owned>,
    pub(super) fields: Fields,
    /// Notes that were typed and not saved, by block.
    drafted: Vec<(String, Draft)>,
    /// The version of what the sheet shows.
    pub(super) version: String,
}

/// What stands where a cancelled consultation would have its session.
#[derive(Template)]
#[template(path = "sessions/cancelled.html")]
struct Cancelled {
    frame: Frame,
    room: Room,
    cancelled: Option<consultations::Cancelled>,
}

impl Cancelled {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("sessions-run-title"), "/run")
    }
}

impl Run {
    fn sheet(&self) -> Sheet<'_> {
        Sheet { run: self }
    }

    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("sessions-run-title"), "/run")
    }

    pub(super) fn is_host(&self) -> bool {
        self.room.may(Act::RunSession)
    }

    pub(super) fn is_in_session(&self) -> bool {
        self.room.stage() == Stage::InSession
    }

    pub(super) fn is_before(&self) -> bool {
        self.room.stage().takes_writing()
    }

    /// Whether outcomes, notes and takeaways may be written.
    pub(super) fn takes_notes(&self) -> bool {
        matches!(self.room.stage(), Stage::InSession | Stage::Held)
    }

    fn may_start(&self) -> bool {
        let open = self.booking.as_ref().is_some_and(|b| self.frame.now >= b.starts_at - OPENS_BEFORE);
        self.room.stage() == Stage::Booked && (self.room.part.is_host() || open)
    }

    /// Whether the planned time has come, so that it may have been held elsewhere or missed.
    fn may_tell(&self) -> bool {
        let began = self.booking.as_ref().is_some_and(|b| self.frame.now >= b.starts_at);
        self.room.stage() == Stage::Booked && began && self.room.part != Part::Member
    }

    /// Whether what all sessions of the call begin with is the reader's to change.
    fn may_change_sheet(&self) -> bool {
        self.is_host() && self.is_before()
    }

    fn may_take_back(&self) -> bool {
        self.is_host() && self.room.consultation.clone().take_back_start(self.frame.now).is_ok()
    }

    fn planned(&self) -> i32 {
        self.blocks.iter().map(|block| block.minutes).sum()
    }

    pub(super) fn booked_minutes(&self) -> i32 {
        table::minutes(&self.room, self.booking.as_ref())
    }

    fn is_too_long(&self) -> bool {
        self.planned() > self.booked_minutes()
    }

    /// Minutes for the form that ends the session: what was typed, or those since it began.
    fn actual(&self) -> String {
        match self.is_refused("finish") {
            true => self.fields.value("actual").to_owned(),
            false => {
                self.session.started_at.map_or(0, |start| (self.frame.now - start).num_minutes().max(1)).to_string()
            }
        }
    }

    /// Minutes of a block for the form that plans it: what was typed, or what is saved.
    fn minutes_of(&self, block: &Block, place: &usize) -> String {
        let typed = self.fields.values("minutes").nth(*place).filter(|_| self.is_refused("minutes"));
        typed.map_or_else(|| block.minutes.to_string(), str::to_owned)
    }

    /// Whether this act was tried and refused.
    fn is_refused(&self, act: &str) -> bool {
        self.fields.is_refused() && self.fields.value("act") == act
    }

    pub(super) fn is_refused_at(&self, act: &str, block: &Block) -> bool {
        self.is_refused(act) && self.fields.value("block") == block.id.to_string()
    }

    /// Whether somebody else saved the text of this field in the meantime.
    pub(super) fn is_stale(&self, name: &str) -> bool {
        self.fields.error(name).is_some_and(|error| error.key() == table::STALE)
    }

    /// Whether takeaways were typed, and not saved.
    fn has_unsent(&self) -> bool {
        self.fields.value("act") == "takeaways"
    }

    /// Takeaways for the form, with the revision that they replace.
    fn takeaways(&self) -> (String, String) {
        let saved = self.session.takeaways_revision.to_string();
        match (self.has_unsent(), self.fields.value("revision")) {
            (false, _) => (self.session.takeaways.clone(), saved),
            (true, "") => (self.fields.value("takeaways").to_owned(), saved),
            (true, _) if self.is_stale("takeaways") => (self.fields.value("takeaways").to_owned(), saved),
            (true, revision) => (self.fields.value("takeaways").to_owned(), revision.to_owned()),
        }
    }

    /// What was typed where the page has no form for it any more.
    fn given_back(&self) -> Option<&str> {
        let name = match self.fields.value("act") {
            "note" if !self.takes_notes() => "note",
            "outcome" if !self.takes_notes() => "outcome_note",
            "takeaways" if !self.takes_notes() => "takeaways",
            "item" if !self.is_in_session() => "title",
            _ => return None,
        };
        Some(self.fields.value(name)).filter(|typed| !typed.is_empty())
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.room.id())
    }

    pub(super) fn note_draft(&self, block: &Block) -> String {
        format!("/drafts/{NOTE}/{}", block.id)
    }

    /// What was typed about a block, and not saved.
    pub(super) fn drafted(&self, block: &Block) -> Option<&Fields> {
        let id = block.id.to_string();
        self.drafted.iter().find(|(subject, _)| *subject == id).map(|(_, draft)| &draft.fields)
    }

    fn is_link(&self, place: &str) -> bool {
        place.starts_with("https://") || place.starts_with("http://")
    }
}

/// Shows the run sheet; before it was made, what the agenda gives.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    if room.stage() == Stage::Cancelled {
        let cancelled = consultations::cancelled(&mut read, *id).await?;
        return show_with(StatusCode::CONFLICT, &Cancelled { frame, room, cancelled });
    }
    let draft = drafts::find(&mut read, room.me, FORM, &id.to_string(), frame.now).await?;
    let mut fields = draft.map(|draft| draft.fields).unwrap_or_default();
    if !fields.all().is_empty() {
        fields.set("act", "takeaways");
    }
    show(&page(&mut read, frame, room, fields).await?)
}

pub(super) async fn page(conn: &mut PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<Run, AppError> {
    let booking = table::booking(&mut *conn, &room).await?;
    let session = store::session(&mut *conn, room.id()).await?;
    let items = questions::items(&mut *conn, room.id()).await?;
    let mut blocks = table::kept(&room, store::blocks(&mut *conn, room.id()).await?, &items);
    if blocks.is_empty() {
        let planned = table::planned(&mut *conn, &room, &items, table::minutes(&room, booking.as_ref())).await?;
        blocks = planned.into_iter().map(|block| block.block(random::id(), room.id())).collect();
    }
    let actions = store::actions(&mut *conn, room.id()).await?;
    let version = store::version(&mut *conn, room.id(), room.me).await?.ok_or(AppError::NotFound)?;
    let ids: Vec<String> = blocks.iter().map(|block| block.id.to_string()).collect();
    let drafted = drafts::about(conn, room.me, NOTE, &ids, frame.now).await?;
    Ok(Run { frame, room, booking, session, blocks, items, actions, fields, drafted, version })
}

/// One act on the run sheet.
pub async fn post(frame: Frame, id: Path<ConsultationId>, Many(mut fields): Many) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let booking = table::booking(&mut tx, &room).await?;
    let act = fields.value("act").to_owned();
    let done = match act.as_str() {
        "start" => table::start(&mut tx, &room, booking.as_ref()).await?,
        "take_back" => table::take_back_start(&mut tx, &room).await?,
        "finish" => table::finish(&mut tx, &room, booking.as_ref(), &mut fields).await?,
        "minutes" => table::set_minutes(&mut tx, &room, booking.as_ref(), &mut fields).await?,
        "renew" => table::renew(&mut tx, &room, booking.as_ref()).await?,
        "begin" | "end" | "skip" => table::move_block(&mut tx, &room, &fields, &act).await?,
        "note" => table::set_note(&mut tx, &room, &mut fields).await?,
        "outcome" => table::set_outcome(&mut tx, &room, &mut fields).await?,
        "item" => table::add_item(&mut tx, &room, &mut fields).await?,
        "takeaways" => table::set_takeaways(&mut tx, &room, &mut fields).await?,
        _ => return Err(AppError::Unprocessable("an act that no page offers")),
    };
    match done {
        Ok(()) => {
            match act.as_str() {
                "takeaways" => drafts::delete(&mut tx, room.me, FORM, &id.to_string()).await?,
                "note" => drafts::delete(&mut tx, room.me, NOTE, fields.value("block")).await?,
                _ => {}
            }
            let anchor = fields.value("block").to_owned();
            let anchor = if anchor.is_empty() { String::new() } else { format!("#block-{anchor}") };
            tx.see_other(format!("{}{anchor}", room.path("/run"))).await
        }
        Err(refusal) => {
            drop(tx);
            let status = match refusal {
                Refusal::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
                Refusal::Conflict(field, key) => {
                    fields.refuse(field, Message::new(key));
                    StatusCode::CONFLICT
                }
            };
            let mut read = frame.read().await?;
            let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
            let page = page(&mut read, frame, room, fields).await?;
            show_with(status, &page)
        }
    }
}
