//! Files of the data folder. A file is written under a temporary name, then kept under a random key;
//! whoever keeps it stores the key in a row, and what has no row is swept away. Nothing is unpacked,
//! decoded or compared with what others sent.
//!
//! All processes of an instance see the same folder: on several machines it is a shared one.

mod form;
mod sending;

pub use form::{Received, Upload, receive, texts};
pub use sending::send;

use super::Platform;
use super::error::AppError;
use super::random;
use chrono::{DateTime, TimeDelta, Utc};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The end of names that are not kept yet.
const TEMPORARY: &str = ".part";

/// After this time a file that no row speaks of belongs to nobody.
pub const STRAY_AFTER: TimeDelta = TimeDelta::hours(1);

/// The folder of files.
#[derive(Clone, Debug)]
pub struct Files(PathBuf);

impl Files {
    /// Those of this instance.
    pub fn of(platform: &Platform) -> Self {
        Self(platform.config.data_dir.join("files"))
    }

    /// Those of another folder.
    pub fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Keeps a file that is written in one go, in the place of what had its key.
    pub async fn put(
        &self,
        key: Uuid,
        now: DateTime<Utc>,
        write: impl FnOnce(File) -> io::Result<u64> + Send + 'static,
    ) -> Result<u64, AppError> {
        let temporary = self.temporary(random::key()).await?;
        let (size, temporary) = blocking(move || Ok((write(temporary.file.try_clone()?)?, temporary))).await?;
        temporary.keep(self.path(key), now).await?;
        Ok(size)
    }

    /// Where a file lies.
    pub fn path(&self, key: Uuid) -> PathBuf {
        self.0.join(key.simple().to_string())
    }

    /// Deletes a file, and makes sure that it is gone.
    pub async fn delete(&self, key: Uuid) -> Result<(), AppError> {
        let path = self.path(key);
        blocking(move || {
            gone(fs::remove_file(&path))?;
            match path.try_exists()? {
                true => Err(io::Error::other("a deleted file is still there")),
                false => Ok(()),
            }
        })
        .await
    }

    /// Keys of everything that is kept and was not touched since an instant.
    pub async fn untouched_since(&self, then: DateTime<Utc>) -> Result<Vec<Uuid>, AppError> {
        let names = self.names(then).await?;
        Ok(names.iter().filter_map(|name| Uuid::try_parse(name).ok()).collect())
    }

    /// Deletes temporary files that nobody wrote to since an instant.
    pub async fn sweep(&self, then: DateTime<Utc>) -> Result<(), AppError> {
        let names = self.names(then).await?;
        let paths: Vec<PathBuf> =
            names.iter().filter(|name| name.ends_with(TEMPORARY)).map(|name| self.0.join(name)).collect();
        blocking(move || paths.iter().try_for_each(|path| gone(fs::remove_file(path)))).await
    }

    /// Whether nothing is kept here.
    pub async fn is_empty(&self) -> Result<bool, AppError> {
        let folder = self.0.clone();
        blocking(move || match fs::read_dir(folder) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        })
        .await
    }

    async fn names(&self, then: DateTime<Utc>) -> Result<Vec<String>, AppError> {
        let folder = self.0.clone();
        blocking(move || {
            let mut names = Vec::new();
            let entries = match fs::read_dir(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(names),
                entries => entries?,
            };
            for entry in entries {
                let entry = entry?;
                let touched = entry.metadata().and_then(|about| about.modified());
                // Somebody may delete it while the list is read.
                if touched.is_ok_and(|at| DateTime::<Utc>::from(at) < then) {
                    names.push(entry.file_name().to_string_lossy().into_owned());
                }
            }
            Ok(names)
        })
        .await
    }

    async fn temporary(&self, key: Uuid) -> Result<Temporary, AppError> {
        let (folder, path) = (self.0.clone(), self.0.join(format!("{}{TEMPORARY}", key.simple())));
        blocking(move || {
            DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            Ok(Temporary { path: Some(path), file })
        })
        .await
    }
}

/// A file that is being written; dropping it deletes it.
struct Temporary {
    path: Option<PathBuf>,
    file: File,
}

impl Temporary {
    /// Writes some bytes at the end.
    async fn write(self, bytes: Vec<u8>) -> Result<Self, AppError> {
        blocking(move || {
            io::Write::write_all(&mut &self.file, &bytes)?;
            Ok(self)
        })
        .await
    }

    /// Gives it its name for good, so that it is there after a crash as well.
    async fn keep(mut self, path: PathBuf, now: DateTime<Utc>) -> Result<(), AppError> {
        blocking(move || {
            self.file.set_modified(now.into())?;
            self.file.sync_all()?;
            if let Some(from) = self.path.take() {
                fs::rename(from, &path)?;
            }
            File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
        })
        .await
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = self.path.take()
            && let Err(error) = gone(fs::remove_file(path))
        {
            tracing::warn!(%error, "deleting a temporary file");
        }
    }
}

fn gone(deleted: io::Result<()>) -> io::Result<()> {
    match deleted {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        deleted => deleted,
    }
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|e| AppError::Unexpected(e.into()))?;
    // A full disk or a folder that is away passes; nothing was changed.
    done.map_err(|e| AppError::Unavailable(e.into()))
}
