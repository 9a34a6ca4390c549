//! Mails of this slice: feedback wanted, a follow-up was written, a quote was asked for, answered, or
//! taken back.

use super::store::{self, Quoted};
use crate::domain::consultation::Stage;
use crate::domain::feedback::FollowUpStage;
use crate::domain::id::{ConsultationId, FeedbackId, FollowUpId, QuoteId};
use crate::domain::notice::Topic;
use crate::domain::quote::QuoteStage;
use crate::features::{consultations, people};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Asks one participant for feedback: on the day, then three times more at most.
#[derive(Serialize, Deserialize)]
pub struct AskMail {
    pub feedback: FeedbackId,
    pub day: i64,
}

impl Job for AskMail {
    const KIND: &'static str = "feedback.ask_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(form) = store::system(&mut tx, self.feedback).await? else { return Ok(Outcome::Done) };
        let consultation = consultations::system(&mut tx, form.feedback.consultation).await?;
        let is_after =
            matches!(consultation.stage, Stage::Held | Stage::ResolvedInWriting | Stage::NoShow | Stage::Closed);
        // Asked once more from the beginning, the earlier reminders are void.
        let is_due = run.now - form.feedback.invited_at >= TimeDelta::days(self.day);
        let is_wanted = form.feedback.is_wanted() && is_after && is_due;
        if !is_wanted || !consultations::is_in(&mut tx, consultation.id, form.person).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, form.person).await?;
        let (speech, title) = (receiver.speech, &consultation.title);
        let subject = match self.day {
            0 => speech.t("feedback-mail-ask-subject"),
            _ => speech.t("feedback-mail-remind-subject"),
        };
        let mut mail = Mail::to(&receiver, subject.saying("title", title))
            .line(speech.t("feedback-mail-ask-text").saying("title", title));
        if form.feedback.is_asked_again() {
            mail = mail.line(speech.t("feedback-mail-ask-again"));
        }
        let mail = mail
            .action(
                speech.t("feedback-mail-ask-action"),
                run.platform.config.url(&format!("/consultations/{}/feedback", consultation.id)),
            )
            .closing(speech.t("feedback-mail-ask-closing"));
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Feedback))))
    }
}

/// Tells the recipient that the host wrote what could not be said on the day.
#[derive(Serialize, Deserialize)]
pub struct FollowUpMail {
    pub follow_up: FollowUpId,
}

impl Job for FollowUpMail {
    const KIND: &'static str = "feedback.follow_up_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(follow_up) = store::follow_up(&mut tx, self.follow_up).await? else { return Ok(Outcome::Done) };
        let is_in = consultations::is_in(&mut tx, follow_up.consultation, follow_up.recipient).await?;
        if follow_up.stage != FollowUpStage::Sent || !is_in {
            return Ok(Outcome::Done);
        }
        let title = consultations::system(&mut tx, follow_up.consultation).await?.title;
        let receiver = people::receiver(&mut tx, follow_up.recipient).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("feedback-mail-follow_up-subject").saying("title", &title))
            .line(speech.t("feedback-mail-follow_up-text").saying("title", &title))
            .action(
                speech.t("feedback-mail-follow_up-action"),
                run.platform.config.url(&format!("/consultations/{}/follow-ups", follow_up.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::FollowUps).read_there())))
    }
}

/// Tells the owner of the call that a consent to quote was taken back.
#[derive(Serialize, Deserialize)]
pub struct QuoteRevokedMail {
    pub quote: QuoteId,
}

impl Job for QuoteRevokedMail {
    const KIND: &'static str = "feedback.quote_revoked_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(id) = store::consultation_of(&mut tx, self.quote).await? else { return Ok(Outcome::Done) };
        let Some(host) = consultations::attendants(&mut tx, id).await?.into_iter().find(|a| a.part.is_host()) else {
            return Ok(Outcome::Done);
        };
        let title = consultations::system(&mut tx, id).await?.title;
        let receiver = people::receiver(&mut tx, host.person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("feedback-mail-revoked-subject").saying("title", &title))
            .line(speech.t("feedback-mail-revoked-text").saying("title", &title))
            .action(
                speech.t("feedback-mail-revoked-action"),
                run.platform.config.url(&format!("/consultations/{id}/report")),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Reports).read_there())))
    }
}

/// Asks a participant whether exact words of theirs may be quoted; the words are on the page alone.
#[derive(Serialize, Deserialize)]
pub struct QuoteRequestedMail {
    pub quote: QuoteId,
}

impl Job for QuoteRequestedMail {
    const KIND: &'static str = "feedback.quote_requested_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some((id, quote)) = asked(&mut tx, self.quote).await? else { return Ok(Outcome::Done) };
        if quote.stage != QuoteStage::Requested || !consultations::is_in(&mut tx, id, quote.person).await? {
            return Ok(Outcome::Done);
        }
        let title = consultations::system(&mut tx, id).await?.title;
        let receiver = people::receiver(&mut tx, quote.person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("feedback-mail-requested-subject").saying("title", &title))
            .line(speech.t("feedback-mail-requested-text").saying("title", &title))
            .action(
                speech.t("feedback-mail-requested-action"),
                run.platform.config.url(&format!("/consultations/{id}/quotes")),
            )
            .closing(speech.t("feedback-mail-requested-closing"));
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Turn))))
    }
}

/// Tells the owner of the call what a participant said to words that were asked for.
#[derive(Serialize, Deserialize)]
pub struct QuoteAnsweredMail {
    pub quote: QuoteId,
}

impl Job for QuoteAnsweredMail {
    const KIND: &'static str = "feedback.quote_answered_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some((id, quote)) = asked(&mut tx, self.quote).await? else { return Ok(Outcome::Done) };
        let text = match quote.stage {
            QuoteStage::Granted if quote.was_requested => "feedback-mail-quote_granted-text",
            QuoteStage::Refused => "feedback-mail-quote_refused-text",
            _ => return Ok(Outcome::Done),
        };
        let Some(host) = consultations::attendants(&mut tx, id).await?.into_iter().find(|a| a.part.is_host()) else {
            return Ok(Outcome::Done);
        };
        let title = consultations::system(&mut tx, id).await?.title;
        let receiver = people::receiver(&mut tx, host.person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("feedback-mail-quote_answered-subject").saying("title", &title))
            .line(speech.t(text).saying("title", &title))
            .action(
                speech.t("feedback-mail-revoked-action"),
                run.platform.config.url(&format!("/consultations/{id}/quotes")),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Reports).read_there())))
    }
}

async fn asked(tx: &mut Tx, quote: QuoteId) -> Result<Option<(ConsultationId, Quoted)>, AppError> {
    let Some(id) = store::consultation_of(tx, quote).await? else { return Ok(None) };
    Ok(store::quotes(tx, id).await?.into_iter().find(|q| q.id == quote).map(|quote| (id, quote)))
}
