//! The mail of the day: what would have come at once, in one mail at the hour that the person chose.

use super::store;
use crate::domain::id::PersonId;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use crate::platform::notices;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Tells a person what came in since the last one.
#[derive(Serialize, Deserialize)]
pub struct Digest {
    pub person: PersonId,
    pub due_at: DateTime<Utc>,
}

impl Job for Digest {
    const KIND: &'static str = "people.digest";

    fn key(&self) -> Option<String> {
        Some(format!("digest:{}:{}", self.person, self.due_at.timestamp()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let entries = notices::entries(&mut tx, &run, self.person, self.due_at).await?;
        if entries.is_empty() {
            return Ok(Outcome::DoneWith(tx));
        }
        let receiver = store::receiver(&mut tx, self.person).await?;
        let speech = receiver.speech;
        let count = entries.len();
        let mut mail = Mail::to(&receiver, speech.t("people-digest-subject").with("count", count))
            .line(speech.t("people-digest-text").with("count", count));
        for entry in entries {
            mail = mail.fact(entry.subject, entry.url);
        }
        let home = run.platform.config.url("/home");
        mail.settings = Some(run.platform.config.url("/settings/notifications"));
        Ok(Outcome::Send(tx, Box::new(mail.action(speech.t("people-digest-open"), home))))
    }
}
