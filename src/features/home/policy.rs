//! `/policies/{policy}`: a policy in the reader's language, as it stands now or as somebody once accepted it.

use crate::domain::policy::Policy;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Many;
use crate::platform::markdown::{self, Html};
use crate::platform::page::{Frame, show};
use crate::platform::policies::{self, Version};
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};

#[derive(Template)]
#[template(path = "home/policy.html")]
struct Page {
    frame: Frame,
    version: Version,
    is_current: bool,
    /// Versions that somebody accepted.
    versions: Vec<(String, DateTime<Utc>)>,
}

impl Page {
    fn html(&self) -> Html {
        markdown::render(self.version.text(self.frame.speech.locale))
    }

    fn is_this(&self, name: &str) -> bool {
        self.version.name == name
    }
}

/// Shows the text.
pub async fn get(frame: Frame, name: Path<String>) -> Answer {
    let policy = Policy::parse(&name).ok_or(AppError::NotFound)?;
    let mut read = frame.read().await?;
    let current = policies::current(&frame.platform, policy).await?;
    let asked = frame.asked("version");
    let is_current = asked.is_empty() || asked == current.name;
    let version = match is_current {
        true => current,
        false => policies::version(&mut read, policy, &asked).await?.ok_or(AppError::NotFound)?,
    };
    let versions = policies::versions(&mut read, policy).await?;
    show(&Page { frame, version, is_current, versions })
}

/// The reader has seen what changed, in the versions that the page named: what changed once more stays news.
pub async fn post(frame: Frame, Many(fields): Many) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let mut seen = Vec::new();
    for value in fields.values("policy") {
        let (word, name) = value.split_once(' ').unwrap_or((value, ""));
        let policy = Policy::parse(word).ok_or(AppError::Unprocessable("a policy that no page offers"))?;
        if policies::current(&frame.platform, policy).await?.name == name {
            seen.push(policy);
        }
    }
    policies::accept(&mut tx, me, &seen).await?;
    tx.see_other("/home?said=done").await
}
