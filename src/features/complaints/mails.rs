//! Mails about complaints: to administrators, that one waits; to its parties, what was decided. What was written
//! stands on the pages alone.

use super::store::{self, Complaint};
use crate::domain::abuse::{Decision, Stage};
use crate::domain::complaint::may_read;
use crate::domain::id::{ComplaintId, PersonId};
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Tells the administrators who may decide that something was reported.
#[derive(Serialize, Deserialize)]
pub struct ComplaintMails {
    pub complaint: ComplaintId,
}

impl Job for ComplaintMails {
    const KIND: &'static str = "complaints.complaint_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let report = store::one(&mut tx, self.complaint).await?.report;
        for to in people::mails::judges(&mut tx, &[report.reporter, report.subject]).await? {
            tx.enqueue_now(ComplaintMail { complaint: self.complaint, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one administrator.
#[derive(Serialize, Deserialize)]
pub struct ComplaintMail {
    pub complaint: ComplaintId,
    pub to: PersonId,
}

impl Job for ComplaintMail {
    const KIND: &'static str = "complaints.complaint_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let complaint = store::one(&mut tx, self.complaint).await?;
        match complaint.report.stage {
            Stage::Open => {
                to_administrator(tx, &run, self.to, "complaints-mail-made-subject", "complaints-mail-made-text").await
            }
            _ => Ok(Outcome::Done),
        }
    }
}

/// Tells the administrators who may have the last word that a decision was appealed.
#[derive(Serialize, Deserialize)]
pub struct AppealMails {
    pub complaint: ComplaintId,
}

impl Job for AppealMails {
    const KIND: &'static str = "complaints.appeal_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let report = store::one(&mut tx, self.complaint).await?.report;
        let Stage::Appealed { by, .. } = report.stage else { return Ok(Outcome::Done) };
        for to in people::mails::judges(&mut tx, &[by, report.reporter, report.subject]).await? {
            tx.enqueue_now(AppealMail { complaint: self.complaint, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one administrator.
#[derive(Serialize, Deserialize)]
pub struct AppealMail {
    pub complaint: ComplaintId,
    pub to: PersonId,
}

impl Job for AppealMail {
    const KIND: &'static str = "complaints.appeal_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let complaint = store::one(&mut tx, self.complaint).await?;
        match complaint.report.stage {
            Stage::Appealed { .. } => {
                let (subject, text) = ("applications-mail-appeal-subject", "applications-mail-appeal-text");
                to_administrator(tx, &run, self.to, subject, text).await
            }
            _ => Ok(Outcome::Done),
        }
    }
}

async fn to_administrator(
    mut tx: Tx,
    run: &JobRun,
    to: PersonId,
    subject: &'static str,
    text: &'static str,
) -> Result<Outcome, AppError> {
    if !people::administrators(&mut tx).await?.contains(&to) {
        return Ok(Outcome::Done);
    }
    let receiver = people::receiver(&mut tx, to).await?;
    let speech = receiver.speech;
    let mail = Mail::to(&receiver, speech.t(subject))
        .line(speech.t(text))
        .action(speech.t("applications-mail-open"), run.platform.config.url("/admin/complaints"));
    Ok(Outcome::Send(tx, Box::new(mail)))
}

/// Tells those concerned what administrators decided: who reported always, whom it is about only where something
/// is, or was, decided against them.
#[derive(Serialize, Deserialize)]
pub struct VerdictMails {
    pub complaint: ComplaintId,
}

impl Job for VerdictMails {
    const KIND: &'static str = "complaints.verdict_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let complaint = store::one(&mut tx, self.complaint).await?;
        let is_final = is_final(&complaint);
        for to in parties(&complaint) {
            tx.enqueue_now(VerdictMail { complaint: self.complaint, to, is_final }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

fn is_final(complaint: &Complaint) -> bool {
    matches!(complaint.report.stage, Stage::Final { .. })
}

fn parties(complaint: &Complaint) -> impl Iterator<Item = PersonId> {
    let (report, appealed_by) = (complaint.report, complaint.appealed_by);
    [report.reporter, report.subject].into_iter().filter(move |party| may_read(&report, appealed_by, *party))
}

/// Tells one of them, with the way to an appeal while there is one.
#[derive(Serialize, Deserialize)]
pub struct VerdictMail {
    pub complaint: ComplaintId,
    pub to: PersonId,
    pub is_final: bool,
}

impl Job for VerdictMail {
    const KIND: &'static str = "complaints.verdict_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let complaint = store::one(&mut tx, self.complaint).await?;
        let report = complaint.report;
        let is_current = self.is_final == is_final(&complaint) && parties(&complaint).any(|party| party == self.to);
        let Some(decision) = report.stage.decision().filter(|_| is_current) else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let text = match (decision, self.to == report.reporter, self.is_final) {
            (Decision::Dismissed, true, false) => "complaints-mail-verdict-dismissed",
            (Decision::Actioned, true, false) => "complaints-mail-verdict-actioned",
            (Decision::Actioned, false, false) => "complaints-mail-verdict-against",
            (Decision::Dismissed, true, true) => "complaints-mail-verdict-stays_dismissed",
            (Decision::Actioned, true, true) => "complaints-mail-verdict-stays_actioned",
            (Decision::Dismissed, false, _) => "complaints-mail-verdict-right",
            (Decision::Actioned, false, true) => "complaints-mail-verdict-wrong",
        };
        let subject = match self.to == report.reporter {
            true => "complaints-mail-verdict-subject",
            false => "complaints-mail-verdict-subject_theirs",
        };
        let mail = Mail::to(&receiver, speech.t(subject)).line(speech.t(text));
        let may_appeal = report.appeal(self.to, run.now).is_ok();
        let mail = match report.appeal_until().filter(|_| may_appeal) {
            // The time ends at that instant: the day before is the last whole one.
            Some(until) => {
                mail.fact(speech.t("applications-mail-verdict-until"), speech.day_of(until - TimeDelta::days(1)))
            }
            None => mail,
        };
        let page = run.platform.config.url(&format!("/complaints/{}", report.id));
        Ok(Outcome::Send(tx, Box::new(mail.action(speech.t("applications-mail-open"), page))))
    }
}
