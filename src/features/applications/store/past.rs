//! What a host already knows of the person who applies: earlier applications to their own calls.

use super::Seen;
use crate::domain::application::Stage;
use crate::domain::id::{ApplicationId, CallId, ConsultationId, PersonId};
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Rows that the page shows.
const MOST: i64 = 20;

/// An earlier or later application of the same person.
#[derive(Clone, Debug)]
pub struct Past {
    pub id: ApplicationId,
    pub call: CallId,
    pub stage: Stage,
    pub submitted_at: DateTime<Utc>,
    pub consultation: Option<ConsultationId>,
}

/// Other applications of the applicant to calls that the reader hosts, the newest first. What they
/// sent to others is nobody's business here.
pub async fn past(conn: &mut PgConnection, seen: &Seen, hosted: &[CallId]) -> Result<Vec<Past>, AppError> {
    let rows = sqlx::query!(
        r#"select application_id as "id: ApplicationId", call_id as "call: CallId", stage, submitted_at, consultation_id as "consultation: ConsultationId"
             from applications
            where applicant_id = $1 and application_id <> $2 and call_id = any($3) and stage <> 'blocked'
            order by submitted_at desc, application_id limit $4"#,
        seen.application.applicant as PersonId,
        seen.application.id as ApplicationId,
        hosted as &[CallId],
        MOST,
    )
    .fetch_all(conn)
    .await?;
    let past = rows.into_iter().map(|row| Past {
        stage: Stage::parse(&row.stage).unwrap_or(Stage::Blocked),
        id: row.id,
        call: row.call,
        submitted_at: row.submitted_at,
        consultation: row.consultation,
    });
    Ok(past.collect())
}
