//! Pages and mails that hold the whole corpus of payloads, and what no page may have on its tree.

use super::app::TestApp;
use super::payloads::payloads;
use super::people::{aki, hana};
use chrono::TimeDelta;
use kabeuchi::domain::id::{ConsultationId, JobId};
use kabeuchi::domain::person::EmailAddress;
use kabeuchi::domain::text::Line;
use kabeuchi::platform::i18n::Speech;
use kabeuchi::platform::mail::{Mail, Receiver, SendError};
use kabeuchi::platform::{markdown, random};
use scraper::{ElementRef, Html, Node};

/// Elements that no page of ours and no Markdown has.
const NEVER: [&str; 26] = [
    "applet",
    "area",
    "audio",
    "base",
    "bgsound",
    "dialog",
    "embed",
    "font",
    "frame",
    "frameset",
    "keygen",
    "marquee",
    "math",
    "noscript",
    "object",
    "picture",
    "plaintext",
    "portal",
    "source",
    "style",
    "template",
    "track",
    "video",
    "xmp",
    "xss",
    "image",
];
/// What an address may begin with.
const WAYS: [&str; 8] = ["/", "#", "?", "https://", "http://localhost:", "mailto:", "https:", "otpauth://totp/"];

/// What of a page's tree is somebody's markup, a line each.
pub fn intruders(html: &Html) -> Vec<String> {
    html.root_element().descendent_elements().filter_map(|element| intruder(element, false)).collect()
}

/// The same of a mail, which has styles of its own.
pub fn intruders_of_mail(html: &Html) -> Vec<String> {
    html.root_element().descendent_elements().filter_map(|element| intruder(element, true)).collect()
}

fn intruder(element: ElementRef<'_>, is_mail: bool) -> Option<String> {
    let (name, attribute) = (element.value().name(), |name| element.value().attr(name).unwrap_or_default());
    let is_ours = match name {
        "script" => attribute("src").starts_with("/assets/") && element.text().next().is_none(),
        "iframe" => attribute("src").starts_with("/mailbox/"),
        "img" => attribute("src").starts_with("/assets/"),
        "form" => attribute("action").starts_with('/'),
        "link" => ["/", "http://localhost:"].iter().any(|way| attribute("href").starts_with(way)),
        "meta" => element.value().attr("http-equiv").is_none(),
        _ => !NEVER.contains(&name),
    };
    let mut attributes = element.value().attrs();
    let is_inert = attributes.all(|(name, value)| match name {
        "href" => WAYS.iter().any(|way| value.starts_with(way)),
        "style" => is_mail,
        "srcdoc" | "formaction" | "ping" | "xlink:href" | "background" | "srcset" => false,
        _ => !name.starts_with("on") && !name.contains(['<', '"', '\'', '`']),
    });
    (!is_ours || !is_inert).then(|| element.html().chars().take(200).collect())
}

/// Texts of comments and processing instructions: ours have none.
pub fn asides(html: &Html) -> usize {
    let is_aside = |node: &Node| node.is_comment() || node.as_processing_instruction().is_some();
    html.tree.nodes().filter(|node| is_aside(node.value())).count()
}

/// Payloads in groups that are one line of at most so many characters, as a form would take it.
pub fn lines<const MAX: usize>() -> Vec<(String, Vec<String>)> {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for payload in payloads() {
        let flat: String = payload.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let Ok(line) = Line::<MAX>::parse(&flat.replace(['\u{2028}', '\u{2029}'], " ")) else { continue };
        let longer = lines.last().and_then(|(last, _)| Line::<MAX>::parse(&format!("{last} {}", line.as_str())).ok());
        match (longer, lines.last_mut()) {
            (Some(longer), Some((last, of))) => {
                *last = longer.as_str().to_owned();
                of.push(payload);
            }
            _ => lines.push((line.as_str().to_owned(), vec![payload])),
        }
    }
    lines
}

impl TestApp {
    /// A consultation in whose document the whole corpus stands, in titles and in posts.
    pub async fn hostile_document(&self) -> ConsultationId {
        let id = self.consultation(hana(), aki()).await;
        let (author, now) = (self.id_of(aki()).await.0, self.platform.clock.now());
        for (n, (title, payloads)) in lines::<200>().into_iter().enumerate() {
            let item: uuid::Uuid = sqlx::query_scalar(
                "insert into items (item_id, consultation_id, author_id, side, kind, origin, title, stage, stage_since, position, created_at)
                 values (gen_random_uuid(), $1, $2, 'guest', 'question', 'written', $3, 'asked', $4, $5, $4) returning item_id",
            )
            .bind(id.0)
            .bind(author)
            .bind(title)
            .bind(now)
            .bind(100 + n as i32)
            .fetch_one(&self.db)
            .await
            .unwrap();
            for (n, payload) in payloads.iter().enumerate() {
                sqlx::query(
                    "insert into posts (post_id, item_id, author_id, side, round, body, html, created_at)
                     values (gen_random_uuid(), $1, $2, 'guest', 1, $3, $4, $5)",
                )
                .bind(item)
                .bind(author)
                .bind(payload)
                .bind(markdown::render(payload).as_str())
                .bind(now + TimeDelta::milliseconds(n as i64))
                .execute(&self.db)
                .await
                .unwrap();
            }
        }
        id
    }

    /// Sends mails that say the whole corpus in every part; what was said in each.
    pub async fn hostile_mails(&self) -> Result<Vec<Vec<String>>, SendError> {
        let speech = Speech { locale: aki().locale, zone: chrono_tz::Asia::Tokyo };
        let address = EmailAddress::parse(aki().email).unwrap();
        let receiver = Receiver { person: None, address, name: String::new(), speech };
        let mut said = Vec::new();
        for (subject, payloads) in lines::<800>() {
            let mut mail = Mail::to(&receiver, subject).action(payloads.join(" "), format!("{}/home", self.origin));
            for payload in &payloads {
                mail = mail.line(payload).fact(payload, payload).closing(payload);
            }
            self.platform.mailer.send(&self.platform, &mail, random::id::<JobId>(), self.platform.clock.now()).await?;
            said.push(payloads);
        }
        Ok(said)
    }
}
