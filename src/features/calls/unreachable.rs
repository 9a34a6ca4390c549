//! Mails to a host do not arrive: the others who host the call hear of it, else the administrators.

use super::store;
use crate::domain::call::Stage;
use crate::domain::id::{CallId, PersonId};
use crate::features::people;
use crate::platform::addresses;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// An address was suspended: those who host its person's calls with them are told.
#[derive(Serialize, Deserialize)]
pub struct UnreachableMails {
    pub person: PersonId,
}

impl Job for UnreachableMails {
    const KIND: &'static str = "calls.unreachable_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let administrators = people::administrators(&mut tx).await?;
        for call in store::of_host(&mut tx, self.person).await? {
            if !matches!(call.stage, Stage::Open | Stage::Paused) {
                continue;
            }
            let hosts: Vec<PersonId> = store::hosts(&mut tx, call.id).await?.iter().map(|host| host.person).collect();
            let is_alone = hosts == [self.person];
            let told = if is_alone { &administrators } else { &hosts };
            for to in told.iter().filter(|to| **to != self.person) {
                tx.enqueue_now(UnreachableMail { call: call.id, person: self.person, to: *to }).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one of them about one call.
#[derive(Serialize, Deserialize)]
pub struct UnreachableMail {
    pub call: CallId,
    pub person: PersonId,
    pub to: PersonId,
}

impl Job for UnreachableMail {
    const KIND: &'static str = "calls.unreachable_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(call) = store::find(&mut tx, self.call).await? else { return Ok(Outcome::Done) };
        let unreachable = people::receiver(&mut tx, self.person).await?;
        if !addresses::is_suspended(&mut tx, &unreachable.address).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let (speech, name) = (receiver.speech, &unreachable.name);
        let mail = Mail::to(&receiver, speech.t("calls-mail-unreachable-subject").saying("call", &call.title))
            .line(speech.t("calls-mail-unreachable-text").saying("name", name).saying("call", &call.title))
            .line(speech.t("consultations-mail-unreachable-then"))
            .action(speech.t("calls-mail-home"), run.platform.config.url("/home"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
