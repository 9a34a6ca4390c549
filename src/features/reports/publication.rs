//! `/consultations/{consultation}/report/publication`: the checklist, and then the report is public
//! under its number.

use super::drawn::are_granted;
use super::report::drawn;
use super::store::{self, Series, SlugTaken, Written};
use crate::domain::access::Act;
use crate::domain::consultation::Part;
use crate::domain::id::ConsultationId;
use crate::domain::person::Slug;
use crate::domain::report::Stage;
use crate::domain::text::Line;
use crate::features::calls;
use crate::features::consultations::{self, Head, Room};
use crate::features::feedback::{self, Granted};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told};
use crate::platform::markdown;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// What the host looks at once more: field, what it says.
const CHECKS: [(&str, &str); 3] = [
    ("names", "reports-publication-names"),
    ("terms", "reports-publication-terms"),
    ("third_parties", "reports-publication-third_parties"),
];

#[derive(Template)]
#[template(path = "reports/publication.html")]
struct Publication {
    frame: Frame,
    room: Room,
    written: Written,
    series: Option<Series>,
    granted: Vec<Granted>,
    fields: Fields,
    is_refused: bool,
}

impl Publication {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("reports-publication-title"), "/report/publication")
    }

    fn is_time(&self) -> bool {
        matches!(self.written.report.stage, Stage::Approved | Stage::Hidden)
    }

    fn checks(&self) -> Vec<(&'static str, Told)> {
        CHECKS.into_iter().map(|(field, key)| (field, self.frame.t(key))).collect()
    }

    fn drawn(&self) -> super::drawn::Drawn {
        drawn(&self.frame, &self.written, self.series.as_ref(), &self.granted)
    }
}

/// Shows the checklist beside the approved version.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let mut page = page(&mut read, frame, room, Fields::default()).await?;
    let call = calls::find(&mut read, page.room.consultation.call).await?.ok_or(AppError::NotFound)?;
    page.fields = Fields::of(&[("slug", &proposed(&call.host_slug, &call.slug)), ("prefix", &call.slug)]);
    show(&page)
}

/// Publishes.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let mut page = page(&mut tx, frame, room, fields).await?;
    for (field, _) in CHECKS {
        if !page.fields.has(field, "yes") {
            page.fields.refuse(field, Message::new("reports-publication-unchecked"));
        }
    }
    let begun = match page.series {
        Some(_) => None,
        None => page.fields.required::<Slug>("slug").zip(page.fields.required::<Line<20>>("prefix")),
    };
    if !page.is_time() {
        return show_with(StatusCode::CONFLICT, &Publication { is_refused: true, ..page });
    }
    if page.fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let series = match (&page.series, begun) {
        (Some(series), _) => Ok(series.clone()),
        (None, Some((slug, prefix))) => {
            store::begin_series(&mut tx, page.room.consultation.call, &slug, prefix.as_str()).await?
        }
        (None, None) => Err(SlugTaken),
    };
    let Ok(series) = series else {
        page.fields.refuse("slug", Message::new("reports-publication-slug_taken"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    publish(tx, page, series).await
}

async fn publish(mut tx: Tx, page: Publication, series: Series) -> Answer {
    let report = page.written.report;
    let asked = store::asked(&mut tx, report.id, report.revision).await?;
    let is_quotable = are_granted(&page.written.quotes, &page.granted);
    if report.publish(1, &asked, is_quotable, page.frame.now).is_err() {
        return show_with(StatusCode::CONFLICT, &Publication { is_refused: true, ..page });
    }
    let number = match report.number {
        Some(number) => number,
        None => store::next_number(&mut tx, series.id).await?,
    };
    let Ok(moved) = report.publish(number, &asked, is_quotable, page.frame.now) else {
        return show_with(StatusCode::CONFLICT, &Publication { is_refused: true, ..page });
    };
    store::publish(&mut tx, report.id, series.id, markdown::render(&page.written.body).as_str()).await?;
    store::save(&mut tx, moved).await?;
    let quotes: Vec<_> = page.written.quotes.iter().map(|used| used.quote).collect();
    feedback::lock_quoted(&mut tx, &quotes).await?;
    tx.see_other(format!("/reports/{}/{number}?said=published", series.slug)).await
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<Publication, AppError> {
    room.require(Act::WriteReport)?;
    if room.part != Part::Host {
        return Err(AppError::NotAllowed);
    }
    let written = store::of_consultation(conn, room.id()).await?.ok_or(AppError::NotFound)?;
    Ok(Publication {
        series: store::series_of(conn, room.consultation.call).await?,
        granted: feedback::granted(conn, room.id()).await?,
        frame,
        room,
        written,
        fields,
        is_refused: false,
    })
}

/// Host and call in one word of at most 40 letters.
fn proposed(host: &str, call: &str) -> String {
    let whole: String = format!("{host}-{call}").chars().take(40).collect();
    whole.trim_end_matches('-').to_owned()
}
