//! The first draft of a report: the parts that it may have, filled with what the consultation gave.

use crate::domain::consultation::Stage;
use crate::domain::person::Locale;
use crate::domain::question::Stage as ItemStage;
use crate::features::consultations::Room;
use crate::features::{calls, feedback, questions, sessions};
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use sqlx::PgConnection;
use std::fmt::Write;

/// What a consultation gives to its report.
pub struct Material {
    pub locale: Locale,
    pub call_title: String,
    pub why: String,
    /// Whether they talked, rather than settled all in writing.
    pub was_held: bool,
    pub rounds: i32,
    pub goal: String,
    /// Topics with what came of them.
    pub discussed: Vec<(String, String)>,
    /// What was settled before they talked, each with the word for it.
    pub in_writing: Vec<(String, String)>,
    pub actions: Vec<String>,
    /// The six questions as the call asks them.
    pub questions: Vec<String>,
}

/// Gathers what the consultation gave. Names are not in it.
pub async fn material(conn: &mut PgConnection, room: &Room) -> Result<Material, AppError> {
    let call = calls::find(conn, room.consultation.call).await?.ok_or(AppError::NotFound)?;
    let speech = Speech { locale: call.locale, zone: chrono_tz::UTC };
    let was_held = match room.stage() {
        Stage::Held => true,
        Stage::ResolvedInWriting => false,
        _ => sessions::session(conn, room.id()).await?.ended_at.is_some(),
    };
    let (in_writing, discussed) = items(conn, room, speech).await?;
    Ok(Material {
        was_held,
        locale: call.locale,
        call_title: call.title,
        why: call.why,
        rounds: room.consultation.rounds,
        goal: questions::goal(conn, room.id()).await?,
        discussed,
        in_writing,
        questions: feedback::questions_of(conn, room.id(), speech).await?,
        actions: sessions::actions(conn, room.id()).await?.into_iter().map(|owned| owned.action.what).collect(),
    })
}

type Items = Vec<(String, String)>;

/// Every item of the document with what came of it, and what the host noted: those that were settled
/// in writing, and all others.
async fn items(conn: &mut PgConnection, room: &Room, speech: Speech) -> Result<(Items, Items), AppError> {
    let items = questions::items(conn, room.id()).await?;
    let came = |item: &questions::AgendaItem| {
        let outcome = speech.t(item.stage.key()).to_string();
        if item.outcome_note.is_empty() { outcome } else { format!("{outcome}: {}", item.outcome_note) }
    };
    let (written, others): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| matches!(item.stage, ItemStage::Answered | ItemStage::Settled));
    let told = |items: Vec<questions::AgendaItem>| items.iter().map(|item| (item.title.clone(), came(item))).collect();
    Ok((told(written), told(others)))
}

/// Draws the parts in Markdown: intro and call, the flow before, background, what was discussed,
/// feedback, closing and call. Each can be deleted.
pub fn body(material: &Material) -> String {
    let speech = Speech { locale: material.locale, zone: chrono_tz::UTC };
    let mut body = String::new();
    let mut part = |title: String, text: String| {
        let _ = write!(body, "# {title}\n\n{text}\n\n");
    };
    let intro = speech.t("reports-skeleton-intro_text").saying("call", &material.call_title).to_string();
    part(speech.t("reports-skeleton-intro").to_string(), [intro, material.why.clone()].join("\n\n"));
    let flow = match material.was_held {
        true => speech.t("reports-skeleton-flow_text"),
        false => speech.t("reports-skeleton-flow_written"),
    };
    part(speech.t("reports-skeleton-flow").to_string(), flow.with("rounds", material.rounds).to_string());
    let background = match material.goal.trim() {
        "" => speech.t("reports-skeleton-background_text").to_string(),
        goal => goal.to_owned(),
    };
    part(speech.t("reports-skeleton-background").to_string(), background);
    part(speech.t("reports-skeleton-discussed").to_string(), discussed(&speech, material));
    part(speech.t("reports-skeleton-feedback").to_string(), comments(&speech, &material.questions));
    part(speech.t("reports-skeleton-closing").to_string(), speech.t("reports-skeleton-closing_text").to_string());
    body.trim_end().to_owned()
}

fn discussed(speech: &Speech, material: &Material) -> String {
    let topics = material.discussed.iter().map(|(topic, came)| format!("## {topic}\n\n{came}"));
    let actions = material.actions.iter().map(|action| format!("- {action}")).collect::<Vec<_>>().join("\n");
    let mut parts: Vec<String> = topics.collect();
    let written = material.in_writing.iter().map(|(title, came)| format!("- {title}: {came}")).collect::<Vec<_>>();
    if !written.is_empty() {
        parts.push(format!("## {}\n\n{}", speech.t("reports-skeleton-in_writing"), written.join("\n")));
    }
    if !actions.is_empty() {
        parts.push(format!("## {}\n\n{actions}", speech.t("reports-skeleton-actions")));
    }
    match parts.is_empty() {
        true => speech.t("reports-skeleton-discussed_text").to_string(),
        false => parts.join("\n\n"),
    }
}

/// A place for the host's comment on each question; the quotes themselves are drawn by the page.
fn comments(speech: &Speech, questions: &[String]) -> String {
    let comment = speech.t("reports-skeleton-comment");
    let parts: Vec<String> = questions.iter().map(|question| format!("## {question}\n\n{comment}")).collect();
    parts.join("\n\n")
}
