//! Mails of this slice: invited, declined, joined, cancelled, lapsed.

use super::store;
use crate::domain::consultation::{Part, Stage};
use crate::domain::id::{ConsultationId, InvitationId, PersonId};
use crate::domain::notice::Topic;
use crate::domain::person::EmailAddress;
use crate::features::people;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::{Mail, Receiver, unlinked};
use crate::platform::random;
use serde::{Deserialize, Serialize};

/// Invites an address. The token is made here, so that it is nowhere but in the mail.
#[derive(Serialize, Deserialize)]
pub struct InvitationMail {
    pub invitation: InvitationId,
}

impl Job for InvitationMail {
    const KIND: &'static str = "consultations.invitation_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let token = random::token();
        let Some(invited) = store::set_invitation_token(&mut tx, self.invitation, random::hashed(&token)).await? else {
            return Ok(Outcome::Done);
        };
        let Ok(address) = EmailAddress::parse(&invited.email) else {
            return Ok(Outcome::GiveUp("the invited address is none".into()));
        };
        if !store::system(&mut tx, invited.consultation).await?.stage.is_active() {
            return Ok(Outcome::Done);
        }
        // The inviter's language: the invited person's own is not known before they came.
        let speech = Speech { locale: invited.locale, zone: chrono_tz::Asia::Tokyo };
        let receiver = Receiver { person: None, address, name: String::new(), speech };
        let (inviter, call) = (unlinked(&invited.inviter), unlinked(&invited.call_title));
        let mail = Mail::to(&receiver, speech.t("consultations-mail-invited-subject").saying("call", &call))
            .line(speech.t("consultations-mail-invited-text").saying("inviter", &inviter).saying("call", &call))
            .action(
                speech.t("consultations-mail-invited-action"),
                run.platform.config.url(&format!("/invitations/{token}")),
            )
            .closing(speech.t("consultations-mail-invited-closing"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells whoever invited that the invited person said no.
#[derive(Serialize, Deserialize)]
pub struct DeclinedMail {
    pub invitation: InvitationId,
}

impl Job for DeclinedMail {
    const KIND: &'static str = "consultations.declined_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(declined) = store::declined_invitation(&mut tx, self.invitation).await? else {
            return Ok(Outcome::Done);
        };
        if !store::is_in(&mut tx, declined.consultation, declined.inviter).await? {
            return Ok(Outcome::Done);
        }
        let title = store::system(&mut tx, declined.consultation).await?.title;
        let receiver = people::receiver(&mut tx, declined.inviter).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("consultations-mail-declined-subject").saying("title", &title))
            .line(speech.t("consultations-mail-declined-text").saying("email", &declined.email).saying("title", &title))
            .action(
                speech.t("consultations-mail-open"),
                run.platform.config.url(&format!("/consultations/{}/participants", declined.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Room).read_there())))
    }
}

/// Tells one person that somebody joined.
#[derive(Serialize, Deserialize)]
pub struct JoinedMail {
    pub consultation: ConsultationId,
    pub joined: PersonId,
}

impl Job for JoinedMail {
    const KIND: &'static str = "consultations.joined_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let people = store::attendants(&mut tx, self.consultation).await?;
        let Some(joined) = people.iter().find(|p| p.person == self.joined) else { return Ok(Outcome::Done) };
        let Some(host) = people.first() else { return Ok(Outcome::Done) };
        let title = store::system(&mut tx, self.consultation).await?.title;
        let receiver = people::receiver(&mut tx, host.person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("consultations-mail-joined-subject").saying("title", &title))
            .line(speech.t("consultations-mail-joined-text").saying("name", &joined.name).saying("title", &title))
            .action(
                speech.t("consultations-mail-open"),
                run.platform.config.url(&format!("/consultations/{}/participants", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Room).read_there())))
    }
}

/// Somebody left: the host and the lead are told. Who was removed hears of it from `bookings`, which
/// knows what is in their calendar.
#[derive(Serialize, Deserialize)]
pub struct LeftMails {
    pub consultation: ConsultationId,
    pub left: PersonId,
}

impl Job for LeftMails {
    const KIND: &'static str = "consultations.left_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let people = store::attendants(&mut tx, self.consultation).await?;
        for told in people.iter().filter(|a| matches!(a.part, Part::Host | Part::Lead)) {
            let (consultation, left) = (self.consultation, self.left);
            tx.enqueue_now(LeftMail { consultation, left, to: told.person }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person who left.
#[derive(Serialize, Deserialize)]
pub struct LeftMail {
    pub consultation: ConsultationId,
    pub left: PersonId,
    pub to: PersonId,
}

impl Job for LeftMail {
    const KIND: &'static str = "consultations.left_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let people = store::attendants(&mut tx, self.consultation).await?;
        let is_in = |person| people.iter().any(|a| a.person == person);
        if is_in(self.left) || !is_in(self.to) {
            return Ok(Outcome::Done);
        }
        let title = store::system(&mut tx, self.consultation).await?.title;
        let name = people::receiver(&mut tx, self.left).await?.name;
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("consultations-mail-left-subject").saying("title", &title))
            .line(speech.t("consultations-mail-left-text").saying("name", &name).saying("title", &title))
            .action(
                speech.t("consultations-mail-open"),
                run.platform.config.url(&format!("/consultations/{}/participants", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Room).read_there())))
    }
}

/// Tells a member that they lead the guests now.
#[derive(Serialize, Deserialize)]
pub struct LeadMail {
    pub consultation: ConsultationId,
    pub person: PersonId,
}

impl Job for LeadMail {
    const KIND: &'static str = "consultations.lead_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let people = store::attendants(&mut tx, self.consultation).await?;
        if !people.iter().any(|a| a.person == self.person && a.part == Part::Lead) {
            return Ok(Outcome::Done);
        }
        let title = store::system(&mut tx, self.consultation).await?.title;
        let receiver = people::receiver(&mut tx, self.person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("consultations-mail-lead-subject").saying("title", &title))
            .line(speech.t("consultations-mail-lead-text").saying("title", &title))
            .action(
                speech.t("consultations-mail-open"),
                run.platform.config.url(&format!("/consultations/{}", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells everyone that a consultation was cancelled.
#[derive(Serialize, Deserialize)]
pub struct CancelledMails {
    pub consultation: ConsultationId,
}

impl Job for CancelledMails {
    const KIND: &'static str = "consultations.cancelled_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for attendant in store::attendants(&mut tx, self.consultation).await? {
            tx.enqueue_now(CancelledMail { consultation: self.consultation, to: attendant.person }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person that a consultation was cancelled.
#[derive(Serialize, Deserialize)]
pub struct CancelledMail {
    pub consultation: ConsultationId,
    pub to: PersonId,
}

impl Job for CancelledMail {
    const KIND: &'static str = "consultations.cancelled_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(cancelled) = store::cancelled(&mut tx, self.consultation).await? else { return Ok(Outcome::Done) };
        if !store::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let title = store::system(&mut tx, self.consultation).await?.title;
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mut mail = Mail::to(&receiver, speech.t("consultations-mail-cancelled-subject").saying("title", &title))
            .line(speech.t("consultations-mail-cancelled-text").saying("name", &cancelled.by).saying("title", &title));
        if let Some(kind) = cancelled.kind {
            mail = mail.line(speech.t(kind.key()));
        }
        let mail = mail.action(
            speech.t("consultations-mail-open"),
            run.platform.config.url(&format!("/consultations/{}", self.consultation)),
        );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells one person that a consultation rests.
#[derive(Serialize, Deserialize)]
pub struct LapsedMail {
    pub consultation: ConsultationId,
    pub to: PersonId,
}

impl Job for LapsedMail {
    const KIND: &'static str = "consultations.lapsed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = store::system(&mut tx, self.consultation).await?;
        if consultation.stage != Stage::Lapsed || !store::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let next = match consultation.revived {
            false => "consultations-mail-lapsed-may_revive",
            true => "consultations-mail-lapsed-may_apply",
        };
        let mail =
            Mail::to(&receiver, speech.t("consultations-mail-lapsed-subject").saying("title", &consultation.title))
                .line(speech.t("consultations-mail-lapsed-text").saying("title", &consultation.title))
                .line(speech.t(next))
                .action(
                    speech.t("consultations-mail-open"),
                    run.platform.config.url(&format!("/consultations/{}", self.consultation)),
                );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
