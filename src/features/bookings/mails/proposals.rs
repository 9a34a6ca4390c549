//! Mails about several times that one side proposed.

use crate::domain::access::{Act, may};
use crate::domain::consultation;
use crate::domain::id::{ConsultationId, PersonId};
use crate::features::bookings::store;
use crate::features::{consultations, people};
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Tells the side across about times that were proposed.
#[derive(Serialize, Deserialize)]
pub struct ProposalMails {
    pub consultation: ConsultationId,
    /// Whether the host was called away from the booked time.
    pub is_apology: bool,
}

impl Job for ProposalMails {
    const KIND: &'static str = "bookings.proposal_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let held = store::holds(&mut tx, self.consultation, run.now).await?;
        let Some((_, by)) = held.first() else { return Ok(Outcome::Done) };
        let people = consultations::attendants(&mut tx, self.consultation).await?;
        let side = people.iter().find(|a| a.person == *by).map(|a| a.part.side());
        for attendant in people.iter().filter(|a| Some(a.part.side()) != side && may(a.part, Act::Book)) {
            let ProposalMails { consultation, is_apology } = self;
            tx.enqueue_now(ProposalMail { consultation, is_apology, to: attendant.person, by: *by }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person about times that were proposed.
#[derive(Serialize, Deserialize)]
pub struct ProposalMail {
    pub consultation: ConsultationId,
    pub is_apology: bool,
    pub to: PersonId,
    pub by: PersonId,
}

impl Job for ProposalMail {
    const KIND: &'static str = "bookings.proposal_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let held = store::holds(&mut tx, self.consultation, run.now).await?;
        let Some((first, _)) = held.first() else { return Ok(Outcome::Done) };
        if !consultations::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let by = people::receiver(&mut tx, self.by).await?.name;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let host_zone = store::meant(&mut tx, first.id).await?.zone;
        let speech = receiver.speech;
        let (subject, text) = match self.is_apology {
            true => ("bookings-mail-paged-subject", "bookings-mail-paged-text"),
            false => ("bookings-mail-proposed-subject", "bookings-mail-proposed-text"),
        };
        let mut mail = Mail::to(&receiver, speech.t(subject).saying("title", &consultation.title))
            .line(speech.t(text).saying("name", by).saying("title", &consultation.title));
        for (n, (booking, _)) in held.iter().enumerate() {
            let here = speech.span_with_offset(booking.starts_at, booking.ends_at);
            let there = speech.in_zone(host_zone).span_with_offset(booking.starts_at, booking.ends_at);
            let both = if host_zone == speech.zone { here } else { format!("{here} / {there}") };
            mail = mail.fact(speech.t("bookings-mail-proposed-time").with("number", n + 1), both);
        }
        let until = held.iter().filter_map(|(booking, _)| booking.held).map(|held| held.until).min();
        let url = run.platform.config.url(&format!("/consultations/{}/bookings/candidates", self.consultation));
        let mail = mail.action(speech.t("bookings-mail-proposed-action"), url);
        let mail = match until {
            Some(until) => mail.closing(speech.t("bookings-mail-proposed-until").saying("until", speech.moment(until))),
            None => mail,
        };
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells both sides that nobody picked one of the proposed times, the last of which was held until then.
#[derive(Serialize, Deserialize)]
pub struct ProposalOver {
    pub consultation: ConsultationId,
    pub until: DateTime<Utc>,
}

impl Job for ProposalOver {
    const KIND: &'static str = "bookings.proposal_over";

    /// Candidates that end at one instant are one end.
    fn key(&self) -> Option<String> {
        Some(format!("bookings.proposal_over {} {}", self.consultation, self.until.timestamp_micros()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for attendant in consultations::attendants(&mut tx, self.consultation).await? {
            if may(attendant.part, Act::Book) {
                let mail = ProposalOverMail { consultation: self.consultation, to: attendant.person };
                tx.enqueue_now(mail).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person that the proposed times are free again.
#[derive(Serialize, Deserialize)]
pub struct ProposalOverMail {
    pub consultation: ConsultationId,
    pub to: PersonId,
}

impl Job for ProposalOverMail {
    const KIND: &'static str = "bookings.proposal_over_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let is_open = matches!(consultation.stage, consultation::Stage::Preparing | consultation::Stage::Ready);
        if !is_open || !store::holds(&mut tx, self.consultation, run.now).await?.is_empty() {
            return Ok(Outcome::Done);
        }
        if !consultations::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let title = &consultation.title;
        let url = run.platform.config.url(&format!("/consultations/{}/bookings/new", self.consultation));
        let mail = Mail::to(&receiver, speech.t("bookings-mail-proposal_over-subject").saying("title", title))
            .line(speech.t("bookings-mail-proposal_over-text").saying("title", title))
            .action(speech.t("bookings-new-title"), url);
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
