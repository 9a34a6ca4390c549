//! `/previews/{token}`: a participant reads the whole version that shall be published, and says ok
//! or asks for changes. Saying needs their own sign-in.

use super::drawn::Drawn;
use super::report::drawn;
use super::store::{self, OpenPreview};
use crate::domain::access::Act;
use crate::domain::fact::Fact;
use crate::domain::report::{Stage, Verdict};
use crate::domain::text::Text;
use crate::features::{consultations, feedback};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "reports/preview.html")]
struct Preview {
    frame: Frame,
    open: OpenPreview,
    token: String,
    stage: Stage,
    drawn: Drawn,
    fields: Fields,
    is_refused: bool,
}

impl Preview {
    fn path(&self) -> String {
        format!("/previews/{}", self.token)
    }

    fn sign_in_path(&self) -> String {
        self.frame.carry(&format!("/sign-in?next={}", self.path()))
    }

    fn is_mine(&self) -> bool {
        self.frame.person().is_some_and(|p| p.id == self.open.person)
    }

    fn may_answer(&self) -> bool {
        self.is_mine() && self.stage == Stage::InPreview && self.open.verdict.is_none()
    }

    /// Why somebody who is signed in cannot answer, where they did not.
    fn why_not(&self) -> Option<Told> {
        match (self.frame.person(), self.is_mine()) {
            (None, _) => None,
            (Some(_), false) => Some(self.frame.t("reports-preview-not_yours")),
            (Some(_), true) if self.open.verdict.is_none() && self.stage != Stage::InPreview => {
                Some(self.frame.t("reports-preview-decided"))
            }
            _ => None,
        }
    }

    fn said(&self) -> Option<Told> {
        let key = match self.open.verdict? {
            Verdict::Approved => "reports-preview-approved",
            Verdict::ChangesWanted => "reports-preview-changes_wanted",
            Verdict::Revoked => "reports-preview-revoked",
        };
        Some(self.frame.t(key))
    }
}

/// Shows the version.
pub async fn get(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let open = opened(&mut read, &frame, &token).await?;
    show(&page(&mut read, frame, open, token.into_inner(), Fields::default()).await?)
}

/// Takes the participant's word.
pub async fn post(frame: Frame, token: Path<String>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let open = opened(&mut tx, &frame, &token).await?;
    let person = frame.person().map(|p| p.id).ok_or(AppError::SignInNeeded)?;
    if person != open.person {
        return Err(AppError::NotAllowed);
    }
    let room = consultations::for_update(&mut tx, open.consultation, &frame.asker).await?;
    room.require(Act::ApproveReport)?;
    // Read again under the lock: the version may have changed meanwhile.
    let open = opened(&mut tx, &frame, &token).await?;
    let verdict = match fields.value("act") {
        "approve" => Verdict::Approved,
        "changes" => Verdict::ChangesWanted,
        _ => return Err(AppError::Unprocessable("an answer that no page offers")),
    };
    let remark = match verdict {
        Verdict::ChangesWanted => fields.required::<Text<4000>>("remark"),
        _ => fields.optional::<Text<4000>>("remark"),
    };
    let page = page(&mut tx, frame, open, token.into_inner(), fields).await?;
    if page.fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    if !page.may_answer() {
        return show_with(StatusCode::CONFLICT, &Preview { is_refused: true, ..page });
    }
    answer(&mut tx, &page, verdict, remark.as_ref().map(Text::as_str)).await?;
    tx.see_other(format!("{}?said=sent", page.path())).await
}

async fn answer(tx: &mut Tx, page: &Preview, verdict: Verdict, remark: Option<&str>) -> Result<(), AppError> {
    let OpenPreview { report: id, revision, person, .. } = page.open;
    store::answer(tx, id, revision, person, verdict, remark).await?;
    let report = store::system(tx, id).await?.ok_or(AppError::Gone)?.report;
    let fact = Fact::ReportAnswered { report: id, revision, person };
    let asked = store::asked(tx, id, revision).await?;
    match verdict {
        Verdict::Approved => {
            tx.record(fact).await?;
            if let Ok(approved) = report.approve(&asked, page.frame.now) {
                store::save(tx, approved).await?;
            }
        }
        _ => {
            let moved = report.want_changes(fact, page.frame.now);
            store::save(tx, moved.map_err(|_| AppError::NotNow("asking for changes"))?).await?;
        }
    }
    Ok(())
}

async fn opened(conn: &mut PgConnection, frame: &Frame, token: &str) -> Result<OpenPreview, AppError> {
    store::open_preview(conn, &random::hashed(token), frame.now).await?.ok_or(AppError::Gone)
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    open: OpenPreview,
    token: String,
    fields: Fields,
) -> Result<Preview, AppError> {
    let written = store::system(conn, open.report).await?.ok_or(AppError::Gone)?;
    let granted = feedback::granted(conn, open.consultation).await?;
    let drawn = drawn(&frame, &written, None, &granted);
    Ok(Preview { frame, open, token, stage: written.report.stage, drawn, fields, is_refused: false })
}
