//! `/calls/{call}/run-sheet`: what the sessions of a call begin with. Hosts order, time, name and leave
//! out blocks, and say why each is there.

use super::store::{self, RunSheet, Stale};
use crate::domain::fact::Fact;
use crate::domain::id::CallId;
use crate::domain::run_sheet::{MOST_BLOCKS, Origin, SheetBlock, check, default_sheet};
use crate::domain::session::Kind;
use crate::domain::text::Line;
use crate::features::calls::{self, Call};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Field, Fields, Many, Revision};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// The word of a block that hosts made themselves.
const OWN: &str = "own";

#[derive(Template)]
#[template(path = "sessions/run_sheet.html")]
struct Page {
    frame: Frame,
    call: Call,
    rows: Vec<Row>,
    revision: i32,
    fields: Fields,
    is_stale: bool,
}

/// A block as the form holds it.
struct Row {
    word: String,
    title: String,
    minutes: String,
    because: String,
    is_on: bool,
    origin: Origin,
}

impl Row {
    fn of(block: &SheetBlock) -> Self {
        Self {
            word: if block.is_own() { OWN } else { block.kind.as_str() }.to_owned(),
            title: block.title.clone(),
            minutes: block.minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
            because: block.because.clone(),
            is_on: block.is_on,
            origin: block.origin,
        }
    }

    fn new() -> Self {
        let empty = String::new;
        Self {
            word: OWN.to_owned(),
            title: empty(),
            minutes: empty(),
            because: empty(),
            is_on: true,
            origin: Origin::Host,
        }
    }

    /// Empty minutes follow from the length of the session.
    fn has_wrong_minutes(&self) -> bool {
        let minutes = self.minutes.parse::<i32>();
        !self.minutes.is_empty() && !minutes.is_ok_and(|minutes| (0..=240).contains(&minutes))
    }

    /// The purpose of a block that the program knows.
    fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.word)
    }
}

impl Page {
    /// The name of a block without one of its own.
    fn name(&self, row: &Row) -> String {
        self.frame.t(row.kind().map_or("sessions-run_sheet-own", Kind::key)).to_string()
    }

    /// What stands at the block where hosts wrote nothing.
    fn hint(&self, row: &Row) -> String {
        row.kind().map(|kind| self.frame.t(kind.hint()).to_string()).unwrap_or_default()
    }

    fn is_from_feedback(&self, row: &Row) -> bool {
        row.origin == Origin::Feedback
    }

    /// Where the summary of errors leads.
    fn is_first_wrong(&self, index: &usize) -> bool {
        self.rows.iter().position(Row::has_wrong_minutes) == Some(*index)
    }

    fn place(&self, index: &usize) -> usize {
        index + 1
    }
}

fn page(frame: Frame, call: Call, sheet: RunSheet, fields: Fields) -> Page {
    let mut rows: Vec<Row> = sheet.blocks.iter().map(Row::of).collect();
    if rows.len() < MOST_BLOCKS {
        rows.push(Row::new());
    }
    Page { frame, call, rows, revision: sheet.revision, fields, is_stale: false }
}

/// Shows the run sheet as a form.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = calls::for_host(&mut read, *id, &frame.asker).await?.call;
    let sheet = store::run_sheet(&mut read, call.id).await?;
    show(&page(frame, call, sheet, Fields::default()))
}

/// Stores it, or begins anew with the program's own.
pub async fn post(frame: Frame, id: Path<CallId>, Many(mut fields): Many) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = calls::for_host_update(&mut tx, *id, &frame.asker).await?;
    let now = store::run_sheet(&mut tx, *id).await?;
    let rows = typed(&fields, &now.blocks);
    let blocks = match fields.one_of("act", ["save", "reset"])? {
        "reset" => Some(default_sheet()),
        _ => blocks(&mut fields, &rows),
    };
    let revision = fields.required::<Revision>("revision").map_or(-1, |revision| revision.0);
    let (Some(blocks), false) = (blocks, fields.is_refused()) else {
        let page = Page { frame, call: hosted.call, rows, revision, fields, is_stale: false };
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    match save(&mut tx, &frame, *id, &blocks, revision).await? {
        Ok(()) => {
            tx.record(Fact::RunSheetChanged { call: *id }).await?;
            tx.see_other(format!("/calls/{id}/run-sheet?said=saved")).await
        }
        Err(Stale) => {
            let page = Page { frame, call: hosted.call, rows, revision: now.revision, fields, is_stale: true };
            show_with(StatusCode::CONFLICT, &page)
        }
    }
}

async fn save(
    tx: &mut Tx,
    frame: &Frame,
    id: CallId,
    blocks: &[SheetBlock],
    revision: i32,
) -> Result<Result<(), Stale>, AppError> {
    store::save_run_sheet(tx, id, frame.asker.id()?, blocks, revision).await
}

/// The rows as they were sent, in the order that was typed. What feedback brought stays marked so
/// while its reason stays.
fn typed(fields: &Fields, now: &[SheetBlock]) -> Vec<Row> {
    let mut rows: Vec<(i32, Row)> = Vec::new();
    for (n, word) in fields.values("block").enumerate() {
        let nth = |name| fields.values(name).nth(n).unwrap_or_default().trim().to_owned();
        let (title, because) = (nth("title"), nth("because"));
        let is_known = |b: &&SheetBlock| !because.is_empty() && b.because == because;
        let origin = match now.iter().find(is_known) {
            Some(block) => block.origin,
            None if because.is_empty() && word != OWN => Origin::Default,
            None => Origin::Host,
        };
        let is_on = fields.has("on", &n.to_string());
        let place = nth("place").parse().unwrap_or(i32::MAX);
        rows.push((place, Row { word: word.to_owned(), title, minutes: nth("minutes"), because, is_on, origin }));
    }
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn line<const MAX: usize>(fields: &mut Fields, name: &str, typed: &str) -> String {
    match (typed.is_empty(), Line::<MAX>::parse_field(typed)) {
        (true, _) => String::new(),
        (false, Ok(line)) => line.as_str().to_owned(),
        (false, Err(message)) => {
            fields.refuse(name, message);
            String::new()
        }
    }
}

/// The whole run sheet, or errors at the fields. A block of one's own without a name is none.
fn blocks(fields: &mut Fields, rows: &[Row]) -> Option<Vec<SheetBlock>> {
    let mut blocks = Vec::new();
    for row in rows.iter().filter(|row| row.word != OWN || !row.title.is_empty()) {
        let kind = match (row.word.as_str(), row.kind()) {
            (OWN, _) => Kind::Background,
            (_, Some(kind)) => kind,
            (_, None) => {
                fields.refuse("block", Message::new("field-choice"));
                continue;
            }
        };
        let minutes = row.minutes.parse::<i32>().ok();
        if row.has_wrong_minutes() {
            fields.refuse("minutes", Message::new("field-number").with("min", 0).with("max", 240));
        }
        let (title, because) = (line::<100>(fields, "title", &row.title), line::<300>(fields, "because", &row.because));
        blocks.push(SheetBlock { kind, title, minutes, is_on: row.is_on, origin: row.origin, because });
    }
    if let (false, Err(fault)) = (fields.is_refused(), check(&blocks)) {
        fields.refuse("block", Message::new(fault.key()).with("most", MOST_BLOCKS));
    }
    (!fields.is_refused()).then_some(blocks)
}
