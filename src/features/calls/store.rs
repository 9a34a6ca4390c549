//! All SQL over calls, their topics, kinds and hosts; lists and what hosts write are in the files below.

mod hosts;
mod invitations;
mod lists;
mod suspension;
pub mod privacy;
mod transfers;
mod written;

pub use hosts::*;
pub use invitations::*;
pub use lists::*;
pub use suspension::*;
pub use transfers::*;
pub use written::*;

use crate::domain::call::{Kind, Missing, Stage, TopicGroup, Waiting, missing};
use crate::domain::consultation::Part;
use crate::domain::fact::Fact;
use crate::domain::hosting::{self, HostAct};
use crate::domain::id::{CallId, PersonId};
use crate::domain::person::{Locale, TimeZone};
use crate::platform::asker::Asker;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
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
    /// Whether administrators keep it from the public.
    pub is_suspended: bool,
}

impl Call {
    /// Whether everybody may read it.
    pub fn is_public(&self) -> bool {
        self.stage.is_public() && !self.is_suspended
    }

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
    is_suspended: bool,
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
            is_suspended: row.is_suspended,
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
                  exists (select from call_suspensions u where u.call_id = c.call_id and u.lifted_at is null) as "is_suspended!",
                  array(select k.kind from call_kinds k where k.call_id = c.call_id) as "kinds!",
                  coalesce((select jsonb_agg(jsonb_build_array(t.group_name, t.name) order by t.position)
                              from call_topics t where t.call_id = c.call_id), '[]') as "topics!"
             from calls c
             join people o on o.person_id = c.owner_id
            where c.call_id = $1 or o.slug = $2 and c.slug = $3 and o.deleted_at is null"#,
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
    match call.is_public() || mine.is_some() {
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

    /// Whether the asker may do this with the call.
    pub fn may(&self, act: HostAct) -> bool {
        let part = |mine: CallHost| match mine.person == self.call.owner {
            true => Part::Host,
            false => Part::CoHost { may_decide: mine.may_decide },
        };
        self.mine.is_some_and(|mine| hosting::may(part(mine), act))
    }

    /// Ends the request with 403 for a host who may not do this.
    pub fn require(&self, act: HostAct) -> Result<(), AppError> {
        self.may(act).then_some(()).ok_or(AppError::NotAllowed)
    }

    /// Ends the request with 403 for a co-host who may not decide.
    pub fn require_decision(&self) -> Result<(), AppError> {
        self.require(HostAct::Decide)
    }
}

/// The call for one of its hosts; `NotFound` for everyone else.
pub async fn for_host(conn: &mut PgConnection, id: CallId, asker: &Asker) -> Result<Hosted, AppError> {
    let person = asker.id()?;
    let call = find(&mut *conn, id).await?.ok_or(AppError::NotFound)?;
    let mine = hosts(conn, id).await?.into_iter().find(|h| h.person == person).ok_or(AppError::NotFound)?;
    Ok(Hosted { call, mine: Some(mine) })
}

/// The call for whoever may see who hosts it: its hosts, and administrators.
pub async fn for_reader_of_hosts(conn: &mut PgConnection, id: CallId, asker: &Asker) -> Result<Hosted, AppError> {
    match for_host(&mut *conn, id, asker).await {
        Err(AppError::NotFound) if asker.person().is_some_and(|person| person.is_administrator) => {
            Ok(Hosted { call: find(conn, id).await?.ok_or(AppError::NotFound)?, mine: None })
        }
        found => found,
    }
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
