//! Which PostgreSQL of this machine runs the cluster.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest that the program is tested with.
const OLDEST: u32 = 15;

/// Folders that hold one folder of programs for each version, with the path below it.
const PLACES: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", "bin"),
    ("/usr", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "bin"),
];

/// A folder with `initdb`, `postgres`, `pg_ctl`, `psql`, and its major version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Binaries {
    pub(super) major: u32,
    folder: PathBuf,
}

impl Binaries {
    /// An existing cluster needs its own major version; a new one takes the newest.
    pub(super) fn for_cluster(data: &Path, chosen: Option<&Path>) -> Result<Self> {
        let found = installed(chosen);
        let list: Vec<String> = found.iter().map(|b| format!("{} in {}", b.major, b.folder.display())).collect();
        let list = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
        match fs::read_to_string(data.join("PG_VERSION")) {
            Ok(version) => {
                let version = version.trim();
                found.into_iter().find(|b| b.major.to_string() == version).with_context(|| {
                    format!(
                        "{} was made by PostgreSQL {version}, which is not installed (found: {list}). Nothing was changed. \
                         Install PostgreSQL {version} (for example: apt install postgresql-{version}), or dump there and restore here",
                        data.display()
                    )
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => found.into_iter().rev().find(|b| b.major >= OLDEST).with_context(|| {
                format!(
                    "PostgreSQL {OLDEST} or later is not installed (found: {list}). Run script/server, or install it \
                     (apt install postgresql, brew install postgresql@17), or set DATABASE_URL"
                )
            }),
            Err(error) => Err(error).with_context(|| format!("reading {}", data.join("PG_VERSION").display())),
        }
    }

    /// Path of one program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// All versions found, the oldest first.
fn installed(chosen: Option<&Path>) -> Vec<Binaries> {
    let folders: Vec<PathBuf> = match chosen {
        Some(folder) => vec![folder.to_owned()],
        None => PLACES.iter().flat_map(|(root, below)| versions(root, below)).chain(on_path()).collect(),
    };
    let mut found: Vec<Binaries> = folders.iter().filter_map(|folder| examined(folder)).collect();
    found.sort();
    found.dedup();
    found
}

fn versions(root: &str, below: &str) -> Vec<PathBuf> {
    let is_one = |name: &str| match root {
        "/usr" => name.starts_with("pgsql-"),
        _ if root.ends_with("opt") => name.starts_with("postgresql"),
        _ => true,
    };
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    entries.filter(|e| is_one(&e.file_name().to_string_lossy())).map(|e| e.path().join(below)).collect()
}

fn on_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

/// Follows links, as `/usr/bin/postgres` is one on some systems, and asks the version.
fn examined(folder: &Path) -> Option<Binaries> {
    let folder = folder.join("postgres").canonicalize().ok()?.parent()?.to_owned();
    let is_whole = ["initdb", "pg_ctl", "psql"].iter().all(|name| folder.join(name).exists());
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let major = major(&String::from_utf8_lossy(&output.stdout))?;
    is_whole.then_some(Binaries { major, folder })
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → 15.
fn major(version: &str) -> Option<u32> {
    version.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major(""), None);
    }
}
