//! `/home/audit`: what was written down about a host's own calls and what belongs to them.

use super::store;
use crate::domain::audit::{Action, Kind, Object, Outcome};
use crate::domain::id::{AuditEntryId, PersonId};
use crate::domain::local_time::{earliest, midnight_after};
use crate::features::people;
use crate::platform::audit::{self, Choice, Listed, Place};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::{Frame, show};
use askama::Template;
use chrono::{DateTime, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use sqlx::PgConnection;
use std::collections::HashMap;

/// Entries on one page; one more tells that there are others.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "home/audit.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    rows: Vec<Row>,
    next: Option<String>,
}

/// What of the log was asked for.
pub struct Asked {
    pub action: Option<Action>,
    pub day: Option<NaiveDate>,
    before: Option<Place>,
}

impl Asked {
    /// As the address says it.
    pub fn of(frame: &Frame) -> Result<Self, AppError> {
        Ok(Self {
            action: read(&frame.asked("action"), Action::parse)?,
            day: read(&frame.asked("day"), |word| word.parse().ok())?,
            before: read(&frame.asked("before"), place)?,
        })
    }

    /// Whether everything was asked for.
    pub fn is_open(&self) -> bool {
        self.action.is_none() && self.day.is_none()
    }

    /// Whether this is the action that was asked for.
    pub fn is_about(&self, action: &Action) -> bool {
        self.action == Some(*action)
    }

    /// The day as fields of forms have it.
    pub fn day_word(&self) -> String {
        self.day.map(|day| day.to_string()).unwrap_or_default()
    }

    /// Which entries those are for somebody in a zone.
    pub fn choice(&self, zone: Tz) -> Choice {
        Choice {
            action: self.action,
            since: self.day.map(|day| earliest(day.and_time(NaiveTime::MIN), zone)),
            until: self.day.map(|day| midnight_after(day, zone)),
            before: self.before,
            ..Choice::default()
        }
    }

    fn path_after(&self, path: &str, person: &str, last: Place) -> String {
        let before = format!("{}.{}", last.at.timestamp_micros(), last.id);
        let words = [
            ("person", person.to_owned()),
            ("action", self.action.map(|action| action.as_str().to_owned()).unwrap_or_default()),
            ("day", self.day_word()),
            ("before", before),
        ];
        let asked = words.iter().filter(|(_, word)| !word.is_empty());
        format!("{path}?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish())
    }
}

fn read<T>(word: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, AppError> {
    match word {
        "" => Ok(None),
        word => parse(word).map(Some).ok_or(AppError::Unprocessable("nothing that the log can be asked for")),
    }
}

fn place(word: &str) -> Option<Place> {
    let (at, id) = word.split_once('.')?;
    Some(Place { at: DateTime::from_timestamp_micros(at.parse().ok()?)?, id: id.parse::<AuditEntryId>().ok()? })
}

/// An entry with whom it was by.
pub struct Row {
    pub entry: Listed,
    pub who: Who,
    /// What it is about, where the reader may open it.
    pub path: Option<String>,
}

/// By whom an entry is, as its reader may know it.
#[derive(Clone)]
pub enum Who {
    Named(String),
    /// Signed in, and no business of the reader.
    Somebody,
    /// Deleted since.
    Gone,
    Visitor,
    /// By work behind the pages, or by a link that is proof enough.
    Nobody,
}

/// The newest entries of a choice, with names; and the address of those before them.
pub async fn rows(
    conn: &mut PgConnection,
    choice: &Choice,
    asked: &Asked,
    (path, person): (&str, &str),
) -> Result<(Vec<Row>, Option<String>), AppError> {
    let mut entries = audit::list(conn, choice, MOST as i64 + 1).await?;
    let next = (entries.len() > MOST).then(|| asked.path_after(path, person, entries[MOST - 1].place));
    entries.truncate(MOST);
    let actors: Vec<PersonId> = entries.iter().filter_map(|entry| entry.actor).collect();
    let cards = people::cards(conn, &actors).await?;
    let names: HashMap<PersonId, String> = cards.into_iter().map(|card| (card.id, card.name)).collect();
    let row = |entry: Listed| Row { who: who(&entry, &names), path: None, entry };
    Ok((entries.into_iter().map(row).collect(), next))
}

fn who(entry: &Listed, names: &HashMap<PersonId, String>) -> Who {
    match (entry.actor.map(|actor| names.get(&actor)), &entry.route) {
        (Some(Some(name)), _) if !name.is_empty() => Who::Named(name.clone()),
        (Some(Some(_)), _) => Who::Somebody,
        (Some(None), _) => Who::Gone,
        (None, Some(_)) => Who::Visitor,
        (None, None) => Who::Nobody,
    }
}

/// Shows it, the newest first.
pub async fn get(frame: Frame) -> Answer {
    let (asked, me) = (Asked::of(&frame)?, frame.asker.id()?);
    let mut conn = frame.read().await?;
    let objects = store::objects_of_host(&mut conn, me).await?;
    let choice = Choice { objects: Some(objects), ..asked.choice(frame.speech.zone) };
    let (mut rows, next) = rows(&mut conn, &choice, &asked, ("/home/audit", "")).await?;
    let known = store::people_of_host(&mut conn, me).await?;
    for row in &mut rows {
        row.path = row.entry.object.and_then(path);
        if row.entry.actor.is_some_and(|actor| !known.contains(&actor)) {
            row.who = Who::Somebody;
        }
    }
    show(&Page { frame, asked, rows, next })
}

fn path(object: Object) -> Option<String> {
    let id = object.id?;
    match object.kind {
        Kind::Call => Some(format!("/calls/{id}/edit")),
        Kind::Application => Some(format!("/applications/{id}")),
        Kind::Consultation => Some(format!("/consultations/{id}")),
        Kind::Booking => Some(format!("/bookings/{id}")),
        _ => None,
    }
}
