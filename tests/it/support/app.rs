//! An application of a test's own, on port 0.

use super::browser::{Browser, Renewal};
use super::certificates::roots;
use super::feeds::{BUDGETS, FETCH_ALLOW, Names};
use super::mailbox::Mailbox;
use super::people::Persona;
use super::statements::Statements;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use kabeuchi::app;
use kabeuchi::config::{Config, Database, MailSettings, sealing_keys};
use kabeuchi::domain::id::CallId;
use kabeuchi::domain::person::EmailAddress;
use kabeuchi::platform::asker::cookie_name;
use kabeuchi::platform::bots;
use kabeuchi::platform::clock::{Clock, ManualClock};
use kabeuchi::platform::http_client::HttpClient;
use kabeuchi::platform::mail::Mailer;
use kabeuchi::platform::seal::Keys;
use kabeuchi::platform::{Parts, Platform, assets::Assets, audit, jobs};
use sqlx::PgPool;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::Notify;

/// What secrets are sealed with.
pub const KEYS: &str = "tests:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A running application with its database, clock and mailbox.
pub struct TestApp {
    pub db: PgPool,
    pub clock: Arc<ManualClock>,
    pub platform: Platform,
    pub origin: String,
    /// Counts the statements of its requests.
    pub statements: Statements,
}

impl TestApp {
    /// Monday 4 January 2027, 09:00 in Tokyo.
    pub fn beginning() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap()
    }

    /// Starts on the test's database.
    pub async fn spawn(db: PgPool) -> Self {
        Self::spawn_at(db, Self::beginning()).await
    }

    /// Starts at the database's own time, beside processes that live by it.
    pub async fn spawn_now(db: PgPool) -> Self {
        let now = sqlx::query_scalar("select clock_timestamp()").fetch_one(&db).await.unwrap();
        Self::spawn_at(db, now).await
    }

    /// Starts with other settings of the operator.
    pub async fn spawn_with(db: PgPool, change: impl FnOnce(&mut Config)) -> Self {
        Self::spawn_changed(db, Self::beginning(), change).await
    }

    async fn spawn_at(db: PgPool, now: DateTime<Utc>) -> Self {
        Self::spawn_changed(db, now, |_| ()).await
    }

    async fn spawn_changed(db: PgPool, now: DateTime<Utc>, change: impl FnOnce(&mut Config)) -> Self {
        raise_budgets(&db).await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let clock = Arc::new(ManualClock::at(now));
        let platform = platform(db.clone(), clock.clone(), &origin, change);
        audit::keep(&platform);
        let shared = platform.clone();
        let statements = Statements::default();
        let counting = statements.clone();
        let server = actix_web::HttpServer::new(move || {
            counting.count_on_this_thread();
            app::build(shared.clone())
        })
        .workers(2)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        tokio::spawn(server);
        Self { db, clock, platform, origin, statements }
    }

    /// Lets the budgets be those of the program.
    pub async fn with_usual_budgets(self) -> Self {
        sqlx::query("delete from budgets").execute(&self.db).await.unwrap();
        self
    }

    /// Sets a budget.
    pub async fn budget(&self, name: &str, count: i32) {
        let set =
            "insert into budgets (name, count) values ($1, $2) on conflict (name) do update set count = excluded.count";
        sqlx::query(set).bind(name).bind(count).execute(&self.db).await.unwrap();
    }

    /// The mark of a form to apply to a call that was drawn a while ago.
    pub fn drawn(&self, call: CallId, ago: TimeDelta) -> String {
        bots::mark(&self.platform, &format!("application {call}"), self.clock.now() - ago)
    }

    /// A browser that nobody signed in with.
    pub fn visitor(&self) -> Browser {
        Browser::new(self.origin.clone())
    }

    /// A browser signed in as a person, who is made where there is none. Signing in itself is
    /// shown by the tests of `people`.
    pub async fn as_(&self, persona: Persona) -> Browser {
        let token = kabeuchi::platform::random::token();
        let now = self.clock.now();
        sqlx::query(
            "insert into people (person_id, email, name, locale, time_zone, settled_at, host_since, administrator_since, slug, created_at)
             values ($1, $2, $3, $4, $5, $6, case when $7 then $6 end, case when $8 then $6 end, case when $7 then lower($3) end, $6)
             on conflict ((lower(email))) do nothing",
        )
        .bind(uuid::Uuid::now_v7())
        .bind(persona.email)
        .bind(persona.name)
        .bind(persona.locale.as_str())
        .bind(persona.zone)
        .bind(now)
        .bind(persona.is_host)
        .bind(persona.is_administrator)
        .execute(&self.db)
        .await
        .unwrap();
        sqlx::query(
            "insert into sign_ins (sign_in_id, person_id, token_hash, user_agent, created_at, seen_at, expires_at)
             select $1, person_id, $2, 'tests', $3, $3, $3 + interval '30 days' from people where email = $4",
        )
        .bind(uuid::Uuid::now_v7())
        .bind(kabeuchi::platform::random::hashed(&token))
        .bind(now)
        .bind(persona.email)
        .execute(&self.db)
        .await
        .unwrap();
        let token_hash = kabeuchi::platform::random::hashed(&token);
        let renewal = Renewal { db: self.db.clone(), clock: self.clock.clone(), token_hash };
        let browser = Browser::new(self.origin.clone()).renewed(renewal);
        browser.set_cookie(cookie_name(self.platform.config.is_local()), &token);
        browser
    }

    /// The same, signed in with the code of an app: away from a machine of one's own administrators need it.
    pub async fn with_code(&self, persona: Persona) -> Browser {
        let browser = self.as_(persona).await;
        let (person, now) = (self.id_of(persona).await.0, self.clock.now());
        for sql in [
            "insert into second_factors (person_id, sealed, created_at, confirmed_at) values ($1, '', $2, $2) on conflict do nothing",
            "update sign_ins set factor_at = $2 where person_id = $1",
        ] {
            sqlx::query(sql).bind(person).bind(now).execute(&self.db).await.unwrap();
        }
        browser
    }

    /// Works on all jobs that are due.
    pub async fn run_jobs(&self) -> usize {
        jobs::drain(&self.platform).await.unwrap()
    }

    /// Lets time pass, working on jobs as they become due: an hour at a time.
    pub async fn pass(&self, time: TimeDelta) {
        let end = self.clock.now() + time;
        while self.clock.now() < end {
            self.clock.advance(TimeDelta::hours(1).min(end - self.clock.now()));
            self.run_jobs().await;
        }
    }

    /// The mails that were sent.
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::of(self.db.clone())
    }
}

impl Drop for TestApp {
    /// The files of a test go with it.
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.platform.config.data_dir);
    }
}

/// What a test would use up at once, because its clock stands still.
pub async fn raise_budgets(db: &PgPool) {
    let names = [
        "unsafe",
        "unsafe-person",
        "drafts",
        "apply-address",
        "apply-network",
        "apply-call",
        "apply-left-network",
        "apply-left-call",
    ];
    sqlx::query("insert into budgets (name, count) select unnest($1), 1000000 on conflict do nothing")
        .bind(names.as_slice())
        .execute(db)
        .await
        .unwrap();
}

/// A platform on a test's database, with other settings of the operator.
fn platform(db: PgPool, clock: Arc<ManualClock>, origin: &str, change: impl FnOnce(&mut Config)) -> Platform {
    let from = EmailAddress::parse("kabeuchi@example.org").unwrap();
    let mut config = Config {
        data_dir: Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("data-{}", uuid::Uuid::new_v4())),
        listen: "127.0.0.1:0".parse().unwrap(),
        origin: origin.parse().unwrap(),
        database: Database::Embedded,
        migrate_url: None,
        mail: MailSettings::Mailbox { from },
        metrics_listen: None,
        trusted_hops: 0,
        pg_bin: None,
        pg_user: None,
        lease: Duration::from_secs(60),
        fetch_allow: FETCH_ALLOW.map(|network| network.parse().unwrap()).to_vec(),
        keys: sealing_keys(KEYS).unwrap(),
        scanner: None,
        contact: None,
        providers: Vec::new(),
    };
    change(&mut config);
    Platform::new(
        db,
        Parts {
            http: HttpClient::of(&config).with_resolver(Names).with_budgets(BUDGETS).with_roots(roots()),
            keys: Keys::load(&config).unwrap(),
            clock,
            mailer: Mailer::of(&config.mail).unwrap(),
            config,
            assets: Assets::load(None),
            subscriptions: app::subscriptions,
            registry: app::registry(),
            told_of: app::TOLD_OF,
            later: app::LATER,
            stopping: AtomicBool::new(false),
            visits: Default::default(),
            issuers: Default::default(),
            wake: Notify::new(),
        },
    )
}
