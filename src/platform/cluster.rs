//! The embedded default: a private PostgreSQL cluster in the data folder, shared by all processes of
//! the program, when no `DATABASE_URL` is given.
//!
//! There is no owner process. `start.lock` is held while somebody starts or stops the server,
//! `users.lock` is shared for the life of each process; the last one out stops the server. When a
//! process is killed the kernel frees its locks, and the next one attaches. Why not a crate: those
//! that exist switch fsync off, fail as root, or do not attach again after a crash.

mod binaries;
mod server;

use anyhow::{Context, Result, bail};
use binaries::Binaries;
use server::Server;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Role, and database, of the cluster.
const NAME: &str = "kabeuchi";

/// Where the cluster lies, and with what it runs.
pub struct ClusterOptions {
    /// The data folder; made 0700 where there is none.
    pub base: PathBuf,
    /// Folder with `initdb` and `postgres`; found in the usual places when `None`.
    pub bin: Option<PathBuf>,
    /// Account to run as when started as root; `postgres` when `None`.
    pub user: Option<String>,
    /// False for throw-away clusters of tests: nothing is flushed to disk.
    pub durable: bool,
}

impl ClusterOptions {
    /// Whether a start made it already.
    pub fn is_made(&self) -> bool {
        self.base.join("data/PG_VERSION").exists()
    }
}

/// A process's use of the cluster; dropping the last one stops the server.
pub struct Cluster {
    server: Server,
    base: PathBuf,
    users: Option<File>,
}

impl Cluster {
    /// Starts the server, or attaches to it. Blocks; the first start takes about a second.
    pub fn open(options: &ClusterOptions) -> Result<Self> {
        let base = private_folder(&options.base)?;
        let owner = account(&base, options.user.as_deref())?;
        own(&base, owner)?;
        let binaries = Binaries::for_cluster(&base.join("data"), options.bin.as_deref())?;
        let server = Server::new(&base, binaries, owner, options.durable)?;
        let start = lock_file(&base, "start.lock")?;
        start.lock().context("waiting for another process that starts or stops the database")?;
        let users = lock_file(&base, "users.lock")?;
        users.lock_shared()?;
        server.ensure(&start)?;
        server.ensure_database(NAME)?;
        Ok(Self { server, base, users: Some(users) })
    }

    /// Starts the server again when it died. To be called every second or so, off the async threads.
    pub fn check(&self) -> Result<()> {
        if self.server.accepts() {
            return Ok(());
        }
        let start = lock_file(&self.base, "start.lock")?;
        start.lock()?;
        self.server.ensure(&start)
    }

    /// Folder of the socket; the port is 5432.
    pub fn socket(&self) -> &Path {
        self.server.socket()
    }

    /// URL for psql and other programs on this machine.
    pub fn url(&self) -> String {
        let folder: String =
            url::form_urlencoded::byte_serialize(self.socket().as_os_str().as_encoded_bytes()).collect();
        format!("postgres://{NAME}@localhost/{NAME}?host={folder}")
    }

    fn close(&mut self) -> Result<()> {
        let Some(users) = self.users.take() else { return Ok(()) };
        let start = lock_file(&self.base, "start.lock")?;
        start.lock()?;
        users.unlock()?;
        // Nobody can join while we hold start.lock: if we get it alone, we are the last.
        match users.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(()),
            Err(TryLockError::Error(error)) => Err(error.into()),
            Ok(()) => self.server.stop(),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(error = format!("{error:#}"), "stopping the embedded database");
        }
    }
}

/// The account that owns the cluster: user and group.
type Owner = (u32, u32);

fn private_folder(base: &Path) -> Result<PathBuf> {
    let made = base.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        match fs::DirBuilder::new().mode(0o700).create(base) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && base.is_dir() => Ok(()),
            result => result,
        }
    });
    made.with_context(|| format!("cannot make the data folder {}", base.display()))?;
    Ok(base.canonicalize()?)
}

/// PostgreSQL refuses to run as root: then the owner of an existing cluster, else the named account.
fn account(base: &Path, user: Option<&str>) -> Result<Option<Owner>> {
    if own_id("-u")? != 0 {
        return Ok(None);
    }
    if let Ok(data) = fs::metadata(base.join("data"))
        && data.uid() != 0
    {
        return Ok(Some((data.uid(), data.gid())));
    }
    let name = user.unwrap_or("postgres");
    let id = |flag| {
        id_of(flag, Some(name)).with_context(|| {
            format!(
                "started as root, which PostgreSQL refuses, and there is no account \"{name}\" for it. \
                 Make one (useradd --system postgres), name another in KABEUCHI_PG_USER, or start as an ordinary user"
            )
        })
    };
    let owner = (id("-u")?, id("-g")?);
    if owner.0 == 0 {
        bail!("KABEUCHI_PG_USER must not be root");
    }
    Ok(Some(owner))
}

fn own_id(flag: &str) -> Result<u32> {
    id_of(flag, None)
}

fn id_of(flag: &str, name: Option<&str>) -> Result<u32> {
    let output = Command::new("id").arg(flag).args(name).output().context("asking id for an account")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse()?)
}

fn own(base: &Path, owner: Option<Owner>) -> Result<()> {
    let Some((user, group)) = owner else {
        if fs::metadata(base)?.mode() & 0o077 != 0 {
            fs::set_permissions(base, Permissions::from_mode(0o700))?;
        }
        return Ok(());
    };
    chown(base, Some(user), Some(group))?;
    for above in base.ancestors().skip(1) {
        let folder = fs::metadata(above)?;
        if folder.mode() & 0o001 == 0 && folder.uid() != user {
            bail!(
                "the database's account (user {user}) cannot enter {}: put the data folder elsewhere, for example /var/lib/kabeuchi",
                above.display()
            );
        }
    }
    Ok(())
}

fn lock_file(base: &Path, name: &str) -> Result<File> {
    let path = base.join(name);
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .with_context(|| format!("opening {}", path.display()))
}
