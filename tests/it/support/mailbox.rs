//! The mails that the application sent.

use super::people::Persona;
use sqlx::{PgPool, Row};

/// All mails, the oldest first.
pub struct Mailbox {
    db: PgPool,
}

/// A mail as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailed {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<String>,
    pub message_id: String,
    pub source: String,
}

impl Mailbox {
    pub(super) fn of(db: PgPool) -> Self {
        Self { db }
    }

    /// Everything sent so far.
    pub async fn all(&self) -> Vec<Mailed> {
        let rows = sqlx::query("select recipient, subject, text_part, html_part, calendar_part, message_id, source from mailbox order by mailbox_id").fetch_all(&self.db).await.unwrap();
        let mail = |row: sqlx::postgres::PgRow| Mailed {
            to: row.get(0),
            subject: row.get(1),
            text: row.get(2),
            html: row.get(3),
            calendar: row.get(4),
            message_id: row.get(5),
            source: row.get(6),
        };
        let all: Vec<Mailed> = rows.into_iter().map(mail).collect();
        for mail in &all {
            // A message that was not given what it tells shows the name of its argument instead.
            assert!(!mail.subject.contains("{$") && !mail.text.contains("{$"), "{}\n{}", mail.subject, mail.text);
        }
        all
    }

    /// Everything sent to a person.
    pub async fn to(&self, persona: Persona) -> Vec<Mailed> {
        self.to_address(persona.email).await
    }

    /// Everything sent to an address.
    pub async fn to_address(&self, address: &str) -> Vec<Mailed> {
        self.all().await.into_iter().filter(|mail| mail.to == address).collect()
    }

    /// The newest mail to a person.
    pub async fn last_to(&self, persona: Persona) -> Mailed {
        self.to(persona).await.pop().unwrap_or_else(|| panic!("{} got no mail", persona.name))
    }

    /// Subjects of everything sent to a person.
    pub async fn subjects(&self, persona: Persona) -> Vec<String> {
        self.to(persona).await.into_iter().map(|mail| mail.subject).collect()
    }

    /// Forgets everything, so that a test sees only what follows.
    pub async fn empty(&self) {
        sqlx::query("delete from mailbox").execute(&self.db).await.unwrap();
    }
}

impl Mailed {
    /// The path of the mail's one link.
    pub fn link(&self) -> String {
        let url = self.text.split_whitespace().find(|word| word.starts_with("http")).expect("the mail has a link");
        let url = url::Url::parse(url).unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// The typed code of a sign-in mail.
    pub fn code(&self) -> String {
        let letters = |word: &&str| word.len() == 9 && word.as_bytes()[4] == b'-';
        self.text.split_whitespace().find(letters).expect("the mail has a code").to_owned()
    }
}
