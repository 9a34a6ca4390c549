//! `/consultations/{consultation}/questions/note`: what a guest tells the hosts alone; colleagues
//! never read it. To the hosts it shows the notes of all guests. `.../host-note`: what the hosts
//! note for themselves; guests never learn that it exists.

use super::store::{self, Note};
use super::writing::{self, LONGEST, Writing};
use crate::domain::access::Act;
use crate::domain::id::ConsultationId;
use crate::domain::text::Text;
use crate::features::consultations::{self, Head, Room};
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// Whose note it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Guest,
    Hosts,
}

impl Whose {
    /// The name of the form's drafts.
    fn form(self) -> &'static str {
        match self {
            Self::Guest => "private-note",
            Self::Hosts => "host-note",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Guest => "/questions/note",
            Self::Hosts => "/questions/host-note",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Guest => "questions-note-title",
            Self::Hosts => "questions-note-hosts_title",
        }
    }

    fn stale(self) -> Message {
        Message::new(match self {
            Self::Guest => "questions-note-stale",
            Self::Hosts => "questions-note-hosts_stale",
        })
    }

    /// To those who may not read the hosts' note, it is not there.
    fn require_reading(self, room: &Room) -> Result<(), AppError> {
        (self == Self::Guest || room.may(Act::KeepHostNote)).then_some(()).ok_or(AppError::NotFound)
    }

    fn require_writing(self, room: &Room) -> Result<(), AppError> {
        self.require_reading(room)?;
        room.require(self.writing())?;
        // What is kept no longer is not begun anew.
        match room.purged_at {
            Some(_) if !room.stage().is_active() => Err(room.absent(AppError::NotFound)),
            _ => Ok(()),
        }
    }

    fn writing(self) -> Act {
        match self {
            Self::Guest => Act::TellHosts,
            Self::Hosts => Act::KeepHostNote,
        }
    }

    /// All texts that the reader's note had, the newest first.
    async fn revisions(self, conn: &mut PgConnection, room: &Room) -> Result<Vec<Note>, AppError> {
        match self {
            Self::Guest => store::private_note(conn, room.id(), room.me).await,
            Self::Hosts => store::host_note(conn, room.id()).await,
        }
    }

    async fn keep(self, tx: &mut Tx, room: &Room, revision: i32, body: &str) -> Result<(), AppError> {
        match self {
            Self::Guest => store::keep_private_note(tx, room.id(), room.me, revision, body).await,
            Self::Hosts => store::keep_host_note(tx, room.id(), room.me, revision, body).await,
        }
    }
}

#[derive(Template)]
#[template(path = "questions/note.html")]
struct Page {
    frame: Frame,
    room: Room,
    whose: Whose,
    /// All texts of the reader's note, the newest first; of guests' notes hosts see the present ones.
    notes: Vec<Note>,
    fields: Fields,
    writing: Writing,
    is_unsent: bool,
    is_stale: bool,
}

impl Page {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t(self.whose.title()), self.whose.path())
    }

    fn path(&self) -> String {
        self.room.path(self.whose.path())
    }

    fn draft(&self) -> String {
        format!("/drafts/{}/{}", self.whose.form(), self.room.id())
    }

    fn may_write(&self) -> bool {
        self.room.may(self.whose.writing())
    }

    fn former(&self) -> &[Note] {
        self.notes.get(1..).unwrap_or_default()
    }

    fn saved(&self) -> &str {
        self.notes.first().map_or("", |note| &note.body)
    }
}

/// Shows the asker's own note, or to the hosts those of all guests.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    shown(frame, *id, Whose::Guest).await
}

/// Keeps the next text; an empty one takes it back.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    kept(frame, *id, Whose::Guest, fields).await
}

/// Shows the hosts' note with its former texts.
pub async fn get_of_hosts(frame: Frame, id: Path<ConsultationId>) -> Answer {
    shown(frame, *id, Whose::Hosts).await
}

/// Keeps the next text of the hosts' note.
pub async fn post_of_hosts(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    kept(frame, *id, Whose::Hosts, fields).await
}

async fn shown(frame: Frame, id: ConsultationId, whose: Whose) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, id, &frame.asker).await?;
    whose.require_reading(&room)?;
    let draft = drafts::find(&mut read, room.me, whose.form(), &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    let page = page(&mut read, frame, room, whose).await?;
    let fields = draft.map_or_else(|| typed(&page.notes), writing::of_draft);
    show(&Page { is_unsent, fields, ..page })
}

async fn kept(frame: Frame, id: ConsultationId, whose: Whose, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, id, &frame.asker).await?;
    whose.require_writing(&room)?;
    let notes = whose.revisions(&mut tx, &room).await?;
    let (now, saved) = notes.first().map_or((0, ""), |note| (note.revision, note.body.as_str()));
    let revision = fields.required::<Revision>("revision");
    let body = fields.optional::<Text<LONGEST>>("body");
    if let Some(Revision(typed)) = revision
        && typed != now
    {
        fields.set("revision", now.to_string());
        fields.refuse("body", whose.stale());
        let page = page(&mut tx, frame, room, whose).await?;
        return show_with(StatusCode::CONFLICT, &Page { is_stale: true, fields, ..page });
    }
    let writing = Writing::look(&mut fields, "body");
    if fields.is_refused() {
        let page = page(&mut tx, frame, room, whose).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Page { fields, writing, ..page });
    }
    let body = body.as_ref().map_or("", Text::as_str);
    if body != saved {
        whose.keep(&mut tx, &room, now + 1, body).await?;
    }
    drafts::delete(&mut tx, room.me, whose.form(), &id.to_string()).await?;
    tx.see_other(format!("{}?said=saved", room.path(whose.path()))).await
}

fn typed(notes: &[Note]) -> Fields {
    let (body, revision) = notes.first().map_or(("", 0), |note| (note.body.as_str(), note.revision));
    Fields::of(&[("body", body), ("revision", &revision.to_string())])
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, whose: Whose) -> Result<Page, AppError> {
    let notes = match whose == Whose::Guest && room.may(Act::KeepHostNote) {
        true => store::private_notes(conn, room.id()).await?,
        false => whose.revisions(conn, &room).await?,
    };
    let (fields, writing) = (Fields::default(), Writing::default());
    Ok(Page { frame, room, whose, notes, fields, writing, is_unsent: false, is_stale: false })
}
