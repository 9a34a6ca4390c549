//! `/applications/{application}/appeal`: whom an administrator's decision over a report went against
//! has it looked at once more. Nobody else learns here that there was a report.

use super::store::{self, Reported, Seen};
use crate::domain::abuse::{Refused, Stage};
use crate::domain::id::ApplicationId;
use crate::domain::text::Text;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "applications/appeal.html")]
struct Appeal {
    frame: Frame,
    seen: Seen,
    reported: Option<Reported>,
    fields: Fields,
}

impl Appeal {
    /// The last whole day on which it is possible.
    fn until(&self) -> Option<DateTime<Utc>> {
        let report = self.reported.as_ref()?.report;
        report.appeal(self.seen.me, self.frame.now).ok()?;
        report.appeal_until().map(|until| until - TimeDelta::days(1))
    }

    fn state(&self) -> &'static str {
        match self.reported.as_ref().map(|reported| reported.report.stage) {
            Some(Stage::Appealed { .. }) => "applications-appeal-waits",
            Some(Stage::Final { .. }) => "applications-appeal-over",
            Some(Stage::Decided { .. }) => "applications-appeal-too_late",
            _ => "applications-appeal-none",
        }
    }

    /// For whoever appealed alone: the reason speaks of what they wrote.
    fn last_word(&self) -> Option<(&'static str, &str)> {
        let reported = self.reported.as_ref().filter(|found| found.appealed_by == Some(self.seen.me))?;
        Some((reported.report.stage.decision()?.key(), reported.final_reason.as_deref()?))
    }
}

/// Says what was decided, and until when it may be appealed.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    let reported = of_reader(&mut read, &seen).await?;
    show(&Appeal { frame, seen, reported, fields: Fields::default() })
}

/// Appeals.
pub async fn post(frame: Frame, id: Path<ApplicationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    let reported = of_reader(&mut tx, &seen).await?;
    let body = fields.required::<Text<4000>>("body");
    let moved = reported.as_ref().map_or(Err(Refused::NotNow), |found| found.report.appeal(seen.me, frame.now));
    let page = Appeal { frame, seen, reported, fields };
    match (moved, body) {
        (Ok(moved), Some(body)) => {
            store::save_report(&mut tx, moved, page.seen.me, Some(body.as_str())).await?;
            tx.see_other(format!("{}?said=saved", page.seen.path("/appeal"))).await
        }
        (Ok(_), None) => show_with(StatusCode::UNPROCESSABLE_ENTITY, &page),
        (Err(_), _) => {
            let message = Message::new(page.state());
            let mut page = page;
            page.fields.refuse("body", message);
            show_with(StatusCode::CONFLICT, &page)
        }
    }
}

/// The report whose decision went against the reader, or that they appealed.
async fn of_reader(conn: &mut PgConnection, seen: &Seen) -> Result<Option<Reported>, AppError> {
    let reported = store::decided_report(conn, seen.application.id).await?;
    let is_theirs = |found: &Reported| found.report.loser() == Some(seen.me) || found.appealed_by == Some(seen.me);
    Ok(reported.filter(is_theirs))
}
