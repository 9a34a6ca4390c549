//! A consultation as the asker sees it, and the head that all its pages share: where it belongs,
//! the line of its life, whose turn it is.

use crate::domain::access::{Act, may};
use crate::domain::application::end_of_day;
use crate::domain::consultation::{Consultation, GUEST_TURN, Part, Side, Stage};
use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::person::{Locale, TimeZone};
use crate::domain::retention;
use crate::platform::error::AppError;
use crate::platform::i18n::Told;
use crate::platform::page::Frame;
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{DateTime, Utc};
use std::fmt;

/// A consultation with the part that the asker plays in it.
#[derive(Clone, Debug)]
pub struct Room {
    pub consultation: Consultation,
    pub part: Part,
    pub me: PersonId,
    pub owner: PersonId,
    pub call_title: String,
    pub call_path: String,
    pub call_locale: Locale,
    pub host_name: String,
    pub host_zone: TimeZone,
    pub reply_days: i32,
    pub meeting_place: String,
    /// Since when what was written in it is gone.
    pub purged_at: Option<DateTime<Utc>>,
}

impl Room {
    /// Its ID.
    pub fn id(&self) -> ConsultationId {
        self.consultation.id
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        self.consultation.stage
    }

    /// Its path, or that of a page below it: `room.path("/questions")`.
    pub fn path(&self, below: &str) -> String {
        format!("/consultations/{}{below}", self.consultation.id)
    }

    /// Why something of its document is not there: kept no longer, where anything was deleted.
    pub fn absent(&self, error: AppError) -> AppError {
        match (error, self.purged_at) {
            (AppError::NotFound, Some(at)) => AppError::Purged { at },
            (error, _) => error,
        }
    }

    /// Whether the asker's part may do the act; the stage has its own word.
    pub fn may(&self, act: Act) -> bool {
        may(self.part, act)
    }

    /// Ends the request with 403 when the asker's part may not do the act.
    pub fn require(&self, act: Act) -> Result<(), AppError> {
        may(self.part, act).then_some(()).ok_or(AppError::NotAllowed)
    }

    /// Until when a side that gets the turn now should write: the hosts by the promise of their call,
    /// guests within two weeks; either ends with the day in the host's zone.
    pub fn turn_ends(&self, side: Side, now: DateTime<Utc>) -> DateTime<Utc> {
        let days = match side {
            Side::Host => self.reply_days.into(),
            Side::Guest => GUEST_TURN.num_days(),
        };
        end_of_day(now, days, self.host_zone.0)
    }

    /// Whether the asker's side has the turn.
    pub fn is_my_turn(&self) -> bool {
        self.consultation.turn == self.part.side() && self.stage().takes_writing()
    }
}

/// A step of the line of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Applied,
    Writing,
    Booked,
    Talked,
    Feedback,
    Report,
}

impl Step {
    const ALL: [Step; 6] = [Step::Applied, Step::Writing, Step::Booked, Step::Talked, Step::Feedback, Step::Report];

    /// Where a stage lies on the line.
    pub fn of(stage: Stage) -> Self {
        match stage {
            Stage::Preparing | Stage::Ready | Stage::Cancelled | Stage::Lapsed => Step::Writing,
            Stage::Booked | Stage::NoShow => Step::Booked,
            Stage::InSession => Step::Talked,
            Stage::Held | Stage::ResolvedInWriting => Step::Feedback,
            Stage::Closed => Step::Report,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Step::Applied => "consultations-step-applied",
            Step::Writing => "consultations-step-writing",
            Step::Booked => "consultations-step-booked",
            Step::Talked => "consultations-step-talked",
            Step::Feedback => "consultations-step-feedback",
            Step::Report => "consultations-step-report",
        }
    }
}

/// The head of a consultation's pages. `title` is the page's own `h1`.
#[derive(Template)]
#[template(path = "consultations/head.html")]
pub struct Head<'a> {
    frame: &'a Frame,
    room: &'a Room,
    title: String,
    here: &'a str,
}

impl<'a> Head<'a> {
    /// The head of the page below the consultation that `here` names (`""` for its first page).
    pub fn new(frame: &'a Frame, room: &'a Room, title: impl fmt::Display, here: &'a str) -> Self {
        Self { frame, room, title: title.to_string(), here }
    }

    fn steps(&self) -> impl Iterator<Item = (Told, bool, bool)> {
        let present = Step::of(self.room.stage());
        Step::ALL.into_iter().map(move |step| (self.frame.t(step.key()), step < present, step == present))
    }

    /// Name, path, and how the tab is marked: as this page, or as the place that this page belongs to.
    fn tabs(&self) -> Vec<(Told, String, Option<&'static str>)> {
        let place = match self.here {
            "/questions/item"
            | "/questions/post"
            | "/questions/note"
            | "/questions/host-note"
            | "/questions/history"
            | "/turn"
            | "/agenda"
            | "/resolution"
            | "/materials"
            | "/materials/material" => "/questions",
            "/actions" | "/no-show" => "/run",
            "/follow-ups" | "/closing" => "/answers",
            "/report/publication" => "/report",
            here => here,
        };
        let mark = |below| (place == below).then_some(if self.here == below { "page" } else { "true" });
        let tab = |below: &'static str, key| (self.frame.t(key), self.room.path(below), mark(below));
        let mut tabs = vec![
            tab("", "consultations-tab-overview"),
            tab("/questions", "consultations-tab-questions"),
            tab("/participants", "consultations-tab-participants"),
        ];
        if self.room.stage() != Stage::Cancelled {
            tabs.push(tab("/run", "consultations-tab-run"));
        }
        if matches!(self.room.stage(), Stage::Held | Stage::ResolvedInWriting | Stage::Closed) {
            tabs.push(match self.room.part.is_host() {
                true => tab("/answers", "consultations-tab-answers"),
                false => tab("/feedback", "consultations-tab-feedback"),
            });
            if self.room.part.is_host() {
                tabs.push(tab("/report", "consultations-tab-report"));
            }
        }
        tabs
    }

    /// The one banner: what the stage asks for, of whom, until when.
    fn banner(&self) -> Told {
        let mine = self.room.is_my_turn();
        self.frame.t(match (self.room.stage(), mine, self.room.part.side()) {
            (Stage::Preparing | Stage::Ready | Stage::Booked, true, _) => "consultations-turn-yours",
            (Stage::Preparing | Stage::Ready | Stage::Booked, false, Side::Guest) => "consultations-turn-hosts",
            (Stage::Preparing | Stage::Ready | Stage::Booked, false, Side::Host) => "consultations-turn-guests",
            (Stage::InSession, ..) => "consultations-turn-in_session",
            (Stage::Held | Stage::ResolvedInWriting, _, Side::Guest) => "consultations-turn-feedback",
            (Stage::Held | Stage::ResolvedInWriting, _, Side::Host) => "consultations-turn-after",
            (Stage::NoShow, ..) => "consultations-turn-no_show",
            (Stage::Closed, ..) => "consultations-turn-closed",
            (Stage::Cancelled, ..) => "consultations-turn-cancelled",
            (Stage::Lapsed, ..) => "consultations-turn-lapsed",
        })
    }

    /// When and why there is nothing to read any more.
    fn purged(&self) -> Option<Told> {
        let day = self.frame.speech.day_of(self.room.purged_at?);
        let told = self.frame.t("consultations-head-purged").saying("day", day);
        Some(told.with("days", retention::DOCUMENTS.num_days()))
    }

    fn mood(&self) -> &'static str {
        let late = self.due_at().is_some_and(|due| due < self.frame.now);
        match (self.room.stage().takes_writing(), self.room.is_my_turn()) {
            (true, true) if late => "late",
            (true, true) => "yours",
            (true, false) => "theirs",
            (false, _) => "nobody",
        }
    }

    /// The last moment before the end: a due date is the midnight after its last day.
    fn due_at(&self) -> Option<DateTime<Utc>> {
        let due = self.room.consultation.due_at.filter(|_| self.room.stage().takes_writing())?;
        Some(due - chrono::TimeDelta::seconds(1))
    }
}

impl HtmlSafe for Head<'_> {}
