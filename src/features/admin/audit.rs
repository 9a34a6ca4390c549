//! `/admin/audit`: who did what on the instance, and who was kept from what.

use crate::domain::audit::{Action, Outcome};
use crate::domain::person::EmailAddress;
use crate::features::home::audit::{Asked, Row, Who, rows};
use crate::features::people;
use crate::platform::audit::Choice;
use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    /// The address as it was typed.
    person: String,
    rows: Vec<Row>,
    next: Option<String>,
}

/// Lists entries, the newest first: of everyone, or of one person.
pub async fn get(frame: Frame) -> Answer {
    let asked = Asked::of(&frame)?;
    let mut conn = frame.read().await?;
    let person = frame.asked("person").trim().to_owned();
    let of = match EmailAddress::parse(&person) {
        Ok(address) => people::by_address(&mut conn, &address).await?,
        Err(_) => None,
    };
    let choice = Choice { person: of, ..asked.choice(frame.speech.zone) };
    let (rows, next) = match person.is_empty() || of.is_some() {
        true => rows(&mut conn, &choice, &asked, ("/admin/audit", &person)).await?,
        false => (Vec::new(), None),
    };
    show(&Page { frame, asked, person, rows, next })
}
