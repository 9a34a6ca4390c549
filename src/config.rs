//! Flags and environment become one [`Config`]; the only reader of variables. All faults are told
//! at once, each with the variable's name and an example; values of secrets are never printed.

pub mod providers;
mod secret;
mod values;

pub use secret::read_private;
pub use values::sealing_keys;

use crate::domain::person::EmailAddress;
use clap::Args;
use ipnet::IpNet;
use providers::Provider;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use secret::Secret;
use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const DATABASE: Secret =
    Secret { variable: "DATABASE_URL", file: "DATABASE_URL_FILE", example: "/run/secrets/kabeuchi-database" };
const MIGRATE: Secret = Secret {
    variable: "KABEUCHI_MIGRATE_URL",
    file: "KABEUCHI_MIGRATE_URL_FILE",
    example: "/run/secrets/kabeuchi-migrate",
};
const SMTP: Secret =
    Secret { variable: "KABEUCHI_SMTP_URL", file: "KABEUCHI_SMTP_URL_FILE", example: "/run/secrets/kabeuchi-smtp" };
const KEYS: Secret =
    Secret { variable: "KABEUCHI_KEYS", file: "KABEUCHI_KEYS_FILE", example: "/run/secrets/kabeuchi-keys" };
const KEYS_EXAMPLE: &str = "2027:$(openssl rand -base64 32)";

/// The operator's settings as given: every flag has its variable.
#[derive(Args, Clone, Default)]
pub struct Settings {
    /// Folder of the embedded database, keys and files
    #[arg(long, env = "KABEUCHI_DATA_DIR", global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "KABEUCHI_LISTEN", global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Address of this instance in the browser [default: http://localhost:8080]
    #[arg(long, env = "KABEUCHI_ORIGIN", global = true, value_name = "URL")]
    origin: Option<String>,
    /// A PostgreSQL of your own; without it an embedded one is kept in the data folder
    #[arg(long, env = "DATABASE_URL", global = true, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// A file with that URL
    #[arg(long, env = "DATABASE_URL_FILE", global = true, value_name = "FILE")]
    database_url_file: Option<PathBuf>,
    /// Mail server: smtp://, smtps://, user and password inside
    #[arg(long, env = "KABEUCHI_SMTP_URL", global = true, value_name = "URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// A file with that URL
    #[arg(long, env = "KABEUCHI_SMTP_URL_FILE", global = true, value_name = "FILE")]
    smtp_url_file: Option<PathBuf>,
    /// Sender of all mails
    #[arg(long, env = "KABEUCHI_MAIL_FROM", global = true, value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// Address of the listener for /metrics; none without it
    #[arg(long, env = "KABEUCHI_METRICS_LISTEN", global = true, value_name = "ADDRESS:PORT")]
    metrics_listen: Option<String>,
    /// Reverse proxies in front of the program
    #[arg(long, env = "KABEUCHI_TRUSTED_HOPS", global = true, value_name = "COUNT")]
    trusted_hops: Option<String>,
    /// Folder with initdb and postgres for the embedded database
    #[arg(long, env = "KABEUCHI_PG_BIN", global = true, value_name = "FOLDER")]
    pg_bin: Option<PathBuf>,
    /// Account that the embedded database runs as when started as root [default: postgres]
    #[arg(long, env = "KABEUCHI_PG_USER", global = true, value_name = "NAME")]
    pg_user: Option<String>,
    /// Database for `migrate`, with the rights to change tables [default: DATABASE_URL]
    #[arg(long, env = "KABEUCHI_MIGRATE_URL", global = true, value_name = "URL", hide_env_values = true)]
    migrate_url: Option<String>,
    /// A file with that URL
    #[arg(long, env = "KABEUCHI_MIGRATE_URL_FILE", global = true, value_name = "FILE")]
    migrate_url_file: Option<PathBuf>,
    /// Seconds that a worker may hold a job before another takes it [default: 60]
    #[arg(long, env = "KABEUCHI_LEASE_SECONDS", global = true, value_name = "SECONDS")]
    lease_seconds: Option<String>,
    /// Networks of your own whose calendars may be fetched, also by http and on any port
    #[arg(long, env = "KABEUCHI_FETCH_ALLOW", global = true, value_name = "NETWORK,…")]
    fetch_allow: Option<String>,
    /// Keys that seal addresses and passwords of calendars, newest first; needed for calendars with
    /// DATABASE_URL, kept in the data folder without it
    #[arg(long, env = "KABEUCHI_KEYS", global = true, value_name = "ID:BASE64,…", hide_env_values = true)]
    keys: Option<String>,
    /// A file with those keys
    #[arg(long, env = "KABEUCHI_KEYS_FILE", global = true, value_name = "FILE")]
    keys_file: Option<PathBuf>,
    /// A clamd that looks at every shared file before it can be opened
    #[arg(long, env = "KABEUCHI_SCANNER", global = true, value_name = "HOST:PORT")]
    scanner: Option<String>,
    /// How people reach whoever operates this instance: a mail address, or the https address of a page
    #[arg(long, env = "KABEUCHI_CONTACT", global = true, value_name = "ADDRESS")]
    contact: Option<String>,
    #[arg(skip = providers::of_environment())]
    providers: providers::Variables,
}

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    pub origin: Url,
    pub database: Database,
    pub migrate_url: Option<SecretString>,
    pub mail: MailSettings,
    pub metrics_listen: Option<SocketAddr>,
    pub trusted_hops: usize,
    pub pg_bin: Option<PathBuf>,
    pub pg_user: Option<String>,
    pub lease: Duration,
    /// Networks that may be fetched from although they are not public.
    pub fetch_allow: Vec<IpNet>,
    /// Keys of sealed values, newest first; none where they are to be found in the data folder.
    pub keys: Vec<SealingKey>,
    /// The scanner of shared files, where there is one.
    pub scanner: Option<String>,
    /// How people reach whoever operates this instance: `mailto:` or `https:`.
    pub contact: Option<Url>,
    /// Who else may say who a person is.
    pub providers: Vec<Provider>,
}

/// A key by the name that stands before each value sealed with it.
#[derive(Clone, Debug)]
pub struct SealingKey {
    pub id: String,
    key: Arc<SecretBox<[u8; 32]>>,
}

impl SealingKey {
    /// Whether it is what one writes to have something there: one byte, again and again.
    fn is_sample(&self) -> bool {
        let bytes = self.key.expose_secret();
        bytes.iter().all(|byte| *byte == bytes[0])
    }
}

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum Database {
    Embedded,
    External(SecretString),
}

/// Where mails go.
#[derive(Clone, Debug)]
pub enum MailSettings {
    /// To the page `/mailbox`: only on this machine.
    Mailbox {
        from: EmailAddress,
    },
    Smtp {
        url: SecretString,
        from: EmailAddress,
    },
}

impl MailSettings {
    /// The one sender, also ORGANIZER of calendar parts.
    pub fn from(&self) -> &EmailAddress {
        match self {
            MailSettings::Mailbox { from } | MailSettings::Smtp { from, .. } => from,
        }
    }
}

/// One setting that cannot be used: its variable, what is wrong, an example.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    variable: Cow<'static, str>,
    what: String,
    example: &'static str,
}

impl Fault {
    fn of(variable: impl Into<Cow<'static, str>>, what: &str, example: &'static str) -> Self {
        Self { variable: variable.into(), what: what.to_owned(), example }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. For example: {}={}", self.variable, self.what, self.variable, self.example)
    }
}

impl Config {
    /// Whether people sit at this machine: then the mailbox page and the `dev-` cookies exist.
    pub fn is_local(&self) -> bool {
        matches!(self.mail, MailSettings::Mailbox { .. })
    }

    /// An absolute address of this instance; `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin.as_str().trim_end_matches('/'))
    }

    /// The host name of the origin, part of UIDs and Message-IDs.
    pub fn instance(&self) -> &str {
        self.origin.host_str().unwrap_or("localhost")
    }
}

impl Settings {
    /// Checks everything and tells all faults at once.
    pub fn check(self) -> Result<Config, Vec<Fault>> {
        let mut faults = Vec::new();
        let listen = check(
            &mut faults,
            "KABEUCHI_LISTEN",
            "127.0.0.1:8080",
            self.listen.as_deref().unwrap_or("127.0.0.1:8080"),
            values::address,
        );
        let origin = check(
            &mut faults,
            "KABEUCHI_ORIGIN",
            "https://kabeuchi.example.org",
            self.origin.as_deref().unwrap_or("http://localhost:8080"),
            values::origin,
        );
        if self.origin.is_none() && listen.is_some_and(|listen| !listen.ip().is_loopback()) {
            let why = "needed when others than this machine are listened to: links of mails begin with it";
            faults.push(fault("KABEUCHI_ORIGIN", why, "https://kabeuchi.example.org"));
        }
        let metrics_listen = self
            .metrics_listen
            .as_deref()
            .and_then(|v| check(&mut faults, "KABEUCHI_METRICS_LISTEN", "127.0.0.1:9090", v, values::address));
        let hops = check(
            &mut faults,
            "KABEUCHI_TRUSTED_HOPS",
            "1",
            self.trusted_hops.as_deref().unwrap_or("0"),
            values::number::<usize>,
        );
        let lease = check(
            &mut faults,
            "KABEUCHI_LEASE_SECONDS",
            "60",
            self.lease_seconds.as_deref().unwrap_or("60"),
            values::seconds,
        );
        let fetch_allow = check(
            &mut faults,
            "KABEUCHI_FETCH_ALLOW",
            "192.168.1.0/24,fd12:3456::/32",
            self.fetch_allow.as_deref().unwrap_or_default(),
            values::networks,
        );
        let keys = KEYS.of(&mut faults, self.keys, self.keys_file);
        let is_given_keys = keys.is_some();
        let keys = check(&mut faults, KEYS.variable, KEYS_EXAMPLE, keys.as_deref().unwrap_or_default(), sealing_keys);
        let scanner = self
            .scanner
            .and_then(|v| check(&mut faults, "KABEUCHI_SCANNER", "clamd.example.org:3310", &v, values::scanner));
        let contact = self
            .contact
            .and_then(|v| check(&mut faults, "KABEUCHI_CONTACT", "operator@example.org", &v, values::contact));
        let database = DATABASE.of(&mut faults, self.database_url, self.database_url_file).and_then(|v| {
            check(&mut faults, DATABASE.variable, "postgres://kabeuchi:…@db.example.org/kabeuchi", &v, values::postgres)
        });
        let migrate_url = MIGRATE.of(&mut faults, self.migrate_url, self.migrate_url_file).and_then(|v| {
            check(&mut faults, MIGRATE.variable, "postgres://owner:…@db.example.org/kabeuchi", &v, values::postgres)
        });
        let smtp = SMTP
            .of(&mut faults, self.smtp_url, self.smtp_url_file)
            .and_then(|v| check(&mut faults, SMTP.variable, "smtps://user:…@mail.example.org", &v, values::smtp));
        let from = self
            .mail_from
            .and_then(|v| check(&mut faults, "KABEUCHI_MAIL_FROM", "kabeuchi@example.org", &v, values::sender));
        let local = listen.is_some_and(|l| l.ip().is_loopback()) && origin.as_ref().is_some_and(values::is_loopback);
        let mail = match (smtp, from) {
            (Some(url), Some(from)) => Some(MailSettings::Smtp { url, from }),
            (Some(_), None) => {
                faults.push(fault(
                    "KABEUCHI_MAIL_FROM",
                    "needed when KABEUCHI_SMTP_URL is set",
                    "kabeuchi@example.org",
                ));
                None
            }
            (None, from) if local => Some(MailSettings::Mailbox {
                from: from.unwrap_or_else(|| EmailAddress::parse("kabeuchi@example.org").expect("this is an address")),
            }),
            (None, _) if listen.is_some() && origin.is_some() => {
                faults.push(fault(
                    "KABEUCHI_SMTP_URL",
                    "needed when origin or listener are not of this machine alone",
                    "smtps://user:…@mail.example.org",
                ));
                None
            }
            (None, _) => None,
        };
        if let (Some(origin), false) = (&origin, local)
            && origin.scheme() != "https"
            && !values::is_loopback(origin)
        {
            faults.push(fault("KABEUCHI_ORIGIN", "a public origin must be https", "https://kabeuchi.example.org"));
        }
        if !local && listen.is_some() && origin.is_some() {
            let keys = keys.as_deref().unwrap_or_default();
            if database.is_some() && !is_given_keys {
                let why = "needed with DATABASE_URL: calendars and second factors are sealed with them";
                faults.push(fault(KEYS.variable, why, KEYS_EXAMPLE));
            }
            if keys.iter().any(SealingKey::is_sample) {
                faults.push(fault(KEYS.variable, "one of the keys is a sample, not a secret", KEYS_EXAMPLE));
            }
        }
        let data_dir = self.data_dir.or_else(default_data_dir);
        if data_dir.is_none() {
            faults.push(fault("KABEUCHI_DATA_DIR", "no home folder to put it in", "/var/lib/kabeuchi"));
        }
        let providers = providers::read(self.providers, &mut faults);
        if !providers.is_empty() && database.is_some() && keys.as_ref().is_some_and(Vec::is_empty) {
            faults.push(fault(
                "KABEUCHI_KEYS",
                "needed with DATABASE_URL where people sign in by a provider",
                "2027:$(openssl rand -base64 32)",
            ));
        }
        let calendars = fetch_allow.zip(keys);
        match (data_dir, listen, origin, hops, lease, mail, calendars) {
            (
                Some(data_dir),
                Some(listen),
                Some(origin),
                Some(trusted_hops),
                Some(lease),
                Some(mail),
                Some((fetch_allow, keys)),
            ) if faults.is_empty() => Ok(Config {
                data_dir,
                listen,
                origin,
                database: database.map_or(Database::Embedded, Database::External),
                migrate_url,
                mail,
                metrics_listen,
                trusted_hops,
                pg_bin: self.pg_bin,
                pg_user: self.pg_user,
                lease: Duration::from_secs(lease),
                fetch_allow,
                keys,
                scanner,
                contact,
                providers,
            }),
            _ => Err(faults),
        }
    }
}

fn fault(variable: &'static str, what: &str, example: &'static str) -> Fault {
    Fault::of(variable, what, example)
}

fn check<T>(
    faults: &mut Vec<Fault>,
    variable: &'static str,
    example: &'static str,
    value: &str,
    parse: fn(&str) -> Result<T, &'static str>,
) -> Option<T> {
    parse(value).map_err(|what| faults.push(fault(variable, what, example))).ok()
}

fn default_data_dir() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if of("HOME").is_some_and(|home| home.as_os_str() == "/root") {
        return Some("/var/lib/kabeuchi".into());
    }
    of("XDG_DATA_HOME").or_else(|| of("HOME").map(|home| home.join(".local/share"))).map(|base| base.join("kabeuchi"))
}

/// A secret of the settings, for the one place that uses it.
pub fn exposed(url: &SecretString) -> &str {
    url.expose_secret()
}

/// The bytes of a key, for the one place that seals.
pub fn exposed_key(key: &SealingKey) -> &[u8; 32] {
    key.key.expose_secret()
}

#[cfg(test)]
mod tests;
