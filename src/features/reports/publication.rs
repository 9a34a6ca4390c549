//! `/consultations/{consultation}/report/publication`: the checklist, and then the report is public
//! under its number.

use super::drawn::{are_granted, quoted};
use super::mails::PublishLater;
use super::marks::Undecided;
use super::report::drawn;
use super::store::{self, Series, SlugTaken, Written};
use crate::domain::access::Act;
use crate::domain::consultation::Part;
use crate::domain::id::ConsultationId;
use crate::domain::person::Slug;
use crate::domain::report::{Asked, LATER, Stage, is_agreed};
use crate::domain::text::Line;
use crate::features::calls;
use crate::features::consultations::{self, Head, Room};
use crate::features::feedback::{self, Granted};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told};
use crate::platform::jobs::NewJob;
use crate::platform::markdown;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// What the host looks at once more: field, what it says.
const CHECKS: [(&str, &str); 6] = [
    ("names", "reports-publication-names"),
    ("terms", "reports-publication-terms"),
    ("third_parties", "reports-publication-third_parties"),
    ("small_numbers", "reports-publication-small_numbers"),
    ("dates", "reports-publication-dates"),
    ("recognisable", "reports-publication-recognisable"),
];

#[derive(Template)]
#[template(path = "reports/publication.html")]
struct Publication {
    frame: Frame,
    room: Room,
    written: Written,
    series: Option<Series>,
    granted: Vec<Granted>,
    asked: Vec<Asked>,
    undecided: Undecided,
    fields: Fields,
    /// Why the act that was tried is not possible.
    refused: Option<&'static str>,
}

impl Publication {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("reports-publication-title"), "/report/publication")
    }

    fn is_time(&self) -> bool {
        self.written.report.may_be_public()
    }

    /// Why nothing can be published where the report stands.
    fn why_not(&self) -> &'static str {
        match self.written.report.stage {
            Stage::Published => "reports-publication-is_public",
            Stage::Withdrawn => "reports-publication-is_withdrawn",
            _ if self.written.report.is_barred() => "reports-report-is_barred",
            _ => "reports-publication-not_now",
        }
    }

    /// What was typed, where the page has no form for it any more.
    fn given_back(&self) -> Vec<&str> {
        let has_form = self.is_time() && self.series.is_none();
        let names = ["slug", "prefix"].into_iter().filter(|_| self.refused.is_some() && !has_form);
        names.map(|name| self.fields.value(name)).filter(|typed| !typed.is_empty()).collect()
    }

    /// What the program sees itself: whether it is so, what it says.
    fn seen(&self) -> Vec<(bool, Told)> {
        vec![
            (is_agreed(&self.asked), self.frame.t("reports-publication-seen_oks")),
            (are_granted(&self.written.quotes, &self.granted), self.frame.t("reports-publication-seen_quotes")),
            (self.undecided.marks.is_empty(), self.frame.t("reports-publication-seen_marks")),
            (self.undecided.passages == 0, self.frame.t("reports-publication-seen_passages")),
        ]
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
    page.fields =
        Fields::of(&[("slug", &proposed(&call.host_slug, &call.slug)), ("prefix", &call.slug), ("when", "now")]);
    show(&page)
}

/// Publishes now, or later; stops what was put off.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let mut page = page(&mut tx, frame, room, fields).await?;
    match page.fields.value("act") {
        "stop" => return stop(tx, page).await,
        "publish" | "" => {}
        _ => return Err(AppError::Unprocessable("an act that no page offers")),
    }
    let is_now = match page.fields.value("when") {
        "now" => true,
        "later" => false,
        _ => {
            page.fields.refuse("when", Message::new("reports-publication-when_unknown"));
            true
        }
    };
    if !page.undecided.is_empty() {
        page.fields.refuse("marks", Message::new("reports-publication-undecided"));
    }
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
        return refused(page.why_not(), page);
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
    if !is_now {
        return put_off(tx, page).await;
    }
    match publish(&mut tx, &page.written, &series, &page.granted).await? {
        Some(number) => tx.see_other(format!("/reports/{}/{number}?said=published", series.slug)).await,
        None => refused("reports-publication-not_now", page),
    }
}

/// Publishes what stands, under its number or the next; `None` where something that it needs does
/// not stand.
pub(super) async fn publish(
    tx: &mut Tx,
    written: &Written,
    series: &Series,
    granted: &[Granted],
) -> Result<Option<i32>, AppError> {
    let (report, now) = (written.report, tx.now());
    let asked = store::asked(tx, report.id, report.revision, &quoted(&written.quotes, granted)).await?;
    let is_quotable = are_granted(&written.quotes, granted);
    if report.publish(1, &asked, is_quotable, now).is_err() {
        return Ok(None);
    }
    let number = match report.number {
        Some(number) => number,
        None => store::next_number(tx, series.id).await?,
    };
    let Ok(moved) = report.publish(number, &asked, is_quotable, now) else { return Ok(None) };
    store::publish(tx, report.id, series.id, markdown::render(&written.body).as_str()).await?;
    store::save(tx, moved).await?;
    let quotes: Vec<_> = written.quotes.iter().map(|used| used.quote).collect();
    feedback::lock_quoted(tx, &quotes).await?;
    Ok(Some(number))
}

/// The series is begun now, so that its word is taken; the number is given on the day.
async fn put_off(mut tx: Tx, page: Publication) -> Answer {
    let report = page.written.report;
    let is_quotable = are_granted(&page.written.quotes, &page.granted);
    let fact = match report.put_off(&page.asked, is_quotable) {
        Ok(fact) => fact,
        Err(_) if report.stage == Stage::Hidden => return refused("reports-publication-no_waiting", page),
        Err(why) => return refused(why.key(), page),
    };
    let at = page.frame.now + LATER;
    store::put_off(&mut tx, report.id, at).await?;
    tx.record(fact).await?;
    let later = PublishLater { report: report.id, revision: report.revision, at };
    tx.enqueue(NewJob::at(later, at)).await?;
    tx.see_other(format!("{}?said=done", page.room.path("/report/publication"))).await
}

async fn stop(mut tx: Tx, page: Publication) -> Answer {
    if page.written.publish_at.is_none() {
        return refused("reports-publication-not_waiting", page);
    }
    store::stop_publication(&mut tx, page.written.report.id).await?;
    tx.see_other(format!("{}?said=done", page.room.path("/report/publication"))).await
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<Publication, AppError> {
    room.require(Act::WriteReport)?;
    if room.part != Part::Host {
        return Err(AppError::NotAllowed);
    }
    let written = store::of_consultation(conn, room.id()).await?.ok_or(AppError::NotFound)?;
    let report = written.report;
    let granted = feedback::granted(conn, room.id()).await?;
    Ok(Publication {
        undecided: Undecided::of(conn, &written).await?,
        asked: store::asked(conn, report.id, report.revision, &quoted(&written.quotes, &granted)).await?,
        series: store::series_of(conn, room.consultation.call).await?,
        granted,
        frame,
        room,
        written,
        fields,
        refused: None,
    })
}

fn refused(why: &'static str, page: Publication) -> Answer {
    show_with(StatusCode::CONFLICT, &Publication { refused: Some(why), ..page })
}

/// Host and call in one word of at most 40 letters.
fn proposed(host: &str, call: &str) -> String {
    let whole: String = format!("{host}-{call}").chars().take(40).collect();
    whole.trim_end_matches('-').to_owned()
}
