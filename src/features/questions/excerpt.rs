//! What is said at one place of a document, for whoever reports it: the words of its author alone, as the reader
//! sees them. Nothing where only a stub is left.

use super::store::{self, Shared};
use crate::domain::complaint::{Evidence, File};
use crate::domain::id::{ItemId, MaterialId, PersonId, PostId};
use crate::domain::question::Stage;
use crate::features::consultations::Room;
use crate::platform::error::AppError;
use sqlx::PgConnection;
use std::fmt::Write;

/// Whose it is, and what it says.
pub type Excerpt = (PersonId, Option<Evidence>);

/// An item: its title, and what whoever asked wrote below it.
pub async fn item_excerpt(conn: &mut PgConnection, room: &Room, id: ItemId) -> Result<Excerpt, AppError> {
    let listed = store::item(&mut *conn, room.id(), id).await.map_err(|error| room.absent(error))?;
    if listed.item.stage == Stage::Dropped {
        return Ok((listed.item.author, None));
    }
    let posts = store::posts_to_export(conn, room.id()).await?;
    let own = posts.into_iter().filter(|p| p.item == id && p.author_id == listed.item.author && p.gone.is_none());
    let texts = own.map(|post| post.body).collect();
    let evidence = Evidence { author: listed.author, title: listed.item.title, texts, ..Evidence::default() };
    Ok((listed.item.author, Some(evidence)))
}

/// A post.
pub async fn post_excerpt(conn: &mut PgConnection, room: &Room, item: ItemId, id: PostId) -> Result<Excerpt, AppError> {
    store::item(&mut *conn, room.id(), item).await.map_err(|error| room.absent(error))?;
    let post = store::post(conn, room.id(), item, id).await?;
    if post.gone.is_some() {
        return Ok((post.author_id, None));
    }
    let evidence = Evidence { author: post.author, texts: vec![post.body], ..Evidence::default() };
    Ok((post.author_id, Some(evidence)))
}

/// A link or a file, by its marks and not by its bytes.
pub async fn material_excerpt(conn: &mut PgConnection, room: &Room, id: MaterialId) -> Result<Excerpt, AppError> {
    let shared = store::material(&mut *conn, room.id(), id).await.map_err(|error| room.absent(error))?;
    if !shared.material.stage.is_there() {
        return Ok((shared.material.owner, None));
    }
    let sha256 = store::sha256_of(conn, id).await?.unwrap_or_default();
    Ok((shared.material.owner, Some(marks(shared, &sha256))))
}

fn marks(shared: Shared, sha256: &[u8]) -> Evidence {
    let digits = sha256.iter().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    });
    let file =
        shared.file.map(|file| File { name: file.name, media_type: file.media_type, size: file.size, sha256: digits });
    Evidence { author: shared.owner, title: shared.title, link: shared.url, file, ..Evidence::default() }
}
