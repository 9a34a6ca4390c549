//! `/availability/overrides`: dates that differ from the week: other hours, or none.

use super::hours::{self, WINDOWS};
use super::{no_room, store};
use crate::domain::availability::{Availability, Window};
use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use chrono::NaiveDate;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Dates that one host may set at once.
const MOST: usize = 400;

#[derive(Template)]
#[template(path = "availability/overrides.html")]
struct Overrides {
    frame: Frame,
    dates: BTreeMap<NaiveDate, Vec<Window>>,
    fields: Fields,
}

impl Overrides {
    fn typed(&self, n: &usize) -> (String, String) {
        hours::typed(&self.fields, "hours", *n)
    }

    fn pairs(&self) -> [usize; WINDOWS] {
        std::array::from_fn(|n| n)
    }
}

/// Shows the dates that differ; with `?date=` the form begins with the hours of that date.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let dates = store::overrides(&mut read, me, frame.today()).await?;
    let fields = begun(&mut read, &frame, me).await?;
    show(&Overrides { frame, dates, fields })
}

async fn begun(conn: &mut PgConnection, frame: &Frame, me: PersonId) -> Result<Fields, AppError> {
    let Ok(date) = frame.asked("date").parse::<NaiveDate>() else { return Ok(Fields::default()) };
    let (availability, _): (Availability, _) = store::of(conn, me, frame.speech.zone).await?;
    let mut fields = Fields::of(&[("date", &date.to_string())]);
    hours::add(&mut fields, "hours", availability.windows(date));
    Ok(fields)
}

/// Sets or removes a date.
pub async fn post(frame: Frame, Many(mut fields): Many) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let date = fields.value("date").trim().parse::<NaiveDate>().ok();
    if fields.one_of("act", ["", "remove"])? == "remove" {
        let date = date.ok_or(AppError::NotFound)?;
        return match store::remove_override(&mut tx, me, date).await? {
            true => tx.see_other("/availability/overrides?said=done").await,
            false => Err(AppError::NotFound),
        };
    }
    let windows = hours::windows(&mut fields, "hours");
    let dates = store::overrides(&mut tx, me, frame.today()).await?;
    match date {
        None => fields.refuse("date", Message::new("availability-overrides-no_date")),
        Some(date) if date < frame.today() => fields.refuse("date", Message::new("availability-overrides-past")),
        Some(_) if dates.len() >= MOST => fields.refuse("date", Message::new("availability-overrides-many")),
        Some(_) => {}
    }
    if windows.is_empty() && !fields.has("closed", "yes") {
        fields.refuse("hours", Message::new("availability-overrides-no_hours"));
    }
    let closed = fields.has("closed", "yes");
    if let Some(date) = date.filter(|_| !closed && !windows.is_empty()) {
        require_room(&mut tx, &frame, &mut fields, (date, &windows)).await?;
    }
    let (Some(date), false) = (date, fields.is_refused()) else { return refused(frame, dates, fields) };
    store::set_override(&mut tx, me, date, if closed { &[] } else { &windows }).await?;
    tx.see_other("/availability/overrides?said=saved").await
}

/// Hours that are shorter than any session offer nothing: then the date is better closed.
async fn require_room(
    tx: &mut Tx,
    frame: &Frame,
    fields: &mut Fields,
    (date, windows): (NaiveDate, &[Window]),
) -> Result<(), AppError> {
    let me = frame.asker.id()?;
    let Some(shortest) = no_room::shortest(tx, me).await? else { return Ok(()) };
    let mut offered = store::offered(tx, me, frame.speech.zone).await?;
    offered.availability.overrides.insert(date, windows.to_vec());
    if offered.longest_on(date) < shortest {
        fields.refuse("hours", Message::new("availability-overrides-too_short").with("minutes", shortest.0));
    }
    Ok(())
}

fn refused(frame: Frame, dates: BTreeMap<NaiveDate, Vec<Window>>, fields: Fields) -> Answer {
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &Overrides { frame, dates, fields })
}
