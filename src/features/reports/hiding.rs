//! `/reports/{series}/{number}/hiding`: an administrator takes a report out of sight, for a reason that its host
//! reads. Hidden, it may be published in another version under the same number; withdrawn, its number stays a gap.

use super::store::{self, Series};
use crate::domain::fact::Fact;
use crate::domain::measure::Act;
use crate::domain::report::{NotNow, Report, Stage};
use crate::domain::text::Text;
use crate::features::{consultations, people};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "reports/hiding.html")]
struct Hiding {
    frame: Frame,
    series: Series,
    number: i32,
    stage: Stage,
    fields: Fields,
}

impl Hiding {
    fn path(&self) -> String {
        format!("/reports/{}/{}", self.series.slug, self.number)
    }

    fn may_hide(&self) -> bool {
        self.stage == Stage::Published
    }

    fn may_withdraw(&self) -> bool {
        self.stage != Stage::Withdrawn
    }
}

/// Asks.
pub async fn get(frame: Frame, address: Path<(String, i32)>) -> Answer {
    let mut read = frame.read().await?;
    let (series, published) = found(&mut read, &address).await?;
    show(&Hiding { frame, series, number: address.1, stage: published.stage, fields: Fields::default() })
}

/// Hides, or withdraws.
pub async fn post(frame: Frame, address: Path<(String, i32)>, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let (series, published) = found(&mut tx, &address).await?;
    consultations::lock(&mut tx, published.consultation).await?;
    let report = store::system(&mut tx, published.id).await?.ok_or(AppError::NotFound)?.report;
    let act = if fields.one_of("act", ["hide", "withdraw"])? == "hide" { Act::HideReport } else { Act::WithdrawReport };
    let reason = fields.required::<Text<2000>>("reason");
    let moved = taken(report, act, &frame);
    let refusal = moved.as_ref().err().map(NotNow::key);
    if let (Ok(moved), Some(reason)) = (moved, reason) {
        let measure = people::take_measure(&mut tx, act, published.id.0, me, reason.as_str()).await?;
        store::save(&mut tx, moved).await?;
        tx.record(Fact::ReportMeasureTaken { report: published.id, measure }).await?;
        return tx.see_other(format!("/reports/{}?said=done", series.slug)).await;
    }
    let status = match refusal {
        Some(key) => {
            fields.refuse("reason", Message::new(key));
            StatusCode::CONFLICT
        }
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    show_with(status, &Hiding { frame, series, number: address.1, stage: report.stage, fields })
}

fn taken(report: Report, act: Act, frame: &Frame) -> Result<(Report, Fact), NotNow> {
    match act {
        Act::WithdrawReport => report.withdraw(frame.now),
        _ => report.bar(frame.now),
    }
}

async fn found(conn: &mut PgConnection, address: &(String, i32)) -> Result<(Series, store::Published), AppError> {
    let series = store::series_by_slug(conn, &address.0).await?.ok_or(AppError::NotFound)?;
    let published = store::published(conn, &series, address.1).await?.ok_or(AppError::NotFound)?;
    Ok((series, published))
}
