//! Mails of this slice.

use super::store;
use crate::domain::id::{SignInId, SignInRequestId};
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
        let (token, code) = (random::token(), random::code());
        store::add_link(&mut tx, asked.id, &random::hashed(&token), &random::hashed(&code)).await?;
        let speech = Speech { locale: asked.locale, zone: chrono_tz::Asia::Tokyo };
        let receiver = Receiver { person: None, address: asked.address, name: String::new(), speech };
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
