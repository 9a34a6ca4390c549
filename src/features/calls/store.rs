//! All SQL over calls, their topics, kinds and hosts.

use super::form::Written;
use crate::domain::call::{Kind, Missing, Stage, TopicGroup, Waiting, missing};
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, PersonId};
use crate::domain::person::{Locale, TimeZone};
use crate::platform::asker::Asker;
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A call as it is written, with the host it belongs to.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: CallId,
    pub owner: PersonId,
    pub host_slug: String,
    pub host_name: String,
    pub host_site: Option<String>,
    pub host_zone: TimeZone,
    pub slug: String,
    pub locale: Locale,
    pub stage: Stage,
    pub title: String,
    pub why: String,
    pub scope: String,
    pub not_for: String,
    pub vague_is_fine: bool,
    pub topics: Vec<TopicGroup>,
    pub kinds: Vec<Kind>,
    pub free_minutes: i32,
    pub longest_minutes: i32,
    pub reply_days: i32,
    pub capacity: i32,
    pub confidentiality: String,
    pub confidentiality_version: i32,
    pub gift_text: String,
    pub gift_url: Option<String>,
    pub meeting_place: String,
    pub revision: i32,
    pub stage_since: DateTime<Utc>,
}

impl Call {
    /// Its public page.
    pub fn path(&self) -> String {
        format!("/hosts/{}/calls/{}", self.host_slug, self.slug)
    }

    /// What it still needs before it can be opened.
    pub fn missing(&self) -> Vec<Missing> {
        missing(&self.why, &self.topics, &self.scope)
    }

    /// The durations that can be booked, the shorter first.
    pub fn durations(&self) -> Vec<i32> {
        match self.free_minutes == self.longest_minutes {
            true => vec![self.free_minutes],
            false => vec![self.free_minutes, self.longest_minutes],
        }
    }
}

/// When and how sessions of a call can be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    pub owner: PersonId,
    /// Hosts who must be there, the owner among them.
    pub attending: Vec<PersonId>,
    /// The owner's zone, in which hours and limits are meant.
    pub zone: TimeZone,
    pub step_minutes: i32,
    pub notice_minutes: i32,
    pub horizon_days: i32,
    pub preparation_days: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub sessions_per_day: Option<i32>,
    pub sessions_per_week: Option<i32>,
    /// Whether a time is asked for, and booked when the host confirms it.
    pub host_confirms: bool,
    /// How long before the start a guest may still move a booked time.
    pub change_notice_minutes: i32,
    pub free_minutes: i32,
    pub longest_minutes: i32,
}

struct Row {
    id: CallId,
    owner: PersonId,
    host_slug: String,
    host_name: String,
    host_site: Option<String>,
    host_zone: String,
    slug: String,
    locale: String,
    stage: String,
    title: String,
    why: String,
    scope: String,
    not_for: String,
    vague_is_fine: bool,
    free_minutes: i32,
    longest_minutes: i32,
    reply_days: i32,
    capacity: i32,
    confidentiality: String,
    confidentiality_version: i32,
    gift_text: String,
    gift_url: Option<String>,
    meeting_place: String,
    revision: i32,
    stage_since: DateTime<Utc>,
    kinds: Vec<String>,
    topics: serde_json::Value,
}

impl TryFrom<Row> for Call {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let nonsense = |what: &str| AppError::Unexpected(anyhow!("calls {}: {what}", row.id));
        let words: Vec<(String, String)> =
            serde_json::from_value(row.topics).map_err(|_| nonsense("unreadable topics"))?;
        Ok(Self {
            stage: Stage::parse(&row.stage).ok_or_else(|| nonsense("unknown stage"))?,
            locale: Locale::parse(&row.locale).ok_or_else(|| nonsense("unknown locale"))?,
            host_zone: TimeZone::parse(&row.host_zone).ok_or_else(|| nonsense("unknown zone"))?,
            kinds: Kind::ALL.into_iter().filter(|k| row.kinds.iter().any(|word| word == k.as_str())).collect(),
            topics: grouped(words),
            id: row.id,
            owner: row.owner,
            host_slug: row.host_slug,
            host_name: row.host_name,
            host_site: row.host_site,
            slug: row.slug,
            title: row.title,
            why: row.why,
            scope: row.scope,
            not_for: row.not_for,
            vague_is_fine: row.vague_is_fine,
            free_minutes: row.free_minutes,
            longest_minutes: row.longest_minutes,
            reply_days: row.reply_days,
            capacity: row.capacity,
            confidentiality: row.confidentiality,
            confidentiality_version: row.confidentiality_version,
            gift_text: row.gift_text,
            gift_url: row.gift_url,
            meeting_place: row.meeting_place,
            revision: row.revision,
            stage_since: row.stage_since,
        })
    }
}

/// Neighbours of one name are a group.
fn grouped(words: Vec<(String, String)>) -> Vec<TopicGroup> {
    let mut groups: Vec<TopicGroup> = Vec::new();
    for (name, topic) in words {
        match groups.last_mut() {
            Some(last) if last.name == name => last.topics.push(topic),
            _ => groups.push(TopicGroup { name, topics: vec![topic] }),
        }
    }
    groups
}

/// A call by its ID, whoever asks: for slices that loaded what belongs to it.
pub async fn find(conn: &mut PgConnection, id: CallId) -> Result<Option<Call>, AppError> {
    one(conn, Some(id), None).await
}

/// A call by the words of its public address.
pub async fn by_slugs(conn: &mut PgConnection, host: &str, call: &str) -> Result<Option<Call>, AppError> {
    one(conn, None, Some((host, call))).await
}

async fn one(
    conn: &mut PgConnection,
    id: Option<CallId>,
    slugs: Option<(&str, &str)>,
) -> Result<Option<Call>, AppError> {
    let (host, call) = slugs.unzip();
    let row = sqlx::query_as!(
        Row,
        r#"select c.call_id as "id: CallId", c.owner_id as "owner: PersonId", o.slug as "host_slug!", o.name as host_name, o.site_url as host_site,
                  o.time_zone as host_zone, c.slug, c.locale, c.stage, c.title, c.why, c.scope, c.not_for, c.vague_is_fine, c.free_minutes,
                  c.longest_minutes, c.reply_days, c.capacity, c.confidentiality, c.confidentiality_version, c.gift_text, c.gift_url,
                  c.meeting_place, c.revision, c.stage_since,
                  array(select k.kind from call_kinds k where k.call_id = c.call_id) as "kinds!",
                  coalesce((select jsonb_agg(jsonb_build_array(t.group_name, t.name) order by t.position)
                              from call_topics t where t.call_id = c.call_id), '[]') as "topics!"
             from calls c
             join people o on o.person_id = c.owner_id
            where c.call_id = $1 or o.slug = $2 and c.slug = $3"#,
        id as Option<CallId>,
        host,
        call,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Call::try_from).transpose()
}

/// The call of a public page as the asker may see it: a draft is there for its hosts alone.
pub async fn in_public(conn: &mut PgConnection, host: &str, call: &str, asker: &Asker) -> Result<Hosted, AppError> {
    let call = by_slugs(&mut *conn, host, call).await?.ok_or(AppError::NotFound)?;
    let hosts = match asker.person() {
        Some(_) => hosts(conn, call.id).await?,
        None => Vec::new(),
    };
    let mine = asker.person().and_then(|p| hosts.into_iter().find(|h| h.person == p.id));
    match call.stage.is_public() || mine.is_some() {
        true => Ok(Hosted { call, mine }),
        false => Err(AppError::NotFound),
    }
}

/// Somebody who hosts a call.
#[derive(Clone, Copy, Debug)]
pub struct CallHost {
    pub person: PersonId,
    pub may_decide: bool,
    pub attends: bool,
}

/// Owner and co-hosts, the owner first.
pub async fn hosts(conn: &mut PgConnection, id: CallId) -> Result<Vec<CallHost>, AppError> {
    let hosts = sqlx::query_as!(
        CallHost,
        r#"select h.person_id as "person: PersonId", h.may_decide, h.attends
             from call_hosts h join calls c using (call_id)
            where h.call_id = $1 order by h.person_id <> c.owner_id, h.person_id"#,
        id as CallId,
    )
    .fetch_all(conn)
    .await?;
    Ok(hosts)
}

/// Owner and co-hosts who are there at sessions.
pub async fn attending(conn: &mut PgConnection, id: CallId) -> Result<Vec<PersonId>, AppError> {
    Ok(hosts(conn, id).await?.into_iter().filter(|h| h.attends).map(|h| h.person).collect())
}

/// A call with what the asker is in it.
#[derive(Clone, Debug)]
pub struct Hosted {
    pub call: Call,
    pub mine: Option<CallHost>,
}

impl Hosted {
    /// Whether the asker hosts the call.
    pub fn is_host(&self) -> bool {
        self.mine.is_some()
    }

    /// Ends the request with 403 for a co-host who may not decide.
    pub fn require_decision(&self) -> Result<(), AppError> {
        match self.mine.is_some_and(|h| h.may_decide) {
            true => Ok(()),
            false => Err(AppError::NotAllowed),
        }
    }
}

/// The call for one of its hosts; `NotFound` for everyone else.
pub async fn for_host(conn: &mut PgConnection, id: CallId, asker: &Asker) -> Result<Hosted, AppError> {
    let person = asker.id()?;
    let call = find(&mut *conn, id).await?.ok_or(AppError::NotFound)?;
    let mine = hosts(conn, id).await?.into_iter().find(|h| h.person == person).ok_or(AppError::NotFound)?;
    Ok(Hosted { call, mine: Some(mine) })
}

/// As `for_host`, with the row locked until the transaction ends.
pub async fn for_host_update(tx: &mut Tx, id: CallId, asker: &Asker) -> Result<Hosted, AppError> {
    lock(tx, id).await?;
    for_host(tx, id, asker).await
}

/// The call with its row locked: whoever takes or counts its places.
pub async fn locked(tx: &mut Tx, id: CallId) -> Result<Call, AppError> {
    lock(tx, id).await?;
    find(tx, id).await?.ok_or(AppError::NotFound)
}

async fn lock(tx: &mut Tx, id: CallId) -> Result<(), AppError> {
    sqlx::query!("select call_id from calls where call_id = $1 for no key update", id as CallId)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(())
}

/// When and how its sessions can be booked.
pub async fn timing(conn: &mut PgConnection, id: CallId) -> Result<Timing, AppError> {
    let row = sqlx::query!(
        r#"select c.owner_id as "owner: PersonId", o.time_zone,
                  array(select h.person_id from call_hosts h where h.call_id = c.call_id and h.attends order by h.person_id) as "attending!: Vec<PersonId>",
                  c.step_minutes, c.notice_minutes, c.horizon_days, c.preparation_days,
                  c.buffer_before_minutes, c.buffer_after_minutes, c.sessions_per_day, c.sessions_per_week, c.mode = 'host_confirms' as "host_confirms!", c.change_notice_minutes, c.free_minutes, c.longest_minutes
             from calls c join people o on o.person_id = c.owner_id where c.call_id = $1"#,
        id as CallId,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)?;
    let zone =
        TimeZone::parse(&row.time_zone).ok_or_else(|| AppError::Unexpected(anyhow!("calls {id}: unknown zone")))?;
    Ok(Timing {
        zone,
        owner: row.owner,
        attending: row.attending,
        step_minutes: row.step_minutes,
        notice_minutes: row.notice_minutes,
        horizon_days: row.horizon_days,
        preparation_days: row.preparation_days,
        buffer_before_minutes: row.buffer_before_minutes,
        buffer_after_minutes: row.buffer_after_minutes,
        sessions_per_day: row.sessions_per_day,
        sessions_per_week: row.sessions_per_week,
        host_confirms: row.host_confirms,
        change_notice_minutes: row.change_notice_minutes,
        free_minutes: row.free_minutes,
        longest_minutes: row.longest_minutes,
    })
}

/// A call as lists show it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: CallId,
    pub owner: PersonId,
    pub title: String,
    pub scope: String,
    pub locale: String,
    pub stage: Stage,
    pub host_name: String,
    pub host_slug: String,
    pub slug: String,
    pub free_minutes: i32,
    pub longest_minutes: i32,
    pub reply_days: i32,
    pub capacity: i32,
}

impl Listed {
    /// Its public page.
    pub fn path(&self) -> String {
        format!("/hosts/{}/calls/{}", self.host_slug, self.slug)
    }
}

/// Whose calls a list shows.
enum Of {
    Everyone,
    Owner(PersonId),
    Host(PersonId),
}

async fn listed(conn: &mut PgConnection, of: Of, limit: i64) -> Result<Vec<Listed>, AppError> {
    let (owner, host) = match of {
        Of::Everyone => (None, None),
        Of::Owner(person) => (Some(person), None),
        Of::Host(person) => (None, Some(person)),
    };
    let rows = sqlx::query!(
        r#"select c.call_id as "id: CallId", c.owner_id as "owner: PersonId", c.title, c.scope, c.locale, c.stage, o.name as host_name, o.slug as "host_slug!", c.slug,
                  c.free_minutes, c.longest_minutes, c.reply_days, c.capacity
             from calls c
             join people o on o.person_id = c.owner_id
            where case when $2::uuid is not null
                       then exists (select from call_hosts h where h.call_id = c.call_id and h.person_id = $2)
                       else c.stage in ('open', 'paused') and ($1::uuid is null and c.stage = 'open' or c.owner_id = $1) end
            order by array_position(array['open', 'draft', 'paused', 'closed', 'archived'], c.stage), coalesce(c.opened_at, c.created_at) desc, c.call_id
            limit $3"#,
        owner as Option<PersonId>,
        host as Option<PersonId>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        stage: Stage::parse(&row.stage).unwrap_or(Stage::Archived),
        id: row.id,
        owner: row.owner,
        title: row.title,
        scope: row.scope,
        locale: row.locale,
        host_name: row.host_name,
        host_slug: row.host_slug,
        slug: row.slug,
        free_minutes: row.free_minutes,
        longest_minutes: row.longest_minutes,
        reply_days: row.reply_days,
        capacity: row.capacity,
    });
    Ok(listed.collect())
}

/// Open calls of everyone, those opened last first.
pub async fn opened(conn: &mut PgConnection, limit: i64) -> Result<Vec<Listed>, AppError> {
    listed(conn, Of::Everyone, limit).await
}

/// What a host's public page shows: open calls first, then paused ones.
pub async fn of_owner(conn: &mut PgConnection, owner: PersonId) -> Result<Vec<Listed>, AppError> {
    listed(conn, Of::Owner(owner), 50).await
}

/// All calls that a person hosts, drafts too.
pub async fn of_host(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Listed>, AppError> {
    listed(conn, Of::Host(person), 100).await
}

/// The owner has another call of this word.
#[derive(Debug)]
pub struct SlugTaken;

/// Writes a new call; it stays a draft until it is opened.
pub async fn insert(tx: &mut Tx, owner: PersonId, written: &Written) -> Result<Result<CallId, SlugTaken>, AppError> {
    let (id, now): (CallId, _) = (random::id(), tx.now());
    let inserted = sqlx::query!(
        r#"insert into calls (call_id, owner_id, slug, locale, stage, title, why, scope, created_at, stage_since)
           values ($1, $2, $3, $4, 'draft', $5, '', '', $6, $6)"#,
        id as CallId,
        owner as PersonId,
        written.slug.as_str(),
        written.locale.as_str(),
        written.title.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("calls_slug_is_unique", SlugTaken)?;
    if inserted.is_err() {
        return Ok(Err(SlugTaken));
    }
    sqlx::query!(
        "insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, true, true)",
        id as CallId,
        owner as PersonId
    )
    .execute(&mut **tx)
    .await?;
    update_row(tx, id, written).await?.map_err(|_| AppError::NotFound)?;
    tx.record(Fact::CallWritten { call: id }).await?;
    Ok(Ok(id))
}

/// Stores a call that was edited.
pub async fn update(tx: &mut Tx, id: CallId, written: &Written) -> Result<Result<(), SlugTaken>, AppError> {
    if update_row(tx, id, written).await?.is_err() {
        return Ok(Err(SlugTaken));
    }
    tx.record(Fact::CallChanged { call: id }).await?;
    Ok(Ok(()))
}

/// A changed confidentiality text is another version: who accepted the former accepted the former.
async fn update_row(conn: &mut PgConnection, id: CallId, w: &Written) -> Result<Result<(), SlugTaken>, AppError> {
    let updated = sqlx::query!(
        r#"update calls
              set title = $2, slug = $3, locale = $4, why = $5, scope = $6, not_for = $7, vague_is_fine = $8, free_minutes = $9,
                  longest_minutes = $10, reply_days = $11, capacity = $12,
                  confidentiality_version = confidentiality_version + case when confidentiality <> $13 and opened_at is not null then 1 else 0 end,
                  confidentiality = $13, gift_text = $14, gift_url = $15, meeting_place = $16, step_minutes = $17, notice_minutes = $18,
                  horizon_days = $19, preparation_days = $20, buffer_before_minutes = $21, buffer_after_minutes = $22,
                  sessions_per_day = $23, sessions_per_week = $24, mode = $25, change_notice_minutes = $26, revision = revision + 1
            where call_id = $1"#,
        id as CallId,
        w.title.as_str(),
        w.slug.as_str(),
        w.locale.as_str(),
        w.why,
        w.scope,
        w.not_for,
        w.vague_is_fine,
        w.free_minutes,
        w.longest_minutes,
        w.reply_days,
        w.capacity,
        w.confidentiality,
        w.gift_text,
        w.gift_url,
        w.meeting_place,
        w.step_minutes,
        w.notice_minutes,
        w.horizon_days,
        w.preparation_days,
        w.buffer_before_minutes,
        w.buffer_after_minutes,
        w.sessions_per_day,
        w.sessions_per_week,
        if w.host_confirms { "host_confirms" } else { "at_once" },
        w.change_notice_minutes,
    )
    .execute(&mut *conn)
    .await
    .on_constraint("calls_slug_is_unique", SlugTaken)?;
    if updated.is_err() {
        return Ok(Err(SlugTaken));
    }
    replace_lists(conn, id, w).await?;
    Ok(Ok(()))
}

async fn replace_lists(conn: &mut PgConnection, id: CallId, w: &Written) -> Result<(), AppError> {
    let pairs: Vec<(String, String)> =
        w.topics.iter().flat_map(|g| g.topics.iter().map(|t| (g.name.clone(), t.clone()))).collect();
    let (groups, names): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    let kinds: Vec<String> = w.kinds.iter().map(|k| k.as_str().to_owned()).collect();
    sqlx::query!("delete from call_topics where call_id = $1", id as CallId).execute(&mut *conn).await?;
    sqlx::query!("delete from call_kinds where call_id = $1", id as CallId).execute(&mut *conn).await?;
    sqlx::query!(
        r#"insert into call_topics (call_id, position, group_name, name)
           select $1, t.position::integer, t.group_name, t.name
             from unnest($2::text[], $3::text[]) with ordinality as t (group_name, name, position)"#,
        id as CallId,
        &groups,
        &names,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("insert into call_kinds (call_id, kind) select $1, unnest($2::text[])", id as CallId, &kinds)
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores where a call stands now, and records the fact.
pub async fn save(tx: &mut Tx, id: CallId, moved: (Stage, Fact)) -> Result<(), AppError> {
    let ((stage, fact), now) = (moved, tx.now());
    sqlx::query!(
        "update calls set stage = $2, stage_since = $3, opened_at = case when $2 = 'open' then coalesce(opened_at, $3) else opened_at end where call_id = $1",
        id as CallId,
        stage.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(fact).await
}

/// Pauses an open call in the transaction of a decision; another stage stays as it is.
pub async fn pause(tx: &mut Tx, call: &Call, waiting: Waiting) -> Result<(), AppError> {
    let Ok(moved) = call.stage.pause(call.id) else { return Ok(()) };
    save(tx, call.id, moved).await?;
    match waiting {
        Waiting::Decline => tx.record(Fact::WaitingDismissed { call: call.id }).await,
        Waiting::Finish => Ok(()),
    }
}
