//! Mails of this slice: one a fact and recipient, with the call's title and never the text.

use super::store;
use super::{rush, times};
use crate::domain::abuse::{self, Decision};
use crate::domain::application::{Application, Stage};
use crate::domain::id::{AbuseReportId, ApplicationId, PersonId};
use crate::domain::notice::Topic;
use crate::features::calls::{self, Call};
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Submitted,
    Arrived,
    Asked,
    StillAsked,
    Answered,
    Waitlisted,
    Readmitted,
    TakenUp,
    Accepted,
    Declined,
    Withdrawn,
    Due,
    Expired,
    Lapsed,
    Rested,
    /// The host wrote something more.
    HostWrote,
    /// The applicant wrote something more.
    ApplicantWrote,
    /// An administrator gave it back.
    Returned,
}

impl What {
    /// Subject and text.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            What::Submitted => ("applications-mail-submitted-subject", "applications-mail-submitted-text"),
            What::Arrived => ("applications-mail-arrived-subject", "applications-mail-arrived-text"),
            What::Asked => ("applications-mail-asked-subject", "applications-mail-asked-text"),
            What::StillAsked => ("applications-mail-still_asked-subject", "applications-mail-still_asked-text"),
            What::Answered => ("applications-mail-answered-subject", "applications-mail-answered-text"),
            What::Waitlisted => ("applications-mail-waitlisted-subject", "applications-mail-waitlisted-text"),
            What::Readmitted => ("applications-mail-readmitted-subject", "applications-mail-readmitted-text"),
            What::TakenUp => ("applications-mail-taken_up-subject", "applications-mail-taken_up-text"),
            What::Accepted => ("applications-mail-accepted-subject", "applications-mail-accepted-text"),
            What::Declined => ("applications-mail-declined-subject", "applications-mail-declined-text"),
            What::Withdrawn => ("applications-mail-withdrawn-subject", "applications-mail-withdrawn-text"),
            What::Due => ("applications-mail-due-subject", "applications-mail-due-text"),
            What::Expired => ("applications-mail-expired-subject", "applications-mail-expired-text"),
            What::Lapsed => ("applications-mail-lapsed-subject", "applications-mail-lapsed-text"),
            What::Rested => ("applications-mail-rested-subject", "applications-mail-rested-text"),
            What::HostWrote => ("applications-mail-host_wrote-subject", "applications-mail-host_wrote-text"),
            What::ApplicantWrote => {
                ("applications-mail-applicant_wrote-subject", "applications-mail-applicant_wrote-text")
            }
            What::Returned => ("applications-mail-returned-subject", "applications-mail-returned-text"),
        }
    }

    /// What its receiver may choose about it; decisions and ends always come.
    fn topic(self) -> Option<Topic> {
        match self {
            What::Arrived | What::Answered | What::TakenUp | What::Due | What::Returned => Some(Topic::Turn),
            What::Asked | What::StillAsked => Some(Topic::Turn),
            What::Submitted | What::Waitlisted | What::Withdrawn => Some(Topic::Applications),
            What::HostWrote | What::ApplicantWrote => Some(Topic::Applications),
            What::Accepted | What::Declined | What::Readmitted | What::Expired | What::Lapsed | What::Rested => None,
        }
    }

    /// What whoever reads the application sees at once; a receipt is kept, and decisions always come.
    fn is_news_of_the_thread(self) -> bool {
        matches!(self, What::HostWrote | What::ApplicantWrote | What::Withdrawn)
    }

    /// What goes to the hosts at the same time.
    fn to_hosts(self) -> Option<What> {
        match self {
            What::Submitted => Some(What::Arrived),
            What::Answered | What::Withdrawn | What::Returned => Some(self),
            What::Readmitted => Some(What::TakenUp),
            _ => None,
        }
    }

    fn goes_to_applicant(self) -> bool {
        let to_hosts_alone = self.to_hosts() == Some(self);
        !to_hosts_alone && !matches!(self, What::Arrived | What::TakenUp | What::Due)
    }

    /// Whether the world still is as the mail says.
    fn is_true(self, application: &Application) -> bool {
        match self {
            What::Due | What::TakenUp | What::Returned => application.stage == Stage::Submitted,
            What::Asked | What::StillAsked => application.stage == Stage::Asked,
            What::Waitlisted => application.stage == Stage::Waitlisted,
            What::Submitted => application.stage != Stage::Waitlisted,
            What::Rested | What::HostWrote | What::ApplicantWrote => application.stage.is_waiting(),
            _ => true,
        }
    }
}

/// Tells everyone whom a change concerns, gives on the place that somebody would have got, and plans
/// what time will do to it.
#[derive(Serialize, Deserialize)]
pub struct Notices {
    pub application: ApplicationId,
    pub what: What,
}

impl Job for Notices {
    const KIND: &'static str = "applications.notices";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        store::lock(&mut tx, self.application).await?;
        let application = store::system(&mut tx, self.application).await?;
        if self.what.goes_to_applicant() {
            let to = application.applicant;
            tx.enqueue_now(Notice { application: self.application, what: self.what, to }).await?;
        }
        if let Some(what) = self.what.to_hosts() {
            for to in times::deciding(&mut tx, application.call).await? {
                match what == What::Arrived && is_rush(&mut tx, &application).await? {
                    true => rush::plan(&mut tx, &application, to).await?,
                    false => tx.enqueue_now(Notice { application: self.application, what, to }).await?,
                }
            }
        }
        match application.stage {
            Stage::Submitted => times::plan(&mut tx, self.application).await?,
            Stage::Asked => times::plan_lapse(&mut tx, self.application).await?,
            Stage::Declined | Stage::Withdrawn | Stage::Expired | Stage::Lapsed => {
                let call = calls::locked(&mut tx, application.call).await?;
                times::give_places(&mut tx, &call).await?;
            }
            Stage::Waitlisted | Stage::Accepted | Stage::Blocked => {}
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Whether so many applied to the call within the hour that each mail of its own would be one of a flood.
async fn is_rush(tx: &mut Tx, application: &Application) -> Result<bool, AppError> {
    Ok(store::arrived_as(tx, application, rush::began(application.submitted_at)).await? > rush::MOST)
}

/// Tells one person.
#[derive(Serialize, Deserialize)]
pub struct Notice {
    pub application: ApplicationId,
    pub what: What,
    pub to: PersonId,
}

impl Job for Notice {
    const KIND: &'static str = "applications.notice";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let application = store::system(&mut tx, self.application).await?;
        if !self.what.is_true(&application) {
            return Ok(Outcome::Done);
        }
        let call = calls::find(&mut tx, application.call).await?.ok_or(AppError::NotFound)?;
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let (subject, text) = self.what.keys();
        let path = match (self.what, application.consultation) {
            (What::Accepted, Some(room)) => format!("/consultations/{room}"),
            _ => format!("/applications/{}", application.id),
        };
        let mail = Mail::to(&receiver, speech.t(subject).saying("call", &call.title))
            .line(speech.t(text).saying("call", &call.title))
            .fact(speech.t("applications-mail-call"), &call.title);
        let mail = self.details(mail, speech, &application, &call);
        let mail = mail.action(speech.t("applications-mail-open"), run.platform.config.url(&path));
        let mail = match self.what.topic() {
            Some(topic) => mail.about(topic),
            None => mail,
        };
        let mail = if self.what.is_news_of_the_thread() { mail.read_there() } else { mail };
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

impl Notice {
    /// Until when, with what advice, what can be done then.
    fn details(&self, mail: Mail, speech: Speech, application: &Application, call: &Call) -> Mail {
        let mail = match (self.what, application.decline) {
            (What::Declined, Some(kind)) => {
                let mail = mail.line(speech.t(kind.advice()));
                match &application.note {
                    Some(note) => {
                        mail.line(speech.t("applications-mail-note").saying("host", &call.host_name)).line(note)
                    }
                    None => mail,
                }
            }
            (What::Expired | What::Lapsed, _) => mail.line(speech.t(match application.may_be_revived() {
                true => "applications-mail-may_revive",
                false => "applications-mail-may_apply",
            })),
            (What::StillAsked, _) if !application.revived => mail.line(speech.t("applications-mail-will_revive")),
            _ => mail,
        };
        let until = match self.what {
            What::Submitted | What::Arrived | What::Answered => application.due_at,
            What::Readmitted | What::TakenUp | What::Due | What::Returned => application.due_at,
            What::Asked | What::StillAsked => application.lapses_at(),
            _ => None,
        };
        match until {
            // The promise ends at midnight: the day before is the last one.
            Some(end) => mail.fact(speech.t("applications-mail-due"), speech.day_of(end - TimeDelta::seconds(1))),
            None => mail,
        }
    }
}

/// Tells the other side that somebody wrote something more.
#[derive(Serialize, Deserialize)]
pub struct Written {
    pub application: ApplicationId,
    pub by: PersonId,
}

impl Job for Written {
    const KIND: &'static str = "applications.written";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let application = store::system(&mut tx, self.application).await?;
        let (what, receivers) = match self.by == application.applicant {
            true => (What::ApplicantWrote, times::deciding(&mut tx, application.call).await?),
            false => (What::HostWrote, vec![application.applicant]),
        };
        for to in receivers {
            tx.enqueue_now(Notice { application: self.application, what, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells the administrators who may decide that something was reported.
#[derive(Serialize, Deserialize)]
pub struct AbuseMails {
    pub report: AbuseReportId,
}

impl Job for AbuseMails {
    const KIND: &'static str = "applications.abuse_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let report = store::one_report(&mut tx, self.report).await?.report;
        for to in people::mails::judges(&mut tx, &[report.reporter, report.subject]).await? {
            tx.enqueue_now(AbuseMail { report: self.report, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one administrator; what was reported stands on the page alone.
#[derive(Serialize, Deserialize)]
pub struct AbuseMail {
    pub report: AbuseReportId,
    pub to: PersonId,
}

impl Job for AbuseMail {
    const KIND: &'static str = "applications.abuse_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let reported = store::one_report(&mut tx, self.report).await?;
        if reported.report.stage != abuse::Stage::Open {
            return Ok(Outcome::Done);
        }
        to_administrator(tx, &run, self.to, "applications-mail-abuse-subject", "applications-mail-abuse-text").await
    }
}

/// Tells every administrator that a decision was appealed.
#[derive(Serialize, Deserialize)]
pub struct AppealMails {
    pub report: AbuseReportId,
}

impl Job for AppealMails {
    const KIND: &'static str = "applications.appeal_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let report = store::one_report(&mut tx, self.report).await?.report;
        let abuse::Stage::Appealed { by, .. } = report.stage else { return Ok(Outcome::Done) };
        for to in people::mails::judges(&mut tx, &[by, report.reporter, report.subject]).await? {
            tx.enqueue_now(AppealMail { report: self.report, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one administrator; what was written stands on the page alone.
#[derive(Serialize, Deserialize)]
pub struct AppealMail {
    pub report: AbuseReportId,
    pub to: PersonId,
}

impl Job for AppealMail {
    const KIND: &'static str = "applications.appeal_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let reported = store::one_report(&mut tx, self.report).await?;
        if !matches!(reported.report.stage, abuse::Stage::Appealed { .. }) {
            return Ok(Outcome::Done);
        }
        to_administrator(tx, &run, self.to, "applications-mail-appeal-subject", "applications-mail-appeal-text").await
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
        .action(speech.t("applications-mail-open"), run.platform.config.url("/admin/abuse-reports"));
    Ok(Outcome::Send(tx, Box::new(mail)))
}

/// Tells those concerned what administrators decided over a report: who reported always, whose
/// application it is only where they knew of a decision.
#[derive(Serialize, Deserialize)]
pub struct VerdictMails {
    pub report: AbuseReportId,
}

impl Job for VerdictMails {
    const KIND: &'static str = "applications.verdict_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let reported = store::one_report(&mut tx, self.report).await?;
        let report = reported.report;
        // Who was turned away is told of that by the mail about their application.
        let appealed = reported.appealed_by == Some(report.subject);
        let receivers = std::iter::once(report.reporter).chain(appealed.then_some(report.subject));
        for to in receivers {
            tx.enqueue_now(VerdictMail { report: self.report, to, is_final: is_final(report.stage) }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

fn is_final(stage: abuse::Stage) -> bool {
    matches!(stage, abuse::Stage::Final { .. })
}

/// Tells one of them, with the way to an appeal while there is one.
#[derive(Serialize, Deserialize)]
pub struct VerdictMail {
    pub report: AbuseReportId,
    pub to: PersonId,
    pub is_final: bool,
}

impl Job for VerdictMail {
    const KIND: &'static str = "applications.verdict_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let reported = store::one_report(&mut tx, self.report).await?;
        let report = reported.report;
        let Some(decision) = report.stage.decision().filter(|_| self.is_final == is_final(report.stage)) else {
            return Ok(Outcome::Done);
        };
        let application = store::system(&mut tx, reported.application).await?;
        let call = calls::find(&mut tx, application.call).await?.ok_or(AppError::NotFound)?;
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let text = match (decision, self.to == report.reporter, self.is_final) {
            (Decision::Dismissed, true, false) => "applications-mail-verdict-dismissed",
            (Decision::Actioned, true, false) => "applications-mail-verdict-actioned",
            (Decision::Dismissed, true, true) => "applications-mail-verdict-stays_dismissed",
            (Decision::Actioned, true, true) => "applications-mail-verdict-stays_actioned",
            (Decision::Dismissed, false, _) => "applications-mail-verdict-right",
            (Decision::Actioned, false, _) => "applications-mail-verdict-wrong",
        };
        let mail = Mail::to(&receiver, speech.t("applications-mail-verdict-subject").saying("call", &call.title))
            .line(speech.t(text).saying("call", &call.title));
        let may_appeal = report.appeal(self.to, run.now).is_ok();
        let mail = match report.appeal_until().filter(|_| may_appeal) {
            // The time ends at that instant: the day before is the last whole one.
            Some(until) => {
                mail.fact(speech.t("applications-mail-verdict-until"), speech.day_of(until - TimeDelta::days(1)))
            }
            None => mail,
        };
        let page = run.platform.config.url(&format!("/applications/{}/appeal", reported.application));
        Ok(Outcome::Send(tx, Box::new(mail.action(speech.t("applications-mail-open"), page))))
    }
}
