//! What administrators set for the whole instance, by name. What is not set is as the program has it.

use super::db::Tx;
use super::error::AppError;
use crate::domain::id::PersonId;
use sqlx::PgConnection;

/// A setting that is one of a few words.
pub trait Setting: Copy + PartialEq + Send + 'static {
    /// Name of the setting.
    const NAME: &'static str;
    /// All that it can be; the first where nothing is set.
    const ALL: &'static [Self];

    /// The stored word.
    fn as_str(self) -> &'static str;

    /// Key of its name.
    fn key(self) -> &'static str;

    /// Reads the stored word.
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|setting| setting.as_str() == word)
    }
}

/// How it is set.
pub async fn of<S: Setting>(conn: &mut PgConnection) -> Result<S, AppError> {
    let stored = sqlx::query_scalar!("select value from settings where name = $1", S::NAME);
    Ok(stored.fetch_optional(conn).await?.and_then(|word| S::parse(&word)).unwrap_or(S::ALL[0]))
}

/// Sets it, as part of a change that the caller records.
pub async fn set<S: Setting>(tx: &mut Tx, setting: S, by: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into settings (name, value, set_by, set_at) values ($1, $2, $3, $4)
           on conflict (name) do update set value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at"#,
        S::NAME,
        setting.as_str(),
        by as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who may host: those whom an administrator lets, or everybody who wants to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosting {
    Granted,
    Anyone,
}

impl Setting for Hosting {
    const NAME: &'static str = "hosting";
    const ALL: &'static [Self] = &[Hosting::Granted, Hosting::Anyone];

    fn as_str(self) -> &'static str {
        match self {
            Hosting::Granted => "granted",
            Hosting::Anyone => "anyone",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Hosting::Granted => "admin-settings-hosting_granted",
            Hosting::Anyone => "admin-settings-hosting_anyone",
        }
    }
}

/// How much work the browser of an applicant does, in the place of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppliedWork {
    None,
    Usual,
    Heavy,
}

impl AppliedWork {
    /// Zero bits that are asked for: a second or two on a telephone, and ten times that.
    pub fn bits(self) -> Option<u32> {
        match self {
            AppliedWork::None => None,
            AppliedWork::Usual => Some(15),
            AppliedWork::Heavy => Some(18),
        }
    }
}

impl Setting for AppliedWork {
    const NAME: &'static str = "applied_work";
    const ALL: &'static [Self] = &[AppliedWork::None, AppliedWork::Usual, AppliedWork::Heavy];

    fn as_str(self) -> &'static str {
        match self {
            AppliedWork::None => "none",
            AppliedWork::Usual => "usual",
            AppliedWork::Heavy => "heavy",
        }
    }

    fn key(self) -> &'static str {
        match self {
            AppliedWork::None => "admin-settings-work_none",
            AppliedWork::Usual => "admin-settings-work_usual",
            AppliedWork::Heavy => "admin-settings-work_heavy",
        }
    }
}
