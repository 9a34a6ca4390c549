//! Mails: one struct for both drawings, one fixed sender, sent by jobs alone.
//!
//! The Message-ID comes from the job, so that a mail sent twice after a crash is one mail to the
//! reader's program. Bodies are always encoded, never raw (lettre before 0.11.24 sends lone dots
//! and bare LF of raw bodies as they are).

use super::Platform;
use super::i18n::Speech;
use crate::config::{MailSettings, exposed};
use crate::domain::id::{ConsultationId, JobId, PersonId};
use crate::domain::notice::Topic;
use crate::domain::person::EmailAddress;
use crate::domain::suspension;
use anyhow::Context;
use askama::Template;
use chrono::{DateTime, Utc};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use thiserror::Error;

/// Somebody who gets a mail: address, language and zone.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Nobody yet where a mail goes to a mere address.
    pub person: Option<PersonId>,
    pub address: EmailAddress,
    pub name: String,
    pub speech: Speech,
}

/// A mail in the receiver's words; both parts are drawn from it.
pub struct Mail {
    pub to: EmailAddress,
    pub speech: Speech,
    pub subject: String,
    pub lines: Vec<String>,
    pub facts: Vec<(String, String)>,
    pub action: Option<Action>,
    /// Whether the link is a secret, which stands in this one mail and nowhere else.
    pub is_secret: bool,
    pub closing: Vec<String>,
    pub calendar: Option<CalendarPart>,
    pub person: Option<PersonId>,
    /// What it is about, where its receiver may choose how it comes.
    pub topic: Option<Topic>,
    /// Whether it goes to a closed account, too.
    pub is_for_the_closed: bool,
    /// Needless for whoever reads this document right now.
    pub read_in: Option<ConsultationId>,
    /// Needless for whoever reads this page right now.
    pub read_on: Option<String>,
    /// Where its receiver chooses which mails come.
    pub settings: Option<String>,
    /// Where one POST ends mails of this topic (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// The one link of a mail.
pub struct Action {
    pub label: String,
    pub url: String,
}

/// An iTIP object (RFC 5546); `method` stands in the MIME type as well, or Outlook ignores it.
pub struct CalendarPart {
    pub method: &'static str,
    pub text: String,
}

impl Mail {
    /// A mail with a subject; the other parts follow.
    pub fn to(receiver: &Receiver, subject: impl ToString) -> Self {
        Self {
            to: receiver.address.clone(),
            speech: receiver.speech,
            subject: subject.to_string(),
            lines: Vec::new(),
            facts: Vec::new(),
            action: None,
            is_secret: false,
            closing: Vec::new(),
            calendar: None,
            person: receiver.person,
            topic: None,
            is_for_the_closed: false,
            read_in: None,
            read_on: None,
            settings: None,
            unsubscribe: None,
        }
    }

    /// What it is about: its receiver chooses how such mails come. Without a topic it always goes.
    pub fn about(mut self, topic: Topic) -> Self {
        self.topic = Some(topic);
        self
    }

    /// About the account itself: it goes to its person even while it is closed.
    pub fn even_closed(mut self) -> Self {
        self.is_for_the_closed = true;
        self
    }

    /// Needless for whoever reads the document of this consultation.
    pub fn read_in(mut self, room: ConsultationId) -> Self {
        self.read_in = Some(room);
        self
    }

    /// Needless for whoever reads the page of its link: for news that are told when they happen, and
    /// never for what waits for an answer.
    pub fn read_there(mut self) -> Self {
        let page =
            self.action.as_ref().filter(|_| !self.is_secret).and_then(|action| url::Url::parse(&action.url).ok());
        self.read_on = page.map(|url| url.path().to_owned());
        self
    }

    /// One more paragraph.
    pub fn line(mut self, line: impl ToString) -> Self {
        self.lines.push(line.to_string());
        self
    }

    /// One more row of the small table.
    pub fn fact(mut self, name: impl ToString, value: impl ToString) -> Self {
        self.facts.push((name.to_string(), value.to_string()));
        self
    }

    /// The link; the last one given counts.
    pub fn action(mut self, label: impl ToString, url: String) -> Self {
        self.action = Some(Action { label: label.to_string(), url });
        self
    }

    /// A link that lets in whoever has it.
    pub fn secret_action(self, label: impl ToString, url: String) -> Self {
        Self { is_secret: true, ..self.action(label, url) }
    }

    /// One more paragraph under the link.
    pub fn closing(mut self, line: impl ToString) -> Self {
        self.closing.push(line.to_string());
        self
    }

    /// The calendar part.
    pub fn calendar(mut self, method: &'static str, text: String) -> Self {
        self.calendar = Some(CalendarPart { method, text });
        self
    }
}

#[derive(Template)]
#[template(path = "mail/layout.html")]
struct HtmlPart<'a> {
    mail: &'a Mail,
    instance: &'a str,
}

#[derive(Template)]
#[template(path = "mail/layout.txt")]
struct TextPart<'a> {
    mail: &'a Mail,
    instance: &'a str,
}

/// Why a mail did not go out: a code, and words of ours. What a server answers names addresses, and no
/// log, no job and no page of administrators may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    #[error("the mail cannot be written: {0}")]
    Unwritable(&'static str),
    #[error("the server of the address refused it: {0}")]
    AddressRefused(u16),
    #[error("the mail was refused for good: {0}")]
    Refused(u16),
    #[error("the mail server asks to come again: {0}")]
    PutOff(u16),
    #[error("the mail server could not be asked: {0}")]
    Unreachable(&'static str),
    #[error("the mailbox could not be written")]
    Unkept,
}

impl SendError {
    /// Whether another attempt would end the same.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Unwritable(_) | Self::AddressRefused(_) | Self::Refused(_))
    }

    fn of(error: &lettre::transport::smtp::Error) -> Self {
        match error.status().map(u16::from) {
            Some(code) if !error.is_permanent() => Self::PutOff(code),
            Some(code) if suspension::is_about_the_address(code, &error.to_string()) => Self::AddressRefused(code),
            Some(code) => Self::Refused(code),
            None if error.is_timeout() => Self::Unreachable("too slow"),
            None if error.is_tls() => Self::Unreachable("no TLS"),
            None if error.is_response() => Self::Unreachable("not understood"),
            None if error.is_client() => Self::Unreachable("it lacks what is needed"),
            None => Self::Unreachable("no connection"),
        }
    }
}

/// What people wrote, for somebody whose address nobody has confirmed: programs make no link of it, so
/// that our mails carry nobody's advertisement.
pub fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        out.push(c);
        if matches!(c, '.' | ':' | '@' | '/') && rest.peek().is_some_and(|next| !next.is_whitespace()) {
            out.push('\u{2060}');
        }
    }
    out
}

/// Where mails go.
pub enum Mailer {
    /// Into the table that `/mailbox` shows.
    Mailbox,
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
}

impl Mailer {
    /// The mailer of the settings.
    pub fn of(settings: &MailSettings) -> anyhow::Result<Self> {
        match settings {
            MailSettings::Mailbox { .. } => Ok(Self::Mailbox),
            MailSettings::Smtp { url, .. } => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(exposed(url))
                    .context("reading KABEUCHI_SMTP_URL")?;
                let timeout = std::time::Duration::from_secs(30);
                Ok(Self::Smtp(Box::new(builder.timeout(Some(timeout)).build())))
            }
        }
    }

    /// Whether the mail server lets us in; `None` where mails stay on this machine. Nothing is sent.
    pub async fn answers(&self) -> Option<bool> {
        match self {
            Mailer::Mailbox => None,
            Mailer::Smtp(transport) => Some(transport.test_connection().await.unwrap_or(false)),
        }
    }

    /// Sends one mail. The Message-ID is the job's.
    pub async fn send(
        &self,
        platform: &Platform,
        mail: &Mail,
        job: JobId,
        now: DateTime<Utc>,
    ) -> Result<(), SendError> {
        let message_id = format!("<{job}@{}>", platform.config.instance());
        let message = message(platform, mail, &message_id, now).map_err(SendError::Unwritable)?;
        match self {
            Mailer::Mailbox => {
                keep(platform, mail, &message_id, &message.formatted(), now).await.map_err(|_| SendError::Unkept)
            }
            Mailer::Smtp(transport) => transport.send(message).await.map(drop).map_err(|error| SendError::of(&error)),
        }
    }
}

async fn keep(
    platform: &Platform,
    mail: &Mail,
    message_id: &str,
    raw: &[u8],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let (html, text) = (drawn_html(platform, mail), drawn_text(platform, mail));
    sqlx::query!(
        r#"insert into mailbox (message_id, recipient, subject, text_part, html_part, calendar_part, source, sent_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
        message_id,
        mail.to.as_str(),
        mail.subject,
        text.unwrap_or_default(),
        html.unwrap_or_default(),
        mail.calendar.as_ref().map(|c| c.text.clone()),
        String::from_utf8_lossy(raw).into_owned(),
        now,
    )
    .execute(&platform.db)
    .await?;
    Ok(())
}

const UNDRAWN: &str = "it cannot be drawn";

fn drawn_html(platform: &Platform, mail: &Mail) -> askama::Result<String> {
    HtmlPart { mail, instance: platform.config.instance() }.render()
}

fn drawn_text(platform: &Platform, mail: &Mail) -> askama::Result<String> {
    TextPart { mail, instance: platform.config.instance() }.render()
}

fn message(platform: &Platform, mail: &Mail, message_id: &str, now: DateTime<Utc>) -> Result<Message, &'static str> {
    // Forms refuse such a character; what came into a row another way is not sent (no header may end early).
    if mail.subject.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err("its subject is no line");
    }
    let from = platform.config.mail.from().as_str().parse().map_err(|_| "its sender is no address")?;
    let to = mail.to.as_str().parse().map_err(|_| "its receiver is no address")?;
    let automatic = raw_header("Auto-Submitted", "auto-generated".to_owned());
    let builder = Message::builder()
        .from(Mailbox::new(Some("Kabeuchi".to_owned()), from))
        .to(Mailbox::new(None, to))
        .subject(mail.subject.clone())
        .message_id(Some(message_id.to_owned()))
        .date(now.into())
        .raw_header(automatic);
    let builder = match &mail.unsubscribe {
        Some(url) => builder
            .raw_header(raw_header("List-Unsubscribe", format!("<{url}>")))
            .raw_header(raw_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())),
        None => builder,
    };
    let mut parts = MultiPart::alternative()
        .singlepart(encoded(ContentType::TEXT_PLAIN, drawn_text(platform, mail).map_err(|_| UNDRAWN)?)?)
        .singlepart(encoded(ContentType::TEXT_HTML, drawn_html(platform, mail).map_err(|_| UNDRAWN)?)?);
    if let Some(calendar) = &mail.calendar {
        let kind = ContentType::parse(&format!("text/calendar; charset=utf-8; method={}", calendar.method))
            .map_err(|_| "its calendar part has no name")?;
        parts = parts.singlepart(encoded(kind, calendar.text.clone())?);
    }
    builder.multipart(parts).map_err(|_| "its head is incomplete")
}

fn raw_header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn encoded(kind: ContentType, text: String) -> Result<SinglePart, &'static str> {
    let body =
        Body::new_with_encoding(text, ContentTransferEncoding::Base64).map_err(|_| "a part cannot be encoded")?;
    Ok(SinglePart::builder().header(kind).body(body))
}

#[cfg(test)]
mod tests {
    use super::unlinked;

    #[test]
    fn trust_g07_no_program_finds_an_address_in_what_is_unlinked() {
        for text in ["see https://spam.example/x now", "www.spam.example", "write to a@spam.example", "//spam.example"]
        {
            let shown = unlinked(text);
            assert!(!shown.contains("://") && !shown.contains("spam.example") && !shown.contains("//"), "{shown}");
            assert_eq!(shown.replace('\u{2060}', ""), text);
        }
        assert_eq!(unlinked("SLO: first steps. And then?"), "SLO: first steps. And then?");
    }
}
