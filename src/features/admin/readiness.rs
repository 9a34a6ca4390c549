//! `/admin/readiness`: what the program measures of itself.

use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show};
use crate::platform::readiness::{self, Check, State};
use askama::Template;

#[derive(Template)]
#[template(path = "admin/readiness.html")]
struct Readiness {
    frame: Frame,
    checks: Vec<Check>,
    /// Whether the mail server, the folder of files and the scanner were asked too.
    has_asked_others: bool,
}

impl Readiness {
    fn said(&self, check: &Check) -> Told {
        self.frame.t(check.key()).with("count", check.number)
    }

    fn state(&self, check: &Check) -> Told {
        self.frame.t(match check.state {
            State::Good => "readiness-state-good",
            State::Doubtful => "readiness-state-doubtful",
            State::Bad => "readiness-state-bad",
        })
    }

    fn badge(&self, check: &Check) -> &'static str {
        match check.state {
            State::Good => "badge badge--good",
            State::Doubtful => "badge badge--warn",
            State::Bad => "badge badge--bad",
        }
    }
}

async fn of_database(frame: &Frame) -> Result<Vec<Check>, AppError> {
    let mut read = frame.read().await?;
    let mut checks = readiness::of_database(&frame.platform, &mut read).await?;
    checks.sort_by_key(|check| std::cmp::Reverse(check.state));
    Ok(checks)
}

/// What the database tells.
pub async fn get(frame: Frame) -> Answer {
    let checks = of_database(&frame).await?;
    show(&Readiness { frame, checks, has_asked_others: false })
}

/// The same, and what others answer: a page that only looks connects to nobody.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    fields.one_of("act", ["measure"])?;
    let mut checks = of_database(&frame).await?;
    checks.extend(readiness::of_others(&frame.platform).await);
    checks.sort_by_key(|check| std::cmp::Reverse(check.state));
    show(&Readiness { frame, checks, has_asked_others: true })
}
