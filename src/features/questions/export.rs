//! `/consultations/{consultation}/export`: the document as one Markdown file.

use super::store;
use crate::domain::id::ConsultationId;
use crate::domain::question::Stage;
use crate::domain::thread::Thread;
use crate::features::consultations;
use crate::platform::error::Answer;
use crate::platform::page::Frame;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use std::fmt::Write;

/// Sends the file.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let goal = store::goal(&mut read, *id).await?;
    let items = store::all(&mut read, *id).await?;
    let posts = store::posts_to_export(&mut read, *id).await?;
    let mut text = format!("# {}\n", room.consultation.title);
    if !goal.is_empty() {
        let _ = write!(text, "\n{}\n\n{goal}\n", frame.t("questions-export-goal"));
    }
    for listed in items.iter().filter(|l| l.item.stage != Stage::Dropped) {
        let item = &listed.item;
        let (kind, stage) = (frame.t(item.kind.key()), frame.t(item.stage.key()));
        let _ = write!(text, "\n## {}\n\n{} · {kind} · {stage}\n", item.title, listed.author);
        let mut thread = Thread::Main;
        for post in posts.iter().filter(|p| p.item == item.id) {
            if post.thread != thread {
                thread = post.thread;
                let _ = write!(text, "\n### {}\n", frame.t(thread.key()));
            }
            let level = if thread == Thread::Main { "###" } else { "####" };
            let when = frame.speech.moment(post.created_at);
            let said = post.gone.map_or_else(|| post.body.clone(), |gone| format!("*{}*", frame.t(gone.key())));
            let _ = write!(text, "\n{level} {} · {when}\n\n{said}\n", post.author);
        }
        if !item.outcome_note.is_empty() {
            let _ = write!(text, "\n> {}\n", item.outcome_note.replace('\n', "\n> "));
        }
    }
    let materials = store::materials(&mut read, *id).await?;
    let mut shared = materials.iter().rev().filter(|m| m.material.stage.is_there()).peekable();
    if shared.peek().is_some() {
        let _ = writeln!(text, "\n## {}\n", frame.t("questions-export-materials"));
    }
    for material in shared {
        let place = material.url.as_deref().or(material.file.as_ref().map(|file| file.name.as_str()));
        let _ = writeln!(text, "- {}: {} ({})", material.title, place.unwrap_or_default(), material.owner);
    }
    Ok(HttpResponse::Ok()
        .content_type("text/markdown; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"questions.md\""))
        .body(text))
}
