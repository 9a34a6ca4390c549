//! Hashes of those who deleted themselves: in the database, and in a file of the data folder that no
//! backup of the database takes back. Whoever comes back with an old backup is deleted again. Beside them
//! stand hashes of consents that were taken back, so that none of them counts again.

use super::Platform;
use super::db::Tx;
use super::error::AppError;
use super::files::blocking;
use super::random::{self, Hashed};
use crate::domain::id::PersonId;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Stands before the hash of a consent.
const CONSENT: &str = "consent ";

/// What is kept of a person: nobody learns from it who they were.
fn hash(person: PersonId) -> Hashed {
    Sha256::digest(format!("person {person}").as_bytes()).to_vec()
}

/// Keeps the tombstone of a person, in the file first: one too many deletes nobody who is there
/// no more, and one too few would let somebody come back.
pub async fn keep(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let (hash, now) = (hash(person), tx.now());
    append(tx.platform(), vec![hex(&hash)]).await?;
    sqlx::query!("insert into tombstones (person_hash, at) values ($1, $2) on conflict do nothing", hash, now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Those who are here although a tombstone says that they deleted themselves. The file and the
/// database learn what only the other knows; whether the database learned something.
pub async fn returned(tx: &mut Tx) -> Result<(Vec<PersonId>, bool), AppError> {
    let in_file = read(tx.platform()).await?;
    let now = tx.now();
    let in_database: Vec<Hashed> =
        sqlx::query_scalar!("select person_hash from tombstones").fetch_all(&mut **tx).await?;
    append(tx.platform(), in_database.iter().filter(|hash| !in_file.contains(hash)).map(|hash| hex(hash)).collect())
        .await?;
    let learned = sqlx::query!(
        "insert into tombstones (person_hash, at) select unnest($1::bytea[]), $2 on conflict do nothing",
        &in_file,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok((standing(tx).await?, learned.rows_affected() > 0))
}

/// Keeps what tells a consent that is taken back from all others. One too many takes back what somebody wanted to.
pub(super) async fn keep_withdrawn(platform: &Platform, consent: &str) -> Result<(), AppError> {
    append(platform, vec![format!("{CONSENT}{}", hex(&random::hashed(consent)))]).await
}

/// Hashes of consents that were taken back.
pub(super) async fn withdrawn(platform: &Platform) -> Result<Vec<Hashed>, AppError> {
    Ok(lines(platform).await?.lines().filter_map(|line| unhex(line.strip_prefix(CONSENT)?)).collect())
}

async fn standing(conn: &mut PgConnection) -> Result<Vec<PersonId>, AppError> {
    let people = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from people
            where deleted_at is null
              and sha256(convert_to('person ' || person_id::text, 'UTF8')) in (select person_hash from tombstones)
            order by person_id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}

fn path(platform: &Platform) -> PathBuf {
    platform.config.data_dir.join("tombstones")
}

async fn read(platform: &Platform) -> Result<Vec<Hashed>, AppError> {
    Ok(lines(platform).await?.lines().filter_map(unhex).collect())
}

async fn lines(platform: &Platform) -> Result<String, AppError> {
    let path = path(platform);
    let text = blocking(move || match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        text => text,
    });
    text.await
}

async fn append(platform: &Platform, lines: Vec<String>) -> Result<(), AppError> {
    if lines.is_empty() {
        return Ok(());
    }
    let path = path(platform);
    // The line before may have been cut off by a crash: it begins anew.
    let lines: String = lines.iter().map(|line| format!("\n{line}")).collect();
    blocking(move || {
        let folder = path.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        File::open(folder)?.sync_all()
    })
    .await
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash as it is written; nothing for a line that is none.
fn unhex(line: &str) -> Option<Hashed> {
    let digits = line.trim().as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    (digits.len() == 64).then(|| digits.chunks(2).map(byte).collect::<Option<_>>()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_off_is_no_tombstone() {
        let whole = hex(&hash(PersonId(uuid::Uuid::nil())));
        assert_eq!(unhex(&whole), Some(hash(PersonId(uuid::Uuid::nil()))));
        assert_eq!(unhex(&whole[..63]), None);
        assert_eq!(unhex(&format!("zz{}", &whole[2..])), None);
    }
}
