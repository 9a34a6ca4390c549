//! The log of consents: what a person agreed to and what they took back, in the transaction of the act itself.
//! Rows are added, never changed, and go with their person alone.

use super::db::Tx;
use super::error::AppError;
use super::privacy::Part;
use super::{random, tombstones};
use crate::domain::id::PersonId;
use crate::domain::policy::Policy;
use sqlx::PgConnection;
use std::fmt;

/// What is agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What both sides of a consultation promise; the subject is the call.
    Confidentiality,
    /// That exact words may be quoted.
    Quote,
    /// That a version of a report may be published.
    Report,
    /// A policy of the instance.
    Policy,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Confidentiality, Kind::Quote, Kind::Report, Kind::Policy];

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The stored word.
    fn as_str(self) -> &'static str {
        match self {
            Kind::Confidentiality => "confidentiality",
            Kind::Quote => "quote",
            Kind::Report => "report",
            Kind::Policy => "policy",
        }
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Confidentiality => "home-consents-confidentiality",
            Kind::Quote => "home-consents-quote",
            Kind::Report => "home-consents-report",
            Kind::Policy => "home-consents-policy",
        }
    }
}

/// An agreement to an exact text.
pub struct Consent<'a> {
    pub kind: Kind,
    pub subject: &'a str,
    pub version: &'a str,
    pub text: &'a str,
}

impl<'a> Consent<'a> {
    /// An agreement whose version is its text.
    pub fn to(kind: Kind, subject: &'a str, text: &'a str) -> Self {
        Self { kind, subject, version: "", text }
    }
}

/// Notes that a person agreed.
pub async fn give(tx: &mut Tx, person: PersonId, consent: Consent<'_>) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into consents (person_id, kind, subject, version, text_hash, act, at) values ($1, $2, $3, $4, $5, 'given', $6)"#,
        person as PersonId,
        consent.kind.as_str(),
        consent.subject,
        consent.version,
        random::hashed(consent.text),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that a person took back what they agreed to last about a subject, in the file that outlives a backup first.
pub async fn withdraw(tx: &mut Tx, person: PersonId, kind: Kind, subject: impl fmt::Display) -> Result<(), AppError> {
    let (now, subject) = (tx.now(), subject.to_string());
    let given = sqlx::query!(
        r#"select version, at from consents
            where person_id = $1 and kind = $2 and subject = $3 and act = 'given' order by consent_id desc limit 1"#,
        person as PersonId,
        kind.as_str(),
        subject,
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(given) = given {
        let (kind, version, at) = (kind.as_str(), given.version, given.at.timestamp_micros());
        tombstones::keep_withdrawn(tx.platform(), &format!("{person} {kind} {subject} {version} {at}")).await?;
    }
    sqlx::query!(
        r#"insert into consents (person_id, kind, subject, version, text_hash, act, at)
           select person_id, kind, subject, version, text_hash, 'withdrawn', $4 from consents
            where person_id = $1 and kind = $2 and subject = $3 order by consent_id desc limit 1"#,
        person as PersonId,
        kind.as_str(),
        subject,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A consent that stands although its person took it back: a backup brought it here.
pub struct Returned {
    pub person: PersonId,
    pub kind: Kind,
    pub subject: String,
}

/// All of them, the oldest first. The instant tells a consent from one to the same that was given again.
pub async fn returned(tx: &mut Tx) -> Result<Vec<Returned>, AppError> {
    let withdrawn = tombstones::withdrawn(tx.platform()).await?;
    let rows = sqlx::query!(
        r#"select person_id as "person: PersonId", kind, subject from consents c
            where act = 'given'
              and not exists (select from consents n where n.person_id = c.person_id and n.kind = c.kind
                                                       and n.subject = c.subject and n.consent_id > c.consent_id)
              and sha256(convert_to(concat_ws(' ', person_id, kind, subject, version, (extract(epoch from at) * 1000000)::bigint), 'UTF8')) = any($1)
            order by consent_id"#,
        &withdrawn,
    )
    .fetch_all(&mut **tx)
    .await?;
    let returned = rows
        .into_iter()
        .filter_map(|row| Some(Returned { kind: Kind::parse(&row.kind)?, person: row.person, subject: row.subject }));
    Ok(returned.collect())
}

/// The version of each policy that a person accepted last.
pub async fn accepted(conn: &mut PgConnection, person: PersonId) -> Result<Vec<(Policy, String)>, AppError> {
    let rows = sqlx::query!(
        r#"select distinct on (subject) subject, version from consents
            where person_id = $1 and kind = 'policy' order by subject, consent_id desc"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|row| Some((Policy::parse(&row.subject)?, row.version))).collect())
}

/// Deletes what a person agreed to: the log is theirs.
pub async fn erase(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sqlx::query!("delete from consents where person_id = $1", person as PersonId).execute(&mut **tx).await?;
    Ok(())
}

/// The log as its person takes it along.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    let rows = sqlx::query_scalar!(
        r#"select to_jsonb(t) - array['text_hash', 'consent_id'] || jsonb_build_object('text_sha', encode(text_hash, 'hex')) as "row!"
             from consents t where person_id = $1 order by consent_id"#,
        person as PersonId
    );
    Ok(vec![Part { table: "consents", rows: rows.fetch_all(conn).await? }])
}
