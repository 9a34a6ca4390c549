//! Secrets at rest: ChaCha20-Poly1305 under the newest key, whose name stands before each value.
//!
//! What is sealed is bound to the row that it belongs to and to the server it is for: moved to
//! another row, or beside another origin, it does not open.

use super::db::Tx;
use super::error::AppError;
use crate::config::{Config, Database, SealingKey, exposed_key, read_private, sealing_keys};
use anyhow::{Context, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use sqlx::{PgConnection, PgPool};
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Name of the file in the data folder.
const FILE: &str = "keys";

/// The keys of this instance, newest first; none where nothing can be sealed.
pub struct Keys(Vec<SealingKey>);

impl Keys {
    /// Those of the settings, else those of the data folder beside the embedded database, made there
    /// the first time.
    pub fn load(config: &Config) -> anyhow::Result<Self> {
        match (&config.database, config.keys.is_empty()) {
            (Database::Embedded, true) => Self::of_file(&config.data_dir.join(FILE)),
            (_, false) => Ok(Self(config.keys.clone())),
            (Database::External(_), true) => {
                tracing::warn!("KABEUCHI_KEYS is not set: no calendar can be connected");
                Ok(Self(Vec::new()))
            }
        }
    }

    /// Keys that stand nowhere: for tests and the demo.
    pub fn of(keys: Vec<SealingKey>) -> Self {
        Self(keys)
    }

    /// Those of a file, made the first time.
    pub(super) fn of_file(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            make(path).with_context(|| format!("making {}", path.display()))?;
        }
        let text = read_private(path).map_err(|why| anyhow!("{}: {why}", path.display()))?;
        match sealing_keys(&text) {
            Ok(keys) if !keys.is_empty() => Ok(Self(keys)),
            _ => Err(anyhow!("{} holds no keys, and sealed values need those that it held", path.display())),
        }
    }

    /// Whether anything can be sealed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the key of this name is among them.
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id == id)
    }

    /// Compares the keys with what they sealed here before. A process with another key of the same name would fail
    /// at some requests and not at others.
    pub async fn check(&self, db: &PgPool) -> anyhow::Result<()> {
        for key in &self.0 {
            let kept = sqlx::query_scalar!("select proof from sealing_keys where key_id = $1", key.id);
            if let Some(proof) = kept.fetch_optional(db).await?
                && Self(vec![key.clone()]).open(&proof, &proven(key)).is_none()
            {
                bail!("KABEUCHI_KEYS: the key {} is not the one that sealed what is in this database", key.id);
            }
        }
        Ok(())
    }

    /// Leaves a proof of the newest key, under which all is sealed from now on, and checks all of them: of two
    /// processes that start at once with other keys, the second reads the proof of the first.
    pub async fn prove(&self, db: &PgPool, now: DateTime<Utc>) -> anyhow::Result<()> {
        if let Some(newest) = self.0.first() {
            sqlx::query!(
                "insert into sealing_keys (key_id, proof, first_used_at) values ($1, $2, $3) on conflict do nothing",
                newest.id,
                self.seal("proof", &proven(newest)).context("sealing")?,
                now,
            )
            .execute(db)
            .await?;
        }
        self.check(db).await
    }

    /// Forgets proofs of keys under which nothing is sealed any more: whoever lists one again proves it anew.
    pub async fn forget_unused(&self, tx: &mut Tx) -> Result<(), AppError> {
        let used = used(tx).await?;
        let newest = self.0.first().map(|key| key.id.as_str());
        sqlx::query!("delete from sealing_keys where key_id <> all($1) and key_id is distinct from $2", &used, newest)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// What stands before everything that the newest key sealed.
    pub fn mark(&self) -> Option<Vec<u8>> {
        let newest = self.0.first()?;
        Some([&[u8::try_from(newest.id.len()).ok()?], newest.id.as_bytes()].concat())
    }

    /// A keyed hash, by which a text is known again that nobody can read out of it.
    pub(super) fn fingerprint(&self, text: &str) -> Option<Vec<u8>> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, exposed_key(self.0.first()?));
        Some(hmac::sign(&key, text.as_bytes()).as_ref().to_vec())
    }

    /// The same under the newest key; `None` where it does not open.
    pub fn anew(&self, sealed: &[u8], bound_to: &str) -> Option<Vec<u8>> {
        self.seal(&self.open(sealed, bound_to)?, bound_to)
    }

    /// Seals a text for what it is bound to; `None` without a key.
    pub fn seal(&self, text: &str, bound_to: &str) -> Option<Vec<u8>> {
        let key = self.0.first()?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut bytes = text.as_bytes().to_vec();
        let nonce_of = Nonce::assume_unique_for_key(nonce);
        cipher(key).seal_in_place_append_tag(nonce_of, bound(&key.id, bound_to), &mut bytes).ok()?;
        Some([self.mark()?.as_slice(), &nonce, &bytes].concat())
    }

    /// Opens what was sealed for this; `None` where a byte, the key or what it is bound to differs.
    pub fn open(&self, sealed: &[u8], bound_to: &str) -> Option<String> {
        let (length, rest) = sealed.split_first()?;
        let (id, rest) = rest.split_at_checked(usize::from(*length))?;
        let (nonce, rest) = rest.split_at_checked(NONCE_LEN)?;
        let key = self.0.iter().find(|key| key.id.as_bytes() == id)?;
        let mut bytes = rest.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = cipher(key).open_in_place(nonce, bound(&key.id, bound_to), &mut bytes).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

/// Names of the keys under which anything in the database is sealed. What is sealed names its key.
pub async fn used(conn: &mut PgConnection) -> Result<Vec<String>, AppError> {
    let used = sqlx::query_scalar!(
        r#"select distinct convert_from(substring(sealed from 2 for get_byte(sealed, 0)), 'UTF8') as "id!"
             from (select address as sealed from calendars
                   union all select sealed from second_factors
                   union all select next_sealed from sign_in_requests
                   union all select sealed from provider_attempts
                   union all select location_sealed from once_keys) as all_sealed
            where length(sealed) > $1"#,
        i32::try_from(NONCE_LEN).unwrap_or_default(),
    )
    .fetch_all(conn)
    .await?;
    Ok(used)
}

fn proven(key: &SealingKey) -> String {
    format!("sealing_keys {}", key.id)
}

fn cipher(key: &SealingKey) -> LessSafeKey {
    let key = UnboundKey::new(&CHACHA20_POLY1305, exposed_key(key)).expect("a key has 32 bytes");
    LessSafeKey::new(key)
}

fn bound(id: &str, to: &str) -> Aad<String> {
    Aad::from(format!("{id}\n{to}"))
}

/// Writes a new key beside, and links it in: of two processes that start at once, one makes it.
fn make(path: &Path) -> anyhow::Result<()> {
    let mut key = [0; 32];
    SystemRandom::new().fill(&mut key).map_err(|_| anyhow!("the machine gives no random bytes"))?;
    let beside = path.with_extension(format!("{}", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    writeln!(file, "1:{}", STANDARD.encode(key))?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn keys(ids: &[(&str, u8)]) -> Keys {
        let words: Vec<String> =
            ids.iter().map(|(id, byte)| format!("{id}:{}", STANDARD.encode([*byte; 32]))).collect();
        Keys::of(sealing_keys(&words.join(",")).unwrap())
    }

    #[test]
    fn what_was_sealed_opens_where_it_was_sealed_for_alone() {
        let keys = keys(&[("new", 1)]);
        let sealed = keys.seal("https://calendar.example.org/壁", "row 1 https://a").unwrap();
        assert_eq!(keys.open(&sealed, "row 1 https://a").as_deref(), Some("https://calendar.example.org/壁"));
        assert_eq!(keys.open(&sealed, "row 2 https://a"), None);
        assert_eq!(keys.open(&sealed, "row 1 https://b"), None);
        assert_ne!(sealed, keys.seal("https://calendar.example.org/壁", "row 1 https://a").unwrap());
    }

    #[test]
    fn a_changed_byte_or_a_cut_end_does_not_open() {
        let keys = keys(&[("new", 1)]);
        let sealed = keys.seal("secret", "row").unwrap();
        for n in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[n] ^= 1;
            assert_eq!(keys.open(&changed, "row"), None, "byte {n}");
            assert_eq!(keys.open(&sealed[..n], "row"), None, "cut at {n}");
        }
    }

    #[test]
    fn trust_k03_a_former_key_opens_and_the_newest_seals() {
        let sealed = keys(&[("old", 1)]).seal("secret", "row").unwrap();
        let both = keys(&[("new", 2), ("old", 1)]);
        assert_eq!(both.open(&sealed, "row").as_deref(), Some("secret"));
        assert!(both.seal("secret", "row").unwrap().starts_with(b"\x03new"));
        assert_eq!(keys(&[("new", 2)]).open(&sealed, "row"), None);
        assert_eq!(keys(&[("old", 2)]).open(&sealed, "row"), None);
        assert_eq!(Keys::of(Vec::new()).seal("secret", "row"), None);
    }

    #[test]
    fn trust_k03_what_is_sealed_anew_needs_the_former_key_no_more() {
        let sealed = keys(&[("old", 1)]).seal("secret", "row").unwrap();
        let both = keys(&[("new", 2), ("old", 1)]);
        let anew = both.anew(&sealed, "row").unwrap();
        assert!(anew.starts_with(&both.mark().unwrap()) && !sealed.starts_with(&both.mark().unwrap()));
        assert_eq!(keys(&[("new", 2)]).open(&anew, "row").as_deref(), Some("secret"));
        assert_eq!(both.anew(&sealed, "another row"), None);
        assert_eq!(keys(&[("new", 2)]).anew(&sealed, "row"), None);
    }

    #[test]
    fn keys_of_the_data_folder_are_made_once_and_for_their_owner_alone() {
        let folder = std::env::temp_dir().join(format!("kabeuchi-keys-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(FILE);
        let sealed = Keys::of_file(&path).unwrap().seal("secret", "row").unwrap();
        assert_eq!(Keys::of_file(&path).unwrap().open(&sealed, "row").as_deref(), Some("secret"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
        assert!(Keys::of_file(&path).is_err_and(|why| why.to_string().ends_with("chmod o= it")));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "").unwrap();
        assert!(Keys::of_file(&path).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
