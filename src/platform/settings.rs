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
