//! `/calendars/{calendar}`: how one calendar is, how it is read; read now.

use super::form;
use super::reason::Reason;
use super::store::{self, Calendar, Collection, KeptFlaw, KeptOtherwise, Picture};
use crate::domain::calendar::Stage;
use crate::domain::id::{CalendarId, CollectionId};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many};
use crate::platform::i18n::{Message, Told};
use crate::platform::limit::table::CALENDAR_ADDRESSES;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "calendars/show.html")]
struct Show {
    frame: Frame,
    calendar: Calendar,
    picture: Option<Picture>,
    /// The calendars of an account; of a feed there are none.
    collections: Vec<Collection>,
    fields: Fields,
}

impl Show {
    fn health_key(&self) -> &'static str {
        health_key(self.calendar.health.stage)
    }

    fn badge(&self) -> &'static str {
        badge(self.calendar.health.stage)
    }

    fn reason(&self) -> Option<Told> {
        let origin = self.calendar.elsewhere.as_deref().unwrap_or_default();
        Some(self.frame.t(self.calendar.reason?.key()).saying("origin", origin))
    }

    /// Where another address is needed, or was refused, its fields are not folded away.
    fn opens_address(&self) -> bool {
        let is_lost = matches!(self.calendar.reason, Some(Reason::Sealed | Reason::Elsewhere));
        is_lost || !self.fields.value("address").is_empty()
    }

    fn needs_host(&self) -> bool {
        !self.calendar.stance.is_soft() && self.calendar.health.needs_host(self.frame.now)
    }

    fn choice(&self, otherwise: &KeptOtherwise) -> (Told, Told) {
        let (field, word) = choice_keys(otherwise);
        (self.frame.t(field), self.frame.t(word))
    }

    fn flaw(&self, flaw: &KeptFlaw) -> Told {
        self.frame.t(flaw_key(&flaw.what)).saying("of", flaw.of.as_deref().unwrap_or_default())
    }
}

/// A choice of reading, in words: which, and how.
fn choice_keys(otherwise: &KeptOtherwise) -> (&'static str, &'static str) {
    let field = match otherwise.field.as_str() {
        "all_day" => "calendars-reads-all_day",
        "tentative" => "calendars-reads-tentative",
        _ => "calendars-reads-unanswered",
    };
    let word = match otherwise.word.as_str() {
        "as_marked" => "calendars-reads-as_marked",
        "busy" => "calendars-reads-busy",
        _ => "calendars-reads-free",
    };
    (field, word)
}

/// Where a calendar stands, in words.
pub(super) fn health_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Fetching => "calendars-stage-fetching",
        Stage::Healthy => "calendars-stage-healthy",
        Stage::Failing => "calendars-stage-failing",
        Stage::Incomplete => "calendars-stage-incomplete",
    }
}

/// The colour that stands beside the word.
pub(super) fn badge(stage: Stage) -> &'static str {
    match stage {
        Stage::Fetching => "badge",
        Stage::Healthy => "badge badge--good",
        Stage::Failing => "badge badge--bad",
        Stage::Incomplete => "badge badge--warn",
    }
}

/// What was not understood, in words.
fn flaw_key(what: &str) -> &'static str {
    match what {
        "cut_off" | "unclosed" => "calendars-flaw-cut_off",
        "stray_line" => "calendars-flaw-stray_line",
        "long_line" | "too_large" => "calendars-flaw-too_large",
        "missing" => "calendars-flaw-missing",
        "value" => "calendars-flaw-value",
        "end_before_start" => "calendars-flaw-end_before_start",
        "unknown_zone" => "calendars-flaw-unknown_zone",
        "rule" => "calendars-flaw-rule",
        "rule_beyond" => "calendars-flaw-rule_beyond",
        "too_much_work" | "too_many_occurrences" => "calendars-flaw-too_much_work",
        "too_many_events" => "calendars-flaw-too_many_events",
        _ => "calendars-flaw-other",
    }
}

/// Shows it.
pub async fn get(frame: Frame, id: Path<CalendarId>) -> Answer {
    let mut read = frame.read().await?;
    let calendar = store::for_owner(&mut read, *id, &frame.asker).await?;
    let picture = store::picture(&mut read, *id).await?;
    let collections = store::collections(&mut read, *id).await?;
    let mut fields = form::fields_of(&calendar.name, calendar.kind, calendar.reads, calendar.stance);
    for read in collections.iter().filter(|collection| collection.counts()) {
        fields.add("collection", read.id.to_string());
    }
    show(&Show { frame, calendar, picture, collections, fields })
}

/// Stores how it is read, or has it read now. Tries are counted before the transaction: whoever counts
/// inside of one holds two connections.
pub async fn post(frame: Frame, id: Path<CalendarId>, Many(mut fields): Many) -> Answer {
    let is_moved = fields.value("act") == "save" && !fields.value("address").trim().is_empty();
    if is_moved {
        CALENDAR_ADDRESSES.take(&frame.platform, &frame.asker.id()?.to_string()).await?;
    }
    let mut tx = frame.begin(&fields).await?;
    let calendar = store::for_owner(&mut tx, *id, &frame.asker).await?;
    match fields.value("act") {
        "read" => {
            store::read_soon(&mut tx, Some(*id), &[]).await?;
            tx.see_other(format!("/calendars/{id}?said=done")).await
        }
        "save" => {
            let written = form::written(&mut fields);
            let place = is_moved.then(|| form::place(&mut fields, &frame)).flatten();
            fields.set("password", "");
            let (Some(written), false) = (written, fields.is_refused()) else {
                return refused(frame, &mut tx, calendar, fields).await;
            };
            let read: Vec<CollectionId> = fields.values("collection").filter_map(|id| id.parse().ok()).collect();
            if fields.has("collections", "listed") {
                store::choose(&mut tx, *id, &read).await?;
            }
            match store::update(&mut tx, &calendar, &written, place.as_ref()).await? {
                Ok(()) => tx.see_other(format!("/calendars/{id}?said=saved")).await,
                Err(store::NoKeys) => {
                    fields.refuse("address", Message::new("calendars-error-no_keys"));
                    refused(frame, &mut tx, calendar, fields).await
                }
            }
        }
        _ => Err(AppError::Unprocessable("nothing that can be done with a calendar")),
    }
}

async fn refused(frame: Frame, conn: &mut sqlx::PgConnection, calendar: Calendar, fields: Fields) -> Answer {
    let picture = store::picture(&mut *conn, calendar.id).await?;
    let collections = store::collections(conn, calendar.id).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &Show { frame, calendar, picture, collections, fields })
}
