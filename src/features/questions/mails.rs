//! Mails of this slice: your turn, a turn that ends soon, the agenda is set, writing may be enough.
//! They carry the title of the consultation, never what was written.

use super::store;
use crate::domain::consultation::{Consultation, Part, Side, Stage};
use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::notice::Topic;
use crate::features::{consultations, people};
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::Mail;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A side is reminded this long before its turn should end.
const REMINDED_BEFORE: TimeDelta = TimeDelta::days(2);

/// Tells everyone of the side that got the turn, and plans its reminder.
#[derive(Serialize, Deserialize)]
pub struct YourTurnMails {
    pub consultation: ConsultationId,
}

impl Job for YourTurnMails {
    const KIND: &'static str = "questions.your_turn_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        for to in consultations::on_side(&mut tx, self.consultation, consultation.turn).await? {
            let turn_since = consultation.turn_since;
            tx.enqueue_now(YourTurnMail { consultation: self.consultation, to, turn_since }).await?;
        }
        tx.enqueue_now(TurnWatch { consultation: self.consultation }).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person that it is their side's turn.
#[derive(Serialize, Deserialize)]
pub struct YourTurnMail {
    pub consultation: ConsultationId,
    pub to: PersonId,
    pub turn_since: DateTime<Utc>,
}

impl Job for YourTurnMail {
    const KIND: &'static str = "questions.your_turn_mail";

    fn key(&self) -> Option<String> {
        Some(format!("your_turn:{}:{}:{}", self.consultation, self.to, self.turn_since.to_rfc3339()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        if !has_turn_since(&consultation, self.turn_since) {
            return Ok(Outcome::Done);
        }
        let new = store::unseen(&mut tx, self.consultation, self.to, consultation.turn.other()).await?;
        if !consultations::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mut mail =
            Mail::to(&receiver, speech.t("questions-mail-turn-subject").saying("title", &consultation.title))
                .line(speech.t("questions-mail-turn-text").saying("title", &consultation.title));
        if new > 0 {
            mail = mail.fact(speech.t("questions-mail-turn-new"), new);
        }
        if let Some(due) = consultation.due_at {
            mail = mail.fact(speech.t("questions-mail-turn-until"), speech.day_of(last_day(due)));
        }
        let mail = mail.action(speech.t("questions-mail-open"), document(&run, self.consultation));
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Turn).read_in(self.consultation))))
    }
}

/// Plans the reminder of the turn that runs now.
#[derive(Serialize, Deserialize)]
pub struct TurnWatch {
    pub consultation: ConsultationId,
}

impl Job for TurnWatch {
    const KIND: &'static str = "questions.turn_watch";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let Some(due) = consultation.due_at else { return Ok(Outcome::Done) };
        let (at, side, turn_since) = (due - REMINDED_BEFORE, consultation.turn, consultation.turn_since);
        if at > run.now {
            let reminders = TurnReminders { consultation: self.consultation, side, turn_since };
            tx.enqueue(NewJob::at(reminders, at)).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Reminds the side whose turn it still is.
#[derive(Serialize, Deserialize)]
pub struct TurnReminders {
    pub consultation: ConsultationId,
    pub side: Side,
    pub turn_since: DateTime<Utc>,
}

impl Job for TurnReminders {
    const KIND: &'static str = "questions.turn_reminders";

    fn key(&self) -> Option<String> {
        let (side, since) = (self.side.as_str(), self.turn_since.to_rfc3339());
        Some(format!("turn_reminders:{}:{side}:{since}", self.consultation))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        if !has_turn_since(&consultation, self.turn_since) || consultation.turn != self.side {
            return Ok(Outcome::Done);
        }
        for to in consultations::on_side(&mut tx, self.consultation, self.side).await? {
            let turn_since = self.turn_since;
            tx.enqueue_now(TurnReminder { consultation: self.consultation, to, turn_since }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Reminds one person.
#[derive(Serialize, Deserialize)]
pub struct TurnReminder {
    pub consultation: ConsultationId,
    pub to: PersonId,
    pub turn_since: DateTime<Utc>,
}

impl Job for TurnReminder {
    const KIND: &'static str = "questions.turn_reminder";

    fn key(&self) -> Option<String> {
        Some(format!("turn_reminder:{}:{}:{}", self.consultation, self.to, self.turn_since.to_rfc3339()))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let Some(due) = consultation.due_at.filter(|_| has_turn_since(&consultation, self.turn_since)) else {
            return Ok(Outcome::Done);
        };
        if !consultations::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail =
            Mail::to(&receiver, speech.t("questions-mail-reminder-subject").saying("title", &consultation.title))
                .line(speech.t("questions-mail-reminder-text").saying("title", &consultation.title))
                .fact(speech.t("questions-mail-turn-until"), speech.day_of(last_day(due)))
                .action(speech.t("questions-mail-open"), document(&run, self.consultation));
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Turn))))
    }
}

/// Tells all guests that the agenda is set.
#[derive(Serialize, Deserialize)]
pub struct AgendaAgreedMails {
    pub consultation: ConsultationId,
}

impl Job for AgendaAgreedMails {
    const KIND: &'static str = "questions.agenda_agreed_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for to in consultations::on_side(&mut tx, self.consultation, Side::Guest).await? {
            tx.enqueue_now(AgendaAgreedMail { consultation: self.consultation, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one guest that the agenda is set.
#[derive(Serialize, Deserialize)]
pub struct AgendaAgreedMail {
    pub consultation: ConsultationId,
    pub to: PersonId,
}

impl Job for AgendaAgreedMail {
    const KIND: &'static str = "questions.agenda_agreed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        if consultation.agreed_at.is_none() {
            return Ok(Outcome::Done);
        }
        if !consultations::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("questions-mail-agreed-subject").saying("title", &consultation.title))
            .line(speech.t("questions-mail-agreed-text").saying("title", &consultation.title))
            .action(
                speech.t("questions-mail-open"),
                run.platform.config.url(&format!("/consultations/{}", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Room).read_there())))
    }
}

/// Asks the lead whether writing was enough.
#[derive(Serialize, Deserialize)]
pub struct ResolutionProposedMail {
    pub consultation: ConsultationId,
}

impl Job for ResolutionProposedMail {
    const KIND: &'static str = "questions.resolution_proposed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let people = consultations::attendants(&mut tx, self.consultation).await?;
        let is_waiting = matches!(consultation.stage, Stage::Preparing | Stage::Ready)
            && consultation.resolution_proposed_at.is_some();
        let Some(lead) = people.iter().find(|p| p.part == Part::Lead).filter(|_| is_waiting) else {
            return Ok(Outcome::Done);
        };
        let receiver = people::receiver(&mut tx, lead.person).await?;
        let speech = receiver.speech;
        let mail =
            Mail::to(&receiver, speech.t("questions-mail-resolution-subject").saying("title", &consultation.title))
                .line(speech.t("questions-mail-resolution-text").saying("title", &consultation.title))
                .action(
                    speech.t("questions-mail-resolution-action"),
                    run.platform.config.url(&format!("/consultations/{}/resolution", self.consultation)),
                );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Turn))))
    }
}

fn has_turn_since(consultation: &Consultation, turn_since: DateTime<Utc>) -> bool {
    consultation.turn_since == turn_since && consultation.stage.takes_writing()
}

/// A due date is the midnight after its last day.
fn last_day(due: DateTime<Utc>) -> DateTime<Utc> {
    due - TimeDelta::seconds(1)
}

fn document(run: &JobRun, consultation: ConsultationId) -> String {
    run.platform.config.url(&format!("/consultations/{consultation}/questions"))
}
