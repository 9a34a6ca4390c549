//! `/consultations/{consultation}/materials`: links and files for those who take part, each until a
//! day that is shown. POST shares a link, or the file that the form carries.

use super::scan::Scan;
use super::store::{self, NewFile, Shared, Stored, What};
use super::sweep::Sweep;
use super::writing::Writing;
use crate::domain::access::Act;
use crate::domain::application::end_of_day;
use crate::domain::consultation::Stage as ConsultationStage;
use crate::domain::id::ConsultationId;
use crate::domain::material::{
    ENTRIES, FileName, FileType, KEPT_AFTER_END, LARGEST_FILE, Material, PER_CONSULTATION, PER_PERSON, Stage, last_day,
    may_end_on,
};
use crate::domain::text::Line;
use crate::features::calls;
use crate::features::consultations::{self, Head, Room};
use crate::platform::db::{Tx, lock_people};
use crate::platform::error::{Answer, AppError};
use crate::platform::files::{self, Received, Upload};
use crate::platform::form::{Fields, WebAddress};
use crate::platform::i18n::{Message, Told};
use crate::platform::jobs::NewJob;
use crate::platform::limit::table::MATERIALS;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::{Path, Payload};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use std::fmt::Write;

/// How often one person may send a file.

#[derive(Template)]
#[template(path = "questions/materials.html")]
struct Materials {
    frame: Frame,
    room: Room,
    materials: Vec<Shared>,
    /// What both sides accepted about confidentiality.
    confidentiality: String,
    since: Option<DateTime<Utc>>,
    fields: Fields,
    writing: Writing,
}

impl Materials {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-materials-title"), "/materials")
    }

    fn takes_material(&self) -> bool {
        takes_material(&self.room)
    }

    fn is_new(&self, shared: &Shared) -> bool {
        shared.material.owner != self.room.me && self.since.is_some_and(|since| shared.created_at > since)
    }

    fn is_kept_for_me(&self, shared: &Shared) -> bool {
        shared.kept_for(self.room.me, self.frame.now).is_some()
    }

    fn path(&self, shared: &Shared) -> String {
        self.room.path(&format!("/materials/{}", shared.material.id))
    }

    fn is_file_refused(&self) -> bool {
        ["about", "file", "file_until"].iter().any(|name| self.fields.error(name).is_some())
    }

    fn until_hint(&self) -> Told {
        let last = last_day(today(&self.room, self.frame.now));
        let hint = self.frame.t("questions-materials-until_hint").with("last", self.frame.date(&last));
        hint.with("days", KEPT_AFTER_END.num_days())
    }

    fn file_hint(&self) -> Told {
        self.frame.t("questions-materials-file_hint").with("size", LARGEST_FILE / 1024 / 1024)
    }

    /// Endings for the browser's own choice of files.
    fn accepts(&self) -> String {
        FileType::ENDINGS.iter().fold(String::new(), |mut all, (ending, _)| {
            let _ = write!(all, "{}.{ending}", if all.is_empty() { "" } else { "," });
            all
        })
    }
}

/// Material belongs to the document and to the session; when both are over, nothing is added.
fn takes_material(room: &Room) -> bool {
    room.stage().takes_writing() || room.stage() == ConsultationStage::InSession
}

fn today(room: &Room, now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&room.host_zone.0).date_naive()
}

/// Shows what is shared.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room, Fields::default(), Writing::default()).await?)
}

/// Shares a link or a file.
pub async fn post(frame: Frame, id: Path<ConsultationId>, request: HttpRequest, payload: Payload) -> Answer {
    let room = {
        let mut read = frame.read().await?;
        consultations::for_participant(&mut read, *id, &frame.asker).await?
    };
    room.require(Act::Share)?;
    if request.content_type() != "multipart/form-data" {
        let fields = Fields::from_request(&request, &mut payload.into_inner()).await?;
        return link(frame, *id, fields).await;
    }
    MATERIALS.take(&frame.platform, &room.me.to_string()).await?;
    start_sweeping(&frame).await?;
    let upload = files::receive(&request, payload, &frame.platform, LARGEST_FILE).await?;
    file(frame, *id, upload).await
}

/// What a process leaves behind that dies over a file is found by a job that is there before.
async fn start_sweeping(frame: &Frame) -> Result<(), AppError> {
    let mut tx = Tx::begin(&frame.platform, None, frame.now).await?;
    tx.enqueue(Sweep::after(frame.now)).await?;
    tx.commit().await
}

async fn link(frame: Frame, id: ConsultationId, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, id, &frame.asker).await?;
    let title = fields.required::<Line<200>>("title");
    let url = fields.required::<WebAddress>("url");
    let until = until(&mut fields, "until", &room, frame.now);
    let writing = Writing::look(&mut fields, "url");
    if let Some(refused) = sealed(&room, &mut fields, "title") {
        return show_with(refused, &page(&mut tx, frame, room, fields, writing).await?);
    }
    let (Some(title), Some(url), false) = (title, url, fields.is_refused()) else {
        let page = page(&mut tx, frame, room, fields, writing).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if let Some(message) = full(&mut tx, &room, 0).await? {
        fields.refuse("url", message);
        return show_with(StatusCode::PAYLOAD_TOO_LARGE, &page(&mut tx, frame, room, fields, writing).await?);
    }
    let what = What::Link(url.0.to_string());
    store::share(&mut tx, new(&room, Stage::Shared), title.as_str(), &what, until).await?;
    tx.see_other(format!("{}?said=saved", room.path("/materials"))).await
}

async fn file(frame: Frame, id: ConsultationId, upload: Upload) -> Answer {
    let Upload { mut fields, file, is_too_large } = upload;
    let mut tx = frame.begin(&with_content(&fields, file.as_ref())).await?;
    let room = consultations::for_update(&mut tx, id, &frame.asker).await?;
    let about = fields.optional::<Line<200>>("about");
    let until = until(&mut fields, "file_until", &room, frame.now);
    if let Some(refused) = sealed(&room, &mut fields, "about") {
        return refuse(frame, tx, room, fields, refused).await;
    }
    let (file, kind) = match taken(file, is_too_large) {
        Ok(taken) => taken,
        Err((status, message)) => {
            fields.refuse("file", message);
            return refuse(frame, tx, room, fields, status).await;
        }
    };
    if fields.is_refused() {
        return refuse(frame, tx, room, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if let Some(message) = full(&mut tx, &room, file.size).await? {
        fields.refuse("file", message);
        return refuse(frame, tx, room, fields, StatusCode::PAYLOAD_TOO_LARGE).await;
    }
    let name = FileName::of(&file.name);
    let title = about.map_or_else(|| name.as_str().to_owned(), |about| about.as_str().to_owned());
    keep(&mut tx, &frame, &room, file, kind, &title, until).await?;
    tx.see_other(format!("{}?said=saved", room.path("/materials"))).await
}

/// Puts the file into its place and then its row into the transaction: a row without a file never is.
async fn keep(
    tx: &mut Tx,
    frame: &Frame,
    room: &Room,
    file: Received,
    kind: FileType,
    title: &str,
    until: Option<DateTime<Utc>>,
) -> Result<(), AppError> {
    let (name, size, sha256) = (FileName::of(&file.name).as_str().to_owned(), file.size, file.sha256.clone());
    let key = file.keep(&frame.platform).await?;
    let stored = Stored { key, name, media_type: kind.media_type().to_owned(), size };
    let is_scanned = frame.platform.config.scanner.is_some();
    let material = new(room, if is_scanned { Stage::Checking } else { Stage::Shared });
    store::share(tx, material, title, &What::File(NewFile { stored, sha256 }), until).await?;
    match is_scanned {
        true => tx.enqueue(NewJob::now(Scan { material: material.id })).await,
        false => Ok(()),
    }
}

fn new(room: &Room, stage: Stage) -> Material {
    Material { id: random::id(), consultation: room.id(), owner: room.me, stage }
}

/// The form as its key knows it: other bytes under the same key are other content.
fn with_content(fields: &Fields, file: Option<&Received>) -> Fields {
    let mut known = fields.clone();
    let digits = file.iter().flat_map(|file| &file.sha256).fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    });
    known.add("content", digits);
    known
}

/// The file with its type, or why it is not taken.
fn taken(file: Option<Received>, is_too_large: bool) -> Result<(Received, FileType), (StatusCode, Message)> {
    if is_too_large {
        let message = Message::new("questions-materials-too_large").with("size", LARGEST_FILE / 1024 / 1024);
        return Err((StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    let Some(file) = file else {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, Message::new("questions-materials-no_file")));
    };
    match FileType::of(&FileName::of(&file.name), &file.head, file.is_text) {
        Some(kind) => Ok((file, kind)),
        None => Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, Message::new("questions-materials-type"))),
    }
}

/// Whether there is no room for so many bytes more; the consultation's row is locked already.
async fn full(tx: &mut Tx, room: &Room, size: u64) -> Result<Option<Message>, AppError> {
    lock_people(tx, &[room.me]).await?;
    let used = store::used(tx, room.id(), room.me).await?;
    let megabytes = |bytes: u64| bytes / 1024 / 1024;
    Ok(match () {
        () if used.entries >= ENTRIES => Some(Message::new("questions-materials-full_entries").with("count", ENTRIES)),
        () if used.consultation + size > PER_CONSULTATION => {
            Some(Message::new("questions-materials-full_here").with("size", megabytes(PER_CONSULTATION)))
        }
        () if used.person + size > PER_PERSON => {
            Some(Message::new("questions-materials-full_person").with("size", megabytes(PER_PERSON)))
        }
        () => None,
    })
}

/// The end of the chosen day in the host's zone; nothing where none was chosen.
fn until(fields: &mut Fields, name: &str, room: &Room, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let typed = fields.value(name).trim().to_owned();
    if typed.is_empty() {
        return None;
    }
    let today = today(room, now);
    match typed.parse::<NaiveDate>().ok().filter(|day| may_end_on(*day, today)) {
        Some(day) => Some(end_of_day(now, (day - today).num_days(), room.host_zone.0)),
        None => {
            fields.refuse(name, Message::new("questions-materials-until_wrong"));
            None
        }
    }
}

fn sealed(room: &Room, fields: &mut Fields, name: &str) -> Option<StatusCode> {
    if takes_material(room) {
        return None;
    }
    fields.refuse(name, Message::new("questions-materials-sealed"));
    Some(StatusCode::CONFLICT)
}

async fn refuse(frame: Frame, mut tx: Tx, room: Room, fields: Fields, status: StatusCode) -> Answer {
    show_with(status, &page(&mut tx, frame, room, fields, Writing::default()).await?)
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    room: Room,
    fields: Fields,
    writing: Writing,
) -> Result<Materials, AppError> {
    let materials = store::materials(conn, room.id()).await?;
    let call = calls::find(conn, room.consultation.call).await?;
    let confidentiality = call.map(|call| call.confidentiality).unwrap_or_default();
    let since = store::last_visit(conn, room.id(), room.me, frame.now).await?;
    Ok(Materials { frame, room, materials, confidentiality, since, fields, writing })
}
