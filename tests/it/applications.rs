//! Applying and deciding: one rough sentence, and nobody waits in the dark.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::id::CallId;
use sqlx::PgPool;

mod abuse_report;
mod acceptance;
mod appeal;
mod decisions;
mod life;
mod new;
mod note;
mod pause;
mod places;
mod thread;
mod times;

/// The form's fields as most people send them.
const ROUGH: [(&str, &str); 3] = [
    ("summary", "Where to begin as the first SRE? Everything is on fire."),
    ("minutes", "30"),
    ("confidential", "yes"),
];
