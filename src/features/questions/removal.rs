//! `/consultations/{consultation}/questions/{item}/posts/{post}/removal`: its author takes a post back,
//! for good; the owner of the call removes one that another wrote.

use super::item::FORM;
use super::store::{self, Post};
use super::words::taken_back;
use crate::domain::id::{ConsultationId, ItemId, PostId};
use crate::domain::post::{self, Gone, KEPT_FOR_AUTHOR, Stays};
use crate::features::consultations::{self, Head, Room};
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "questions/removal.html")]
struct Removal {
    frame: Frame,
    room: Room,
    item_title: String,
    post: Post,
}

impl Removal {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.title(), "/questions/post")
    }

    fn is_mine(&self) -> bool {
        self.post.author_id == self.room.me
    }

    fn title(&self) -> Told {
        self.frame.t(if self.is_mine() { "questions-removal-title" } else { "questions-removal-title_theirs" })
    }

    fn item_path(&self) -> String {
        self.room.path(&format!("/questions/{}", self.post.item))
    }

    fn path(&self) -> String {
        format!("{}/posts/{}/removal", self.item_path(), self.post.id)
    }

    fn taken(&self) -> Result<Gone, Stays> {
        taken(&self.room, &self.post)
    }

    /// Why it cannot go, in the reader's words.
    fn why_not(&self) -> Option<Told> {
        match self.taken().err()? {
            Stays::Sealed => Some(self.frame.t("questions-show-sealed")),
            _ => Some(self.frame.t("questions-removal-gone")),
        }
    }
}

/// How the post goes when this reader lets it go.
pub fn taken(room: &Room, post: &Post) -> Result<Gone, Stays> {
    post::take(room.part, post.author_id == room.me, room.stage(), post.gone)
}

/// Says what happens.
pub async fn get(frame: Frame, path: Path<(ConsultationId, ItemId, PostId)>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, path.0, &frame.asker).await?;
    show(&page(&mut read, frame, room, path.1, path.2).await?)
}

/// Empties the post and all its former texts.
pub async fn post(frame: Frame, path: Path<(ConsultationId, ItemId, PostId)>, fields: Fields) -> Answer {
    let (id, item, post) = path.into_inner();
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, id, &frame.asker).await?;
    let page = page(&mut tx, frame, room, item, post).await?;
    let Ok(gone) = page.taken() else { return show_with(StatusCode::CONFLICT, &page) };
    store::take_post(&mut tx, &page.room, &page.post, gone).await?;
    drafts::delete(&mut tx, page.post.author_id, FORM, &post.to_string()).await?;
    consultations::touch(&mut tx, id).await?;
    tx.see_other(format!("{}?said=done", page.item_path())).await
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    room: Room,
    item: ItemId,
    post: PostId,
) -> Result<Removal, AppError> {
    let listed = store::item(&mut *conn, room.id(), item)
        .await
        .map_err(|error| room.absent(error))?
        .shown_to(room.me, || taken_back(&frame));
    let post = store::post(conn, room.id(), item, post).await?;
    if taken(&room, &post) == Err(Stays::NotYours) {
        return Err(AppError::NotAllowed);
    }
    Ok(Removal { frame, room, item_title: listed.item.title, post })
}
