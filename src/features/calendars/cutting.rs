//! An administrator disconnects somebody's calendar, and sees neither its address nor what is in it.

use super::store::{self, Calendar};
use crate::domain::fact::Fact;
use crate::domain::id::{CalendarId, MeasureId, PersonId};
use crate::domain::measure::Act;
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::{Mail, unlinked};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// A connection as administrators see it.
pub struct Connection {
    pub id: CalendarId,
    pub person: PersonId,
    /// Scheme, host and port, without a path.
    pub origin: String,
    pub connected_at: DateTime<Utc>,
}

impl From<Calendar> for Connection {
    fn from(calendar: Calendar) -> Self {
        let Calendar { id, person, origin, health, .. } = calendar;
        Self { id, person, origin, connected_at: health.created_at }
    }
}

/// The calendars that somebody connected.
pub async fn connections_of(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Connection>, AppError> {
    Ok(store::of(conn, person).await?.into_iter().map(Connection::from).collect())
}

/// One of them; `NotFound` where there is none.
pub async fn connection(conn: &mut PgConnection, id: CalendarId) -> Result<Connection, AppError> {
    Ok(store::system(conn, id).await?.ok_or(AppError::NotFound)?.into())
}

/// Disconnects it: its address and its busy time are forgotten.
pub async fn cut_off(tx: &mut Tx, id: CalendarId, by: PersonId, reason: &str) -> Result<PersonId, AppError> {
    let calendar = store::locked(tx, id).await?.ok_or(AppError::NotFound)?;
    let measure = people::take_measure(tx, Act::RemoveCalendar, id.0, by, reason).await?;
    store::remove(tx, id).await?;
    tx.record(Fact::CalendarCutOff { person: calendar.person, measure }).await?;
    Ok(calendar.person)
}

/// Tells the host who connected it.
#[derive(Serialize, Deserialize)]
pub struct CutOffMail {
    pub person: PersonId,
    pub measure: MeasureId,
}

impl Job for CutOffMail {
    const KIND: &'static str = "calendars.cut_off_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(measure) = people::measure(&mut tx, self.measure).await? else { return Ok(Outcome::Done) };
        let receiver = people::receiver(&mut tx, self.person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("calendars-mail-cut_off-subject"))
            .line(speech.t("calendars-mail-cut_off-text"))
            .line(speech.t("consultations-mail-emergency-reason").saying("reason", unlinked(&measure.reason)))
            .action(speech.t("calendars-mail-open"), run.platform.config.url("/calendars"));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
