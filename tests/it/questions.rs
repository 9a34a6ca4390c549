//! The document: writing, whose turn it is, what is kept for the talk, the end in writing.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

mod agenda;
mod document;
mod drafts;
mod export;
mod history;
mod item;
mod library;
mod materials;
mod notes;
mod post;
mod removal;
mod resolution;
mod session;
mod show;
mod storm;
mod threads;
mod turn;

/// Hana's call, Aki's consultation, and one question of Aki's in it.
async fn asked(app: &TestApp) -> (ConsultationId, String) {
    let consultation = app.consultation(hana(), aki()).await;
    let item = app.ask(consultation, aki(), "Where do we begin?", "We are four.").await;
    (consultation, item)
}
