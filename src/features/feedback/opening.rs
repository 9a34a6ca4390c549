//! Feedback opens when a session was held or all was settled in writing, is asked for four times,
//! and ends by itself.

use super::mails::AskMail;
use super::store;
use crate::domain::consultation::{Side, Stage};
use crate::domain::feedback::{ASKED_ON_DAYS, ENDS_AFTER};
use crate::domain::id::{ConsultationId, FeedbackId};
use crate::features::{consultations, people, sessions};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Asks every guest for feedback.
#[derive(Serialize, Deserialize)]
pub struct OpenFeedback {
    pub consultation: ConsultationId,
}

impl Job for OpenFeedback {
    const KIND: &'static str = "feedback.open";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        consultations::lock(&mut tx, self.consultation).await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let is_over = match consultation.stage {
            Stage::Held | Stage::ResolvedInWriting => true,
            // Whoever waited in vain for the host may say so.
            Stage::NoShow => sessions::session(&mut tx, self.consultation).await?.absent_side == Some(Side::Host),
            _ => false,
        };
        if !is_over {
            return Ok(Outcome::Done);
        }
        for guest in consultations::attendants(&mut tx, self.consultation).await? {
            if guest.part.is_host() {
                continue;
            }
            let locale = people::receiver(&mut tx, guest.person).await?.speech.locale;
            let asked = store::ask(&mut tx, self.consultation, guest.person, locale, consultation.stage_since).await?;
            if let Some(feedback) = asked {
                ask_again_and_again(&mut tx, feedback).await?;
            }
        }
        tx.enqueue(NewJob::at(EndFeedback { consultation: self.consultation }, run.now + ENDS_AFTER)).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

async fn ask_again_and_again(tx: &mut Tx, feedback: FeedbackId) -> Result<(), AppError> {
    let now = tx.now();
    for day in ASKED_ON_DAYS {
        tx.enqueue(NewJob::at(AskMail { feedback, day }, now + TimeDelta::days(day))).await?;
    }
    Ok(())
}

/// Ends what was not answered, and closes the consultation unless something is owed in writing.
#[derive(Serialize, Deserialize)]
pub struct EndFeedback {
    pub consultation: ConsultationId,
}

impl Job for EndFeedback {
    const KIND: &'static str = "feedback.end";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        consultations::lock(&mut tx, self.consultation).await?;
        for form in store::forms(&mut tx, self.consultation).await? {
            if let Ok((feedback, fact)) = form.feedback.expire(run.now) {
                store::save(&mut tx, &feedback).await?;
                tx.record(fact).await?;
            }
        }
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let is_over = matches!(consultation.stage, Stage::Held | Stage::ResolvedInWriting)
            && run.now - consultation.stage_since >= ENDS_AFTER;
        if is_over {
            let owed = store::count_owed(&mut tx, self.consultation).await?;
            match consultation.close(owed, run.now) {
                Ok(moved) => {
                    consultations::save(&mut tx, moved).await?;
                }
                // What is owed must be written or dropped first: look again tomorrow.
                Err(_) => tx.enqueue(NewJob::at(self, run.now + TimeDelta::days(1))).await?,
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Answers can be changed for 14 days; then they stay.
#[derive(Serialize, Deserialize)]
pub struct LockAnswers {
    pub feedback: FeedbackId,
    /// When they were sent once more, to questions that were asked again.
    #[serde(default)]
    pub again: Option<DateTime<Utc>>,
}

impl Job for LockAnswers {
    const KIND: &'static str = "feedback.lock";

    fn key(&self) -> Option<String> {
        match self.again {
            None => Some(format!("feedback.lock:{}", self.feedback)),
            Some(at) => Some(format!("feedback.lock:{}:{}", self.feedback, at.timestamp_micros())),
        }
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(form) = store::system(&mut tx, self.feedback).await? else { return Ok(Outcome::Done) };
        consultations::lock(&mut tx, form.feedback.consultation).await?;
        // Read again under the lock: the answers may have changed meanwhile.
        let Some(form) = store::system(&mut tx, self.feedback).await? else { return Ok(Outcome::Done) };
        if form.feedback.changes_until().is_none_or(|end| run.now < end) {
            return Ok(Outcome::Done);
        }
        if let Ok((feedback, fact)) = form.feedback.lock() {
            store::save(&mut tx, &feedback).await?;
            tx.record(fact).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}
