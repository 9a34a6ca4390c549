//! The day that was set for an action: its owner gets one mail in the morning, while it is open.

use super::store;
use crate::domain::id::ActionId;
use crate::domain::notice::Topic;
use crate::domain::session::{ActionStage, reminded_at};
use crate::features::{consultations, people};
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::Mail;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Reminds the owner of an action on its day; nobody of what is done or of a day that is past.
#[derive(Serialize, Deserialize)]
pub struct ActionDueMail {
    pub action: ActionId,
    /// The day that this belongs to; `None` plans the mail.
    pub due_on: Option<NaiveDate>,
}

impl Job for ActionDueMail {
    const KIND: &'static str = "sessions.action_due_mail";

    /// What is taken up again is not planned twice.
    fn key(&self) -> Option<String> {
        self.due_on.map(|day| format!("sessions.action_due_mail {} {day}", self.action))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let action = store::action(&mut tx, self.action).await?;
        let (ActionStage::Open, Some(due_on)) = (action.stage, action.due_on) else { return Ok(Outcome::Done) };
        if action.what.is_empty() || !consultations::is_in(&mut tx, action.consultation, action.owner).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, action.owner).await?;
        let speech = receiver.speech;
        if self.due_on.is_none() {
            let at = reminded_at(due_on, speech.zone);
            if at > run.now {
                tx.enqueue(NewJob::at(Self { due_on: Some(due_on), ..self }, at)).await?;
            }
            return Ok(Outcome::DoneWith(tx));
        }
        let title = consultations::system(&mut tx, action.consultation).await?.title;
        let mail = Mail::to(&receiver, speech.t("sessions-mail-due-subject").saying("title", &title))
            .line(speech.t("sessions-mail-due-text").saying("title", &title))
            .action(
                speech.t("sessions-mail-open"),
                run.platform.config.url(&format!("/consultations/{}/actions", action.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::FollowUps))))
    }
}
