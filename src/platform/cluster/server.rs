//! The server process: made, started, found alive or dead, stopped.

use super::binaries::Binaries;
use super::{NAME, Owner};
use anyhow::{Context, Result, bail};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Crash recovery of a large cluster takes long.
const PATIENCE: Duration = Duration::from_secs(600);
/// Bytes of a socket's path (sun_path, without the final NUL).
const LONGEST_SOCKET: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
const SOCKET: &str = ".s.PGSQL.5432";

/// The server of one data folder.
pub(super) struct Server {
    base: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    binaries: Binaries,
    owner: Option<Owner>,
    durable: bool,
}

/// What `postmaster.pid` says of the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Process(u32),
    /// Answers, and is none of our processes: it runs in another PID namespace.
    Elsewhere,
}

impl Server {
    pub(super) fn new(base: &Path, binaries: Binaries, owner: Option<Owner>, durable: bool) -> Result<Self> {
        let mut socket = base.join("run");
        if socket.as_os_str().len() + 1 + SOCKET.len() > LONGEST_SOCKET {
            // The same for every process that uses this folder.
            let folder = fs::metadata(base)?;
            socket = std::env::temp_dir().join(format!("kabeuchi-{:x}-{:x}", folder.dev(), folder.ino()));
        }
        Ok(Self { base: base.to_owned(), data: base.join("data"), socket, binaries, owner, durable })
    }

    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Whether a connection is taken.
    pub(super) fn accepts(&self) -> bool {
        UnixStream::connect(self.socket.join(SOCKET)).is_ok()
    }

    /// Makes the cluster where there is none, and starts the server or waits until it is ready. The
    /// caller holds `start`.
    pub(super) fn ensure(&self, start: &File) -> Result<()> {
        let began = Instant::now();
        if !self.data.join("PG_VERSION").exists() {
            self.initialise(start)?;
        }
        match self.find()? {
            Some(Found::Elsewhere) => {}
            Some(Found::Process(pid)) => self.wait_for(pid, began)?,
            None => self.launch(began)?,
        }
        tracing::debug!(elapsed = ?began.elapsed(), "the embedded database is ready");
        Ok(())
    }

    /// Makes the database and its extensions.
    pub(super) fn ensure_database(&self, name: &str) -> Result<()> {
        let exists = self.sql("postgres", &format!("select 1 from pg_database where datname = '{name}'"))?;
        if exists.trim().is_empty() {
            self.sql("postgres", &format!("create database {name}"))?;
        }
        self.sql(name, "create extension if not exists btree_gist; create extension if not exists pg_trgm").map(drop)
    }

    fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let mut psql = self.command("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", NAME, "-d", database, "-c", statement])
            .arg("-h")
            .arg(&self.socket);
        self.run("preparing the database", psql)
    }

    /// Stops the server; open transactions are rolled back.
    pub(super) fn stop(&self) -> Result<()> {
        if !matches!(self.find()?, Some(Found::Process(_))) {
            return Ok(());
        }
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "-s", "-w", "-m", "fast", "-t", "120", "-D"]).arg(&self.data);
        self.run("stopping PostgreSQL", stop).map(drop)
    }

    fn initialise(&self, start: &File) -> Result<()> {
        let fresh = self.base.join("data.new");
        if fresh.exists() {
            fs::remove_dir_all(&fresh).context("removing a cluster that was never finished")?;
        }
        if self.data.exists() {
            bail!("{} exists and holds no PostgreSQL cluster; move it away", self.data.display());
        }
        let mut initdb = self.command("initdb");
        initdb.arg("-D").arg(&fresh).args([
            "-U",
            NAME,
            "-A",
            "trust",
            "--auth-host=reject",
            "-k",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]);
        if self.binaries.major >= 17 {
            initdb.args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
        }
        if !self.durable {
            initdb.arg("-N");
        }
        // It shares the lock: if we are killed, others wait until initdb has ended.
        initdb.stdin(start.try_clone()?);
        self.run("making the cluster", initdb)?;
        fs::rename(&fresh, &self.data)?;
        Ok(())
    }

    fn launch(&self, began: Instant) -> Result<()> {
        self.private_socket_folder()?;
        let log = self.base.join("postgres.log");
        let log_began = fs::metadata(&log).map_or(0, |file| file.len());
        let out = OpenOptions::new().create(true).append(true).mode(0o600).open(&log)?;
        let mut postgres = self.command("postgres");
        postgres.arg("-D").arg(&self.data);
        for setting in self.settings() {
            postgres.arg("-c").arg(setting);
        }
        let mut child = postgres.stdout(out.try_clone()?).stderr(out).spawn().context("starting PostgreSQL")?;
        while !self.is_ready(child.id()) {
            if let Some(status) = child.try_wait()? {
                bail!("PostgreSQL did not start ({status}); {} says:\n{}", log.display(), tail(&log, log_began));
            }
            if began.elapsed() > PATIENCE {
                bail!("PostgreSQL is not ready after {} minutes, see {}", PATIENCE.as_secs() / 60, log.display());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        reap(child);
        Ok(())
    }

    fn settings(&self) -> Vec<String> {
        // A list setting: each folder in double quotes.
        let folder = format!("\"{}\"", self.socket.display().to_string().replace('"', "\"\""));
        let mut settings = vec![
            "listen_addresses=".to_owned(),
            format!("unix_socket_directories={folder}"),
            "unix_socket_permissions=0700".to_owned(),
            "port=5432".to_owned(),
            "timezone=UTC".to_owned(),
            "log_timezone=UTC".to_owned(),
            "cluster_name=kabeuchi".to_owned(),
            "lc_messages=C".to_owned(),
        ];
        if !self.durable {
            settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"].map(str::to_owned));
        }
        settings
    }

    fn private_socket_folder(&self) -> Result<()> {
        match fs::DirBuilder::new().mode(0o700).create(&self.socket) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(error).with_context(|| self.socket.display().to_string());
            }
            _ => {}
        }
        let folder = fs::symlink_metadata(&self.socket)?;
        let wanted = self.owner.map_or(fs::metadata(&self.base)?.uid(), |owner| owner.0);
        if !folder.is_dir() || (folder.uid() != wanted && folder.uid() != 0) {
            bail!("{} belongs to somebody else", self.socket.display());
        }
        if let Some((user, group)) = self.owner {
            chown(&self.socket, Some(user), Some(group))?;
        }
        Ok(fs::set_permissions(&self.socket, Permissions::from_mode(0o700))?)
    }

    fn wait_for(&self, pid: u32, began: Instant) -> Result<()> {
        while !self.is_ready(pid) {
            if began.elapsed() > PATIENCE || self.find()? != Some(Found::Process(pid)) {
                bail!("the server (process {pid}) of {} does not get ready", self.data.display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// `postmaster.pid` names the process in its first line and says `ready` in its eighth.
    fn is_ready(&self, pid: u32) -> bool {
        fs::read_to_string(self.pid_file()).is_ok_and(|text| {
            let mut lines = text.lines().map(str::trim);
            lines.next() == Some(&pid.to_string()) && lines.nth(6) == Some("ready")
        })
    }

    fn pid_file(&self) -> PathBuf {
        self.data.join("postmaster.pid")
    }

    /// The running server. A dead one's files are removed only when it is provably dead: a zombie, or
    /// a process ID that something else has now.
    fn find(&self) -> Result<Option<Found>> {
        let Ok(text) = fs::read_to_string(self.pid_file()) else { return Ok(None) };
        let Some(pid) = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok()) else { return Ok(None) };
        if !Path::new("/proc/self/stat").exists() {
            let mut status = self.command("pg_ctl");
            status.arg("status").arg("-D").arg(&self.data);
            return Ok((status.output()?.status.code() == Some(0)).then_some(Found::Process(pid)));
        }
        if self.is_ours(pid) {
            return Ok(Some(Found::Process(pid)));
        }
        if self.accepts() {
            return Ok(Some(Found::Elsewhere));
        }
        self.wait_for_orphans()?;
        tracing::warn!(pid, "removing what a dead database left behind");
        // The socket's lock names the same process and blocks as well.
        let _ = fs::remove_file(self.socket.join(format!("{SOCKET}.lock")));
        fs::remove_file(self.pid_file())?;
        Ok(None)
    }

    /// Alive, and working in our data folder.
    fn is_ours(&self, pid: u32) -> bool {
        let is_here = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == self.data);
        is_here && !is_zombie(pid)
    }

    /// Backends that outlive a killed postmaster still write.
    fn wait_for_orphans(&self) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(30);
        while processes()?.into_iter().any(|pid| self.is_ours(pid)) {
            if Instant::now() > until {
                bail!("processes of a dead server still use {}; end them first", self.data.display());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// A program of PostgreSQL, as the cluster's account, without the caller's settings, in a process
    /// group of its own so that Ctrl-C in the terminal does not reach it.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.program(program));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["PG", "LC_", "LANG"].iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command.env("LC_MESSAGES", "C").env("TZ", "UTC").current_dir("/").process_group(0).stdin(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    fn run(&self, what: &str, mut command: Command) -> Result<String> {
        let output = command.output().with_context(|| format!("{what}: running {:?}", command.get_program()))?;
        if !output.status.success() {
            bail!("{what}: {} {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn is_zombie(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.map_or(true, |stat| stat.rsplit(')').next().unwrap_or_default().trim().starts_with('Z'))
}

fn processes() -> Result<Vec<u32>> {
    Ok(fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_string_lossy().parse().ok()).collect())
}

/// A zombie looks alive to PostgreSQL's own tools.
fn reap(mut child: Child) {
    std::thread::spawn(move || child.wait());
}

fn tail(log: &Path, from: u64) -> String {
    let mut text = String::new();
    if let Ok(mut file) = File::open(log) {
        let _ = file.seek(SeekFrom::Start(from)).and_then(|_| file.read_to_string(&mut text));
    }
    text.trim().to_owned()
}
