//! Mails of this slice: preview wanted, changes wanted, approved, published; and the end of a
//! preview that not everyone answered.

use super::marks::Undecided;
use super::publication;
use super::store::{self, Written};
use crate::domain::id::{MeasureId, PersonId, ReportId};
use crate::domain::notice::Topic;
use crate::domain::report::{PREVIEW_LASTS, Stage, Verdict};
use crate::features::{consultations, feedback, people};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::{Mail, unlinked};
use crate::platform::random;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Sends everyone who is asked about a version their own link, and ends the preview in time.
#[derive(Serialize, Deserialize)]
pub struct PreviewMails {
    pub report: ReportId,
    pub revision: i32,
}

impl Job for PreviewMails {
    const KIND: &'static str = "reports.preview_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for asked in store::previews(&mut tx, self.report, self.revision).await? {
            if asked.verdict.is_none() {
                let mail = PreviewMail { report: self.report, revision: self.revision, to: asked.person };
                tx.enqueue_now(mail).await?;
            }
        }
        tx.enqueue(NewJob::at(EndPreview { report: self.report }, run.now + PREVIEW_LASTS)).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Asks one participant to read a version. The link is made here, so that it is nowhere but in the
/// mail.
#[derive(Serialize, Deserialize)]
pub struct PreviewMail {
    pub report: ReportId,
    pub revision: i32,
    pub to: PersonId,
}

impl Job for PreviewMail {
    const KIND: &'static str = "reports.preview_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        let is_current = written.report.stage == Stage::InPreview && written.report.revision == self.revision;
        let token = random::token();
        let hashed = random::hashed(&token);
        if !is_current || !store::mint(&mut tx, self.report, self.to, hashed).await? {
            return Ok(Outcome::Done);
        }
        let title = consultations::system(&mut tx, written.consultation).await?.title;
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("reports-mail-preview-subject").saying("title", &title))
            .line(speech.t("reports-mail-preview-text").saying("title", &title))
            .secret_action(
                speech.t("reports-mail-preview-action"),
                run.platform.config.url(&format!("/previews/{token}")),
            )
            .closing(speech.t("reports-mail-preview-closing"));
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Turn))))
    }
}

/// Ends a preview that not everyone approved within its time.
#[derive(Serialize, Deserialize)]
pub struct EndPreview {
    pub report: ReportId,
}

impl Job for EndPreview {
    const KIND: &'static str = "reports.end_preview";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(consultation) = store::consultation_of(&mut tx, self.report).await? else {
            return Ok(Outcome::Done);
        };
        consultations::lock(&mut tx, consultation).await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        match written.report.let_preview_end(run.now) {
            Ok(moved) => {
                store::save(&mut tx, moved).await?;
                Ok(Outcome::DoneWith(tx))
            }
            Err(_) => Ok(Outcome::Done),
        }
    }
}

/// Looks, after each answer, whether the owner of the call has something to hear: that everyone
/// approved, or that somebody asks for changes. Answers that came together lead to one mail.
#[derive(Serialize, Deserialize)]
pub struct AnsweredMail {
    pub report: ReportId,
    pub revision: i32,
}

impl Job for AnsweredMail {
    const KIND: &'static str = "reports.answered_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        let is_decided = match written.report.stage {
            Stage::Approved => true,
            Stage::ChangesWanted => {
                let previews = store::previews(&mut tx, self.report, self.revision).await?;
                previews.iter().any(|p| p.verdict == Some(Verdict::ChangesWanted))
            }
            _ => false,
        };
        if !is_decided || written.report.revision != self.revision {
            return Ok(Outcome::Done);
        }
        tx.enqueue_now(DecidedMail { report: self.report, since: written.report.stage_since }).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells the owner of the call what the participants decided about a version.
#[derive(Serialize, Deserialize)]
pub struct DecidedMail {
    pub report: ReportId,
    /// The decision that this belongs to.
    pub since: DateTime<Utc>,
}

impl Job for DecidedMail {
    const KIND: &'static str = "reports.decided_mail";

    fn key(&self) -> Option<String> {
        Some(format!("reports.decided:{}:{}", self.report, self.since.timestamp_micros()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        let (subject, text) = match written.report.stage {
            _ if written.report.stage_since != self.since => return Ok(Outcome::Done),
            Stage::Approved => ("reports-mail-approved-subject", "reports-mail-approved-text"),
            Stage::ChangesWanted => ("reports-mail-changes-subject", "reports-mail-changes-text"),
            _ => return Ok(Outcome::Done),
        };
        to_owner(tx, &run, &written, subject, text, Told::Absent).await
    }
}

/// Tells the owner of the call that the time of a preview is over without every ok.
#[derive(Serialize, Deserialize)]
pub struct PreviewEndedMail {
    pub report: ReportId,
}

impl Job for PreviewEndedMail {
    const KIND: &'static str = "reports.preview_ended_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        if written.report.stage != Stage::Draft {
            return Ok(Outcome::Done);
        }
        to_owner(tx, &run, &written, "reports-mail-ended-subject", "reports-mail-ended-text", Told::Absent).await
    }
}

/// Tells the owner of the call that somebody else took the report out of sight.
#[derive(Serialize, Deserialize)]
pub struct HiddenMail {
    pub report: ReportId,
    /// By an administrator, rather than by an ok that was taken back.
    pub by_administrator: bool,
}

impl Job for HiddenMail {
    const KIND: &'static str = "reports.hidden_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        let text = match self.by_administrator {
            true => "reports-mail-hidden-by_administrator",
            false => "reports-mail-hidden-by_ok",
        };
        to_owner(tx, &run, &written, "reports-mail-hidden-subject", text, Told::Always).await
    }
}

/// Tells the owner of the call that words of somebody who deleted themselves were left out of the report.
#[derive(Serialize, Deserialize)]
pub struct LeftOutMail {
    pub report: ReportId,
}

impl Job for LeftOutMail {
    const KIND: &'static str = "reports.left_out_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        let (subject, text) = ("reports-mail-hidden-subject", "reports-mail-left_out");
        to_owner(tx, &run, &written, subject, text, Told::Always).await
    }
}

/// Tells the owner of the call what an administrator did about the report, and why.
#[derive(Serialize, Deserialize)]
pub struct MeasureMail {
    pub report: ReportId,
    pub measure: MeasureId,
}

impl Job for MeasureMail {
    const KIND: &'static str = "reports.measure_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        let Some(measure) = people::measure(&mut tx, self.measure).await? else { return Ok(Outcome::Done) };
        let people = consultations::attendants(&mut tx, written.consultation).await?;
        let Some(host) = people.into_iter().find(|a| a.part.is_host()) else { return Ok(Outcome::Done) };
        let title = consultations::system(&mut tx, written.consultation).await?.title;
        let receiver = people::receiver(&mut tx, host.person).await?;
        let speech = receiver.speech;
        let text = match written.report.stage {
            Stage::Withdrawn => "reports-mail-withdrawn_by_administrator",
            _ => "reports-mail-hidden-by_administrator",
        };
        let url = run.platform.config.url(&format!("/consultations/{}/report", written.consultation));
        let mail = Mail::to(&receiver, speech.t("reports-mail-hidden-subject").saying("title", &title))
            .line(speech.t(text).saying("title", &title))
            .line(speech.t("consultations-mail-emergency-reason").saying("reason", unlinked(&measure.reason)))
            .action(speech.t("reports-mail-open"), url);
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Publishes what was put off, if all that it needs stands; otherwise the owner of the call hears.
#[derive(Serialize, Deserialize)]
pub struct PublishLater {
    pub report: ReportId,
    pub revision: i32,
    pub at: DateTime<Utc>,
}

impl Job for PublishLater {
    const KIND: &'static str = "reports.publish_later";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(id) = store::consultation_of(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        consultations::lock(&mut tx, id).await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        let is_meant = |at: DateTime<Utc>| at.timestamp_micros() == self.at.timestamp_micros();
        if written.report.revision != self.revision || !written.publish_at.is_some_and(is_meant) {
            return Ok(Outcome::Done);
        }
        let call = consultations::system(&mut tx, id).await?.call;
        let granted = feedback::granted(&mut tx, id).await?;
        let is_decided = Undecided::of(&mut tx, &written).await?.is_empty();
        if let (Some(series), true) = (store::series_of(&mut tx, call).await?, is_decided)
            && publication::publish(&mut tx, &written, &series, &granted).await?.is_some()
        {
            return Ok(Outcome::DoneWith(tx));
        }
        store::stop_publication(&mut tx, self.report).await?;
        to_owner(
            tx,
            &run,
            &written,
            "reports-mail-not_published-subject",
            "reports-mail-not_published-text",
            Told::Always,
        )
        .await
    }
}

/// Who is told.
enum Told {
    /// Whoever does not read the report right now.
    Absent,
    Always,
}

impl Told {
    fn by(self, mail: Mail) -> Mail {
        match self {
            Told::Absent => mail.read_there(),
            Told::Always => mail,
        }
    }
}

/// A mail to the owner of the call, with the way to the report.
async fn to_owner(
    mut tx: Tx,
    run: &JobRun,
    written: &Written,
    subject: &'static str,
    text: &'static str,
    told: Told,
) -> Result<Outcome, AppError> {
    let people = consultations::attendants(&mut tx, written.consultation).await?;
    let Some(host) = people.into_iter().find(|a| a.part.is_host()) else { return Ok(Outcome::Done) };
    let title = consultations::system(&mut tx, written.consultation).await?.title;
    let receiver = people::receiver(&mut tx, host.person).await?;
    let speech = receiver.speech;
    let url = run.platform.config.url(&format!("/consultations/{}/report", written.consultation));
    let mail = Mail::to(&receiver, speech.t(subject).saying("title", &title))
        .line(speech.t(text).saying("title", &title))
        .action(speech.t("reports-mail-open"), url);
    Ok(Outcome::Send(tx, Box::new(told.by(mail.about(Topic::Reports)))))
}

/// Tells all who could read it before that the report is public.
#[derive(Serialize, Deserialize)]
pub struct PublishedMails {
    pub report: ReportId,
}

impl Job for PublishedMails {
    const KIND: &'static str = "reports.published_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for to in store::readers(&mut tx, self.report).await? {
            tx.enqueue_now(PublishedMail { report: self.report, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one of them that the report is public.
#[derive(Serialize, Deserialize)]
pub struct PublishedMail {
    pub report: ReportId,
    pub to: PersonId,
}

impl Job for PublishedMail {
    const KIND: &'static str = "reports.published_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(written) = store::system(&mut tx, self.report).await? else { return Ok(Outcome::Done) };
        let consultation = consultations::system(&mut tx, written.consultation).await?;
        let series = store::series_of(&mut tx, consultation.call).await?;
        let (Some(series), Some(number), Stage::Published) = (series, written.report.number, written.report.stage)
        else {
            return Ok(Outcome::Done);
        };
        if !store::is_reader(&mut tx, self.report, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("reports-mail-published-subject").saying("title", &consultation.title))
            .line(speech.t("reports-mail-published-text").saying("title", &consultation.title))
            .action(
                speech.t("reports-mail-published-action"),
                run.platform.config.url(&format!("/reports/{}/{number}", series.slug)),
            )
            .closing(speech.t("reports-mail-published-closing"));
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Reports))))
    }
}
