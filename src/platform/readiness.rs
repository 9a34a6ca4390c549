//! What the program measures of itself: for `check-config` and for administrators. Each check says how it
//! stands in numbers and words without secrets; which of them is bad is decided here, once.

use super::error::AppError;
use super::mail::Mailer;
use super::seal::{self, Keys};
use super::{Platform, scanner};
use crate::config::Database;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Database,
    Enciphered,
    Rights,
    Clock,
    Keys,
    Jobs,
    Factors,
    Judges,
    Files,
    Mail,
    Scanner,
    Contact,
}

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Good,
    /// It works, and somebody should look.
    Doubtful,
    Bad,
}

/// One check with its number, where it has one: milliseconds, seconds, rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    pub what: What,
    pub state: State,
    pub number: i64,
}

impl Check {
    /// Key of the sentence that says it.
    pub fn key(self) -> &'static str {
        match (self.what, self.state) {
            (What::Database, State::Good) => "readiness-database-good",
            (What::Database, _) => "readiness-database-slow",
            (What::Enciphered, State::Good) => "readiness-enciphered-good",
            (What::Enciphered, _) => "readiness-enciphered-bad",
            (What::Rights, State::Good) => "readiness-rights-good",
            (What::Rights, _) => "readiness-rights-bad",
            (What::Clock, State::Good) => "readiness-clock-good",
            (What::Clock, _) => "readiness-clock-bad",
            (What::Keys, State::Good) => "readiness-keys-good",
            (What::Keys, State::Doubtful) => "readiness-keys-none",
            (What::Keys, State::Bad) => "readiness-keys-bad",
            (What::Jobs, State::Good) => "readiness-jobs-good",
            (What::Jobs, _) => "readiness-jobs-bad",
            (What::Factors, State::Good) => "readiness-factors-good",
            (What::Factors, _) => "readiness-factors-bad",
            (What::Judges, State::Good) => "readiness-judges-good",
            (What::Judges, _) => "readiness-judges-bad",
            (What::Files, State::Good) => "readiness-files-good",
            (What::Files, _) => "readiness-files-bad",
            (What::Mail, State::Good) => "readiness-mail-good",
            (What::Mail, State::Doubtful) => "readiness-mail-none",
            (What::Mail, State::Bad) => "readiness-mail-bad",
            (What::Scanner, State::Good) => "readiness-scanner-good",
            (What::Scanner, _) => "readiness-scanner-bad",
            (What::Contact, State::Good) => "readiness-contact-good",
            (What::Contact, _) => "readiness-contact-none",
        }
    }
}

/// A statement slower than this is felt on every page.
const SLOW: Duration = Duration::from_millis(50);
/// A clock further away makes times of logs and of the database differ.
const APART: TimeDelta = TimeDelta::seconds(2);
/// Work that is due for longer is not being done.
const OVERDUE: TimeDelta = TimeDelta::minutes(10);
/// A server that says nothing for this long is away.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the database tells; changes nothing and asks nobody else.
pub async fn of_database(platform: &Platform, conn: &mut PgConnection) -> Result<Vec<Check>, AppError> {
    let began = Instant::now();
    let row = sqlx::query!(
        r#"select clock_timestamp() as "now!",
                  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)
                    or inet_server_addr() is null or inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1' as "is_enciphered!",
                  has_schema_privilege('public', 'create') or has_table_privilege('audit_entries', 'delete') as "may_change!""#
    )
    .fetch_one(&mut *conn)
    .await?;
    let took = began.elapsed();
    let bad_if = |is_bad: bool| if is_bad { State::Bad } else { State::Good };
    let doubtful_if = |is_doubtful: bool| if is_doubtful { State::Doubtful } else { State::Good };
    let apart = (row.now - machine_time()).abs();
    let is_embedded = matches!(platform.config.database, Database::Embedded);
    let check = |what, state, number| Check { what, state, number };
    let mut checks = vec![
        check(What::Database, doubtful_if(took > SLOW), took.as_millis() as i64),
        check(What::Enciphered, bad_if(!row.is_enciphered), 0),
        check(What::Clock, bad_if(apart > APART), apart.num_milliseconds()),
    ];
    // The embedded database is the program's own, and has one role.
    if !is_embedded {
        checks.push(check(What::Rights, doubtful_if(row.may_change), 0));
    }
    // Whoever sits at this machine operates it.
    if !platform.config.is_local() {
        checks.push(check(What::Contact, doubtful_if(platform.config.contact.is_none()), 0));
    }
    checks.push(keys(conn, &platform.keys).await?);
    checks.push(jobs(conn, platform.clock.now()).await?);
    checks.push(factors(conn).await?);
    checks.push(judges(conn).await?);
    Ok(checks)
}

/// The clock of the machine, which nothing goes by but the times of the logs.
#[expect(clippy::disallowed_methods, reason = "this clock is what is measured")]
fn machine_time() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

/// Values that were sealed with a key that this process does not have stay closed.
async fn keys(conn: &mut PgConnection, keys: &Keys) -> Result<Check, AppError> {
    let missing = seal::used(conn).await?.iter().filter(|id| !keys.has(id)).count();
    let state = match (keys.is_empty(), missing) {
        (true, _) => State::Doubtful,
        (false, 0) => State::Good,
        (false, _) => State::Bad,
    };
    Ok(Check { what: What::Keys, state, number: missing as i64 })
}

async fn jobs(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Check, AppError> {
    let oldest = sqlx::query_scalar!("select min(run_at) from jobs where stage = 'waiting' and run_at <= $1", now)
        .fetch_one(conn)
        .await?;
    let late = oldest.map_or(TimeDelta::zero(), |oldest| now - oldest);
    let state = if late > OVERDUE { State::Bad } else { State::Good };
    Ok(Check { what: What::Jobs, state, number: late.num_minutes() })
}

/// Administrators who could be impersonated by whoever reads their mail.
async fn factors(conn: &mut PgConnection) -> Result<Check, AppError> {
    let without = sqlx::query_scalar!(
        r#"select count(*) as "count!" from people p
            where administrator_since is not null
              and not exists (select from second_factors f where f.person_id = p.person_id and f.confirmed_at is not null)
              and not exists (select from passkeys k where k.person_id = p.person_id)"#
    )
    .fetch_one(conn)
    .await?;
    let state = if without > 0 { State::Doubtful } else { State::Good };
    Ok(Check { what: What::Factors, state, number: without })
}

/// What waits for a decision that no administrator may make: each decided before, or is concerned.
async fn judges(conn: &mut PgConnection) -> Result<Check, AppError> {
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "count!"
             from (select array[person_id, decided_by] as parties from sanctions
                    where appealed_at is not null and concluded_at is null
                   union all
                   select array[reporter_id, subject_id, coalesce(decided_by, reporter_id)] from abuse_reports
                    where stage = 'open' or (appealed_at is not null and final_at is null)
                   union all
                   select array[reporter_id, subject_id, coalesce(decided_by, reporter_id)] from complaints
                    where stage = 'open' or (appealed_at is not null and final_at is null)) w
            where not exists (select from people where administrator_since is not null and person_id <> all (w.parties))"#
    )
    .fetch_one(conn)
    .await?;
    let state = if waiting > 0 { State::Doubtful } else { State::Good };
    Ok(Check { what: What::Judges, state, number: waiting })
}

/// What others tell: the folder of files, the mail server, the scanner. No mail is sent.
pub async fn of_others(platform: &Platform) -> Vec<Check> {
    let (files, mail, scanner) = tokio::join!(files(platform), mail(&platform.mailer), scanner(platform));
    [Some(files), Some(mail), scanner].into_iter().flatten().collect()
}

async fn files(platform: &Platform) -> Check {
    let folder = platform.config.data_dir.clone();
    let written = tokio::task::spawn_blocking(move || is_writable(&folder)).await.unwrap_or(false);
    Check { what: What::Files, state: if written { State::Good } else { State::Bad }, number: 0 }
}

fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!("probe-{}", std::process::id()));
    let written = fs::create_dir_all(folder).is_ok() && fs::write(&probe, b"probe").is_ok();
    written && fs::remove_file(&probe).is_ok()
}

async fn mail(mailer: &Mailer) -> Check {
    let began = Instant::now();
    let state = match tokio::time::timeout(PATIENCE, mailer.answers()).await {
        Ok(Some(true)) => State::Good,
        Ok(None) => State::Doubtful,
        _ => State::Bad,
    };
    Check { what: What::Mail, state, number: began.elapsed().as_millis() as i64 }
}

async fn scanner(platform: &Platform) -> Option<Check> {
    let address = platform.config.scanner.clone()?;
    let answered = tokio::time::timeout(PATIENCE, scanner::answers(&address)).await;
    let state = if answered.unwrap_or(false) { State::Good } else { State::Bad };
    Some(Check { what: What::Scanner, state, number: 0 })
}
