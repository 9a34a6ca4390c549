//! The run sheet of a call, and the version of what a session's page shows.

use super::Stale;
use crate::domain::id::{CallId, ConsultationId, PersonId};
use crate::domain::run_sheet::{Origin, SheetBlock, default_sheet};
use crate::domain::session::Kind;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use anyhow::anyhow;
use sqlx::PgConnection;

/// A run sheet as it stands; revision 0 is the program's own.
#[derive(Clone, Debug)]
pub struct RunSheet {
    pub blocks: Vec<SheetBlock>,
    pub revision: i32,
}

/// What the sessions of a call begin with.
pub async fn run_sheet(conn: &mut PgConnection, call: CallId) -> Result<RunSheet, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select r.revision, b.kind, b.title, b.minutes, b.is_on, b.origin, b.because
             from run_sheets r
             join run_sheet_blocks b using (call_id)
            where r.call_id = $1
            order by b.position"#,
        call as CallId,
    )
    .fetch_all(conn)
    .await?;
    let Some(revision) = rows.first().map(|row| row.revision) else {
        return Ok(RunSheet { blocks: default_sheet(), revision: 0 });
    };
    let nonsense = || AppError::Unexpected(anyhow!("run_sheet_blocks {call}: unknown word"));
    let block = |row: Row| -> Result<SheetBlock, AppError> {
        Ok(SheetBlock {
            kind: Kind::parse(&row.kind).ok_or_else(nonsense)?,
            origin: Origin::parse(&row.origin).ok_or_else(nonsense)?,
            title: row.title,
            minutes: row.minutes,
            is_on: row.is_on,
            because: row.because,
        })
    };
    Ok(RunSheet { blocks: rows.into_iter().map(block).collect::<Result<_, _>>()?, revision })
}

struct Row {
    revision: i32,
    kind: String,
    title: String,
    minutes: Option<i32>,
    is_on: bool,
    origin: String,
    because: String,
}

/// Stores a run sheet in place of the one of this revision.
pub async fn save_run_sheet(
    tx: &mut Tx,
    call: CallId,
    by: PersonId,
    blocks: &[SheetBlock],
    revision: i32,
) -> Result<Result<(), Stale>, AppError> {
    let now = tx.now();
    let saved = sqlx::query!(
        r#"insert into run_sheets (call_id, revision, changed_by, changed_at)
           select $1, 1, $2, $3 where $4 = 0 or exists (select from run_sheets where call_id = $1)
           on conflict (call_id) do update
              set revision = run_sheets.revision + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at
            where run_sheets.revision = $4"#,
        call as CallId,
        by as PersonId,
        now,
        revision,
    )
    .execute(&mut **tx)
    .await?;
    if saved.rows_affected() == 0 {
        return Ok(Err(Stale));
    }
    sqlx::query!("delete from run_sheet_blocks where call_id = $1", call as CallId).execute(&mut **tx).await?;
    for (position, block) in (0..).zip(blocks) {
        sqlx::query!(
            r#"insert into run_sheet_blocks (call_id, position, kind, title, minutes, is_on, origin, because)
               values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
            call as CallId,
            position,
            block.kind.as_str(),
            block.title,
            block.minutes,
            block.is_on,
            block.origin.as_str(),
            block.because,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(Ok(()))
}

/// What the page of a session shows, as one short word that is another when anything changed; `None`
/// for whoever may not read it. One statement that writes nothing: everyone asks every few seconds.
pub async fn version(conn: &mut PgConnection, id: ConsultationId, asker: PersonId) -> Result<Option<String>, AppError> {
    let version = sqlx::query_scalar!(
        r#"select md5(concat_ws('|', s.stage, s.stage_since, d.takeaways_revision,
                     (select string_agg(concat_ws(',', b.block_id, b.stage, b.minutes, b.note_revision, b.started_at, i.title, i.stage, i.outcome_note),
                                        ';' order by b.position)
                        from run_blocks b
                        left join items i using (item_id)
                       where b.consultation_id = s.consultation_id))) as "version!"
             from consultations s
             left join sessions d using (consultation_id)
            where s.consultation_id = $1
              and (exists (select from participants p where p.consultation_id = s.consultation_id and p.person_id = $2)
                   or exists (select from call_hosts h where h.call_id = s.call_id and h.person_id = $2))"#,
        id as ConsultationId,
        asker as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(version)
}
