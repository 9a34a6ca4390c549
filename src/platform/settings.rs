//! What administrators set for the whole instance, by name. What is not set is as the program has it.

use super::db::Tx;
use super::error::AppError;
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use sqlx::PgConnection;

/// Who may host: those whom an administrator lets, or everybody who wants to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosting {
    Granted,
    Anyone,
}

impl Hosting {
    /// Name of the setting.
    const NAME: &'static str = "hosting";
    /// Both.
    pub const ALL: [Hosting; 2] = [Hosting::Granted, Hosting::Anyone];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Hosting::Granted => "granted",
            Hosting::Anyone => "anyone",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hosting| hosting.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Hosting::Granted => "admin-settings-hosting_granted",
            Hosting::Anyone => "admin-settings-hosting_anyone",
        }
    }

    /// How it is set.
    pub async fn of(conn: &mut PgConnection) -> Result<Self, AppError> {
        let stored = sqlx::query_scalar!("select value from settings where name = $1", Self::NAME);
        Ok(stored.fetch_optional(conn).await?.and_then(|word| Self::parse(&word)).unwrap_or(Self::Granted))
    }

    /// Sets it.
    pub async fn set(self, tx: &mut Tx, by: PersonId) -> Result<(), AppError> {
        let now = tx.now();
        sqlx::query!(
            r#"insert into settings (name, value, set_by, set_at) values ($1, $2, $3, $4)
               on conflict (name) do update set value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at"#,
            Self::NAME,
            self.as_str(),
            by as PersonId,
            now,
        )
        .execute(&mut **tx)
        .await?;
        tx.record(Fact::SettingsChanged { person: by }).await
    }
}
