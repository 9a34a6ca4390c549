//! All SQL over sessions, run sheets and actions.

mod no_shows;
pub mod privacy;
pub mod retention;
mod search;
mod year;
mod run_sheets;

pub use run_sheets::{RunSheet, run_sheet, save_run_sheet, version};

pub use no_shows::{Attendance, Missed, Said, attendance, contest, said, say};
pub use search::{Taken, search};
pub use year::counted;

use crate::domain::consultation::Side;
use crate::domain::fact::Fact;
use crate::domain::id::{ActionId, BlockId, ConsultationId, ItemId, PersonId};
use crate::domain::run_sheet::Origin;
use crate::domain::session::{Action, ActionStage, Block, BlockStage, Kind, Planned};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

/// What happened on the day.
#[derive(Clone, Debug, Default)]
pub struct Session {
    pub planned_minutes: Option<i32>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub actual_minutes: Option<i32>,
    pub takeaways: String,
    pub takeaways_revision: i32,
    pub absent_side: Option<Side>,
    pub no_show_by: Option<PersonId>,
    pub no_show_at: Option<DateTime<Utc>>,
}

/// The session of a consultation; empty before the day.
pub async fn session(conn: &mut PgConnection, id: ConsultationId) -> Result<Session, AppError> {
    let row = sqlx::query!(
        r#"select planned_minutes, started_at, ended_at, actual_minutes, takeaways, takeaways_revision, absent_side,
                  no_show_by as "no_show_by: PersonId", no_show_at
             from sessions where consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(Session::default()) };
    Ok(Session {
        planned_minutes: row.planned_minutes,
        started_at: row.started_at,
        ended_at: row.ended_at,
        actual_minutes: row.actual_minutes,
        takeaways: row.takeaways,
        takeaways_revision: row.takeaways_revision,
        absent_side: row.absent_side.as_deref().and_then(Side::parse),
        no_show_by: row.no_show_by,
        no_show_at: row.no_show_at,
    })
}

/// Stores when it began and ended; a start that was taken back is none.
pub async fn set_times(
    tx: &mut Tx,
    id: ConsultationId,
    planned_minutes: Option<i32>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    actual_minutes: Option<i32>,
) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into sessions (consultation_id, planned_minutes, started_at, ended_at, actual_minutes) values ($1, $2, $3, $4, $5)
           on conflict (consultation_id) do update
              set planned_minutes = coalesce(excluded.planned_minutes, sessions.planned_minutes), started_at = excluded.started_at,
                  ended_at = excluded.ended_at, actual_minutes = excluded.actual_minutes"#,
        id as ConsultationId,
        planned_minutes,
        started_at,
        ended_at,
        actual_minutes,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stores who did not come; `None` takes it back.
pub async fn set_absent(
    tx: &mut Tx,
    id: ConsultationId,
    side: Option<Side>,
    by: Option<PersonId>,
) -> Result<(), AppError> {
    let at = side.map(|_| tx.now());
    sqlx::query!(
        r#"insert into sessions (consultation_id, absent_side, no_show_by, no_show_at) values ($1, $2, $3, $4)
           on conflict (consultation_id) do update
              set absent_side = excluded.absent_side, no_show_by = excluded.no_show_by, no_show_at = excluded.no_show_at"#,
        id as ConsultationId,
        side.map(Side::as_str),
        by as Option<PersonId>,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Another window saved in the meantime.
pub struct Stale;

/// Stores what was taken away from it.
pub async fn set_takeaways(
    tx: &mut Tx,
    id: ConsultationId,
    text: &str,
    revision: i32,
) -> Result<Result<(), Stale>, AppError> {
    let saved = sqlx::query!(
        r#"insert into sessions (consultation_id, takeaways, takeaways_revision) values ($1, $2, 1)
           on conflict (consultation_id) do update
              set takeaways = excluded.takeaways, takeaways_revision = sessions.takeaways_revision + 1
            where sessions.takeaways_revision = $3"#,
        id as ConsultationId,
        text,
        revision,
    )
    .execute(&mut **tx)
    .await?;
    Ok(if saved.rows_affected() == 1 { Ok(()) } else { Err(Stale) })
}

/// Blocks of the run sheet in order; none before it was made.
pub async fn blocks(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Block>, AppError> {
    let rows = sqlx::query!(
        r#"select block_id as "id: BlockId", kind, item_id as "item: ItemId", minutes, title, origin, because, stage, started_at, ended_at,
                  note, note_revision
             from run_blocks where consultation_id = $1 order by position"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let nonsense = || AppError::Unexpected(anyhow!("run_blocks {}: unknown word", row.id));
            Ok(Block {
                kind: Kind::parse(&row.kind).ok_or_else(nonsense)?,
                stage: BlockStage::parse(&row.stage).ok_or_else(nonsense)?,
                id: row.id,
                consultation: id,
                origin: Origin::parse(&row.origin).ok_or_else(nonsense)?,
                item: row.item,
                minutes: row.minutes,
                title: row.title,
                because: row.because,
                started_at: row.started_at,
                ended_at: row.ended_at,
                note: row.note,
                note_revision: row.note_revision,
            })
        })
        .collect()
}

/// Makes the run sheet anew.
pub async fn replace_blocks(tx: &mut Tx, id: ConsultationId, planned: &[Planned]) -> Result<(), AppError> {
    sqlx::query!("delete from run_blocks where consultation_id = $1", id as ConsultationId).execute(&mut **tx).await?;
    for (position, block) in planned.iter().enumerate() {
        insert_block(tx, position as i32, &block.clone().block(random::id(), id)).await?;
    }
    Ok(())
}

/// Puts a run sheet that was kept in this order: blocks that are not in it go, new ones are added.
pub async fn arrange(tx: &mut Tx, id: ConsultationId, blocks: &[Block]) -> Result<(), AppError> {
    let kept: Vec<BlockId> = blocks.iter().map(|block| block.id).collect();
    sqlx::query!(
        "delete from run_blocks where consultation_id = $1 and block_id <> all($2)",
        id as ConsultationId,
        &kept as &[BlockId],
    )
    .execute(&mut **tx)
    .await?;
    for (position, block) in blocks.iter().enumerate() {
        insert_block(tx, position as i32, block).await?;
    }
    Ok(())
}

async fn insert_block(tx: &mut Tx, position: i32, block: &Block) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into run_blocks (block_id, consultation_id, position, kind, item_id, minutes, title, origin, because, stage)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'todo')
           on conflict (block_id) do update set position = excluded.position"#,
        block.id as BlockId,
        block.consultation as ConsultationId,
        position,
        block.kind.as_str(),
        block.item as Option<ItemId>,
        block.minutes,
        block.title,
        block.origin.as_str(),
        block.because,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts a topic that came up before the next actions.
pub async fn insert_topic(tx: &mut Tx, id: ConsultationId, item: ItemId, minutes: i32) -> Result<(), AppError> {
    let last = sqlx::query_scalar!(
        r#"select coalesce(max(position), 0) as "last!" from run_blocks where consultation_id = $1"#,
        id as ConsultationId
    )
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query!(
        "update run_blocks set position = position + 1 where consultation_id = $1 and position >= $2",
        id as ConsultationId,
        last,
    )
    .execute(&mut **tx)
    .await?;
    insert_block(tx, last, &Planned::topic(item, minutes).block(random::id(), id)).await
}

/// Sets how long a block is planned to be.
pub async fn set_minutes(tx: &mut Tx, id: ConsultationId, block: BlockId, minutes: i32) -> Result<(), AppError> {
    sqlx::query!(
        "update run_blocks set minutes = $3 where consultation_id = $1 and block_id = $2",
        id as ConsultationId,
        block as BlockId,
        minutes,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stores a block that moved, and records the fact.
pub async fn save_block(tx: &mut Tx, moved: (Block, Fact)) -> Result<(), AppError> {
    let (b, fact) = moved;
    sqlx::query!(
        "update run_blocks set stage = $2, started_at = $3, ended_at = $4 where block_id = $1",
        b.id as BlockId,
        b.stage.as_str(),
        b.started_at,
        b.ended_at,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(fact).await
}

/// Stores the note of a block.
pub async fn set_note(
    tx: &mut Tx,
    id: ConsultationId,
    block: BlockId,
    note: &str,
    revision: i32,
) -> Result<Result<(), Stale>, AppError> {
    let saved = sqlx::query!(
        "update run_blocks set note = $3, note_revision = note_revision + 1 where consultation_id = $1 and block_id = $2 and note_revision = $4",
        id as ConsultationId,
        block as BlockId,
        note,
        revision,
    )
    .execute(&mut **tx)
    .await?;
    Ok(if saved.rows_affected() == 1 { Ok(()) } else { Err(Stale) })
}

/// An action with the name of whoever is going to do it.
#[derive(Clone, Debug)]
pub struct Owned {
    pub action: Action,
    pub owner_name: String,
}

/// Actions of a consultation: open ones first, by date.
pub async fn actions(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Owned>, AppError> {
    let rows = sqlx::query!(
        r#"select a.action_id as "id: ActionId", a.owner_id as "owner: PersonId", a.what, a.due_on, a.stage, a.reason, q.name
             from actions a join people q on q.person_id = a.owner_id
            where a.consultation_id = $1 and a.what <> ''
            order by a.stage <> 'open', a.due_on nulls last, a.created_at, a.action_id"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    let owned = rows.into_iter().map(|row| Owned {
        owner_name: row.name,
        action: Action {
            stage: ActionStage::parse(&row.stage).unwrap_or(ActionStage::Open),
            id: row.id,
            consultation: id,
            owner: row.owner,
            what: row.what,
            due_on: row.due_on,
            reason: row.reason,
        },
    });
    Ok(owned.collect())
}

/// An action, for work that follows from it.
pub async fn action(conn: &mut PgConnection, id: ActionId) -> Result<Action, AppError> {
    let row = sqlx::query!(
        r#"select consultation_id as "consultation: ConsultationId", owner_id as "owner: PersonId", what, due_on, stage, reason
             from actions where action_id = $1"#,
        id as ActionId,
    )
    .fetch_one(conn)
    .await?;
    Ok(Action {
        id,
        stage: ActionStage::parse(&row.stage).unwrap_or(ActionStage::Open),
        consultation: row.consultation,
        owner: row.owner,
        what: row.what,
        due_on: row.due_on,
        reason: row.reason,
    })
}

/// Open actions of a person over all consultations that they are in, those due first first.
pub async fn open_actions(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Action>, AppError> {
    let rows = sqlx::query!(
        r#"select action_id as "id: ActionId", consultation_id as "consultation: ConsultationId", what, due_on
             from actions a join consultations c using (consultation_id)
            where a.owner_id = $1 and a.stage = 'open' and a.what <> ''
              and (exists (select from participants p where p.consultation_id = c.consultation_id and p.person_id = $1)
                   or exists (select from call_hosts h where h.call_id = c.call_id and h.person_id = $1))
            order by due_on nulls last, a.created_at, action_id
            limit 50"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    let open = rows.into_iter().map(|row| Action {
        id: row.id,
        consultation: row.consultation,
        owner: person,
        what: row.what,
        due_on: row.due_on,
        stage: ActionStage::Open,
        reason: None,
    });
    Ok(open.collect())
}

/// Adds an action.
pub async fn add_action(
    tx: &mut Tx,
    id: ConsultationId,
    owner: PersonId,
    what: &str,
    due_on: Option<NaiveDate>,
    by: PersonId,
) -> Result<ActionId, AppError> {
    let (action, now): (ActionId, _) = (random::id(), tx.now());
    sqlx::query!(
        r#"insert into actions (action_id, consultation_id, owner_id, what, due_on, stage, created_by, created_at, stage_since)
           values ($1, $2, $3, $4, $5, 'open', $6, $7, $7)"#,
        action as ActionId,
        id as ConsultationId,
        owner as PersonId,
        what,
        due_on,
        by as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::ActionAdded { consultation: id, action }).await?;
    Ok(action)
}

/// Stores an action that moved, and records the fact.
pub async fn save_action(tx: &mut Tx, moved: (Action, Fact)) -> Result<(), AppError> {
    let ((a, fact), now) = (moved, tx.now());
    sqlx::query!(
        "update actions set stage = $2, reason = $3, stage_since = $4 where action_id = $1",
        a.id as ActionId,
        a.stage.as_str(),
        a.reason,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(fact).await
}
