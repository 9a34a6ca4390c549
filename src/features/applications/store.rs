//! All SQL over applications, their kinds, their posts and what they said before; reports of abuse
//! and what a host knows of a person are in the files below.

mod abuse;
mod past;
mod year;

pub use abuse::*;
pub use past::*;
pub use year::*;

use crate::domain::application::{Application, DeclineKind, Stage};
use crate::domain::call::Kind;
use crate::domain::fact::Fact;
use crate::domain::id::{ApplicationId, CallId, ConsultationId, PersonId};
use crate::domain::person::Locale;
use crate::features::calls::{self, Call};
use crate::features::consultations;
use crate::platform::asker::Asker;
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::error::AppError;
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
    pub wished_minutes: i32,
    pub locale: Locale,
    pub kinds: Vec<Kind>,
    pub former: Option<ConsultationId>,
    pub confidentiality_version: i32,
    /// How often the text was changed.
    pub revision: i32,
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
        r#"select a.summary, a.wished_minutes, a.locale, a.former_id as "former: ConsultationId", a.confidentiality_version, q.name,
                  array(select k.kind from application_kinds k where k.application_id = a.application_id) as "kinds!",
                  (select count(*) from application_summaries s where s.application_id = a.application_id)::integer as "revision!"
             from applications a join people q on q.person_id = a.applicant_id
            where a.application_id = $1"#,
        id as ApplicationId,
    )
    .fetch_one(conn)
    .await?;
    Ok(Seen {
        kinds: Kind::ALL.into_iter().filter(|k| text.kinds.iter().any(|word| word == k.as_str())).collect(),
        locale: Locale::parse(&text.locale).unwrap_or(Locale::Ja),
        applicant_name: text.name,
        summary: text.summary,
        wished_minutes: text.wished_minutes,
        former: text.former,
        confidentiality_version: text.confidentiality_version,
        revision: text.revision,
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
    pub wished_minutes: i32,
    pub kinds: &'a [Kind],
    pub locale: Locale,
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
        sent.wished_minutes,
        sent.locale.as_str(),
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
    let kinds: Vec<String> = sent.kinds.iter().map(|k| k.as_str().to_owned()).collect();
    sqlx::query!(
        "insert into application_kinds (application_id, kind) select $1, unnest($2::text[])",
        id as ApplicationId,
        &kinds
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::ApplicationSubmitted { application: id }).await?;
    Ok(Ok(id))
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

/// Replaces what the application says; what it said before stays readable.
pub async fn replace_summary(tx: &mut Tx, seen: &Seen, summary: &str) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into application_summaries (application_id, revision, summary, replaced_at) values ($1, $2, $3, $4)",
        seen.application.id as ApplicationId,
        seen.revision + 1,
        seen.summary,
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update applications set summary = $2 where application_id = $1",
        seen.application.id as ApplicationId,
        summary
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What an application said before.
pub struct Former {
    pub summary: String,
    pub replaced_at: DateTime<Utc>,
}

/// Former texts, the oldest first.
pub async fn former_summaries(conn: &mut PgConnection, id: ApplicationId) -> Result<Vec<Former>, AppError> {
    let former = sqlx::query_as!(
        Former,
        "select summary, replaced_at from application_summaries where application_id = $1 order by revision",
        id as ApplicationId
    )
    .fetch_all(conn)
    .await?;
    Ok(former)
}

/// A question of the host or an answer, before the decision.
pub struct Post {
    pub author: PersonId,
    pub name: String,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// Posts in their order.
pub async fn posts(conn: &mut PgConnection, id: ApplicationId) -> Result<Vec<Post>, AppError> {
    let posts = sqlx::query_as!(
        Post,
        r#"select p.author_id as "author: PersonId", q.name, p.body, p.at
             from application_posts p join people q on q.person_id = p.author_id
            where p.application_id = $1 order by p.at, p.application_post_id"#,
        id as ApplicationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(posts)
}

/// Adds a post.
pub async fn add_post(tx: &mut Tx, id: ApplicationId, author: PersonId, body: &str) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into application_posts (application_post_id, application_id, author_id, body, at) values ($1, $2, $3, $4, $5)",
        random::id::<uuid::Uuid>(),
        id as ApplicationId,
        author as PersonId,
        body,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many active applications a person has over all calls. Those whose consultation ended give
/// their place back first.
pub async fn active_of(tx: &mut Tx, person: PersonId) -> Result<i64, AppError> {
    let accepted = sqlx::query_scalar!(
        r#"select consultation_id as "consultation!: ConsultationId" from applications
            where applicant_id = $1 and is_active and stage = 'accepted'"#,
        person as PersonId,
    )
    .fetch_all(&mut **tx)
    .await?;
    for consultation in accepted {
        follow(tx, consultation).await?;
    }
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from applications where applicant_id = $1 and is_active"#,
        person as PersonId
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(count)
}

/// The active application of a person to a call.
pub async fn active_on(
    conn: &mut PgConnection,
    call: CallId,
    person: PersonId,
) -> Result<Option<ApplicationId>, AppError> {
    let id = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications where call_id = $1 and applicant_id = $2 and is_active"#,
        call as CallId,
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id)
}

/// An accepted application is active as long as its consultation takes a place. Gives the call.
pub async fn follow(tx: &mut Tx, consultation: ConsultationId) -> Result<Option<CallId>, AppError> {
    let is_active = consultations::system(tx, consultation).await?.stage.is_active();
    let call = sqlx::query_scalar!(
        r#"update applications a set is_active = $2
            where consultation_id = $1
              and ($2 = false or not exists (select from applications o where o.call_id = a.call_id and o.applicant_id = a.applicant_id
                                                and o.is_active and o.application_id <> a.application_id))
        returning call_id as "call: CallId""#,
        consultation as ConsultationId,
        is_active,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(call)
}

/// Applications of a call that wait for a place, those that were sent first first.
pub async fn waitlisted(conn: &mut PgConnection, call: CallId, limit: i64) -> Result<Vec<ApplicationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications where call_id = $1 and stage = 'waitlisted'
            order by submitted_at, application_id limit $2"#,
        call as CallId,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// Applications of a call that a decision is still to come for.
pub async fn undecided(conn: &mut PgConnection, call: CallId) -> Result<Vec<ApplicationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select application_id as "id: ApplicationId" from applications where call_id = $1 and stage in ('submitted', 'asked', 'waitlisted')
            order by submitted_at, application_id"#,
        call as CallId,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// Whether a new application would have to wait: all places are taken, or others wait for those that
/// are left. Whom the host lets wait beside a free place keeps nobody out.
pub async fn is_full(conn: &mut PgConnection, call: &Call, active: i64) -> Result<bool, AppError> {
    if active >= i64::from(call.capacity) {
        return Ok(true);
    }
    let somebody_waits = !waitlisted(&mut *conn, call.id, 1).await?.is_empty();
    Ok(somebody_waits && unpromised(conn, call, active).await? <= 0)
}

/// Places that are neither taken nor may be by whoever is being decided over.
pub async fn unpromised(conn: &mut PgConnection, call: &Call, active: i64) -> Result<i64, AppError> {
    let being_decided = sqlx::query_scalar!(
        r#"select count(*) as "count!" from applications where call_id = $1 and stage in ('submitted', 'asked')"#,
        call.id as CallId,
    )
    .fetch_one(conn)
    .await?;
    Ok(i64::from(call.capacity) - active - being_decided)
}

/// How many applications of each call wait for a decision; calls without one are left out.
pub async fn waiting_of_calls(conn: &mut PgConnection, calls: &[CallId]) -> Result<Vec<(CallId, i64)>, AppError> {
    let rows = sqlx::query!(
        r#"select call_id as "call: CallId", count(*) as "count!" from applications
            where call_id = any($1) and stage in ('submitted', 'asked', 'waitlisted') group by call_id"#,
        calls as &[CallId],
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.call, row.count)).collect())
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
             from applications a join people q on q.person_id = a.applicant_id where a.consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(summary)
}

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
