//! `/consultations/{consultation}/thanks`: a gift is never a condition. What the host wrote about
//! one stands here after a session that was longer than the free minutes, or when somebody asks. The
//! host alone notes here what came, and whether they said thanks.

use super::store::{self, Noted};
use crate::domain::access::Act;
use crate::domain::consultation::Stage;
use crate::domain::gift::{self, Gift};
use crate::domain::id::{ConsultationId, GiftId};
use crate::domain::text::Line;
use crate::features::calls::{self, Call};
use crate::features::consultations::{self, Head, Room};
use crate::features::sessions::{self, Session};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "feedback/thanks.html")]
struct Thanks {
    frame: Frame,
    room: Room,
    call: Call,
    session: Session,
    is_asked_for: bool,
    /// What the host noted: nothing for anybody else.
    gifts: Vec<Noted>,
    fields: Fields,
    is_refused: bool,
}

impl Thanks {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("feedback-thanks-title"), "/thanks")
    }

    fn has_gift(&self) -> bool {
        self.has_words() || self.call.gift_url.is_some()
    }

    fn has_words(&self) -> bool {
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

    fn keeps_gifts(&self) -> bool {
        self.room.may(Act::KeepGifts)
    }
}

/// Shows that nothing is expected.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room, Fields::default()).await?)
}

/// The host notes a gift, or that they said thanks for one.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::KeepGifts)?;
    match fields.value("act") {
        "record" => record(frame, tx, room, fields).await,
        "thank" => thank(frame, tx, room, fields).await,
        _ => Err(AppError::Unprocessable("a gift is recorded or thanked for")),
    }
}

async fn record(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    let Some(what) = fields.required::<Line<300>>("what") else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&mut tx, frame, room, fields).await?);
    };
    let none = Gift { id: random::id(), stage: gift::Stage::None };
    let recorded = none.record().ok_or(AppError::NotNow("record a gift"))?;
    store::record_gift(&mut tx, recorded, room.me, room.id(), what.as_str()).await?;
    tx.see_other(format!("{}?said=saved", room.path("/thanks"))).await
}

async fn thank(frame: Frame, mut tx: Tx, room: Room, fields: Fields) -> Answer {
    let id: GiftId = fields.value("gift").parse().map_err(|_| AppError::NotFound)?;
    let gifts = store::gifts_here(&mut tx, room.me, room.id()).await?;
    let noted = gifts.into_iter().find(|noted| noted.gift.id == id).ok_or(AppError::NotFound)?;
    let Some(thanked) = noted.gift.thank() else {
        let page = page(&mut tx, frame, room, fields).await?;
        return show_with(StatusCode::CONFLICT, &Thanks { is_refused: true, ..page });
    };
    store::save_gift(&mut tx, thanked).await?;
    tx.see_other(format!("{}?said=saved", room.path("/thanks"))).await
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<Thanks, AppError> {
    let call = calls::find(conn, room.consultation.call).await?.ok_or(AppError::NotFound)?;
    let session = sessions::session(conn, room.id()).await?;
    let gifts = match room.may(Act::KeepGifts) {
        true => store::gifts_here(conn, room.me, room.id()).await?,
        false => Vec::new(),
    };
    let is_asked_for = !frame.asked("show").is_empty();
    Ok(Thanks { frame, room, call, session, is_asked_for, gifts, fields, is_refused: false })
}
