//! All SQL over weekly hours, overrides and limits.

pub mod privacy;

use crate::domain::availability::{Availability, Weekly, Window};
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::domain::slot::{Limits, Offered};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use anyhow::Context;
use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// What a host set; limits of `None` do not exist.
#[derive(Clone, Debug)]
pub struct Hours {
    pub weekly: Weekly,
    pub week_start: Weekday,
    pub sessions_per_day: Option<i32>,
    pub sessions_per_week: Option<i32>,
    pub minutes_per_day: Option<i32>,
    pub minutes_per_week: Option<i32>,
    pub revision: i32,
}

impl Hours {
    /// The limits over all calls.
    pub fn limits(&self) -> Limits {
        let count = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
        Limits {
            per_day: count(self.sessions_per_day),
            per_week: count(self.sessions_per_week),
            minutes_per_day: count(self.minutes_per_day),
            minutes_per_week: count(self.minutes_per_week),
            ..Limits::default()
        }
    }
}

impl Default for Hours {
    fn default() -> Self {
        Self {
            weekly: Weekly::default(),
            week_start: Weekday::Mon,
            sessions_per_day: None,
            sessions_per_week: None,
            minutes_per_day: None,
            minutes_per_week: None,
            revision: 0,
        }
    }
}

/// The hours of a person; `None` until they saved some.
pub async fn find(conn: &mut PgConnection, person: PersonId) -> Result<Option<Hours>, AppError> {
    let row = sqlx::query!(
        r#"select weekly, week_start, sessions_per_day, sessions_per_week, minutes_per_day, minutes_per_week, revision
             from availability where person_id = $1"#,
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Hours {
        weekly: serde_json::from_value(row.weekly).context("reading weekly hours")?,
        week_start: if row.week_start == "sun" { Weekday::Sun } else { Weekday::Mon },
        sessions_per_day: row.sessions_per_day,
        sessions_per_week: row.sessions_per_week,
        minutes_per_day: row.minutes_per_day,
        minutes_per_week: row.minutes_per_week,
        revision: row.revision,
    }))
}

/// Hours, limits and overrides of a host, as the slot engine takes them: one statement, as each page of
/// times asks.
pub async fn of(conn: &mut PgConnection, person: PersonId, zone: Tz) -> Result<(Availability, Hours), AppError> {
    let row = sqlx::query!(
        r#"select a.weekly as "weekly?", a.week_start as "week_start?", a.sessions_per_day, a.sessions_per_week, a.minutes_per_day,
                  a.minutes_per_week, a.revision as "revision?",
                  coalesce((select jsonb_object_agg(o.on_date::text, o.windows) from availability_overrides o
                             where o.person_id = p.person_id), '{}') as "overrides!"
             from (values ($1::uuid)) as p (person_id)
             left join availability a using (person_id)"#,
        person as PersonId,
    )
    .fetch_one(conn)
    .await?;
    let weekly = row.weekly.map(serde_json::from_value).transpose().context("reading weekly hours")?;
    let hours = Hours {
        weekly: weekly.unwrap_or_default(),
        week_start: if row.week_start.as_deref() == Some("sun") { Weekday::Sun } else { Weekday::Mon },
        sessions_per_day: row.sessions_per_day,
        sessions_per_week: row.sessions_per_week,
        minutes_per_day: row.minutes_per_day,
        minutes_per_week: row.minutes_per_week,
        revision: row.revision.unwrap_or_default(),
    };
    let overrides = serde_json::from_value(row.overrides).context("reading dates that differ")?;
    Ok((Availability { zone, weekly: hours.weekly.clone(), overrides }, hours))
}

/// What a host offers, as settings are compared with it.
pub async fn offered(conn: &mut PgConnection, person: PersonId, zone: Tz) -> Result<Offered, AppError> {
    let (availability, hours) = of(conn, person, zone).await?;
    Ok(Offered { availability, limits: hours.limits() })
}

/// Dates from a day on that differ from the week.
pub async fn overrides(
    conn: &mut PgConnection,
    person: PersonId,
    from: NaiveDate,
) -> Result<BTreeMap<NaiveDate, Vec<Window>>, AppError> {
    let from = from.max(NaiveDate::default());
    let rows = sqlx::query!(
        "select on_date, windows from availability_overrides where person_id = $1 and on_date >= $2 order by on_date",
        person as PersonId,
        from,
    )
    .fetch_all(conn)
    .await?;
    let mut overrides = BTreeMap::new();
    for row in rows {
        overrides.insert(row.on_date, serde_json::from_value(row.windows).context("reading the hours of a date")?);
    }
    Ok(overrides)
}

/// Another window saved in the meantime.
pub struct Stale;

/// Stores weekly hours, limits and the start of the week.
pub async fn save(tx: &mut Tx, person: PersonId, hours: &Hours, revision: i32) -> Result<Result<(), Stale>, AppError> {
    let now = tx.now();
    let weekly = serde_json::to_value(&hours.weekly).context("writing weekly hours")?;
    let saved = sqlx::query!(
        r#"insert into availability as a (person_id, weekly, week_start, sessions_per_day, sessions_per_week, minutes_per_day, minutes_per_week, saved_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (person_id) do update
              set weekly = excluded.weekly, week_start = excluded.week_start, sessions_per_day = excluded.sessions_per_day,
                  sessions_per_week = excluded.sessions_per_week, minutes_per_day = excluded.minutes_per_day,
                  minutes_per_week = excluded.minutes_per_week, saved_at = excluded.saved_at, revision = a.revision + 1
            where a.revision = $9"#,
        person as PersonId,
        weekly,
        if hours.week_start == Weekday::Sun { "sun" } else { "mon" },
        hours.sessions_per_day,
        hours.sessions_per_week,
        hours.minutes_per_day,
        hours.minutes_per_week,
        now,
        revision,
    )
    .execute(&mut **tx)
    .await?;
    if saved.rows_affected() == 0 {
        return Ok(Err(Stale));
    }
    tx.record(Fact::AvailabilityChanged { person }).await?;
    Ok(Ok(()))
}

/// Sets the hours of a date; none closes it.
pub async fn set_override(tx: &mut Tx, person: PersonId, date: NaiveDate, windows: &[Window]) -> Result<(), AppError> {
    let now = tx.now();
    let windows = serde_json::to_value(windows).context("writing the hours of a date")?;
    sqlx::query!(
        r#"insert into availability_overrides (person_id, on_date, windows, saved_at) values ($1, $2, $3, $4)
           on conflict (person_id, on_date) do update set windows = excluded.windows, saved_at = excluded.saved_at"#,
        person as PersonId,
        date,
        windows,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::AvailabilityChanged { person }).await
}

/// Closes several dates at once.
pub async fn close(tx: &mut Tx, person: PersonId, dates: &[NaiveDate]) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into availability_overrides (person_id, on_date, windows, saved_at) select $1, unnest($2::date[]), '[]', $3
           on conflict (person_id, on_date) do update set windows = excluded.windows, saved_at = excluded.saved_at"#,
        person as PersonId,
        dates,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::AvailabilityChanged { person }).await
}

/// Lets a date follow the week again; false when it did.
pub async fn remove_override(tx: &mut Tx, person: PersonId, date: NaiveDate) -> Result<bool, AppError> {
    let removed = sqlx::query!(
        "delete from availability_overrides where person_id = $1 and on_date = $2",
        person as PersonId,
        date
    )
    .execute(&mut **tx)
    .await?;
    if removed.rows_affected() == 1 {
        tx.record(Fact::AvailabilityChanged { person }).await?;
    }
    Ok(removed.rows_affected() == 1)
}
