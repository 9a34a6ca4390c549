//! Calls whose shortest session has no room in the hours or limits: nothing of them could be booked.

use crate::domain::call::Stage;
use crate::domain::id::{CallId, PersonId};
use crate::domain::slot::{Contradiction, Minutes, Offered};
use crate::features::calls::{self, Listed};
use crate::platform::error::AppError;
use crate::platform::i18n::Message;
use chrono::NaiveDate;
use sqlx::PgConnection;

/// A call without room.
pub(super) struct NoRoom {
    pub call: CallId,
    pub why: Message,
}

/// Calls that could not be booked with what is offered.
pub(super) async fn of(
    conn: &mut PgConnection,
    me: PersonId,
    offered: &Offered,
    today: NaiveDate,
) -> Result<Vec<NoRoom>, AppError> {
    let calls = published(conn, me).await?;
    let no_room = calls.into_iter().filter_map(|call| {
        let (key, most) = match offered.contradicts(Minutes(call.free_minutes), today)? {
            Contradiction::DayTooShort { most } => ("availability-no_room-day", i64::from(most)),
            Contradiction::WeekTooShort { most } => ("availability-no_room-week", i64::from(most)),
            Contradiction::HoursTooShort { longest } => ("availability-no_room-hours", longest.0.into()),
            _ => return None,
        };
        let why = Message::new(key).with("title", call.title).with("minutes", call.free_minutes).with("most", most);
        Some(NoRoom { call: call.id, why })
    });
    Ok(no_room.collect())
}

/// The shortest session of all calls: what has no room for it has room for none.
pub(super) async fn shortest(conn: &mut PgConnection, me: PersonId) -> Result<Option<Minutes>, AppError> {
    Ok(published(conn, me).await?.into_iter().map(|call| Minutes(call.free_minutes)).min())
}

/// Calls in which this host's hours are booked.
async fn published(conn: &mut PgConnection, me: PersonId) -> Result<Vec<Listed>, AppError> {
    let mut calls = calls::of_host(conn, me).await?;
    calls.retain(|call| call.owner == me && matches!(call.stage, Stage::Open | Stage::Paused));
    Ok(calls)
}
