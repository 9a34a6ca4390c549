//! `/consultations/{consultation}/export`: the document as one Markdown file.

use super::store;
use crate::domain::id::ConsultationId;
use crate::domain::question::Stage;
use crate::domain::thread::Thread;
use crate::features::consultations;
use crate::platform::error::{Answer, AppError};
use crate::platform::i18n::Speech;
use crate::platform::page::Frame;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use sqlx::PgConnection;
use std::fmt::Write;

/// Sends the file.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let text = format!("# {}\n{}", room.consultation.title, written(&mut read, *id, &frame.speech).await?);
    Ok(HttpResponse::Ok()
        .content_type("text/markdown; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"questions.md\""))
        .body(text))
}

/// The document as Markdown, without its title: for whoever was let in already.
pub async fn written(conn: &mut PgConnection, id: ConsultationId, speech: &Speech) -> Result<String, AppError> {
    let goal = store::goal(&mut *conn, id).await?;
    let items = store::all(&mut *conn, id).await?;
    let posts = store::posts_to_export(&mut *conn, id).await?;
    let mut text = String::new();
    if !goal.is_empty() {
        let _ = write!(text, "\n{}\n\n{goal}\n", speech.t("questions-export-goal"));
    }
    for listed in items.iter().filter(|l| l.item.stage != Stage::Dropped) {
        let item = &listed.item;
        let (kind, stage) = (speech.t(item.kind.key()), speech.t(item.stage.key()));
        let _ = write!(text, "\n## {}\n\n{} · {kind} · {stage}\n", item.title, listed.author);
        let mut thread = Thread::Main;
        for post in posts.iter().filter(|p| p.item == item.id) {
            if post.thread != thread {
                thread = post.thread;
                let _ = write!(text, "\n### {}\n", speech.t(thread.key()));
            }
            let level = if thread == Thread::Main { "###" } else { "####" };
            let when = speech.moment(post.created_at);
            let said = post.gone.map_or_else(|| post.body.clone(), |gone| format!("*{}*", speech.t(gone.key())));
            let _ = write!(text, "\n{level} {} · {when}\n\n{said}\n", post.author);
        }
        if !item.outcome_note.is_empty() {
            let _ = write!(text, "\n> {}\n", item.outcome_note.replace('\n', "\n> "));
        }
    }
    let materials = store::materials(&mut *conn, id).await?;
    let mut shared = materials.iter().rev().filter(|m| m.material.stage.is_there()).peekable();
    if shared.peek().is_some() {
        let _ = writeln!(text, "\n## {}\n", speech.t("questions-export-materials"));
    }
    for material in shared {
        let place = material.url.as_deref().or(material.file.as_ref().map(|file| file.name.as_str()));
        let _ = writeln!(text, "- {}: {} ({})", material.title, place.unwrap_or_default(), material.owner);
    }
    Ok(text)
}
