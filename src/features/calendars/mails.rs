//! Mails of this slice: a calendar broke, and it recovered. They carry its name, never its address.

use super::store;
use crate::domain::calendar::Stage;
use crate::domain::id::CalendarId;
use crate::features::people;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// What is told about a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Broke,
    Recovered,
}

impl What {
    fn keys(self, stage: Stage) -> (&'static str, &'static str) {
        match self {
            What::Broke if stage == Stage::Incomplete => {
                ("calendars-mail-incomplete-subject", "calendars-mail-incomplete-text")
            }
            What::Broke => ("calendars-mail-broke-subject", "calendars-mail-broke-text"),
            What::Recovered => ("calendars-mail-recovered-subject", "calendars-mail-recovered-text"),
        }
    }
}

/// Tells the host who connected it.
#[derive(Serialize, Deserialize)]
pub struct HealthMail {
    pub calendar: CalendarId,
    pub what: What,
}

impl Job for HealthMail {
    const KIND: &'static str = "calendars.health_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(calendar) = store::system(&mut tx, self.calendar).await? else { return Ok(Outcome::Done) };
        if calendar.health.told_at.is_some() != (self.what == What::Broke) {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, calendar.person).await?;
        let speech = receiver.speech;
        let (subject, text) = self.what.keys(calendar.health.stage);
        let mut mail = Mail::to(&receiver, speech.t(subject).saying("name", &calendar.name))
            .line(speech.t(text).saying("name", &calendar.name));
        if self.what == What::Broke {
            if let Some(reason) = calendar.reason {
                let origin = calendar.elsewhere.as_deref().unwrap_or_default();
                mail = mail.fact(speech.t("calendars-show-reason"), speech.t(reason.key()).saying("origin", origin));
            }
            let good = calendar.health.good_at.map(|at| speech.moment(at));
            let good = good.unwrap_or_else(|| speech.t("calendars-show-never").to_string());
            mail = mail.fact(speech.t("calendars-show-good_at"), good);
        }
        let link = run.platform.config.url(&format!("/calendars/{}", calendar.id));
        Ok(Outcome::Send(tx, Box::new(mail.action(speech.t("calendars-mail-open"), link))))
    }
}
