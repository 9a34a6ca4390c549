//! Mails about sanctions: to the person each time something was decided, to administrators when it is appealed.

use super::{mails, store};
use crate::domain::id::{PersonId, SanctionId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::{Mail, Receiver};
use crate::platform::random;
use serde::{Deserialize, Serialize};

/// What is told of a sanction.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    Decided,
    Concluded,
    Lifted,
}

/// Tells the person; the reason stands on the page of the link, which is made here.
#[derive(Serialize, Deserialize)]
pub struct SanctionMail {
    pub sanction: SanctionId,
    pub told: Told,
}

impl Job for SanctionMail {
    const KIND: &'static str = "people.sanction_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let found = store::locked_sanction(&mut tx, self.sanction).await?;
        let mail = mail(&mut tx, &run, found.sanction.id, found.sanction.person, self.told).await?;
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// The mail with a new link; the link of the mail before ends.
pub(super) async fn mail(
    tx: &mut Tx,
    run: &JobRun,
    sanction: SanctionId,
    person: PersonId,
    told: Told,
) -> Result<Mail, AppError> {
    let link = link(tx, run, sanction).await?;
    let receiver = store::receiver(tx, person).await?;
    let speech = receiver.speech;
    let (subject, text) = match told {
        Told::Decided => ("people-mail-sanction-subject", "people-mail-sanction-text"),
        Told::Concluded => ("people-mail-sanction-concluded_subject", "people-mail-sanction-concluded_text"),
        Told::Lifted => ("people-mail-sanction-lifted_subject", "people-mail-sanction-lifted_text"),
    };
    Ok(Mail::to(&receiver, speech.t(subject))
        .line(speech.t(text))
        .action(speech.t("people-mail-sanction-action"), link)
        .even_closed())
}

async fn link(tx: &mut Tx, run: &JobRun, sanction: SanctionId) -> Result<String, AppError> {
    let token = random::token();
    store::set_sanction_token(tx, sanction, random::hashed(&token)).await?;
    Ok(run.platform.config.url(&format!("/sanctions/{token}")))
}

/// A new link to the decision that closed an account, for a mail to its person; `None` where it is open.
pub async fn link_of_closed(tx: &mut Tx, run: &JobRun, receiver: &Receiver) -> Result<Option<String>, AppError> {
    match store::closed_account(tx, &receiver.address).await? {
        Some((_, sanction)) => link(tx, run, sanction).await.map(Some),
        None => Ok(None),
    }
}

/// Tells the administrators who may answer that an appeal waits.
#[derive(Serialize, Deserialize)]
pub struct SanctionAppealMails {
    pub sanction: SanctionId,
}

impl Job for SanctionAppealMails {
    const KIND: &'static str = "people.sanction_appeal_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let sanction = store::locked_sanction(&mut tx, self.sanction).await?.sanction;
        for to in mails::judges(&mut tx, &[sanction.decided_by, sanction.person]).await? {
            tx.enqueue_now(SanctionAppealMail { sanction: self.sanction, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one administrator.
#[derive(Serialize, Deserialize)]
pub struct SanctionAppealMail {
    pub sanction: SanctionId,
    pub to: PersonId,
}

impl Job for SanctionAppealMail {
    const KIND: &'static str = "people.sanction_appeal_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let found = store::locked_sanction(&mut tx, self.sanction).await?;
        let is_waiting = found.sanction.concluded_at.is_none();
        if !is_waiting || !store::administrators(&mut tx).await?.contains(&self.to) {
            return Ok(Outcome::Done);
        }
        let receiver = store::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("people-mail-sanction-appeal_subject"))
            .line(speech.t("people-mail-sanction-appeal_text"))
            .action(
                speech.t("people-mail-sanction-appeal_action"),
                run.platform.config.url(&format!("/admin/people/{}", found.sanction.person)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
