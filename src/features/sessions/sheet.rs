//! `/consultations/{consultation}/run/sheet`: the part of the session's page that changes while people
//! talk. Drawn with the page, and alone for whoever looks on; unchanged, it is not sent again.

use super::run::{self, Run};
use super::store;
use crate::domain::consultation::Stage;
use crate::domain::id::{ConsultationId, ItemId};
use crate::domain::question::Outcome;
use crate::domain::run_sheet::Origin;
use crate::domain::session::{Block, BlockStage, Kind, OPENS_BEFORE};
use crate::features::consultations;
use crate::features::questions::AgendaItem;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use actix_web::http::header::{self, ContentType};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{DateTime, Utc};

/// The run sheet with the block that runs now.
#[derive(Template)]
#[template(path = "sessions/sheet.html")]
pub(super) struct Sheet<'a> {
    pub(super) run: &'a Run,
}

impl HtmlSafe for Sheet<'_> {}

impl Run {
    pub(super) fn title(&self, block: &Block) -> String {
        match (self.item_of(block), block.title.as_str()) {
            (Some(item), _) => item.title.clone(),
            (None, "") => self.frame.t(block.kind.key()).to_string(),
            (None, title) => title.to_owned(),
        }
    }

    pub(super) fn item(&self, id: ItemId) -> Option<&AgendaItem> {
        self.items.iter().find(|item| item.id == id)
    }

    pub(super) fn item_of(&self, block: &Block) -> Option<&AgendaItem> {
        block.item.and_then(|id| self.item(id))
    }

    pub(super) fn outcomes(&self) -> [Outcome; 4] {
        Outcome::ALL
    }

    pub(super) fn is_outcome(&self, item: &AgendaItem, block: &Block, outcome: &Outcome) -> bool {
        match self.is_refused_at("outcome", block) {
            true => self.fields.value("outcome") == outcome.as_str(),
            false => item.stage.outcome() == Some(*outcome),
        }
    }

    pub(super) fn outcome_note(&self, item: &AgendaItem, block: &Block) -> String {
        match self.is_refused_at("outcome", block) {
            true => self.fields.value("outcome_note").to_owned(),
            false => item.outcome_note.clone(),
        }
    }

    pub(super) fn class(&self, block: &Block) -> &'static str {
        match block.stage {
            BlockStage::Running => " run-block--now",
            BlockStage::Done | BlockStage::Skipped => " run-block--done",
            BlockStage::Todo => "",
        }
    }

    pub(super) fn instant(&self, at: &DateTime<Utc>) -> String {
        at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    pub(super) fn minutes_since(&self, at: &DateTime<Utc>) -> i64 {
        (self.frame.now - *at).num_minutes().max(0)
    }

    /// Whether the form about a block is shown open.
    pub(super) fn is_unfolded(&self, block: &Block) -> bool {
        let is_refused = self.is_refused_at("note", block) || self.is_refused_at("outcome", block);
        is_refused || self.is_drafted(block) || block.stage == BlockStage::Running
    }

    /// Whether a note about a block was typed, and not saved.
    pub(super) fn is_drafted(&self, block: &Block) -> bool {
        self.drafted(block).is_some() && !self.is_refused_at("note", block)
    }

    /// The note of a block for its form, with the revision that it replaces.
    pub(super) fn note(&self, block: &Block) -> (String, String) {
        let saved = block.note_revision.to_string();
        match self.is_refused_at("note", block) {
            false => self.drafted(block).map_or((block.note.clone(), saved), |typed| {
                (typed.value("note").to_owned(), typed.value("revision").to_owned())
            }),
            true if self.is_stale("note") => (self.fields.value("note").to_owned(), saved),
            true => (self.fields.value("note").to_owned(), self.fields.value("revision").to_owned()),
        }
    }

    /// Whether others may change it at any moment: in the session, and shortly before.
    pub(super) fn is_live(&self) -> bool {
        let is_near = self.booking.as_ref().is_some_and(|b| self.frame.now >= b.starts_at - OPENS_BEFORE);
        self.is_in_session() || self.room.stage() == Stage::Booked && is_near
    }

    /// The block that runs.
    pub(super) fn running(&self) -> Option<&Block> {
        self.blocks.iter().find(|block| block.stage == BlockStage::Running)
    }

    /// The block that comes after it.
    pub(super) fn coming(&self) -> Option<&Block> {
        let after = self.blocks.iter().skip_while(|block| block.stage != BlockStage::Running);
        after.skip(1).find(|block| block.stage == BlockStage::Todo)
    }

    /// Whether a block says why it is there.
    pub(super) fn has_reason(&self, block: &Block) -> bool {
        !block.because.is_empty() || block.kind != Kind::Topic && block.title.is_empty()
    }

    pub(super) fn is_from_feedback(&self, block: &Block) -> bool {
        block.origin == Origin::Feedback
    }
}

/// Answers 304 while nothing changed: one small statement.
pub async fn get(frame: Frame, request: HttpRequest, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let version = store::version(&mut read, *id, frame.asker.id()?).await?.ok_or(AppError::NotFound)?;
    let tag = format!("\"{version}\"");
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let run = run::page(&mut read, frame, room, Fields::default()).await?;
    let html = Sheet { run: &run }.render().map_err(|e| AppError::Unexpected(e.into()))?;
    Ok(HttpResponse::Ok().content_type(ContentType::html()).insert_header((header::ETAG, tag)).body(html))
}
