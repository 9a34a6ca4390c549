//! `/availability/limits`: how much a host takes on a day and a week, over all calls.

use super::no_room::{self, NoRoom};
use super::store::{self, Hours, Stale};
use crate::domain::slot::{Contradiction, Minutes};
use crate::platform::error::Answer;
use crate::platform::form::{Fields, Revision, Whole};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use chrono::Weekday;

#[derive(Template)]
#[template(path = "availability/limits.html")]
struct Limits {
    frame: Frame,
    no_room: Vec<NoRoom>,
    fields: Fields,
}

/// Shows the limits.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let hours = store::find(&mut read, me).await?.unwrap_or_default();
    let offered = store::offered(&mut read, me, frame.speech.zone).await?;
    let no_room = no_room::of(&mut read, me, &offered, frame.today()).await?;
    let word = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
    let fields = Fields::of(&[
        ("revision", &hours.revision.to_string()),
        ("week_start", if hours.week_start == Weekday::Sun { "sun" } else { "mon" }),
        ("sessions_per_day", &word(hours.sessions_per_day)),
        ("sessions_per_week", &word(hours.sessions_per_week)),
        ("minutes_per_day", &word(hours.minutes_per_day)),
        ("minutes_per_week", &word(hours.minutes_per_week)),
    ]);
    show(&Limits { frame, no_room, fields })
}

/// Stores the limits.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let stored = store::find(&mut tx, me).await?.unwrap_or_default();
    let revision = fields.required::<Revision>("revision");
    let hours = Hours {
        week_start: if fields.value("week_start") == "sun" { Weekday::Sun } else { Weekday::Mon },
        sessions_per_day: fields.optional::<Whole<1, 20>>("sessions_per_day").map(|n| n.0),
        sessions_per_week: fields.optional::<Whole<1, 100>>("sessions_per_week").map(|n| n.0),
        minutes_per_day: fields.optional::<Whole<10, 1440>>("minutes_per_day").map(|n| n.0),
        minutes_per_week: fields.optional::<Whole<10, 10080>>("minutes_per_week").map(|n| n.0),
        ..stored
    };
    if let Some(shortest) = no_room::shortest(&mut tx, me).await? {
        require_room(&mut fields, &hours, shortest);
    }
    let (Some(Revision(revision)), false) = (revision, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Limits { frame, no_room: Vec::new(), fields });
    };
    match store::save(&mut tx, me, &hours, revision).await? {
        Ok(()) => tx.see_other("/availability/limits?said=saved").await,
        Err(Stale) => {
            fields.set("revision", hours.revision.to_string());
            fields.refuse("revision", Message::new("availability-hours-stale"));
            show_with(StatusCode::CONFLICT, &Limits { frame, no_room: Vec::new(), fields })
        }
    }
}

/// Minutes in which not even the shortest session fits are refused.
fn require_room(fields: &mut Fields, hours: &Hours, shortest: Minutes) {
    for contradiction in hours.limits().contradict(shortest) {
        let name = match contradiction {
            Contradiction::WeekTooShort { .. } => "minutes_per_week",
            _ => "minutes_per_day",
        };
        fields.refuse(name, Message::new("availability-limits-too_short").with("minutes", shortest.0));
    }
}
