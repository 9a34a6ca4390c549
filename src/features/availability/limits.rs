//! `/availability/limits`: how much a host takes on a day and a week, over all calls.

use super::store::{self, Hours, Stale};
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
    fields: Fields,
}

/// Shows the limits.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let hours = store::find(&mut read, frame.asker.id()?).await?.unwrap_or_default();
    let word = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
    let fields = Fields::of(&[
        ("revision", &hours.revision.to_string()),
        ("week_start", if hours.week_start == Weekday::Sun { "sun" } else { "mon" }),
        ("sessions_per_day", &word(hours.sessions_per_day)),
        ("sessions_per_week", &word(hours.sessions_per_week)),
        ("minutes_per_day", &word(hours.minutes_per_day)),
        ("minutes_per_week", &word(hours.minutes_per_week)),
    ]);
    show(&Limits { frame, fields })
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
    let (Some(Revision(revision)), false) = (revision, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Limits { frame, fields });
    };
    match store::save(&mut tx, me, &hours, revision).await? {
        Ok(()) => tx.see_other("/availability/limits?said=saved").await,
        Err(Stale) => {
            fields.set("revision", hours.revision.to_string());
            fields.refuse("revision", Message::new("availability-hours-stale"));
            show_with(StatusCode::CONFLICT, &Limits { frame, fields })
        }
    }
}
