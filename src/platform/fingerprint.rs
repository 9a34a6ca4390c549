//! By what an address is known again of which nothing else is kept: a keyed hash. The key lies in the data folder,
//! so that nobody who has the database alone can try addresses; it is never replaced.

use super::Platform;
use super::error::AppError;
use super::files::blocking;
use super::random::Hashed;
use super::seal::Keys;
use crate::domain::person::EmailAddress;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;

/// The fingerprint of an address, however it is written.
pub async fn of(platform: &Platform, address: &EmailAddress) -> Result<Hashed, AppError> {
    let (folder, text) = (platform.config.data_dir.clone(), address.folded().to_owned());
    blocking(move || {
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let keys = Keys::of_file(&folder.join("address-key")).map_err(io::Error::other)?;
        keys.fingerprint(&text).ok_or_else(|| io::Error::other("a file of keys holds none"))
    })
    .await
}
