//! All SQL over people, sign-ins and the mailbox.

use crate::domain::fact::Fact;
use crate::domain::id::{PersonId, SignInId, SignInRequestId};
use crate::domain::person::{DisplayName, EmailAddress, Locale, Slug, TimeZone};
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::mail::Receiver;
use crate::platform::random::{self, Hashed};
use anyhow::anyhow;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// Sign-ins end after this long, used or not.
const SIGN_IN_LASTS: TimeDelta = TimeDelta::days(30);

/// A request for a mailed link that can still be used.
pub struct Request {
    pub id: SignInRequestId,
    pub address: EmailAddress,
    pub locale: Locale,
    pub next: String,
}

/// What a request is found by.
pub struct NewRequest<'a> {
    pub address: &'a EmailAddress,
    pub locale: Locale,
    pub attempt: Hashed,
    pub next: &'a str,
    pub lasts: TimeDelta,
}

/// Stores a request; older ones of the address die with it.
pub async fn insert_request(
    conn: &mut PgConnection,
    new: NewRequest<'_>,
    now: DateTime<Utc>,
) -> Result<SignInRequestId, AppError> {
    let id: SignInRequestId = random::id();
    sqlx::query!(
        "update sign_in_requests set spent_at = $2 where lower(email) = $1 and spent_at is null",
        new.address.folded(),
        now
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        r#"insert into sign_in_requests (sign_in_request_id, email, locale, attempt_hash, next_path, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7)"#,
        id as SignInRequestId,
        new.address.as_str(),
        new.locale.as_str(),
        new.attempt,
        new.next,
        now,
        now + new.lasts,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// A live request, for the job that mails it.
pub async fn live_request(
    conn: &mut PgConnection,
    id: SignInRequestId,
    now: DateTime<Utc>,
) -> Result<Option<Request>, AppError> {
    let row = sqlx::query!(
        r#"select sign_in_request_id as "id: SignInRequestId", email, locale, next_path from sign_in_requests
            where sign_in_request_id = $1 and spent_at is null and expires_at > $2"#,
        id as SignInRequestId,
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| request(row.id, &row.email, &row.locale, row.next_path)).transpose()
}

/// A live request by the token of its link.
pub async fn request_of_link(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<Request>, AppError> {
    let row = sqlx::query!(
        r#"select r.sign_in_request_id as "id: SignInRequestId", r.email, r.locale, r.next_path
             from sign_in_links l join sign_in_requests r using (sign_in_request_id)
            where l.token_hash = $1 and not r.is_first and r.spent_at is null and r.expires_at > $2"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| request(row.id, &row.email, &row.locale, row.next_path)).transpose()
}

/// The live request behind the link of a first start.
pub async fn first_request_of_link(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<SignInRequestId>, AppError> {
    let id = sqlx::query_scalar!(
        r#"select r.sign_in_request_id as "id: SignInRequestId"
             from sign_in_links l join sign_in_requests r using (sign_in_request_id)
            where l.token_hash = $1 and r.is_first and r.spent_at is null and r.expires_at > $2"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id)
}

/// Stores the request of a first start; the one printed before dies.
pub async fn insert_first_request(
    conn: &mut PgConnection,
    attempt: Hashed,
    now: DateTime<Utc>,
) -> Result<SignInRequestId, AppError> {
    let id: SignInRequestId = random::id();
    sqlx::query!("update sign_in_requests set spent_at = $1 where is_first and spent_at is null", now)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        r#"insert into sign_in_requests (sign_in_request_id, email, locale, attempt_hash, next_path, is_first, created_at, expires_at)
           values ($1, '', 'ja', $2, '/home', true, $3, $4)"#,
        id as SignInRequestId,
        attempt,
        now,
        now + TimeDelta::hours(1),
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// What became of a typed code.
pub enum CodeTry {
    Right(Request),
    Wrong { left: i32 },
    Dead,
}

/// The tries that a code has.
const CODE_TRIES: i32 = 5;

/// Compares a typed code with the one of the browser's request, and counts a wrong try.
pub async fn try_code(
    conn: &mut PgConnection,
    attempt: &Hashed,
    code: &Hashed,
    now: DateTime<Utc>,
) -> Result<CodeTry, AppError> {
    let row = sqlx::query!(
        r#"select sign_in_request_id as "id: SignInRequestId", email, locale, next_path, code_hash, code_tries from sign_in_requests
            where attempt_hash = $1 and spent_at is null and expires_at > $2 for update"#,
        attempt,
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row.filter(|row| row.code_tries < CODE_TRIES) else { return Ok(CodeTry::Dead) };
    if row.code_hash.as_ref() == Some(code) {
        return Ok(CodeTry::Right(request(row.id, &row.email, &row.locale, row.next_path)?));
    }
    sqlx::query!(
        "update sign_in_requests set code_tries = code_tries + 1 where sign_in_request_id = $1",
        row.id as SignInRequestId
    )
    .execute(conn)
    .await?;
    match CODE_TRIES - row.code_tries - 1 {
        0 => Ok(CodeTry::Dead),
        left => Ok(CodeTry::Wrong { left }),
    }
}

fn request(id: SignInRequestId, email: &str, locale: &str, next: String) -> Result<Request, AppError> {
    Ok(Request { id, address: address(email)?, locale: Locale::parse(locale).unwrap_or(Locale::Ja), next })
}

fn address(stored: &str) -> Result<EmailAddress, AppError> {
    EmailAddress::parse(stored).map_err(|_| AppError::Unexpected(anyhow!("people: a stored address is none")))
}

/// Adds a link to a request: a mail that is sent again has another one, and both work.
pub async fn add_link(
    conn: &mut PgConnection,
    id: SignInRequestId,
    token: &Hashed,
    code: &Hashed,
) -> Result<(), AppError> {
    sqlx::query!(
        "insert into sign_in_links (token_hash, sign_in_request_id) values ($1, $2)",
        token,
        id as SignInRequestId
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update sign_in_requests set code_hash = $2 where sign_in_request_id = $1",
        id as SignInRequestId,
        code
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Spends a request; false when somebody was faster.
pub async fn spend(conn: &mut PgConnection, id: SignInRequestId, now: DateTime<Utc>) -> Result<bool, AppError> {
    let spent = sqlx::query!("update sign_in_requests set spent_at = $2 where sign_in_request_id = $1 and spent_at is null and expires_at > $2", id as SignInRequestId, now)
        .execute(conn)
        .await?;
    Ok(spent.rows_affected() == 1)
}

/// The person of an address, made where there is none.
pub async fn find_or_create(
    conn: &mut PgConnection,
    address: &EmailAddress,
    locale: Locale,
    now: DateTime<Utc>,
) -> Result<PersonId, AppError> {
    sqlx::query!(
        "insert into people (person_id, email, locale, time_zone, created_at) values ($1, $2, $3, 'Asia/Tokyo', $4) on conflict ((lower(email))) do nothing",
        random::id::<PersonId>() as PersonId,
        address.as_str(),
        locale.as_str(),
        now,
    )
    .execute(&mut *conn)
    .await?;
    let id = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from people where lower(email) = $1"#,
        address.folded()
    )
    .fetch_one(conn)
    .await?;
    Ok(id)
}

/// Signs a browser in.
pub async fn insert_sign_in(
    conn: &mut PgConnection,
    person: PersonId,
    token: &Hashed,
    user_agent: &str,
    now: DateTime<Utc>,
) -> Result<SignInId, AppError> {
    let id: SignInId = random::id();
    sqlx::query!(
        "insert into sign_ins (sign_in_id, person_id, token_hash, user_agent, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $5, $5, $6)",
        id as SignInId,
        person as PersonId,
        token,
        user_agent,
        now,
        now + SIGN_IN_LASTS,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// When any of these people was last seen at a page, as far as their browsers are signed in.
pub async fn last_seen(conn: &mut PgConnection, people: &[PersonId]) -> Result<Option<DateTime<Utc>>, AppError> {
    let at = sqlx::query_scalar!("select max(seen_at) from sign_ins where person_id = any($1)", people as &[PersonId])
        .fetch_one(conn)
        .await?;
    Ok(at)
}

/// A browser that is signed in.
pub struct Device {
    pub id: SignInId,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
}

/// A person's signed-in browsers, the last seen first.
pub async fn devices(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<Vec<Device>, AppError> {
    let devices = sqlx::query_as!(
        Device,
        r#"select sign_in_id as "id: SignInId", user_agent, created_at, seen_at from sign_ins
            where person_id = $1 and expires_at > $2 order by seen_at desc, sign_in_id limit 100"#,
        person as PersonId,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(devices)
}

/// Signs out one of the person's browsers; false when it is not theirs.
pub async fn delete_sign_in(conn: &mut PgConnection, person: PersonId, id: SignInId) -> Result<bool, AppError> {
    let gone = sqlx::query!(
        "delete from sign_ins where sign_in_id = $1 and person_id = $2",
        id as SignInId,
        person as PersonId
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected() == 1)
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
}

/// The person's own profile.
pub async fn profile(conn: &mut PgConnection, person: PersonId) -> Result<Profile, AppError> {
    let profile = sqlx::query_as!(
        Profile,
        r#"select email, name, locale, time_zone, settled_at is not null as "is_settled!", host_since is not null as "is_host!", slug, about, site_url
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
        r#"select person_id as "id: PersonId", slug as "slug!", name, about, site_url, time_zone as zone from people where slug = $1"#,
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

/// A person as administrators see them.
pub struct Listed {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub created_at: DateTime<Utc>,
    pub is_host: bool,
    pub is_administrator: bool,
}

/// People by name or address, a page at a time by key.
pub async fn list(conn: &mut PgConnection, search: &str, after: Option<PersonId>) -> Result<Vec<Listed>, AppError> {
    let people = sqlx::query_as!(
        Listed,
        r#"select person_id as "id: PersonId", name, email, created_at, host_since is not null as "is_host!", administrator_since is not null as "is_administrator!"
             from people
            where ($1 = '' or strpos(lower(name), lower($1)) > 0 or strpos(lower(email), lower($1)) > 0)
              and ($2::uuid is null or person_id > $2)
            order by person_id limit 51"#,
        search,
        after as Option<PersonId>,
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}

/// Lets a person host; a word for their public address is made from the ID until they choose one.
pub async fn grant_host(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<bool, AppError> {
    let slug = format!("host-{}", &person.0.simple().to_string()[20..]);
    let granted = sqlx::query!(
        "update people set host_since = coalesce(host_since, $2), slug = coalesce(slug, $3) where person_id = $1",
        person as PersonId,
        now,
        slug,
    )
    .execute(conn)
    .await?;
    Ok(granted.rows_affected() == 1)
}

/// Takes the host part back; calls stay as they are.
pub async fn withdraw_host(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let taken = sqlx::query!(
        "update people set host_since = null where person_id = $1 and host_since is not null",
        person as PersonId
    )
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Makes a person an administrator.
pub async fn grant_administrator(
    conn: &mut PgConnection,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        "update people set administrator_since = coalesce(administrator_since, $2) where person_id = $1",
        person as PersonId,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Everyone who administers the instance.
pub async fn administrators(conn: &mut PgConnection) -> Result<Vec<PersonId>, AppError> {
    let people = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from people where administrator_since is not null order by person_id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}

/// Whether nobody is here yet.
pub async fn is_empty(conn: &mut PgConnection) -> Result<bool, AppError> {
    let empty = sqlx::query_scalar!(r#"select not exists (select from people) as "empty!""#).fetch_one(conn).await?;
    Ok(empty)
}

/// A mail of the mailbox.
pub struct Mailed {
    pub id: i64,
    pub recipient: String,
    pub subject: String,
    pub sent_at: DateTime<Utc>,
}

/// The newest mails.
pub async fn mailed(conn: &mut PgConnection) -> Result<Vec<Mailed>, AppError> {
    let mails = sqlx::query_as!(
        Mailed,
        "select mailbox_id as id, recipient, subject, sent_at from mailbox order by mailbox_id desc limit 200"
    )
    .fetch_all(conn)
    .await?;
    Ok(mails)
}

/// A mail with its parts.
pub struct Opened {
    pub id: i64,
    pub message_id: String,
    pub recipient: String,
    pub subject: String,
    pub text_part: String,
    pub html_part: String,
    pub calendar_part: Option<String>,
    pub source: String,
    pub sent_at: DateTime<Utc>,
}

/// One mail of the mailbox.
pub async fn opened(conn: &mut PgConnection, id: i64) -> Result<Option<Opened>, AppError> {
    let mail = sqlx::query_as!(
        Opened,
        "select mailbox_id as id, message_id, recipient, subject, text_part, html_part, calendar_part, source, sent_at from mailbox where mailbox_id = $1",
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(mail)
}
