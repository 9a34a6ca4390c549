//! SQL over archives that people ask for. What else `home` shows belongs to other slices.

mod concerned;

pub use concerned::*;

use crate::domain::fact::Fact;
use crate::domain::id::{ExportId, PersonId};
use crate::domain::retention::EXPORTS;
use crate::platform::consents::Kind;
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use crate::platform::random;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// An archive that is not ready by then never will be: its person may ask again, or be deleted.
const RUNS_AT_MOST: TimeDelta = TimeDelta::hours(1);

/// An archive as its person sees it.
pub struct Export {
    pub id: ExportId,
    pub asked_at: DateTime<Utc>,
    /// Set when it can be taken along.
    pub ready: Option<Ready>,
}

/// An archive that is there.
#[derive(Clone, Copy)]
pub struct Ready {
    pub size: u64,
    pub ends_at: DateTime<Utc>,
}

/// The archives of a person that are made or are there, the newest first.
pub async fn exports(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<Vec<Export>, AppError> {
    let rows = sqlx::query!(
        r#"select export_id as "id: ExportId", asked_at, size, ends_at from exports
            where person_id = $1 and (stage = 'ready' and ends_at > $2 or stage = 'running' and asked_at > $3)
            order by asked_at desc"#,
        person as PersonId,
        now,
        now - RUNS_AT_MOST,
    )
    .fetch_all(conn)
    .await?;
    let ready = |size: Option<i64>, ends_at: Option<DateTime<Utc>>| {
        Some(Ready { size: size.and_then(|size| size.try_into().ok())?, ends_at: ends_at? })
    };
    Ok(rows
        .into_iter()
        .map(|row| Export { id: row.id, asked_at: row.asked_at, ready: ready(row.size, row.ends_at) })
        .collect())
}

/// One is being made already.
#[derive(Debug)]
pub struct Running;

/// Asks for an archive. The insert stands in a savepoint, so that the page of the refusal can still read.
pub async fn ask(tx: &mut Tx, person: PersonId) -> Result<Result<(), Running>, AppError> {
    let (export, now): (ExportId, _) = (random::id(), tx.now());
    sqlx::query!(
        "delete from exports where person_id = $1 and stage = 'running' and asked_at <= $2",
        person as PersonId,
        now - RUNS_AT_MOST
    )
    .execute(&mut **tx)
    .await?;
    let mut savepoint = tx.begin().await?;
    let asked = sqlx::query!(
        "insert into exports (export_id, person_id, stage, asked_at) values ($1, $2, 'running', $3)",
        export as ExportId,
        person as PersonId,
        now,
    )
    .execute(&mut *savepoint)
    .await
    .on_constraint("exports_run_once_at_a_time", Running)?;
    if asked.is_err() {
        savepoint.rollback().await?;
        return Ok(Err(Running));
    }
    savepoint.commit().await?;
    tx.record(Fact::ExportAsked { export }).await?;
    Ok(Ok(()))
}

/// Whether an archive of a person is being made.
pub async fn is_running(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<bool, AppError> {
    let is = sqlx::query_scalar!(
        r#"select exists (select from exports where person_id = $1 and stage = 'running' and asked_at > $2) as "is!""#,
        person as PersonId,
        now - RUNS_AT_MOST,
    )
    .fetch_one(conn)
    .await?;
    Ok(is)
}

/// Whose archive is to be made, as long as it is.
pub async fn running(conn: &mut PgConnection, export: ExportId) -> Result<Option<PersonId>, AppError> {
    let person = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from exports where export_id = $1 and stage = 'running'"#,
        export as ExportId
    )
    .fetch_optional(conn)
    .await?;
    Ok(person)
}

/// Notes that an archive is there; false where nobody waits for it any more.
pub async fn finish(tx: &mut Tx, export: ExportId, size: u64) -> Result<Option<DateTime<Utc>>, AppError> {
    let now = tx.now();
    let ends_at = now + EXPORTS;
    let finished = sqlx::query!(
        r#"update exports set stage = 'ready', ready_at = $2, ends_at = $3, file_key = export_id, size = $4
            where export_id = $1 and stage = 'running'"#,
        export as ExportId,
        now,
        ends_at,
        i64::try_from(size).unwrap_or(i64::MAX),
    )
    .execute(&mut **tx)
    .await?;
    Ok((finished.rows_affected() == 1).then_some(ends_at))
}

/// Forgets an archive; its file is gone.
pub async fn forget(tx: &mut Tx, export: ExportId) -> Result<(), AppError> {
    sqlx::query!("delete from exports where export_id = $1", export as ExportId).execute(&mut **tx).await?;
    Ok(())
}

/// Every archive of a person, of whatever stage.
pub async fn all_of(conn: &mut PgConnection, person: PersonId) -> Result<Vec<ExportId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select export_id as "id: ExportId" from exports where person_id = $1"#,
        person as PersonId
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// Which of these keys are of an archive that somebody asked for.
pub async fn known(conn: &mut PgConnection, keys: &[Uuid]) -> Result<Vec<Uuid>, AppError> {
    let known = sqlx::query_scalar!("select export_id from exports where export_id = any($1)", keys);
    Ok(known.fetch_all(conn).await?)
}

/// Whether any archive is made or is there.
pub async fn has_any(conn: &mut PgConnection) -> Result<bool, AppError> {
    let has = sqlx::query_scalar!(r#"select exists (select from exports) as "has!""#).fetch_one(conn).await?;
    Ok(has)
}

/// When a person took archives along, and why administrators did something about what is theirs: what a measure
/// is about has many owners.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    let rows = sqlx::query_scalar!(
        r#"select jsonb_build_object('asked_at', asked_at, 'ready_at', ready_at) as "row!" from exports where person_id = $1 order by asked_at"#,
        person as PersonId
    );
    let measures = sqlx::query_scalar!(
        r#"select jsonb_build_object('act', m.act, 'reason', m.reason, 'administrator', q.name, 'taken_at', m.taken_at) as "row!"
             from measures m join people q on q.person_id = m.taken_by
            where m.object_id = $1
               or exists (select from materials t where t.material_id = m.object_id and t.owner_id = $1)
               or exists (select from reports r join consultations s using (consultation_id) join calls c using (call_id)
                           where r.report_id = m.object_id and c.owner_id = $1)
               or m.act = 'remove_calendar'
                  and exists (select from facts f where f.fact ->> 'measure' = m.measure_id::text and f.fact ->> 'person' = $1::text)
            order by m.taken_at"#,
        person as PersonId
    );
    Ok(vec![
        Part { table: "exports", rows: rows.fetch_all(&mut *conn).await? },
        Part { table: "measures", rows: measures.fetch_all(conn).await? },
    ])
}

/// An entry of the log of consents.
pub struct Logged {
    pub kind: Kind,
    pub subject: String,
    /// The title of the call whose confidentiality it is about.
    pub call: Option<String>,
    pub version: String,
    pub is_given: bool,
    pub at: DateTime<Utc>,
}

/// Everything that a person agreed to and took back, the newest first. One join over two owners: a statement for
/// each entry would be many.
pub async fn logged(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Logged>, AppError> {
    let rows = sqlx::query!(
        r#"select n.kind, n.subject, c.title as "call?", n.version, n.act = 'given' as "is_given!", n.at
             from consents n left join calls c on n.kind = 'confidentiality' and c.call_id::text = n.subject
            where n.person_id = $1 order by n.consent_id desc limit 500"#,
        person as PersonId
    )
    .fetch_all(conn)
    .await?;
    let logged = rows.into_iter().filter_map(|row| {
        let kind = Kind::parse(&row.kind)?;
        let (subject, call, version) = (row.subject, row.call, row.version);
        Some(Logged { kind, subject, call, version, is_given: row.is_given, at: row.at })
    });
    Ok(logged.collect())
}
