//! The roles of the program: what each starts, and how it stops.

use crate::config::{Config, Database, exposed};
use crate::domain::person::{EmailAddress, Locale};
use crate::features::admin::retention;
use crate::features::home::erasure;
use crate::features::people;
use crate::platform::clock::SystemClock;
use crate::platform::cluster::{Cluster, ClusterOptions};
use crate::platform::http_client::HttpClient;
use crate::platform::i18n::Speech;
use crate::platform::readiness::{self, State};
use crate::platform::seal::Keys;
use crate::platform::{Parts, Platform, assets, audit, db, jobs, mail, telemetry};
use crate::{app, demo};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use anyhow::{Context, anyhow, bail};
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::PgPool;
use sqlx::migrate::{Migrate, Migrator};
use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

static MIGRATOR: Migrator = sqlx::migrate!();

/// A balancer needs this long to see that the process is no longer ready.
const LAG: Duration = Duration::from_secs(3);
const DRAIN_SECONDS: u64 = 15;
/// How long somebody may take to send the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// Connections of jobs and of what looks after the process.
const FOR_WORK: u32 = 12;
/// Connections of each of the two threads that answer. Three processes stay below the hundred that
/// PostgreSQL takes.
const PER_WORKER: u32 = 8;

/// The database, and the embedded cluster while it is in use.
struct Connected {
    db: PgPool,
    cluster: Option<Arc<Cluster>>,
}

/// A process that works: its platform, and what keeps its clock and its database going.
struct Running {
    platform: Platform,
    cluster: Option<Arc<Cluster>>,
    keeping: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Running {
    async fn start(config: Config) -> anyhow::Result<Self> {
        let connected = connect(&config).await?;
        let clock = Arc::new(SystemClock::starting_at(database_time(&connected.db).await?));
        let platform = platform(config, connected.db, clock.clone())?;
        platform.keys.prove(&platform.db, platform.clock.now()).await?;
        audit::keep(&platform);
        erasure::bury(&platform)
            .await
            .map_err(|error| anyhow!("deleting those whom a backup brought back: {error}"))?;
        let (stop, stopped) = watch::channel(false);
        let keeping = tokio::spawn(keep(platform.clone(), clock, connected.cluster.clone(), stopped));
        Ok(Self { platform, cluster: connected.cluster, keeping, stop })
    }

    fn start_work(&self) -> JoinHandle<()> {
        let (platform, stop) = (self.platform.clone(), self.stop.subscribe());
        tokio::spawn(async move {
            if let Err(error) = retention::plan(&platform).await {
                tracing::error!(%error, "planning what is kept no longer");
            }
            jobs::run(platform, stop).await
        })
    }

    async fn end(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.keeping.await?;
        if tokio::time::timeout(Duration::from_secs(3), self.platform.audit.settle()).await.is_err() {
            tracing::warn!("the audit log was not written to its end");
        }
        close(self.platform.db.clone(), self.cluster).await
    }
}

/// Serves pages, and works unless another process does.
pub async fn serve(config: Config, with_work: bool) -> anyhow::Result<ExitCode> {
    let metrics = telemetry::start_metrics()?;
    let running = Running::start(config).await?;
    let platform = running.platform.clone();
    let shared = platform.clone();
    let server = HttpServer::new(move || app::build(shared.with_db(db::beside(&shared.db, PER_WORKER))))
        .tcp_nodelay(true)
        .client_request_timeout(HEAD)
        .workers(2)
        .disable_signals()
        .shutdown_timeout(DRAIN_SECONDS)
        .bind(platform.config.listen)
        .with_context(|| format!("listening on {}", platform.config.listen))?
        .run();
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let counting = serve_metrics(&platform, metrics)?;
    let working = with_work.then(|| running.start_work());
    welcome(&platform).await?;
    told_to_stop().await?;
    platform.stopping.store(true, Ordering::Relaxed);
    if !platform.config.is_local() {
        tokio::time::sleep(LAG).await;
    }
    handle.stop(true).await;
    serving.await??;
    running.stop.send_replace(true);
    if let Some(working) = working {
        working.await?;
    }
    if let Some(counting) = counting {
        counting.stop(false).await;
    }
    running.end().await?;
    Ok(ExitCode::SUCCESS)
}

/// Works without serving pages.
pub async fn work(config: Config) -> anyhow::Result<ExitCode> {
    let metrics = telemetry::start_metrics()?;
    let running = Running::start(config).await?;
    let counting = serve_metrics(&running.platform, metrics)?;
    let working = running.start_work();
    told_to_stop().await?;
    running.stop.send_replace(true);
    working.await?;
    if let Some(counting) = counting {
        counting.stop(false).await;
    }
    running.end().await?;
    Ok(ExitCode::SUCCESS)
}

/// Brings the database to this release.
pub async fn migrate(config: Config) -> anyhow::Result<ExitCode> {
    let connected = match &config.migrate_url {
        Some(url) => Connected {
            db: db::connect(exposed(url).parse()?, 1).await.context("connecting to KABEUCHI_MIGRATE_URL")?,
            cluster: None,
        },
        None => open(&config).await?,
    };
    run_migrations(&connected.db).await?;
    println!("The database is at this release.");
    let_server_in(&config, &connected.db).await?;
    Ok(ExitCode::SUCCESS)
}

/// Says whether the settings can be used, and what the program measures of itself with them. Without the
/// embedded database, which comes with the first start, there is nothing to measure yet.
pub async fn check_config(config: Config, is_offline: bool) -> anyhow::Result<ExitCode> {
    println!("The settings can be used. Pages at {}", config.origin);
    let is_made = cluster_options(&config).is_made();
    if is_offline || (matches!(config.database, Database::Embedded) && !is_made) {
        return Ok(ExitCode::SUCCESS);
    }
    let connected = open(&config).await?;
    check_schema(&connected.db).await?;
    let clock = Arc::new(SystemClock::starting_at(database_time(&connected.db).await?));
    let platform = platform(config, connected.db.clone(), clock)?;
    platform.keys.check(&platform.db).await?;
    let mut conn = connected.db.acquire().await?;
    let mut checks = readiness::of_database(&platform, &mut conn).await?;
    drop(conn);
    checks.extend(readiness::of_others(&platform).await);
    let speech = Speech { locale: Locale::En, zone: chrono_tz::UTC };
    for check in &checks {
        let mark = match check.state {
            State::Good => "good",
            State::Doubtful => "look",
            State::Bad => "BAD ",
        };
        println!("{mark}  {}", speech.t(check.key()).with("count", check.number));
    }
    close(connected.db, connected.cluster).await?;
    Ok(match checks.iter().any(|check| check.state == State::Bad) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// Lets the role of `DATABASE_URL` serve, where another one migrates.
async fn let_server_in(config: &Config, db: &PgPool) -> anyhow::Result<()> {
    let (Database::External(url), Some(_)) = (&config.database, &config.migrate_url) else { return Ok(()) };
    let server: PgConnectOptions = exposed(url).parse().context("reading DATABASE_URL")?;
    let (server, owner) = (server.get_username(), db.connect_options());
    if server == owner.get_username() {
        return Ok(());
    }
    sqlx::query!("select let_role_serve($1::text::name) is null as done", server)
        .fetch_one(db)
        .await
        .with_context(|| format!("granting to the role {server}"))?;
    let still_may = sqlx::query_scalar!(
        r#"select has_schema_privilege($1, 'public', 'create') or has_table_privilege($1, 'audit_entries', 'delete') as "may!""#,
        server,
    );
    match still_may.fetch_one(db).await? {
        true => {
            eprintln!("The role {server} can still change tables or the audit log: it owns them, or is a superuser.")
        }
        false => println!("The role {server} may serve, and change neither tables nor the audit log."),
    }
    Ok(())
}

/// Fills an empty local instance with the demo world.
pub async fn demo(config: Config) -> anyhow::Result<ExitCode> {
    if !config.is_local() {
        bail!(
            "the demo world is for this machine alone: origin and listener must be loopback, without KABEUCHI_SMTP_URL"
        );
    }
    let connected = connect(&config).await?;
    let now = database_time(&connected.db).await?;
    match demo::fill(&config, &connected.db, now).await? {
        true => {
            println!("The demo world is here. Sign in with an address of its people through {}", config.url("/mailbox"))
        }
        false => println!("There are people here already: the demo world is left out."),
    }
    close(connected.db, connected.cluster).await?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a single-use sign-in link.
pub async fn sign_in_link(config: Config, address: &str, along: people::Along) -> anyhow::Result<ExitCode> {
    let Ok(address) = EmailAddress::parse(address) else {
        eprintln!("not a mail address. For example: kabeuchi sign-in-link hana@example.org");
        return Ok(ExitCode::from(2));
    };
    let connected = connect(&config).await?;
    let clock = Arc::new(SystemClock::starting_at(database_time(&connected.db).await?));
    let platform = platform(config, connected.db.clone(), clock)?;
    println!("{}", people::invite(&platform, &address, along).await?);
    close(connected.db, connected.cluster).await?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the URL of the embedded database and keeps it running until told to stop.
pub async fn database_url(config: Config) -> anyhow::Result<ExitCode> {
    let options = cluster_options(&config);
    let cluster = tokio::task::spawn_blocking(move || Cluster::open(&options)).await??;
    println!("{}", cluster.url());
    told_to_stop().await?;
    tokio::task::spawn_blocking(move || drop(cluster)).await?;
    Ok(ExitCode::SUCCESS)
}

/// Connects, and checks or makes the schema.
async fn connect(config: &Config) -> anyhow::Result<Connected> {
    let connected = open(config).await?;
    match config.database {
        Database::Embedded => run_migrations(&connected.db).await?,
        Database::External(_) => check_schema(&connected.db).await?,
    }
    Ok(connected)
}

async fn open(config: &Config) -> anyhow::Result<Connected> {
    match &config.database {
        Database::External(url) => {
            let options: PgConnectOptions = exposed(url).parse().context("reading DATABASE_URL")?;
            Ok(Connected {
                db: db::connect(options, FOR_WORK).await.context("connecting to DATABASE_URL")?,
                cluster: None,
            })
        }
        Database::Embedded => {
            let options = cluster_options(config);
            let cluster = tokio::task::spawn_blocking(move || Cluster::open(&options)).await??;
            let options = PgConnectOptions::new_without_pgpass()
                .socket(cluster.socket())
                .username("kabeuchi")
                .database("kabeuchi");
            let db = db::connect(options, FOR_WORK).await.context("connecting to the embedded database")?;
            Ok(Connected { db, cluster: Some(Arc::new(cluster)) })
        }
    }
}

fn cluster_options(config: &Config) -> ClusterOptions {
    ClusterOptions {
        base: config.data_dir.clone(),
        bin: config.pg_bin.clone(),
        user: config.pg_user.clone(),
        durable: true,
    }
}

async fn run_migrations(db: &PgPool) -> anyhow::Result<()> {
    let mut migrator = Migrator { migrations: MIGRATOR.migrations.clone(), ..Migrator::DEFAULT };
    // A newer release that went back leaves newer migrations behind: they are its business.
    migrator.set_ignore_missing(true);
    let mut conn = db.acquire().await?;
    sqlx::query!("select set_config('statement_timeout', '0', false) as statements, set_config('lock_timeout', '2000', false) as locks").fetch_one(&mut *conn).await?;
    migrator.run(&mut *conn).await.context("migrating the database")
}

async fn check_schema(db: &PgPool) -> anyhow::Result<()> {
    let mut conn = db.acquire().await?;
    let applied = conn.list_applied_migrations(&MIGRATOR.table_name).await.unwrap_or_default();
    let missing = MIGRATOR.migrations.iter().filter(|m| !applied.iter().any(|a| a.version == m.version)).count();
    if missing > 0 {
        bail!("the database lacks {missing} migrations of this release. Run: kabeuchi migrate");
    }
    let newest = MIGRATOR.migrations.iter().map(|m| m.version).max().unwrap_or_default();
    let needed = sqlx::query_scalar!("select version from schema_needs").fetch_one(&mut *conn).await?;
    if needed > newest {
        bail!(
            "the database was changed for programs that know migration {needed}, and this one knows {newest} at most"
        );
    }
    let may_rewrite = sqlx::query_scalar!(r#"select has_table_privilege('audit_entries', 'delete') as "may!""#);
    if may_rewrite.fetch_one(&mut *conn).await? {
        tracing::warn!("the role of DATABASE_URL can rewrite the audit log: KABEUCHI_MIGRATE_URL lets another own it");
    }
    Ok(())
}

fn platform(config: Config, db: PgPool, clock: Arc<SystemClock>) -> anyhow::Result<Platform> {
    let folder = std::env::var_os("KABEUCHI_ASSETS_DIR").filter(|_| cfg!(debug_assertions)).map(PathBuf::from);
    Ok(Platform::new(
        db,
        Parts {
            mailer: mail::Mailer::of(&config.mail)?,
            http: HttpClient::of(&config),
            keys: Keys::load(&config)?,
            clock,
            config,
            assets: assets::Assets::load(folder),
            subscriptions: app::subscriptions,
            registry: app::registry(),
            told_of: app::TOLD_OF,
            later: app::LATER,
            stopping: AtomicBool::new(false),
            visits: Default::default(),
            issuers: Default::default(),
            wake: Notify::new(),
        },
    ))
}

/// The sample that the one clock starts from.
async fn database_time(db: &PgPool) -> Result<DateTime<Utc>, sqlx::Error> {
    sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(db).await
}

/// Takes a sample of the database's clock each minute, and looks after the embedded cluster.
async fn keep(
    platform: Platform,
    clock: Arc<SystemClock>,
    cluster: Option<Arc<Cluster>>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut second = 0u64;
    while !*stopped.borrow() {
        if let Some(cluster) = cluster.clone()
            && let Ok(Err(error)) = tokio::task::spawn_blocking(move || cluster.check()).await
        {
            tracing::error!(%error, "looking after the embedded database");
        }
        if second.is_multiple_of(60) {
            match database_time(&platform.db).await {
                Ok(now) if clock.sample(now) => {}
                Ok(now) => {
                    metrics::counter!("kabeuchi_clock_jumps_total").increment(1);
                    tracing::error!(%now, "the database's clock jumped: nothing is let go and nobody is reminded until three samples agree");
                }
                Err(error) => tracing::warn!(%error, "asking the database for the time"),
            }
        }
        second += 1;
        tokio::select! {
            _ = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Says where to go; on an empty instance with the link of the first administrator.
async fn welcome(platform: &Platform) -> anyhow::Result<()> {
    println!("Kabeuchi is at {}", platform.config.origin);
    if platform.config.is_local() {
        println!("Its mails are at {}", platform.config.url("/mailbox"));
    }
    if let Some(link) = people::first_link(platform).await? {
        println!(
            "Nobody is here yet. This link, good for an hour and for one use, makes you administrator and host:\n{link}"
        );
    }
    Ok(())
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

fn serve_metrics(platform: &Platform, metrics: PrometheusHandle) -> anyhow::Result<Option<ServerHandle>> {
    let Some(listen) = platform.config.metrics_listen else { return Ok(None) };
    let page = web::Data::new(metrics);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(page.clone())
            .route("/metrics", web::get().to(|page: web::Data<PrometheusHandle>| async move { page.render() }))
    })
    .workers(1)
    .disable_signals()
    .bind(listen)
    .with_context(|| format!("listening on {listen} for metrics"))?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Some(handle))
}

/// Gives the connections back before the last process stops the cluster.
async fn close(db: PgPool, cluster: Option<Arc<Cluster>>) -> anyhow::Result<()> {
    db.close().await;
    tokio::task::spawn_blocking(move || drop(cluster)).await?;
    Ok(())
}
