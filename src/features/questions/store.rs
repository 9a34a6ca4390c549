//! All SQL over items, goals and agendas; material, posts, visits, notes and the library are in the files below.

mod history;
mod library;
mod materials;
mod notes;
mod carried;
mod posts;
pub mod privacy;
pub mod retention;
mod search;
mod visits;

pub use carried::{carry, left_for_next_time};
pub(super) use history::*;
pub(super) use library::*;
pub(super) use materials::*;
pub use materials::{Shared, kept_for};
pub(super) use notes::*;
pub(super) use posts::*;
pub use search::{Beside, search, search_beside};
pub use visits::seen_at;
pub(super) use visits::*;

use super::AgendaItem;
use crate::domain::consultation::Side;
use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, ItemId, PersonId};
use crate::domain::question::{Item, Kind, Origin, Outcome, Stage};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An item with the name of whoever wrote it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub item: Item,
    pub author: String,
    /// Of the title, from 1.
    pub revision: i32,
}

impl Listed {
    /// As somebody reads it: of what was taken back only whoever wrote it still has the title.
    pub fn shown_to(mut self, reader: PersonId, taken_back: impl FnOnce() -> String) -> Self {
        if self.item.stage == Stage::Dropped && self.item.author != reader {
            self.item.title = taken_back();
        }
        self
    }
}

struct Row {
    item_id: ItemId,
    consultation_id: ConsultationId,
    author_id: PersonId,
    author: String,
    side: String,
    kind: String,
    origin: String,
    title: String,
    stage: String,
    stage_since: DateTime<Utc>,
    outcome_note: String,
    revision: i32,
}

impl TryFrom<Row> for Listed {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let nonsense = |what: &str| AppError::Unexpected(anyhow!("items {}: {what}", row.item_id));
        let item = Item {
            side: Side::parse(&row.side).ok_or_else(|| nonsense("unknown side"))?,
            kind: Kind::parse(&row.kind).ok_or_else(|| nonsense("unknown kind"))?,
            origin: Origin::parse(&row.origin).ok_or_else(|| nonsense("unknown origin"))?,
            stage: Stage::parse(&row.stage).ok_or_else(|| nonsense("unknown stage"))?,
            id: row.item_id,
            consultation: row.consultation_id,
            author: row.author_id,
            title: row.title,
            stage_since: row.stage_since,
            outcome_note: row.outcome_note,
        };
        Ok(Self { item, author: row.author, revision: row.revision })
    }
}

/// All items of a consultation in their order, those taken back included.
pub async fn all(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Listed>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select i.item_id as "item_id: ItemId", i.consultation_id as "consultation_id: ConsultationId", i.author_id as "author_id: PersonId",
                  q.name as author, i.side, i.kind, i.origin, i.title, i.stage, i.stage_since, i.outcome_note, i.revision
             from items i
             join people q on q.person_id = i.author_id
            where i.consultation_id = $1
            order by i.position, i.item_id"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Listed::try_from).collect()
}

/// One item of a consultation.
pub async fn item(conn: &mut PgConnection, id: ConsultationId, item: ItemId) -> Result<Listed, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select i.item_id as "item_id: ItemId", i.consultation_id as "consultation_id: ConsultationId", i.author_id as "author_id: PersonId",
                  q.name as author, i.side, i.kind, i.origin, i.title, i.stage, i.stage_since, i.outcome_note, i.revision
             from items i
             join people q on q.person_id = i.author_id
            where i.consultation_id = $1 and i.item_id = $2"#,
        id as ConsultationId,
        item as ItemId,
    )
    .fetch_optional(conn)
    .await?;
    row.ok_or(AppError::NotFound)?.try_into()
}

/// An item before it is stored.
pub struct NewItem<'a> {
    pub author: PersonId,
    pub side: Side,
    pub kind: Kind,
    pub origin: Origin,
    pub stage: Stage,
    pub title: &'a str,
}

/// Adds an item at the end.
pub async fn add_item(tx: &mut Tx, id: ConsultationId, new: NewItem<'_>) -> Result<ItemId, AppError> {
    let (item, now): (ItemId, _) = (random::id(), tx.now());
    sqlx::query!(
        r#"insert into items (item_id, consultation_id, author_id, side, kind, origin, title, stage, stage_since, position, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                   (select coalesce(max(position), 0) + 1 from items where consultation_id = $2), $9)"#,
        item as ItemId,
        id as ConsultationId,
        new.author as PersonId,
        new.side.as_str(),
        new.kind.as_str(),
        new.origin.as_str(),
        new.title,
        new.stage.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::ItemAdded { consultation: id, item }).await?;
    Ok(item)
}

/// Stores an item that moved, and records the fact.
pub async fn save(tx: &mut Tx, moved: (Item, Fact)) -> Result<Item, AppError> {
    let (item, fact) = moved;
    sqlx::query!(
        "update items set stage = $2, stage_since = $3, outcome_note = $4 where item_id = $1",
        item.id as ItemId,
        item.stage.as_str(),
        item.stage_since,
        item.outcome_note,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(fact).await?;
    Ok(item)
}

/// Stores an item that was worded anew, keeps the title that it had, and records the fact.
pub async fn reword(tx: &mut Tx, had: &Listed, reworded: (Item, Fact)) -> Result<(), AppError> {
    let ((item, fact), now) = (reworded, tx.now());
    sqlx::query!(
        r#"with kept as (
               insert into item_titles (item_id, revision, title, replaced_by, replaced_at) values ($1, $2, $3, $4, $5))
           update items set title = $6, revision = revision + 1 where item_id = $1"#,
        item.id as ItemId,
        had.revision,
        had.item.title,
        item.author as PersonId,
        now,
        item.title,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(fact).await
}

/// Puts the items in this order: the first gets the lowest position among theirs.
pub async fn order(tx: &mut Tx, id: ConsultationId, items: &[ItemId]) -> Result<(), AppError> {
    sqlx::query!(
        r#"with wanted as (select item_id, n from unnest($2::uuid[]) with ordinality as w (item_id, n)),
                places as (select position, row_number() over (order by position, item_id) as n
                             from items join wanted using (item_id) where consultation_id = $1)
           update items i set position = p.position
             from wanted w join places p using (n)
            where i.item_id = w.item_id and i.consultation_id = $1"#,
        id as ConsultationId,
        items as &[ItemId],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Items for the session and those that were talked about, in order.
pub async fn agenda(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<AgendaItem>, AppError> {
    Ok(items(conn, id).await?.into_iter().filter(AgendaItem::is_for_session).collect())
}

/// All items that nobody took back, in order.
pub async fn items(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<AgendaItem>, AppError> {
    let kept = all(conn, id).await?.into_iter().map(|l| l.item).filter(|i| i.stage != Stage::Dropped);
    Ok(kept
        .map(|i| AgendaItem {
            id: i.id,
            author: i.author,
            title: i.title,
            kind: i.kind,
            stage: i.stage,
            outcome_note: i.outcome_note,
        })
        .collect())
}

/// Says what became of an item in the session; false where it is none of the agenda.
pub async fn set_outcome(
    tx: &mut Tx,
    id: ConsultationId,
    item_id: ItemId,
    outcome: Outcome,
    note: &str,
) -> Result<bool, AppError> {
    let found = match item(tx, id, item_id).await {
        Err(AppError::NotFound) => return Ok(false),
        found => found?,
    };
    let now = tx.now();
    match found.item.conclude(outcome, note.to_owned(), now) {
        Ok(moved) => save(tx, moved).await.map(|_| true),
        Err(_) => Ok(false),
    }
}

/// Adds an item that came up on the day.
pub async fn add_live(tx: &mut Tx, id: ConsultationId, author: PersonId, title: &str) -> Result<ItemId, AppError> {
    let people = crate::features::consultations::attendants(tx, id).await?;
    let side = people.iter().find(|p| p.person == author).map_or(Side::Guest, |p| p.part.side());
    let new = NewItem { author, side, kind: Kind::Topic, origin: Origin::Live, stage: Stage::ForSession, title };
    add_item(tx, id, new).await
}

/// Titles of the items that wait for an answer or for background, in order.
pub async fn open_titles(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<String>, AppError> {
    let titles = sqlx::query_scalar!(
        "select title from items where consultation_id = $1 and stage in ('asked', 'background_wanted') order by created_at, item_id",
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(titles)
}

/// How many items wait for an answer or for background.
pub async fn open_count(conn: &mut PgConnection, id: ConsultationId) -> Result<i64, AppError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from items where consultation_id = $1 and stage in ('asked', 'background_wanted')"#,
        id as ConsultationId,
    )
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// The goal of the session with its revision; nothing yet is revision 0.
#[derive(Clone, Debug, Default)]
pub struct Goal {
    pub goal: String,
    pub revision: i32,
}

/// The goal as it was written last.
pub async fn written_goal(conn: &mut PgConnection, id: ConsultationId) -> Result<Goal, AppError> {
    let goal = sqlx::query_as!(
        Goal,
        "select goal, revision from goals where consultation_id = $1 order by revision desc limit 1",
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(goal.unwrap_or_default())
}

/// What is decided, or better than today, after the hour; empty where nobody wrote it.
pub async fn goal(conn: &mut PgConnection, id: ConsultationId) -> Result<String, AppError> {
    Ok(written_goal(conn, id).await?.goal)
}

/// Writes the next revision of the goal.
pub async fn set_goal(
    tx: &mut Tx,
    id: ConsultationId,
    author: PersonId,
    goal: &str,
    revision: i32,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into goals (consultation_id, revision, goal, author_id, at) values ($1, $2, $3, $4, $5)",
        id as ConsultationId,
        revision,
        goal,
        author as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::GoalSet { consultation: id }).await
}

/// When the agenda changed last, and when the lead said that it is fine as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Agreement {
    pub changed_at: Option<DateTime<Utc>>,
    pub ok_at: Option<DateTime<Utc>>,
}

/// How far the sides agree.
pub async fn agreement(conn: &mut PgConnection, id: ConsultationId) -> Result<Agreement, AppError> {
    let found = sqlx::query_as!(
        Agreement,
        r#"select changed_at as "changed_at?", ok_at from agendas where consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.unwrap_or_default())
}

/// Notes that the agenda is another now: an earlier ok was to what it was.
pub async fn agenda_changed(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into agendas (consultation_id, changed_at) values ($1, $2)
           on conflict (consultation_id) do update set changed_at = excluded.changed_at, ok_at = null"#,
        id as ConsultationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that the lead is fine with the agenda.
pub async fn agenda_is_ok(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into agendas (consultation_id, changed_at, ok_at) values ($1, $2, $2)
           on conflict (consultation_id) do update set ok_at = excluded.ok_at"#,
        id as ConsultationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::AgendaApproved { consultation: id }).await
}
