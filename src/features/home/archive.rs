//! The archive of a person: JSON for each purpose, the files that they shared, and one page to read. Made
//! whole by a job, deleted after a week.

use super::store;
use crate::domain::data_map::Purpose;
use crate::domain::fact::Fact;
use crate::domain::id::{ExportId, PersonId};
use crate::features::{
    applications, availability, bookings, calendars, calls, complaints, consultations, feedback, people, questions,
    reports, sessions,
};
use crate::platform::db::Read;
use crate::platform::error::AppError;
use crate::platform::files::Files;
use crate::platform::i18n::{Speech, Told};
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::Mail;
use crate::platform::privacy::{self, Part};
use crate::platform::{Platform, consents, failpoint};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Where archives lie.
pub fn folder(platform: &Platform) -> Files {
    Files::at(platform.config.data_dir.join("exports"))
}

/// Everything that the tables hold of a person. Each slice gives its part.
pub async fn parts(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    let mut parts = people::privacy::export(&mut *conn, person).await?;
    parts.extend(calls::privacy::export(&mut *conn, person).await?);
    parts.extend(consultations::privacy::export(&mut *conn, person).await?);
    parts.extend(applications::privacy::export(&mut *conn, person).await?);
    parts.extend(questions::privacy::export(&mut *conn, person).await?);
    parts.extend(calendars::privacy::export(&mut *conn, person).await?);
    parts.extend(availability::privacy::export(&mut *conn, person).await?);
    parts.extend(bookings::privacy::export(&mut *conn, person).await?);
    parts.extend(sessions::privacy::export(&mut *conn, person).await?);
    parts.extend(feedback::privacy::export(&mut *conn, person).await?);
    parts.extend(reports::privacy::export(&mut *conn, person).await?);
    parts.extend(complaints::privacy::export(&mut *conn, person).await?);
    parts.extend(store::export(&mut *conn, person).await?);
    parts.extend(consents::export(&mut *conn, person).await?);
    parts.extend(privacy::export(conn, person).await?);
    Ok(parts)
}

/// Makes an archive, and tells its person where it is.
#[derive(Serialize, Deserialize)]
pub struct Archive {
    pub export: ExportId,
}

impl Job for Archive {
    const KIND: &'static str = "home.archive";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut read = Read::begin(&run.platform.db).await?;
        let Some(person) = store::running(&mut read, self.export).await? else {
            return let_go(&run.platform, &mut read, self.export).await;
        };
        let parts = parts(&mut read, person).await?;
        let shared = questions::privacy::files(&mut read, person).await?;
        let receiver = people::receiver(&mut read, person).await?;
        drop(read);
        let (speech, files) = (receiver.speech, Files::of(&run.platform));
        let made_at = run.now;
        let write = move |out| write(out, speech, made_at, parts, &files, shared);
        let size = folder(&run.platform).put(self.export.0, run.now, write).await?;
        failpoint::reach("after_archive").await;
        let mut tx = run.begin().await?;
        let Some(ends_at) = store::finish(&mut tx, self.export, size).await? else {
            return let_go(&run.platform, &mut tx, self.export).await;
        };
        tx.enqueue(NewJob::at(Wipe { export: self.export }, ends_at)).await?;
        tx.record(Fact::ExportReady { export: self.export }).await?;
        let mail = Mail::to(&receiver, speech.t("home-mail-export-subject"))
            .line(speech.t("home-mail-export-text").saying("until", speech.moment(ends_at)))
            .even_closed();
        let mail = match people::sanction_mails::link_of_closed(&mut tx, &run, &receiver).await? {
            Some(link) => mail.secret_action(speech.t("home-mail-export-action"), format!("{link}/archive")),
            None => mail.action(speech.t("home-mail-export-action"), run.platform.config.url("/settings/export")),
        };
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Deletes what was made where nobody asks for it any more. Another process may have finished it.
async fn let_go(platform: &Platform, conn: &mut PgConnection, export: ExportId) -> Result<Outcome, AppError> {
    if store::known(conn, &[export.0]).await?.is_empty() {
        folder(platform).delete(export.0).await?;
    }
    Ok(Outcome::Done)
}

/// Deletes an archive when its time is over.
#[derive(Serialize, Deserialize)]
pub struct Wipe {
    pub export: ExportId,
}

impl Job for Wipe {
    const KIND: &'static str = "home.wipe_archive";
    /// A folder that is away for some days must not keep what is to be gone.
    const MAX_AGE: TimeDelta = TimeDelta::days(30);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        folder(&run.platform).delete(self.export.0).await?;
        let mut tx = run.begin().await?;
        store::forget(&mut tx, self.export).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// The page to read: every purpose with what is held for it.
#[derive(Template)]
#[template(path = "home/archive.html")]
struct Readable {
    speech: Speech,
    made_at: DateTime<Utc>,
    sections: Vec<(Told, Vec<Entry>)>,
    /// Names of files whose bytes are not here any more.
    missing: Vec<String>,
}

/// A row of a table, as names and values.
struct Entry {
    table: &'static str,
    values: Vec<(String, String)>,
}

impl Readable {
    fn t(&self, key: &'static str) -> Told {
        self.speech.t(key)
    }
}

fn page(speech: Speech, made_at: DateTime<Utc>, parts: &[Part], missing: Vec<String>) -> io::Result<String> {
    let rows: HashMap<&str, &Vec<Value>> = parts.iter().map(|part| (part.table, &part.rows)).collect();
    let entries = |purpose: Purpose| -> Vec<Entry> {
        let held = purpose.tables().filter_map(|held| rows.get(held.table).map(|rows| (held.table, *rows)));
        held.flat_map(|(table, rows)| rows.iter().map(move |row| Entry { table, values: values(row) })).collect()
    };
    let sections = Purpose::ALL.into_iter().map(|purpose| (speech.t(purpose.key()), entries(purpose)));
    let sections = sections.filter(|(_, entries)| !entries.is_empty()).collect();
    Readable { speech, made_at, sections, missing }.render().map_err(io::Error::other)
}

fn values(row: &Value) -> Vec<(String, String)> {
    let told = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let pairs = row.as_object().into_iter().flatten();
    pairs.filter_map(|(name, value)| Some((name.clone(), told(value)?))).collect()
}

/// Without compression: most of what is shared is pictures and PDFs, which are compressed already.
fn write(
    out: File,
    speech: Speech,
    made_at: DateTime<Utc>,
    parts: Vec<Part>,
    files: &Files,
    shared: Vec<(Uuid, String)>,
) -> io::Result<u64> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(BufWriter::new(out));
    for part in &parts {
        zip.start_file(format!("data/{}.json", part.table), options)?;
        serde_json::to_writer_pretty(&mut zip, &part.rows)?;
    }
    let mut missing = Vec::new();
    for (n, (key, name)) in shared.into_iter().enumerate() {
        match File::open(files.path(key)) {
            // A backup of the database alone came back.
            Err(error) if error.kind() == ErrorKind::NotFound => missing.push(name),
            file => {
                zip.start_file(format!("files/{}-{}", n + 1, plain(&name)), options)?;
                io::copy(&mut file?, &mut zip)?;
            }
        }
    }
    zip.start_file("index.html", options)?;
    zip.write_all(page(speech, made_at, &parts, missing)?.as_bytes())?;
    let out = zip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(out.metadata()?.len())
}

/// A name that leads nowhere else when it is unpacked.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || "/\\:".contains(c) { '_' } else { c }).collect()
}
