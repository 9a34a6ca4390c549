//! The texts of the policies: those of the program, or the operator's own out of the data folder. A version is
//! named by its text, so that nobody forgets to count it up; what somebody accepted is kept as it stood.

use super::Platform;
use super::consents::{self, Consent, Kind};
use super::db::Tx;
use super::error::AppError;
use super::files::blocking;
use super::random;
use crate::domain::id::PersonId;
use crate::domain::person::Locale;
use crate::domain::policy::Policy;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::fs;
use std::io;

/// A policy in both languages.
pub struct Version {
    pub policy: Policy,
    /// The beginning of the hash of both texts.
    pub name: String,
    ja: String,
    en: String,
}

impl Version {
    /// The text in a language, in Markdown.
    pub fn text(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ja => &self.ja,
            Locale::En => &self.en,
        }
    }

    fn of(policy: Policy, ja: String, en: String) -> Self {
        let hash = random::hashed(&format!("{ja}\0{en}"));
        let name = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Self { policy, name, ja, en }
    }
}

/// The text that stands now. The operator's own is read anew each time: it is short, and rarely asked for.
pub async fn current(platform: &Platform, policy: Policy) -> Result<Version, AppError> {
    let folder = platform.config.data_dir.join("policies");
    let read = move |locale: Locale| match fs::read_to_string(folder.join(format!(
        "{}.{}.md",
        policy.as_str(),
        locale.as_str()
    ))) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(own(policy, locale).to_owned()),
        text => text,
    };
    let (ja, en) = blocking(move || Ok((read(Locale::Ja)?, read(Locale::En)?))).await?;
    Ok(Version::of(policy, ja, en))
}

fn own(policy: Policy, locale: Locale) -> &'static str {
    match (policy, locale) {
        (Policy::Privacy, Locale::Ja) => include_str!("policies/privacy.ja.md"),
        (Policy::Privacy, Locale::En) => include_str!("policies/privacy.en.md"),
        (Policy::Conduct, Locale::Ja) => include_str!("policies/conduct.ja.md"),
        (Policy::Conduct, Locale::En) => include_str!("policies/conduct.en.md"),
        (Policy::Confidentiality, Locale::Ja) => include_str!("policies/confidentiality.ja.md"),
        (Policy::Confidentiality, Locale::En) => include_str!("policies/confidentiality.en.md"),
    }
}

/// Notes that a person accepted these policies as they stand now, as far as they accepted others last.
pub async fn accept(tx: &mut Tx, person: PersonId, policies: &[Policy]) -> Result<(), AppError> {
    let accepted = consents::accepted(tx, person).await?;
    for policy in policies {
        let version = current(tx.platform(), *policy).await?;
        if accepted.contains(&(*policy, version.name.clone())) {
            continue;
        }
        keep(tx, &version).await?;
        let text = format!("{}\0{}", version.ja, version.en);
        let consent = Consent { kind: Kind::Policy, subject: policy.as_str(), version: &version.name, text: &text };
        consents::give(tx, person, consent).await?;
    }
    Ok(())
}

async fn keep(tx: &mut Tx, version: &Version) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into policy_versions (name, version, ja, en, since) values ($1, $2, $3, $4, $5) on conflict do nothing",
        version.policy.as_str(),
        version.name,
        version.ja,
        version.en,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Policies that changed, or came, since a person accepted any; none where they never did.
pub async fn news(platform: &Platform, conn: &mut PgConnection, person: PersonId) -> Result<Vec<Version>, AppError> {
    let accepted = consents::accepted(conn, person).await?;
    let mut news = Vec::new();
    if accepted.is_empty() {
        return Ok(news);
    }
    for policy in Policy::ALL {
        let version = current(platform, policy).await?;
        if !accepted.contains(&(policy, version.name.clone())) {
            news.push(version);
        }
    }
    Ok(news)
}

/// Versions that somebody accepted, the newest first, each with the day of the first of them.
pub async fn versions(conn: &mut PgConnection, policy: Policy) -> Result<Vec<(String, DateTime<Utc>)>, AppError> {
    let rows = sqlx::query!(
        "select version, since from policy_versions where name = $1 order by since desc, version",
        policy.as_str()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.version, row.since)).collect())
}

/// A version as it stood when somebody accepted it.
pub async fn version(conn: &mut PgConnection, policy: Policy, name: &str) -> Result<Option<Version>, AppError> {
    let row = sqlx::query!(
        "select version, ja, en from policy_versions where name = $1 and version = $2",
        policy.as_str(),
        name
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Version { policy, name: row.version, ja: row.ja, en: row.en }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::retention;
    use std::collections::BTreeSet;

    #[test]
    fn the_privacy_policy_promises_what_the_nightly_sweep_keeps() {
        let days = [
            retention::VISITOR_DRAFTS,
            retention::DRAFTS,
            retention::APPLICATIONS,
            retention::DOCUMENTS,
            retention::INVITATIONS,
            retention::JOBS,
        ];
        let months = [retention::RECORDS, retention::FEEDBACK, retention::NO_SHOWS, retention::FACTS, retention::AUDIT];
        // Backups are the operator's.
        let mut kept = BTreeSet::from([35]);
        kept.extend(days.map(|time| time.num_days()));
        kept.extend(months.map(|months| i64::from(months.as_u32())));
        for (locale, title) in [(Locale::En, "How long"), (Locale::Ja, "保存期間")] {
            let text = own(Policy::Privacy, locale);
            let section = text.split("\n# ").find(|section| section.starts_with(title)).unwrap();
            let told: BTreeSet<i64> =
                section.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            assert_eq!(told, kept, "{locale:?}");
        }
    }
}
