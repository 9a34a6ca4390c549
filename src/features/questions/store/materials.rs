//! SQL over material: who shares what until when, and the bytes that are still there.

use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, MaterialId, PersonId};
use crate::domain::material::{KEPT_AFTER_END, Material, Stage, goes_at};
use crate::platform::Platform;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::files::Files;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::path::PathBuf;
use uuid::Uuid;

/// A piece of material with what is known of it; a stub has neither link nor file.
#[derive(Clone, Debug)]
pub struct Shared {
    pub material: Material,
    pub owner: String,
    pub title: String,
    pub url: Option<String>,
    pub file: Option<Stored>,
    pub created_at: DateTime<Utc>,
    pub stage_since: DateTime<Utc>,
    /// Until when its bytes stay for whoever shared it, where another took it away.
    pub kept_until: Option<DateTime<Utc>>,
    /// When it goes; `None` as long as nobody chose a day and the consultation goes on.
    pub goes_at: Option<DateTime<Utc>>,
}

impl Shared {
    /// Whether anything of it is left, if only for whoever shared it.
    pub fn has_anything(&self) -> bool {
        !self.title.is_empty() && self.material.stage != Stage::Refused
    }

    /// Until when whoever shared it can still take along what another took away.
    pub fn kept_for(&self, reader: PersonId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let is_kept = self.material.stage == Stage::Removed && self.material.owner == reader;
        self.kept_until.filter(|until| is_kept && *until > now)
    }
}

/// A file that is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    pub key: Uuid,
    pub name: String,
    pub media_type: String,
    pub size: u64,
}

impl Stored {
    /// Where it lies.
    pub fn path(&self, platform: &Platform) -> PathBuf {
        Files::of(platform).path(self.key)
    }

    /// Its size as people say it.
    pub fn size_text(&self) -> String {
        match self.size {
            0..1024 => format!("{} B", self.size),
            1024..1_048_576 => format!("{} kB", self.size.div_ceil(1024)),
            _ => format!("{:.1} MB", self.size as f64 / 1_048_576.0),
        }
    }
}

struct Row {
    material_id: MaterialId,
    consultation_id: ConsultationId,
    owner_id: PersonId,
    owner: String,
    stage: String,
    title: String,
    url: Option<String>,
    file_key: Option<Uuid>,
    file_name: Option<String>,
    media_type: Option<String>,
    size: Option<i64>,
    created_at: DateTime<Utc>,
    stage_since: DateTime<Utc>,
    kept_until: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Shared {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let stage = Stage::parse(&row.stage)
            .ok_or_else(|| AppError::Unexpected(anyhow!("materials {}: unknown stage", row.material_id)))?;
        let file = row.file_key.map(|key| Stored {
            key,
            name: row.file_name.unwrap_or_default(),
            media_type: row.media_type.unwrap_or_default(),
            size: row.size.and_then(|size| size.try_into().ok()).unwrap_or_default(),
        });
        let (id, consultation, owner) = (row.material_id, row.consultation_id, row.owner_id);
        Ok(Self {
            material: Material { id, consultation, owner, stage },
            owner: row.owner,
            title: row.title,
            url: row.url,
            file,
            created_at: row.created_at,
            stage_since: row.stage_since,
            kept_until: row.kept_until,
            goes_at: goes_at(row.ends_at, row.ended_at),
        })
    }
}

/// Everything that was ever shared in a consultation, the newest first.
pub async fn materials(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Shared>, AppError> {
    find(conn, Some(id), None, None).await
}

/// What others took away of what somebody shared, wherever that was, as long as it is kept for them.
pub async fn kept_for(conn: &mut PgConnection, owner: PersonId, now: DateTime<Utc>) -> Result<Vec<Shared>, AppError> {
    find(conn, None, Some(owner), Some(now)).await
}

async fn find(
    conn: &mut PgConnection,
    room: Option<ConsultationId>,
    owner: Option<PersonId>,
    kept_at: Option<DateTime<Utc>>,
) -> Result<Vec<Shared>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select m.material_id as "material_id: MaterialId", m.consultation_id as "consultation_id: ConsultationId", m.owner_id as "owner_id: PersonId",
                  q.name as owner, m.stage, m.title, m.url, m.file_key, m.file_name, m.media_type, m.size, m.created_at, m.stage_since, m.kept_until, m.ends_at,
                  case when s.stage in ('closed', 'cancelled', 'lapsed') then s.stage_since end as ended_at
             from materials m
             join people q on q.person_id = m.owner_id
             join consultations s using (consultation_id)
            where ($1::uuid is null or m.consultation_id = $1) and ($2::uuid is null or m.owner_id = $2)
              and ($3::timestamptz is null or m.stage = 'removed' and m.kept_until > $3)
            order by m.created_at desc, m.material_id desc"#,
        room as Option<ConsultationId>,
        owner as Option<PersonId>,
        kept_at,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Shared::try_from).collect()
}

/// One piece of material of a consultation.
pub async fn material(conn: &mut PgConnection, id: ConsultationId, one: MaterialId) -> Result<Shared, AppError> {
    let found = materials(conn, id).await?.into_iter().find(|listed| listed.material.id == one);
    found.ok_or(AppError::NotFound)
}

/// The consultation in which something was shared.
pub async fn room_of(conn: &mut PgConnection, id: MaterialId) -> Result<Option<ConsultationId>, AppError> {
    let room = sqlx::query_scalar!(
        r#"select consultation_id as "id: ConsultationId" from materials where material_id = $1"#,
        id as MaterialId
    )
    .fetch_optional(conn)
    .await?;
    Ok(room)
}

/// The hash of a file; `None` for a link.
pub async fn sha256_of(conn: &mut PgConnection, id: MaterialId) -> Result<Option<Vec<u8>>, AppError> {
    let hash = sqlx::query_scalar!("select sha256 from materials where material_id = $1", id as MaterialId)
        .fetch_optional(conn)
        .await?;
    Ok(hash.flatten())
}

/// Bytes that are stored for a consultation and for a person, and the consultation's entries.
pub struct Used {
    pub consultation: u64,
    pub person: u64,
    pub entries: i64,
}

/// What is used now; whoever adds to it holds the locks of the consultation and the person.
pub async fn used(conn: &mut PgConnection, id: ConsultationId, person: PersonId) -> Result<Used, AppError> {
    let row = sqlx::query!(
        r#"select coalesce(sum(size) filter (where file_key is not null and consultation_id = $1), 0)::bigint as "consultation!",
                  coalesce(sum(size) filter (where file_key is not null and owner_id = $2), 0)::bigint as "person!",
                  count(*) filter (where consultation_id = $1 and stage in ('checking', 'shared')) as "entries!"
             from materials where consultation_id = $1 or (owner_id = $2 and file_key is not null)"#,
        id as ConsultationId,
        person as PersonId,
    )
    .fetch_one(conn)
    .await?;
    let bytes = |sum: i64| sum.try_into().unwrap_or_default();
    Ok(Used { consultation: bytes(row.consultation), person: bytes(row.person), entries: row.entries })
}

/// A file before its row is stored.
pub struct NewFile {
    pub stored: Stored,
    pub sha256: Vec<u8>,
}

/// A link or a file before it is stored.
pub enum What {
    Link(String),
    File(NewFile),
}

/// Stores material, and records the fact.
pub async fn share(
    tx: &mut Tx,
    material: Material,
    title: &str,
    what: &What,
    ends_at: Option<DateTime<Utc>>,
) -> Result<(), AppError> {
    let now = tx.now();
    let (url, file) = match what {
        What::Link(url) => (Some(url), None),
        What::File(file) => (None, Some(file)),
    };
    sqlx::query!(
        r#"insert into materials (material_id, consultation_id, owner_id, stage, title, url, file_key, file_name, media_type, size, sha256,
                                  created_at, stage_since, ends_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)"#,
        material.id as MaterialId,
        material.consultation as ConsultationId,
        material.owner as PersonId,
        material.stage.as_str(),
        title,
        url,
        file.map(|f| f.stored.key),
        file.map(|f| &f.stored.name),
        file.map(|f| &f.stored.media_type),
        file.map(|f| f.stored.size as i64),
        file.map(|f| &f.sha256),
        now,
        ends_at,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::MaterialShared { consultation: material.consultation, material: material.id }).await
}

/// Stores material that moved; what is gone is kept until then, and wiped by a job.
pub async fn save_material(
    tx: &mut Tx,
    moved: (Material, Fact),
    kept_until: Option<DateTime<Utc>>,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update materials set stage = $2, stage_since = $3, kept_until = $4 where material_id = $1",
        moved.0.id as MaterialId,
        moved.0.stage.as_str(),
        now,
        kept_until,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(moved.1).await
}

/// Material for a job, its row locked; with the file and until when something gone is kept.
pub struct Held {
    pub material: Material,
    pub file: Option<Uuid>,
    pub kept_until: Option<DateTime<Utc>>,
}

/// Locks one piece of material.
pub async fn locked_material(conn: &mut PgConnection, id: MaterialId) -> Result<Option<Held>, AppError> {
    let row = sqlx::query!(
        r#"select consultation_id as "consultation: ConsultationId", owner_id as "owner: PersonId", stage, file_key, kept_until
             from materials where material_id = $1 for update"#,
        id as MaterialId,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let stage =
        Stage::parse(&row.stage).ok_or_else(|| AppError::Unexpected(anyhow!("materials {id}: unknown stage")))?;
    let material = Material { id, consultation: row.consultation, owner: row.owner, stage };
    Ok(Some(Held { material, file: row.file_key, kept_until: row.kept_until }))
}

/// Forgets what a gone piece of material was: a stub stays.
pub async fn wipe(tx: &mut Tx, id: MaterialId) -> Result<(), AppError> {
    sqlx::query!(
        r#"update materials set title = '', url = null, file_key = null, file_name = null, media_type = null, size = null, sha256 = null
            where material_id = $1 and stage in ('refused', 'removed', 'purged')"#,
        id as MaterialId,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Material whose time is over: its day came, or its consultation ended long ago.
pub async fn ended_materials(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<MaterialId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select m.material_id as "id: MaterialId"
             from materials m
             join consultations s using (consultation_id)
            where m.stage in ('checking', 'shared')
              and (m.ends_at <= $1 or (s.stage in ('closed', 'cancelled', 'lapsed') and s.stage_since <= $2))
            order by m.material_id"#,
        now,
        now - KEPT_AFTER_END,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// Which of these keys a row speaks of.
pub async fn kept_files(conn: &mut PgConnection, keys: &[Uuid]) -> Result<Vec<Uuid>, AppError> {
    let kept = sqlx::query_scalar!(r#"select file_key as "key!" from materials where file_key = any($1)"#, keys,)
        .fetch_all(conn)
        .await?;
    Ok(kept)
}

/// Whether anything is shared or kept anywhere.
pub async fn has_material(conn: &mut PgConnection) -> Result<bool, AppError> {
    let has = sqlx::query_scalar!(
        r#"select exists (select from materials where stage in ('checking', 'shared') or file_key is not null) as "has!""#
    )
    .fetch_one(conn)
    .await?;
    Ok(has)
}
