//! Mails to and about those who host a call together.

use super::store::{self, Rights};
use crate::domain::id::{CallId, HostInvitationId, PersonId};
use crate::domain::person::EmailAddress;
use crate::features::people;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::{Mail, Receiver, unlinked};
use crate::platform::random;
use serde::{Deserialize, Serialize};

/// Invites an address to host. The token is made here, so that it is nowhere but in the mail.
#[derive(Serialize, Deserialize)]
pub struct HostInvitationMail {
    pub invitation: HostInvitationId,
}

impl Job for HostInvitationMail {
    const KIND: &'static str = "calls.host_invitation_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let token = random::token();
        let Some(invited) = store::set_invitation_token(&mut tx, self.invitation, random::hashed(&token)).await? else {
            return Ok(Outcome::Done);
        };
        let Ok(address) = EmailAddress::parse(&invited.email) else {
            return Ok(Outcome::GiveUp("the invited address is none".into()));
        };
        // The inviter's language: the invited person's own is not known before they came.
        let speech = Speech { locale: invited.locale, zone: chrono_tz::Asia::Tokyo };
        let receiver = Receiver { person: None, address, name: String::new(), speech };
        let (inviter, call) = (unlinked(&invited.inviter), unlinked(&invited.call_title));
        let mail = Mail::to(&receiver, speech.t("calls-mail-invited-subject").saying("call", &call))
            .line(speech.t("calls-mail-invited-text").saying("inviter", &inviter).saying("call", &call));
        let mail = rights(invited.rights).into_iter().fold(mail, |mail, key| mail.line(speech.t(key)));
        let url = run.platform.config.url(&format!("/calls/invitations/{token}"));
        let mail =
            mail.action(speech.t("calls-mail-invited-action"), url).closing(speech.t("calls-mail-invited-closing"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// What a co-host may do and is asked for, as pages and mails say it.
pub(super) fn rights(rights: Rights) -> [&'static str; 2] {
    [
        if rights.may_decide { "calls-hosts-may_decide" } else { "calls-hosts-may_not_decide" },
        if rights.attends { "calls-hosts-attends" } else { "calls-hosts-attends_not" },
    ]
}

/// Tells whoever invited that the invited person said no.
#[derive(Serialize, Deserialize)]
pub struct HostDeclinedMail {
    pub invitation: HostInvitationId,
}

impl Job for HostDeclinedMail {
    const KIND: &'static str = "calls.host_declined_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some((call, email, inviter)) = store::declined_invitation(&mut tx, self.invitation).await? else {
            return Ok(Outcome::Done);
        };
        let call = store::find(&mut tx, call).await?.filter(|call| call.owner == inviter);
        let Some(call) = call else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, inviter).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("calls-mail-declined-subject").saying("call", &call.title))
            .line(speech.t("calls-mail-declined-text").saying("email", &email).saying("call", &call.title))
            .action(speech.t("calls-mail-hosts"), run.platform.config.url(&format!("/calls/{}/hosts", call.id)));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells the owner that somebody hosts their call with them now.
#[derive(Serialize, Deserialize)]
pub struct HostJoinedMail {
    pub call: CallId,
    pub joined: PersonId,
}

impl Job for HostJoinedMail {
    const KIND: &'static str = "calls.host_joined_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(call) = store::find(&mut tx, self.call).await? else { return Ok(Outcome::Done) };
        let hosts = store::named_hosts(&mut tx, self.call).await?;
        let joined = hosts.iter().find(|host| host.person == self.joined && host.person != call.owner);
        let Some(joined) = joined else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, call.owner).await?;
        let speech = receiver.speech;
        let attends = if joined.attends { "calls-hosts-attends" } else { "calls-hosts-attends_not" };
        let mail = Mail::to(&receiver, speech.t("calls-mail-joined-subject").saying("call", &call.title))
            .line(speech.t("calls-mail-joined-text").saying("name", &joined.name).saying("call", &call.title))
            .line(speech.t(attends))
            .action(speech.t("calls-mail-hosts"), run.platform.config.url(&format!("/calls/{}/hosts", call.id)));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells the other side that somebody hosts a call no more: the owner of who left, the removed of the removal.
#[derive(Serialize, Deserialize)]
pub struct HostDepartedMail {
    pub call: CallId,
    pub person: PersonId,
    pub removed: bool,
}

impl Job for HostDepartedMail {
    const KIND: &'static str = "calls.host_departed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(call) = store::find(&mut tx, self.call).await? else { return Ok(Outcome::Done) };
        let is_back = store::hosts(&mut tx, self.call).await?.iter().any(|host| host.person == self.person);
        if is_back {
            return Ok(Outcome::Done);
        }
        let departed = people::receiver(&mut tx, self.person).await?;
        let (receiver, subject, text) = match self.removed {
            true => (departed.clone(), "calls-mail-removed-subject", "calls-mail-removed-text"),
            false => (people::receiver(&mut tx, call.owner).await?, "calls-mail-left-subject", "calls-mail-left-text"),
        };
        let speech = receiver.speech;
        let (label, path) = match self.removed {
            true => ("calls-mail-home", "/home".to_owned()),
            false => ("calls-mail-hosts", format!("/calls/{}/hosts", call.id)),
        };
        let mail = Mail::to(&receiver, speech.t(subject).saying("call", &call.title))
            .line(speech.t(text).saying("name", &departed.name).saying("call", &call.title))
            .action(speech.t(label), run.platform.config.url(&path));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Asks a co-host to take a call over.
#[derive(Serialize, Deserialize)]
pub struct OfferMail {
    pub call: CallId,
    pub to: PersonId,
}

impl Job for OfferMail {
    const KIND: &'static str = "calls.offer_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let offer = store::transfer(&mut tx, self.call, run.now).await?.filter(|offer| offer.to == self.to);
        let (Some(offer), Some(call)) = (offer, store::find(&mut tx, self.call).await?) else {
            return Ok(Outcome::Done);
        };
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let key = match offer.is_by_owner {
            true => "calls-mail-offered-text",
            false => "calls-mail-offered-text_by_administrator",
        };
        let text = speech.t(key).saying("owner", &call.host_name);
        let mail = Mail::to(&receiver, speech.t("calls-mail-offered-subject").saying("call", &call.title))
            .line(text.saying("call", &call.title))
            .action(
                speech.t("calls-mail-offered-action"),
                run.platform.config.url(&format!("/calls/{}/transfer", call.id)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells the owner that a co-host does not take their call over.
#[derive(Serialize, Deserialize)]
pub struct OfferDeclinedMail {
    pub call: CallId,
    pub by: PersonId,
}

impl Job for OfferDeclinedMail {
    const KIND: &'static str = "calls.offer_declined_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(call) = store::find(&mut tx, self.call).await? else { return Ok(Outcome::Done) };
        let name = people::receiver(&mut tx, self.by).await?.name;
        let receiver = people::receiver(&mut tx, call.owner).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("calls-mail-offer_declined-subject").saying("call", &call.title))
            .line(speech.t("calls-mail-offer_declined-text").saying("name", &name).saying("call", &call.title))
            .action(speech.t("calls-mail-hosts"), run.platform.config.url(&format!("/calls/{}/hosts", call.id)));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells the former owner to whom their call belongs now.
#[derive(Serialize, Deserialize)]
pub struct HandedOverMail {
    pub call: CallId,
    pub from: PersonId,
    pub to: PersonId,
}

impl Job for HandedOverMail {
    const KIND: &'static str = "calls.handed_over_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let call = store::find(&mut tx, self.call).await?.filter(|call| call.owner == self.to);
        let Some(call) = call else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, self.from).await?;
        let speech = receiver.speech;
        let text = speech.t("calls-mail-handed_over-text").saying("name", &call.host_name);
        let mail = Mail::to(&receiver, speech.t("calls-mail-handed_over-subject").saying("call", &call.title))
            .line(text.saying("call", &call.title))
            .action(speech.t("calls-mail-hosts"), run.platform.config.url(&format!("/calls/{}/hosts", call.id)));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells a co-host that the call is gone. Its title went with it: the mail names who deleted it.
#[derive(Serialize, Deserialize)]
pub struct CallDeletedMail {
    pub owner: PersonId,
    pub to: PersonId,
}

impl Job for CallDeletedMail {
    const KIND: &'static str = "calls.call_deleted_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let name = people::receiver(&mut tx, self.owner).await?.name;
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("calls-mail-deleted-subject").saying("name", &name))
            .line(speech.t("calls-mail-deleted-text").saying("name", &name))
            .action(speech.t("calls-mail-home"), run.platform.config.url("/home"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
