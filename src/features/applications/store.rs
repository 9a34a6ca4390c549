//! All SQL over applications and their kinds; what was said, places, lists, reports of abuse and what
//! a host knows of a person are in the files below.

mod abuse;
mod lists;
mod notes;
mod past;
mod places;
pub mod privacy;
pub mod retention;
mod thread;
mod year;

pub use abuse::*;
pub use lists::*;
pub use notes::*;
pub use past::*;
pub use places::*;
pub use thread::*;
pub use year::*;

use super::wishes::Wishes;
use crate::domain::application::{Application, DeclineKind, Stage};
use crate::domain::call::Kind;
use crate::domain::fact::Fact;
use crate::domain::id::{ApplicationId, CallId, ConsultationId, PersonId};
use crate::domain::person::Locale;
use crate::domain::policy::Policy;
use crate::features::calls::{self, Call};
use crate::platform::asker::Asker;
use crate::platform::consents::{self, Consent};
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::error::AppError;
use crate::platform::policies;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};

/// Who reads an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Applicant,
    Host { may_decide: bool },
}

/// An application with its call, as one of its parties sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub application: Application,
    pub call: Call,
    pub reader: Reader,
    pub me: PersonId,
    pub applicant_name: String,
    pub summary: String,
    pub wishes: Wishes,
    pub former: Option<ConsultationId>,
    pub confidentiality_version: i32,
    /// How often the text was changed.
    pub revision: i32,
    /// Since when its text is gone.
    pub purged_at: Option<DateTime<Utc>>,
}

impl Seen {
    /// Its path, or that of a page below it.
    pub fn path(&self, below: &str) -> String {
        format!("/applications/{}{below}", self.application.id)
    }

    /// Whether a host of the call reads it.
    pub fn is_host(&self) -> bool {
        self.reader != Reader::Applicant
    }

    /// Ends the request where the reader may see it, but not decide over it.
    pub fn require_decision(&self) -> Result<(), AppError> {
        match self.reader {
            Reader::Host { may_decide: true } => Ok(()),
            _ => Err(AppError::NotAllowed),
        }
    }

    /// Ends the request where somebody else than the applicant acts.
    pub fn require_applicant(&self) -> Result<(), AppError> {
        (self.reader == Reader::Applicant).then_some(()).ok_or(AppError::NotAllowed)
    }
}

struct Row {
    id: ApplicationId,
    call: CallId,
    applicant: PersonId,
    stage: String,
    stage_since: DateTime<Utc>,
    submitted_at: DateTime<Utc>,
    due_at: Option<DateTime<Utc>>,
    decline_kind: Option<String>,
    note: Option<String>,
    revived: bool,
    consultation: Option<ConsultationId>,
}

impl TryFrom<Row> for Application {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let stage = Stage::parse(&row.stage)
            .ok_or_else(|| AppError::Unexpected(anyhow!("applications {}: unknown stage", row.id)))?;
        Ok(Self {
            stage,
            decline: row.decline_kind.as_deref().and_then(DeclineKind::parse),
            id: row.id,
            call: row.call,
            applicant: row.applicant,
            stage_since: row.stage_since,
            submitted_at: row.submitted_at,
            due_at: row.due_at,
            note: row.note,
            revived: row.revived,
            consultation: row.consultation,
        })
    }
}

/// An application for the system itself.
pub async fn system(conn: &mut PgConnection, id: ApplicationId) -> Result<Application, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select application_id as "id: ApplicationId", call_id as "call: CallId", applicant_id as "applicant: PersonId", stage, stage_since,
                  submitted_at, due_at, decline_kind, note, revived, consultation_id as "consultation: ConsultationId"
             from applications where application_id = $1"#,
        id as ApplicationId,
    )
    .fetch_optional(conn)
    .await?;
    row.ok_or(AppError::NotFound)?.try_into()
}

/// The application for its applicant or a host of its call; `NotFound` for everyone else.
pub async fn for_party(conn: &mut PgConnection, id: ApplicationId, asker: &Asker) -> Result<Seen, AppError> {
    let me = asker.id()?;
    let application = system(&mut *conn, id).await?;
    let host = calls::hosts(&mut *conn, application.call).await?.into_iter().find(|h| h.person == me);
    let reader = match host {
        _ if application.applicant == me => Reader::Applicant,
        Some(host) if application.stage != Stage::Blocked => Reader::Host { may_decide: host.may_decide },
        _ => return Err(AppError::NotFound),
    };
    let call = calls::find(&mut *conn, application.call).await?.ok_or(AppError::NotFound)?;
    let text = sqlx::query!(
        r#"select a.summary, a.wished_minutes, a.locale, a.former_id as "former: ConsultationId", a.confidentiality_version, a.purged_at, q.name,
                  array(select k.kind from application_kinds k where k.application_id = a.application_id) as "kinds!",
                  (select count(*) from application_summaries s where s.application_id = a.application_id)::integer as "revision!"
             from applications a join people q on q.person_id = a.applicant_id
            where a.application_id = $1"#,
        id as ApplicationId,
    )
    .fetch_one(conn)
    .await?;
    Ok(Seen {
        wishes: wishes(text.wished_minutes, &text.kinds, &text.locale),
        applicant_name: text.name,
        summary: text.summary,
        former: text.former,
        confidentiality_version: text.confidentiality_version,
        revision: text.revision,
        purged_at: text.purged_at,
        application,
        call,
        reader,
        me,
    })
}

/// As `for_party`, with call and application locked in this order until the transaction ends.
pub async fn for_update(tx: &mut Tx, id: ApplicationId, asker: &Asker) -> Result<Seen, AppError> {
    lock(tx, id).await?;
    for_party(tx, id, asker).await
}

/// Locks the call, then the application.
pub(super) async fn lock(tx: &mut Tx, id: ApplicationId) -> Result<(), AppError> {
    let call = sqlx::query_scalar!(
        r#"select call_id as "call: CallId" from applications where application_id = $1"#,
        id as ApplicationId
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(AppError::NotFound)?;
    calls::locked(tx, call).await?;
    sqlx::query!("select application_id from applications where application_id = $1 for update", id as ApplicationId)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(())
}

/// What is sent with an application.
pub struct Sent<'a> {
    pub call: &'a Call,
    pub applicant: PersonId,
    pub former: Option<ConsultationId>,
    pub summary: &'a str,
    pub wishes: &'a Wishes,
    pub due_at: DateTime<Utc>,
}

/// There is an active application of this person to this call.
#[derive(Debug)]
pub struct Already;

/// Stores an application that was sent. The insert stands in a savepoint, so that the page of the
/// refusal can still read.
pub async fn insert(tx: &mut Tx, sent: Sent<'_>) -> Result<Result<ApplicationId, Already>, AppError> {
    let (id, now): (ApplicationId, _) = (random::id(), tx.now());
    let mut savepoint = tx.begin().await?;
    let inserted = sqlx::query!(
        r#"insert into applications (application_id, call_id, applicant_id, former_id, stage, summary, wished_minutes, locale, confidentiality_version,
                                     submitted_at, stage_since, due_at, promised_until, is_active)
           values ($1, $2, $3, $4, 'submitted', $5, $6, $7, $8, $9, $9, $10, $10, true)"#,
        id as ApplicationId,
        sent.call.id as CallId,
        sent.applicant as PersonId,
        sent.former as Option<ConsultationId>,
        sent.summary,
        sent.wishes.minutes,
        sent.wishes.locale.as_str(),
        sent.call.confidentiality_version,
        now,
        sent.due_at,
    )
    .execute(&mut *savepoint)
    .await
    .on_constraint("applications_once_per_call", Already)?;
    if inserted.is_err() {
        savepoint.rollback().await?;
        return Ok(Err(Already));
    }
    savepoint.commit().await?;
    agree(tx, sent.call, sent.applicant).await?;
    policies::accept(tx, sent.applicant, &Policy::ALL).await?;
    add_kinds(tx, id, sent.wishes).await?;
    tx.record(Fact::ApplicationSubmitted { application: id }).await?;
    Ok(Ok(id))
}

/// Notes that a side agreed to what a call asks both sides to promise, where it asks for anything.
pub async fn agree(tx: &mut Tx, call: &Call, person: PersonId) -> Result<(), AppError> {
    if call.confidentiality.is_empty() {
        return Ok(());
    }
    let (subject, version) = (call.id.to_string(), call.confidentiality_version.to_string());
    let consent = Consent {
        kind: consents::Kind::Confidentiality,
        subject: &subject,
        version: &version,
        text: &call.confidentiality,
    };
    consents::give(tx, person, consent).await
}

async fn add_kinds(tx: &mut Tx, id: ApplicationId, wishes: &Wishes) -> Result<(), AppError> {
    sqlx::query!(
        "insert into application_kinds (application_id, kind) select $1, unnest($2::text[])",
        id as ApplicationId,
        &wishes.words()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Wishes as they are stored.
fn wishes(minutes: i32, kinds: &[String], locale: &str) -> Wishes {
    Wishes {
        minutes,
        kinds: Kind::ALL.into_iter().filter(|kind| kinds.iter().any(|word| word == kind.as_str())).collect(),
        locale: Locale::parse(locale).unwrap_or(Locale::Ja),
    }
}

/// Stores an application that moved, and records the fact.
pub async fn save(tx: &mut Tx, moved: (Application, Fact)) -> Result<Application, AppError> {
    let (a, fact) = moved;
    sqlx::query!(
        r#"update applications
              set stage = $2, stage_since = $3, submitted_at = $4, due_at = $5, decline_kind = $6, note = $7, revived = $8, consultation_id = $9, is_active = $10,
                  first_answer_at = coalesce(first_answer_at, case when $2 in ('asked', 'accepted', 'declined') then $3::timestamptz end)
            where application_id = $1"#,
        a.id as ApplicationId,
        a.stage.as_str(),
        a.stage_since,
        a.submitted_at,
        a.due_at,
        a.decline.map(DeclineKind::as_str),
        a.note,
        a.revived,
        a.consultation as Option<ConsultationId>,
        a.stage.is_active(),
    )
    .execute(&mut **tx)
    .await?;
    tx.record(fact).await?;
    Ok(a)
}

/// What an accepted application said, for the room that it opened.
pub struct Summary {
    pub applicant: String,
    pub text: String,
    pub submitted_at: DateTime<Utc>,
}

/// The application that a consultation was opened from.
pub async fn of_consultation(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<Summary>, AppError> {
    let summary = sqlx::query_as!(
        Summary,
        r#"select q.name as applicant, a.summary as text, a.submitted_at
             from applications a join people q on q.person_id = a.applicant_id
            where a.consultation_id = $1 and a.purged_at is null"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(summary)
}

/// Applications of a person whose next step is theirs, with their calls.
pub async fn waited_for(conn: &mut PgConnection, person: PersonId) -> Result<Vec<(ApplicationId, CallId)>, AppError> {
    let rows = sqlx::query!(
        r#"select application_id as "id: ApplicationId", call_id as "call: CallId" from applications
            where applicant_id = $1 and stage in ('asked', 'waitlisted') order by application_id"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.call)).collect())
}
