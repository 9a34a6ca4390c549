//! `/consultations/{consultation}/thanks`: a gift is never a condition. What the host wrote about
//! one stands here after a session that was longer than the free minutes, or when somebody asks.

use crate::domain::consultation::Stage;
use crate::domain::id::ConsultationId;
use crate::features::calls::{self, Call};
use crate::features::consultations::{self, Head, Room};
use crate::features::sessions::{self, Session};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "feedback/thanks.html")]
struct Thanks {
    frame: Frame,
    room: Room,
    call: Call,
    session: Session,
    is_asked_for: bool,
}

impl Thanks {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("feedback-thanks-title"), "/thanks")
    }

    fn has_gift(&self) -> bool {
        !self.call.gift_text.trim().is_empty()
    }

    fn is_shown(&self) -> bool {
        self.has_gift() && (self.is_asked_for || self.was_longer())
    }

    fn was_longer(&self) -> bool {
        let planned = self.session.planned_minutes.unwrap_or_default();
        let longest = planned.max(self.session.actual_minutes.unwrap_or_default());
        matches!(self.room.stage(), Stage::Held | Stage::Closed) && longest > self.call.free_minutes
    }
}

/// Shows that nothing is expected.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let call = calls::find(&mut read, room.consultation.call).await?.ok_or(AppError::NotFound)?;
    let session = sessions::session(&mut read, *id).await?;
    let is_asked_for = !frame.asked("show").is_empty();
    show(&Thanks { frame, room, call, session, is_asked_for })
}
