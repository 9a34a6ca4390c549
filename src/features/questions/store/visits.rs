//! SQL over visits: what is new since somebody was here.

use crate::domain::consultation::Side;
use crate::domain::id::{ConsultationId, PersonId};
use crate::features::consultations::Room;
use crate::platform::error::AppError;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// Pages opened within this time are one visit.
const ONE_VISIT: TimeDelta = TimeDelta::minutes(30);

/// What stands beside the document.
pub struct Margin {
    pub goal: String,
    /// Since when posts are new to the reader; `None` when they were never here before.
    pub since: Option<DateTime<Utc>>,
    /// How many pieces of material there are, and how many of them are new to the reader.
    pub materials: (i64, i64),
    /// How many guests told the hosts something alone.
    pub notes: i64,
    /// Who of the other side was here.
    pub seen: Vec<Seen>,
}

/// The margin for a reader, in one statement: each one more costs as much as twenty posts.
pub async fn margin(conn: &mut PgConnection, room: &Room, now: DateTime<Utc>) -> Result<Margin, AppError> {
    let row = sqlx::query!(
        r#"with visit as (select case when seen_at < $3 then seen_at else before_at end as since from visits where consultation_id = $1 and person_id = $2)
           select (select goal from goals where consultation_id = $1 order by revision desc limit 1) as goal,
                  (select since from visit) as since,
                  (select count(*) from materials where consultation_id = $1 and stage in ('checking', 'shared')) as "materials!",
                  (select count(*) from materials
                    where consultation_id = $1 and stage in ('checking', 'shared') and owner_id <> $2 and created_at > (select since from visit)) as "new_materials!",
                  (select count(*) from (select distinct on (person_id) body from private_notes
                                          where consultation_id = $1 order by person_id, revision desc) as last
                    where body <> '') as "notes!",
                  array(select name from document_readers where consultation_id = $1 and side = $4 order by name, seen_at) as "names!",
                  array(select seen_at from document_readers where consultation_id = $1 and side = $4 order by name, seen_at) as "seen_ats!""#,
        room.id() as ConsultationId,
        room.me as PersonId,
        now - ONE_VISIT,
        room.part.side().other().as_str(),
    )
    .fetch_one(conn)
    .await?;
    let goal = row.goal.unwrap_or_default();
    let seen = row.names.into_iter().zip(row.seen_ats).map(|(name, seen_at)| Seen { name, seen_at });
    Ok(Margin {
        goal,
        since: row.since,
        materials: (row.materials, row.new_materials),
        notes: row.notes,
        seen: seen.collect(),
    })
}

/// Since when posts are new to a person; `None` when they were never here before.
pub async fn last_visit(
    conn: &mut PgConnection,
    id: ConsultationId,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, AppError> {
    let visit = sqlx::query!(
        "select seen_at, before_at from visits where consultation_id = $1 and person_id = $2",
        id as ConsultationId,
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(visit.and_then(|v| if now - v.seen_at > ONE_VISIT { Some(v.seen_at) } else { v.before_at }))
}

/// Notes that a person was here, at most once a minute.
pub async fn mark_visit(
    conn: &mut PgConnection,
    id: ConsultationId,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into visits (consultation_id, person_id, seen_at) values ($1, $2, $3)
           on conflict (consultation_id, person_id) do update
              set before_at = case when visits.seen_at < $4 then visits.seen_at else visits.before_at end,
                  seen_at = excluded.seen_at
            where visits.seen_at < $5"#,
        id as ConsultationId,
        person as PersonId,
        now,
        now - ONE_VISIT,
        now - TimeDelta::minutes(1),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// When a person opened a page of the document last.
pub async fn seen_at(
    conn: &mut PgConnection,
    id: ConsultationId,
    person: PersonId,
) -> Result<Option<DateTime<Utc>>, AppError> {
    let seen_at = sqlx::query_scalar!(
        "select seen_at from visits where consultation_id = $1 and person_id = $2",
        id as ConsultationId,
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(seen_at)
}

/// How many posts of the other side a person has not seen.
pub async fn unseen(
    conn: &mut PgConnection,
    id: ConsultationId,
    person: PersonId,
    from: Side,
) -> Result<i64, AppError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from posts p join items i using (item_id)
            where i.consultation_id = $1 and p.side = $3 and p.taken_at is null
              and p.created_at > coalesce((select seen_at from visits where consultation_id = $1 and person_id = $2), '-infinity')"#,
        id as ConsultationId,
        person as PersonId,
        from.as_str(),
    )
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// Somebody who was here, and when last.
pub struct Seen {
    pub name: String,
    pub seen_at: DateTime<Utc>,
}

/// Who of a side was here, of those who take part.
pub async fn seen(conn: &mut PgConnection, id: ConsultationId, side: Side) -> Result<Vec<Seen>, AppError> {
    let seen = sqlx::query_as!(
        Seen,
        r#"select name as "name!", seen_at as "seen_at!" from document_readers where consultation_id = $1 and side = $2 order by name"#,
        id as ConsultationId,
        side.as_str(),
    )
    .fetch_all(conn)
    .await?;
    Ok(seen)
}
