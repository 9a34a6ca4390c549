//! Where the acts are played: the application in this process, its clock, and everyone's sign-in.

use crate::app;
use crate::config::Config;
use crate::domain::person::EmailAddress;
use crate::features::people;
use crate::platform::assets::Assets;
use crate::platform::clock::{Clock, ManualClock};
use crate::platform::http_client::HttpClient;
use crate::platform::mail::Mailer;
use crate::platform::seal::Keys;
use crate::platform::{Parts, Platform, jobs};
use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::test::{TestRequest, init_service};
use anyhow::{Context, anyhow, bail};
use chrono::{DateTime, Duration, TimeDelta, Utc};
use sqlx::PgPool;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::Notify;

/// Nobody stays signed in longer than this without a visit.
const SIGNED_IN: TimeDelta = TimeDelta::minutes(10);

/// An answer of the application.
pub struct Heard {
    status: u16,
    location: String,
    cookies: Vec<String>,
    pub body: String,
}

type Sending = Pin<Box<dyn Future<Output = anyhow::Result<Heard>>>>;

/// Somebody of the world.
#[derive(Clone, Copy)]
pub struct Person {
    pub address: &'static str,
    pub name: &'static str,
    pub locale: &'static str,
    pub zone: &'static str,
}

/// The stage.
pub struct Stage {
    send: Box<dyn Fn(TestRequest) -> Sending>,
    platform: Platform,
    clock: Arc<ManualClock>,
    /// The instant at which the world is looked at.
    pub now: DateTime<Utc>,
    cookies: RefCell<HashMap<&'static str, (DateTime<Utc>, String)>>,
}

impl Stage {
    /// Opens it on an empty database, with the clock at the beginning.
    pub async fn open(
        config: Config,
        db: PgPool,
        beginning: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let clock = Arc::new(ManualClock::at(beginning));
        let platform = Platform::new(
            db,
            Parts {
                clock: clock.clone(),
                mailer: Mailer::Mailbox,
                http: HttpClient::of(&config),
                keys: Keys::load(&config)?,
                config,
                assets: Assets::load(None),
                subscriptions: app::subscriptions,
                registry: app::registry(),
                told_of: app::TOLD_OF,
                later: app::LATER,
                stopping: AtomicBool::new(false),
                visits: Default::default(),
                issuers: Default::default(),
                wake: Notify::new(),
            },
        );
        let service = Rc::new(init_service(app::build(platform.clone())).await);
        let send = Box::new(move |request: TestRequest| {
            let service = service.clone();
            Box::pin(async move {
                let answer = service.call(request.to_request()).await.map_err(|error| anyhow!("{error}"))?;
                let header = |name: &str| {
                    let values = answer.headers().get_all(name).filter_map(|v| v.to_str().ok());
                    values.map(str::to_owned).collect::<Vec<_>>()
                };
                let (status, cookies) = (answer.status().as_u16(), header("set-cookie"));
                let location = header("location").pop().unwrap_or_default();
                let body = to_bytes(answer.into_body()).await.map_err(|_| anyhow!("reading an answer"))?;
                Ok(Heard { status, location, cookies, body: String::from_utf8_lossy(&body).into_owned() })
            }) as Sending
        });
        Ok(Self { send, platform, clock, now, cookies: RefCell::default() })
    }

    /// Lets time pass up to an instant, working on jobs as they become due.
    pub async fn until(&self, instant: DateTime<Utc>) -> anyhow::Result<()> {
        self.step(instant, Duration::hours(6)).await
    }

    /// Lets a time pass in which nothing is under way.
    pub async fn quietly_until(&self, instant: DateTime<Utc>) -> anyhow::Result<()> {
        self.step(instant, Duration::days(2)).await
    }

    async fn step(&self, instant: DateTime<Utc>, step: Duration) -> anyhow::Result<()> {
        anyhow::ensure!(instant <= self.now, "the demo lies in the past");
        jobs::drain(&self.platform).await?;
        while self.clock.now() < instant {
            self.clock.advance(step.min(instant - self.clock.now()));
            jobs::drain(&self.platform).await?;
        }
        Ok(())
    }

    /// Lets time pass until so long before the present.
    pub async fn days_ago(&self, days: i64) -> anyhow::Result<()> {
        self.until(self.now - TimeDelta::days(days)).await
    }

    /// Lets hours pass.
    pub async fn hours(&self, hours: i64) -> anyhow::Result<()> {
        self.until(self.clock.now() + TimeDelta::hours(hours)).await
    }

    /// The platform, for what no page does: making the first people.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Opens a page.
    pub async fn get(&self, person: Person, path: &str) -> anyhow::Result<String> {
        let cookie = self.cookie(person).await?;
        let heard = (self.send)(self.request(TestRequest::get().uri(path), &cookie)).await?;
        match heard.status {
            200 => Ok(heard.body),
            status => bail!("{} at {path}: {status}", person.name),
        }
    }

    /// Sends a form; gives where it led, without the notice.
    pub async fn post(&self, person: Person, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<String> {
        let cookie = self.cookie(person).await?;
        let request = self.request(TestRequest::post().uri(path), &cookie);
        let heard = (self.send)(with_form(request, fields)).await?;
        match heard.status {
            303 => Ok(heard.location.split('?').next().unwrap_or_default().to_owned()),
            status => bail!("{} at {path} with {fields:?}: {status} {}", person.name, errors(&heard.body)),
        }
    }

    /// Sends a form that carries a file.
    pub async fn send_file(
        &self,
        person: Person,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str),
    ) -> anyhow::Result<()> {
        const BETWEEN: &str = "----kabeuchi";
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!("--{BETWEEN}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        let (name, content) = file;
        body += &format!("--{BETWEEN}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
        body += &format!("Content-Type: text/plain\r\n\r\n{content}\r\n--{BETWEEN}--\r\n");
        let cookie = self.cookie(person).await?;
        let kind = ("content-type", format!("multipart/form-data; boundary={BETWEEN}"));
        let request = self.request(TestRequest::post().uri(path), &cookie).insert_header(kind).set_payload(body);
        let heard = (self.send)(request).await?;
        anyhow::ensure!(heard.status == 303, "{} at {path}: {} {}", person.name, heard.status, errors(&heard.body));
        Ok(())
    }

    fn request(&self, request: TestRequest, cookie: &str) -> TestRequest {
        let origin = &self.platform.config.origin;
        let host = match origin.port() {
            Some(port) => format!("{}:{port}", origin.host_str().unwrap_or_default()),
            None => origin.host_str().unwrap_or_default().to_owned(),
        };
        request
            .insert_header(("host", host))
            .insert_header(("sec-fetch-site", "same-origin"))
            .insert_header(("cookie", cookie.to_owned()))
    }

    /// A sign-in of the person, by a link that works once, renewed as time passes.
    async fn cookie(&self, person: Person) -> anyhow::Result<String> {
        if let Some((at, cookie)) = self.cookies.borrow().get(person.address)
            && self.clock.now() - *at < SIGNED_IN
        {
            return Ok(cookie.clone());
        }
        let address = EmailAddress::parse(person.address).map_err(|_| anyhow!("an address of the demo"))?;
        let link =
            people::invite(&self.platform, &address, people::Along::default()).await.map_err(|e| anyhow!("{e}"))?;
        let path = url::Url::parse(&link).context("reading the link")?.path().to_owned();
        let heard = (self.send)(with_form(self.request(TestRequest::post().uri(&path), ""), &[])).await?;
        let is_sign_in = |cookie: &&String| cookie.contains("sign-in=") && !cookie.contains("Max-Age=0");
        let cookie = heard.cookies.iter().find(is_sign_in).context("signing in gives a cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        self.cookies.borrow_mut().insert(person.address, (self.clock.now(), cookie.clone()));
        Ok(cookie)
    }

    /// The path of the newest mail's link to a person.
    pub async fn mailed(&self, person: Person, below: &str) -> anyhow::Result<String> {
        let mails = sqlx::query_scalar!(
            "select text_part from mailbox where recipient = $1 order by mailbox_id desc limit 30",
            person.address
        )
        .fetch_all(&self.platform.db)
        .await?;
        let links = mails.iter().flat_map(|mail| mail.split_whitespace()).filter_map(|word| url::Url::parse(word).ok());
        let path = links.map(|url| url.path().to_owned()).find(|path| path.starts_with(below));
        path.with_context(|| format!("{} got no link to {below}", person.name))
    }

    /// Ends everyone's sign-in and forgets old mails and counters.
    pub async fn tidy(&self, mails_since: DateTime<Utc>) -> anyhow::Result<()> {
        sqlx::query!("delete from sign_ins").execute(&self.platform.db).await?;
        sqlx::query!("delete from limits").execute(&self.platform.db).await?;
        sqlx::query!("delete from mailbox where sent_at < $1", mails_since).execute(&self.platform.db).await?;
        Ok(())
    }
}

fn with_form(request: TestRequest, fields: &[(&str, &str)]) -> TestRequest {
    request.set_form(fields)
}

/// The errors that a refused form shows.
fn errors(body: &str) -> String {
    body.split("field__error").skip(1).map(|part| part.chars().take(160).collect::<String>()).collect()
}

/// The last address on a page that begins so and has no further part.
pub fn last_link(body: &str, prefix: &str) -> anyhow::Result<String> {
    let links = body.split("href=\"").skip(1).filter_map(|part| part.split('"').next());
    let whole = |link: &&str| link.strip_prefix(prefix).is_some_and(|id| id.len() == 36);
    links.filter(whole).last().map(str::to_owned).with_context(|| format!("no link to {prefix}"))
}

/// The first address on a page that holds these words.
pub fn link_with(body: &str, words: &str) -> anyhow::Result<String> {
    let mut links = body.split("href=\"").skip(1).filter_map(|part| part.split('"').next());
    let link = links.find(|link| link.contains(words)).with_context(|| format!("no link with {words}"))?;
    Ok(link.replace("&amp;", "&").replace("&#38;", "&"))
}

/// All values of a field on a page.
pub fn values(body: &str, name: &str) -> Vec<String> {
    let marker = format!("name=\"{name}\" value=\"");
    body.split(&marker).skip(1).filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}
