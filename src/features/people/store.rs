//! All SQL over people; their sign-ins, roles and the mailbox are in the files below.

mod addresses;
mod bars;
mod confirmations;
mod factors;
mod identities;
mod mailbox;
mod measures;
mod passkeys;
pub mod privacy;
pub mod retention;
mod roles;
mod sanctions;
mod sign_ins;

pub use addresses::*;
pub use bars::*;
pub use confirmations::*;
pub use factors::*;
pub use identities::*;
pub use mailbox::*;
pub use measures::*;
pub use passkeys::*;
pub use roles::*;
pub use sanctions::*;
pub use sign_ins::*;

use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::domain::person::{DisplayName, EmailAddress, Locale, Slug, TimeZone};
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::mail::Receiver;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

fn address(stored: &str) -> Result<EmailAddress, AppError> {
    EmailAddress::parse(stored).map_err(|_| AppError::Unexpected(anyhow!("people: a stored address is none")))
}

/// Makes the person of an address; nobody where there is one already.
pub async fn create(
    tx: &mut Tx,
    address: &EmailAddress,
    locale: Locale,
    now: DateTime<Utc>,
) -> Result<Option<PersonId>, AppError> {
    let id = sqlx::query_scalar!(
        r#"insert into people (person_id, email, locale, time_zone, created_at) values ($1, $2, $3, 'Asia/Tokyo', $4)
           on conflict ((lower(email))) do nothing returning person_id as "id: PersonId""#,
        random::id::<PersonId>() as PersonId,
        address.as_str(),
        locale.as_str(),
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(person) = id {
        bars::take_up(tx, person, address).await?;
    }
    Ok(id)
}

/// The person of an address, made where there is none.
pub async fn find_or_create(
    tx: &mut Tx,
    address: &EmailAddress,
    locale: Locale,
    now: DateTime<Utc>,
) -> Result<PersonId, AppError> {
    if let Some(made) = create(tx, address, locale, now).await? {
        return Ok(made);
    }
    let id = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from people where lower(email) = $1"#,
        address.folded()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(id)
}

/// What the profile page shows and changes.
pub struct Profile {
    pub email: String,
    pub name: String,
    pub locale: String,
    pub time_zone: String,
    pub is_settled: bool,
    pub is_host: bool,
    pub slug: Option<String>,
    pub about: String,
    pub site_url: Option<String>,
    /// Whether the instance lets everybody host, and they do not yet.
    pub may_begin_hosting: bool,
}

/// The person's own profile.
pub async fn profile(conn: &mut PgConnection, person: PersonId) -> Result<Profile, AppError> {
    let profile = sqlx::query_as!(
        Profile,
        r#"select email, name, locale, time_zone, settled_at is not null as "is_settled!", host_since is not null as "is_host!", slug, about, site_url,
                  host_since is null and exists (select from settings where name = 'hosting' and value = 'anyone') as "may_begin_hosting!"
             from people where person_id = $1"#,
        person as PersonId,
    )
    .fetch_one(conn)
    .await?;
    Ok(profile)
}

/// Name and language as chosen.
pub struct Chosen {
    pub name: DisplayName,
    pub locale: Locale,
}

/// Stores what every person chooses, but for the zone.
pub async fn save_profile(
    conn: &mut PgConnection,
    person: PersonId,
    chosen: &Chosen,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        "update people set name = $2, locale = $3, settled_at = coalesce(settled_at, $4) where person_id = $1",
        person as PersonId,
        chosen.name.as_str(),
        chosen.locale.as_str(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a person to another zone.
pub async fn move_to(tx: &mut Tx, person: PersonId, zone: TimeZone) -> Result<(), AppError> {
    sqlx::query!("update people set time_zone = $2 where person_id = $1", person as PersonId, zone.name())
        .execute(&mut **tx)
        .await?;
    tx.record(Fact::ZoneChanged { person }).await
}

/// The slug belongs to another host.
#[derive(Debug)]
pub struct SlugTaken;

/// Stores what a host shows in public.
pub async fn save_host(
    conn: &mut PgConnection,
    person: PersonId,
    slug: &Slug,
    about: &str,
    site_url: Option<&str>,
) -> Result<Result<(), SlugTaken>, AppError> {
    let saved = sqlx::query!(
        "update people set slug = $2, about = $3, site_url = $4 where person_id = $1",
        person as PersonId,
        slug.as_str(),
        about,
        site_url
    )
    .execute(conn)
    .await
    .on_constraint("people_slug_is_unique", SlugTaken)?;
    Ok(saved.map(drop))
}

/// A host as pages name them.
#[derive(Clone, Debug)]
pub struct HostCard {
    pub id: PersonId,
    pub slug: String,
    pub name: String,
    pub about: String,
    pub site_url: Option<String>,
    pub zone: String,
}

/// A host by the word in their address.
pub async fn by_slug(conn: &mut PgConnection, slug: &str) -> Result<Option<HostCard>, AppError> {
    let card = sqlx::query_as!(
        HostCard,
        r#"select person_id as "id: PersonId", slug as "slug!", name, about, site_url, time_zone as zone from people where slug = $1 and deleted_at is null"#,
        slug,
    )
    .fetch_optional(conn)
    .await?;
    Ok(card)
}

/// Names and slugs of several people in one statement.
pub async fn cards(conn: &mut PgConnection, people: &[PersonId]) -> Result<Vec<HostCard>, AppError> {
    let cards = sqlx::query_as!(
        HostCard,
        r#"select person_id as "id: PersonId", coalesce(slug, '') as "slug!", name, about, site_url, time_zone as zone from people where person_id = any($1)"#,
        people as &[PersonId],
    )
    .fetch_all(conn)
    .await?;
    Ok(cards)
}

/// Address, name, language and zone of a person, for mails.
pub async fn receiver(conn: &mut PgConnection, person: PersonId) -> Result<Receiver, AppError> {
    let row =
        sqlx::query!("select email, name, locale, time_zone from people where person_id = $1", person as PersonId)
            .fetch_one(conn)
            .await?;
    let zone = TimeZone::parse(&row.time_zone).map_or(chrono_tz::UTC, |z| z.0);
    Ok(Receiver {
        person: Some(person),
        address: address(&row.email)?,
        name: row.name,
        speech: Speech { locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja), zone },
    })
}
