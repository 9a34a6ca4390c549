//! `/settings/privacy`: everything that the person let others quote or publish, and the way to take
//! it back; what they answered themselves; and how often they were missed, which nobody else sees.
//! Needs no part: it works after leaving, too.

use super::store::{self, Logged};
use crate::domain::id::{PersonId, QuoteId, ReportId};
use crate::domain::policy::Policy;
use crate::domain::quote::QuoteStage;
use crate::domain::session::CONTESTABLE_FOR;
use crate::features::bookings;
use crate::features::consultations;
use crate::features::feedback::{self, OwnAnswers, OwnQuote};
use crate::features::questions::{self, Shared};
use crate::features::reports::{self, OwnApproval};
use crate::features::sessions::{self, Attendance, Missed};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use chrono::TimeDelta;
use sqlx::PgConnection;

/// Missed times are forgotten after a year.
const REMEMBERED: TimeDelta = TimeDelta::days(365);

#[derive(Template)]
#[template(path = "home/privacy.html")]
struct Privacy {
    frame: Frame,
    quotes: Vec<OwnQuote>,
    approvals: Vec<OwnApproval>,
    answers: Vec<OwnAnswers>,
    attendance: Attendance,
    late: i64,
    /// What others took away of what the person shared.
    kept: Vec<Shared>,
    /// What the person agreed to and took back.
    consents: Vec<Logged>,
    is_refused: bool,
}

impl Privacy {
    /// Whether it can still be said that it was otherwise.
    fn is_contestable(&self, missed: &Missed) -> bool {
        self.frame.now < missed.at + CONTESTABLE_FOR
    }
}

impl Privacy {
    /// What an entry of the log is about, where that has a name.
    fn about(&self, entry: &Logged) -> Option<String> {
        let policy = || Policy::parse(&entry.subject).map(|policy| self.frame.t(policy.key()).to_string());
        entry.call.clone().or_else(policy)
    }
}

/// Shows one's quotes, approvals and answers.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let me = frame.asker.id()?;
    show(&page(&mut read, frame, me).await?)
}

async fn page(conn: &mut PgConnection, frame: Frame, me: PersonId) -> Result<Privacy, AppError> {
    let quotes = feedback::quotes_of(&mut *conn, me).await?;
    let approvals = reports::approvals_of(&mut *conn, me).await?;
    let answers = feedback::answers_of(&mut *conn, me, frame.speech).await?;
    let attendance = sessions::attendance(&mut *conn, me, frame.now - REMEMBERED).await?;
    let kept = questions::kept_for(&mut *conn, me, frame.now).await?;
    let late = bookings::late_cancellations(&mut *conn, me, frame.now - REMEMBERED).await?;
    let consents = store::logged(conn, me).await?;
    Ok(Privacy { consents, frame, quotes, approvals, answers, attendance, late, kept, is_refused: false })
}

/// Takes one back; a report that needs it disappears before the answer arrives.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let me = frame.asker.id()?;
    let is_revoked = match (fields.value("quote").parse::<QuoteId>(), fields.value("report").parse::<ReportId>()) {
        (Ok(quote), _) => revoke_quote(&mut tx, &frame, quote).await?,
        (_, Ok(report)) => reports::revoke_approval(&mut tx, me, report).await?,
        _ => false,
    };
    if is_revoked {
        return tx.see_other("/settings/privacy?said=done").await;
    }
    let page = page(&mut tx, frame, me).await?;
    show_with(StatusCode::CONFLICT, &Privacy { is_refused: true, ..page })
}

async fn revoke_quote(tx: &mut Tx, frame: &Frame, quote: QuoteId) -> Result<bool, AppError> {
    let Some(consultation) = feedback::consultation_of(tx, quote).await? else { return Ok(false) };
    consultations::lock(tx, consultation).await?;
    if !feedback::revoke(tx, frame.asker.id()?, quote).await? {
        return Ok(false);
    }
    reports::hide_for_quote(tx, quote).await?;
    Ok(true)
}
