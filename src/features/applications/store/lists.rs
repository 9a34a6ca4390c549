//! SQL over lists of applications.

use crate::domain::application::Stage;
use crate::domain::id::{ApplicationId, ConsultationId, PersonId};
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An application as lists show it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: ApplicationId,
    pub call_title: String,
    pub applicant: String,
    pub summary: String,
    pub stage: Stage,
    pub submitted_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    pub consultation: Option<ConsultationId>,
}

/// What a host has to decide, what is due first first; then what was decided in the last weeks.
pub async fn of_host(conn: &mut PgConnection, host: PersonId, limit: i64) -> Result<Vec<Listed>, AppError> {
    let rows = sqlx::query!(
        r#"select a.application_id as "id: ApplicationId", c.title as call_title, q.name as applicant, left(a.summary, 300) as "summary!", a.stage,
                  a.submitted_at, a.due_at, a.consultation_id as "consultation: ConsultationId"
             from applications a
             join call_hosts h on h.call_id = a.call_id and h.person_id = $1
             join calls c on c.call_id = a.call_id
             join people q on q.person_id = a.applicant_id
            where a.stage <> 'blocked'
            order by array_position(array['submitted', 'asked', 'waitlisted'], a.stage) nulls last, a.due_at,
                     case when a.stage = 'waitlisted' then a.submitted_at end, a.stage_since desc, a.application_id
            limit $2"#,
        host as PersonId,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        stage: Stage::parse(&row.stage).unwrap_or(Stage::Blocked),
        id: row.id,
        call_title: row.call_title,
        applicant: row.applicant,
        summary: row.summary,
        submitted_at: row.submitted_at,
        due_at: row.due_at,
        consultation: row.consultation,
    });
    Ok(listed.collect())
}

/// What a person sent, the newest first.
pub async fn of_applicant(conn: &mut PgConnection, person: PersonId, limit: i64) -> Result<Vec<Listed>, AppError> {
    let rows = sqlx::query!(
        r#"select a.application_id as "id: ApplicationId", c.title as call_title, o.name as host, left(a.summary, 300) as "summary!", a.stage,
                  a.submitted_at, a.due_at, a.consultation_id as "consultation: ConsultationId"
             from applications a
             join calls c on c.call_id = a.call_id
             join people o on o.person_id = c.owner_id
            where a.applicant_id = $1
            order by a.submitted_at desc, a.application_id
            limit $2"#,
        person as PersonId,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        // To the applicant, hidden is waiting.
        stage: Stage::parse(&row.stage).filter(|s| *s != Stage::Blocked).unwrap_or(Stage::Submitted),
        id: row.id,
        call_title: row.call_title,
        applicant: row.host,
        summary: row.summary,
        submitted_at: row.submitted_at,
        due_at: row.due_at,
        consultation: row.consultation,
    });
    Ok(listed.collect())
}
