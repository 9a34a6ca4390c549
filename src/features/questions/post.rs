//! `/consultations/{consultation}/questions/{item}/posts/{post}`: the texts that a post had; its
//! author edits it. A stale edit shows both texts and loses none.

use super::item::FORM;
use super::removal;
use super::store::{self, Former, Listed, Post, RemovedText};
use super::words::{Words, taken_back};
use super::writing::{self, LONGEST, Writing};
use crate::domain::access::Act;
use crate::domain::id::{ConsultationId, ItemId, PostId};
use crate::domain::question::Stage;
use crate::domain::text::Text;
use crate::features::consultations::{self, Head, Room};
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "questions/post.html")]
struct Page {
    frame: Frame,
    room: Room,
    listed: Listed,
    post: Post,
    former: Vec<Former>,
    /// What another removed, for whoever wrote it.
    kept: Option<RemovedText>,
    words: Words,
    fields: Fields,
    writing: Writing,
    is_unsent: bool,
    /// Saved in the meantime, from another window: shown beside what was typed.
    is_stale: bool,
}

impl Page {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-post-title"), "/questions/post")
    }

    fn item_path(&self) -> String {
        self.room.path(&format!("/questions/{}", self.listed.item.id))
    }

    fn path(&self) -> String {
        format!("{}/posts/{}", self.item_path(), self.post.id)
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.post.id)
    }

    fn preview_path(&self) -> String {
        self.room.path("/questions/preview")
    }

    /// Nothing else is done with this text.
    fn others(&self) -> [(&'static str, &'static str); 0] {
        []
    }

    /// What was taken back is read by nobody but whoever wrote it.
    fn is_taken_back(&self) -> bool {
        self.listed.item.stage == Stage::Dropped && self.post.author_id != self.room.me
    }

    fn may_edit(&self) -> bool {
        let takes_writing = self.room.stage().takes_writing() && self.post.gone.is_none();
        self.post.author_id == self.room.me && (takes_writing || self.fields.is_refused())
    }

    fn may_take(&self) -> bool {
        removal::taken(&self.room, &self.post).is_ok()
    }
}

/// Shows the post, its former texts, and the form to its author.
pub async fn get(frame: Frame, path: Path<(ConsultationId, ItemId, PostId)>) -> Answer {
    let (id, item, post) = path.into_inner();
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, id, &frame.asker).await?;
    let page = page(&mut read, frame, room, item, post).await?;
    let draft = drafts::find(&mut read, page.room.me, FORM, &post.to_string(), page.frame.now).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map_or_else(|| typed(&page.post), writing::of_draft);
    show(&Page { is_unsent, fields, ..page })
}

/// Stores the next revision.
pub async fn post(frame: Frame, path: Path<(ConsultationId, ItemId, PostId)>, mut fields: Fields) -> Answer {
    let (id, item, post) = path.into_inner();
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, id, &frame.asker).await?;
    let page = page(&mut tx, frame, room, item, post).await?;
    page.room.require(Act::Write)?;
    if page.post.author_id != page.room.me {
        return Err(AppError::NotAllowed);
    }
    if fields.one_of("act", ["", "save", "preview"])? == "preview" {
        let writing = Writing::preview(&fields, "body");
        return show(&Page { fields, writing, ..page });
    }
    let revision = fields.required::<Revision>("revision");
    let body = fields.required::<Text<LONGEST>>("body");
    if !page.room.stage().takes_writing() {
        fields.refuse("body", Message::new("questions-show-sealed"));
        return show_with(StatusCode::CONFLICT, &Page { fields, ..page });
    }
    if page.post.gone.is_some() {
        fields.refuse("body", Message::new("questions-removal-gone"));
        return show_with(StatusCode::CONFLICT, &Page { fields, ..page });
    }
    if let Some(Revision(typed)) = revision
        && typed != page.post.revision
    {
        fields.set("revision", page.post.revision.to_string());
        fields.refuse("body", Message::new("questions-post-stale"));
        return show_with(StatusCode::CONFLICT, &Page { fields, is_stale: true, ..page });
    }
    let writing = Writing::look(&mut fields, "body");
    let (Some(body), false) = (body, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Page { fields, writing, ..page });
    };
    if body.as_str() != page.post.body {
        store::edit_post(&mut tx, &page.room, &page.post, body.as_str()).await?;
        consultations::touch(&mut tx, id).await?;
    }
    drafts::delete(&mut tx, page.room.me, FORM, &post.to_string()).await?;
    tx.see_other(format!("{}?said=saved", page.item_path())).await
}

fn typed(post: &Post) -> Fields {
    Fields::of(&[("body", &post.body), ("revision", &post.revision.to_string())])
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, item: ItemId, post: PostId) -> Result<Page, AppError> {
    let listed = store::item(conn, room.id(), item)
        .await
        .map_err(|error| room.absent(error))?
        .shown_to(room.me, || taken_back(&frame));
    let post = store::post(conn, room.id(), item, post).await?;
    let former = match post.gone {
        None => store::former(conn, &post).await?,
        Some(_) => Vec::new(),
    };
    let kept = match post.author_id == room.me {
        true => store::removed_text(conn, post.id).await?.filter(|text| text.kept_until > frame.now),
        false => None,
    };
    let (fields, writing) = (Fields::default(), Writing::default());
    let words = Words::of(&frame, std::iter::once(&post));
    Ok(Page { frame, room, listed, post, former, kept, words, fields, writing, is_unsent: false, is_stale: false })
}
