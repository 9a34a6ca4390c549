//! Mails of this slice.

use super::sanction_mails::{self, Told};
use super::{providers, store};
use crate::domain::id::{AddressChangeId, IdentityId, PersonId, SignInId, SignInRequestId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::jobs::{Job, JobRun, Lane, Outcome};
use crate::platform::mail::{Mail, Receiver};
use crate::platform::random;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// The mail with a sign-in link. The token is made here, so that it is nowhere but in the mail.
#[derive(Serialize, Deserialize)]
pub struct SignInMail {
    pub request: SignInRequestId,
}

impl Job for SignInMail {
    const KIND: &'static str = "people.sign_in_mail";
    const LANE: Lane = Lane::SignIn;
    const MAX_AGE: TimeDelta = TimeDelta::minutes(10);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(asked) = store::live_request(&mut tx, self.request, run.now).await? else { return Ok(Outcome::Done) };
        if let Some(change) = store::change_from(&mut tx, &asked.address, run.now).await? {
            return told_former(run, tx, change).await;
        }
        if let Some((person, sanction)) = store::closed_account(&mut tx, &asked.address).await? {
            let mail = sanction_mails::mail(&mut tx, &run, sanction, person, Told::Decided).await?;
            return Ok(Outcome::Send(tx, Box::new(mail)));
        }
        let (token, code) = (random::token(), random::code());
        store::add_link(&mut tx, asked.id, &random::hashed(&token), &random::hashed(&code)).await?;
        let speech = Speech { locale: asked.locale, zone: chrono_tz::Asia::Tokyo };
        // Two spellings are one person here, and may be two people at their mail server.
        let address = match store::by_address(&mut tx, &asked.address).await? {
            Some(person) => store::receiver(&mut tx, person).await?.address,
            None => asked.address,
        };
        let receiver = Receiver { person: None, address, name: String::new(), speech };
        let mail = Mail::to(&receiver, speech.t("people-mail-sign_in-subject"))
            .line(speech.t("people-mail-sign_in-text"))
            .action(speech.t("people-mail-sign_in-action"), run.platform.config.url(&format!("/sign-in/{token}")))
            .closing(speech.t("people-mail-sign_in-code").with("code", format!("{}-{}", &code[..4], &code[4..])))
            .closing(speech.t("people-mail-sign_in-ignore"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells a person that a kind of browser signed in that never did before.
#[derive(Serialize, Deserialize)]
pub struct NewBrowserMail {
    pub sign_in: SignInId,
}

impl Job for NewBrowserMail {
    const KIND: &'static str = "people.new_browser_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some((person, at)) = store::sign_in(&mut tx, self.sign_in).await? else { return Ok(Outcome::Done) };
        let receiver = store::receiver(&mut tx, person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("people-mail-new_browser-subject"))
            .line(speech.t("people-mail-new_browser-text").with("at", speech.moment(at)))
            .action(speech.t("people-mail-new_browser-action"), run.platform.config.url("/settings/sign-ins"))
            .closing(speech.t("people-mail-new_browser-closing"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// The code by which a signed-in person shows again who they are; made here, like the token of a link.
#[derive(Serialize, Deserialize)]
pub struct ConfirmationMail {
    pub sign_in: SignInId,
}

impl Job for ConfirmationMail {
    const KIND: &'static str = "people.confirmation_mail";
    const LANE: Lane = Lane::SignIn;
    const MAX_AGE: TimeDelta = TimeDelta::minutes(10);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let code = random::code();
        let hashed = random::hashed(&code);
        let person = store::set_confirmation_code(&mut tx, self.sign_in, &hashed, run.now).await?;
        let Some(person) = person else { return Ok(Outcome::Done) };
        let receiver = store::receiver(&mut tx, person).await?;
        let speech = receiver.speech;
        let spaced = format!("{}-{}", &code[..4], &code[4..]);
        let mail = Mail::to(&receiver, speech.t("people-mail-confirmation-subject"))
            .line(speech.t("people-mail-confirmation-text").with("code", spaced))
            .closing(speech.t("people-mail-confirmation-closing"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells a person that there is another way to sign in as them, or one less.
#[derive(Serialize, Deserialize)]
pub struct IdentityMail {
    pub person: PersonId,
    /// What was linked; nothing where something was unlinked.
    pub linked: Option<IdentityId>,
}

impl Job for IdentityMail {
    const KIND: &'static str = "people.identity_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let receiver = store::receiver(&mut tx, self.person).await?;
        let (speech, config) = (receiver.speech, &run.platform.config);
        let mail = match self.linked {
            Some(identity) => {
                // Unlinked since: that has a mail of its own.
                let Some(issuer) = store::issuer_of(&mut tx, identity).await? else { return Ok(Outcome::Done) };
                Mail::to(&receiver, speech.t("people-mail-linked-subject"))
                    .line(speech.t("people-mail-linked-text").with("title", providers::title(config, &issuer)))
            }
            None => Mail::to(&receiver, speech.t("people-mail-unlinked-subject"))
                .line(speech.t("people-mail-unlinked-text")),
        };
        let mail = mail
            .action(speech.t("people-mail-linked-action"), config.url("/settings/providers"))
            .closing(speech.t("people-mail-linked-closing"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// What changed of how a person shows who they are, beside their mail.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    AppSet,
    AppRemoved,
    PasskeyAdded,
    PasskeyRemoved,
    CodesMade,
}

impl FactorChange {
    fn key(self) -> &'static str {
        match self {
            FactorChange::AppSet => "people-mail-factor-app_set",
            FactorChange::AppRemoved => "people-mail-factor-app_removed",
            FactorChange::PasskeyAdded => "people-mail-factor-passkey_added",
            FactorChange::PasskeyRemoved => "people-mail-factor-passkey_removed",
            FactorChange::CodesMade => "people-mail-factor-codes_made",
        }
    }
}

/// Tells a person that their second factor changed, which nobody else may have done unseen.
#[derive(Serialize, Deserialize)]
pub struct FactorMail {
    pub person: PersonId,
    pub change: FactorChange,
}

impl Job for FactorMail {
    const KIND: &'static str = "people.factor_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let receiver = store::receiver(&mut tx, self.person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("people-mail-factor-subject"))
            .line(speech.t(self.change.key()))
            .action(speech.t("people-mail-factor-action"), run.platform.config.url("/settings/second-factor"))
            .closing(speech.t("people-mail-factor-closing"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Asks the new address of an account. An address that is somebody's already gets nothing: neither side
/// learns of the other.
#[derive(Serialize, Deserialize)]
pub struct AddressMail {
    pub change: AddressChangeId,
}

impl Job for AddressMail {
    const KIND: &'static str = "people.address_mail";
    const LANE: Lane = Lane::SignIn;
    const MAX_AGE: TimeDelta = TimeDelta::hours(1);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let change = store::mailable_change(&mut tx, self.change, run.now).await?;
        let Some(change) = change else { return Ok(Outcome::Done) };
        let token = random::token();
        store::add_address_link(&mut tx, change.id, &random::hashed(&token), false).await?;
        let speech = store::receiver(&mut tx, change.person).await?.speech;
        let receiver = Receiver { person: None, address: change.new, name: String::new(), speech };
        let mail = Mail::to(&receiver, speech.t("people-mail-address-subject"))
            .line(speech.t("people-mail-address-text"))
            .secret_action(speech.t("people-mail-address-action"), link_of(&run, &token))
            .closing(speech.t("people-mail-address-closing"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells the former address of an account, which can undo it.
#[derive(Serialize, Deserialize)]
pub struct AddressChangedMail {
    pub change: AddressChangeId,
}

impl Job for AddressChangedMail {
    const KIND: &'static str = "people.address_changed_mail";
    const MAX_AGE: TimeDelta = TimeDelta::hours(72);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let tx = run.begin().await?;
        told_former(run, tx, self.change).await
    }
}

async fn told_former(run: JobRun, mut tx: Tx, change: AddressChangeId) -> Result<Outcome, AppError> {
    let change = store::undoable_change(&mut tx, change, run.now).await?;
    let Some(change) = change else { return Ok(Outcome::Done) };
    let token = random::token();
    store::add_address_link(&mut tx, change.id, &random::hashed(&token), true).await?;
    let speech = store::receiver(&mut tx, change.person).await?.speech;
    let receiver = Receiver { person: None, address: change.former, name: String::new(), speech };
    let mail = Mail::to(&receiver, speech.t("people-mail-address_changed-subject"))
        .line(speech.t("people-mail-address_changed-text").saying("address", change.new.masked()))
        .secret_action(speech.t("people-mail-address_changed-action"), link_of(&run, &token))
        .closing(speech.t("people-mail-address_changed-closing"));
    Ok(Outcome::Send(tx, Box::new(mail)))
}

fn link_of(run: &JobRun, token: &str) -> String {
    run.platform.config.url(&format!("/settings/address/{token}"))
}

/// Administrators who are no party to something and may decide over it. Where there is none, those who
/// administer are told that another is needed.
pub async fn judges(tx: &mut Tx, parties: &[PersonId]) -> Result<Vec<PersonId>, AppError> {
    let (parties, judges): (Vec<_>, Vec<_>) =
        store::administrators(tx).await?.into_iter().partition(|one| parties.contains(one));
    if judges.is_empty() {
        for to in parties {
            tx.enqueue_now(AnotherNeededMail { to }).await?;
        }
    }
    Ok(judges)
}

/// Tells an administrator that something waits which only another may decide.
#[derive(Serialize, Deserialize)]
pub struct AnotherNeededMail {
    pub to: PersonId,
}

impl Job for AnotherNeededMail {
    const KIND: &'static str = "people.another_needed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        if !store::administrators(&mut tx).await?.contains(&self.to) {
            return Ok(Outcome::Done);
        }
        let receiver = store::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("people-mail-another-subject"))
            .line(speech.t("people-mail-another-text"))
            .line(speech.t("people-mail-another-how"))
            .action(speech.t("people-mail-another-action"), run.platform.config.url("/admin/people"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// What an administrator changed of what somebody may do.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountChange {
    AdministratorGranted,
    AdministratorWithdrawn,
    SignInsEnded,
}

/// Tells a person what an administrator changed.
#[derive(Serialize, Deserialize)]
pub struct AccountMail {
    pub person: PersonId,
    pub change: AccountChange,
}

impl Job for AccountMail {
    const KIND: &'static str = "people.account_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let administrators = store::administrators(&mut tx).await?;
        let is_so = match self.change {
            // The first of an instance made themselves.
            AccountChange::AdministratorGranted => administrators.len() > 1 && administrators.contains(&self.person),
            AccountChange::AdministratorWithdrawn => !administrators.contains(&self.person),
            AccountChange::SignInsEnded => true,
        };
        if !is_so {
            return Ok(Outcome::Done);
        }
        let receiver = store::receiver(&mut tx, self.person).await?;
        let speech = receiver.speech;
        let (subject, text) = match self.change {
            AccountChange::AdministratorGranted => ("people-mail-granted-subject", "people-mail-granted-text"),
            AccountChange::AdministratorWithdrawn => ("people-mail-withdrawn-subject", "people-mail-withdrawn-text"),
            AccountChange::SignInsEnded => ("people-mail-ended-subject", "people-mail-ended-text"),
        };
        let mail = Mail::to(&receiver, speech.t(subject))
            .line(speech.t(text))
            .action(speech.t("people-mail-account-action"), run.platform.config.url("/sign-in"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
