//! `/consultations/{consultation}/no-show`: one side did not come. Said by hand, private, and open to a
//! second chance.

use super::store::{self, Said, Session};
use crate::domain::access::Act;
use crate::domain::booking::Booking;
use crate::domain::consultation::{Side, Stage};
use crate::domain::fact::Fact;
use crate::domain::id::ConsultationId;
use crate::domain::session::{ABSENT_AFTER, CONTESTABLE_FOR};
use crate::domain::text::Text;
use crate::features::bookings;
use crate::features::consultations::{self, Head, News, Room};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};

#[derive(Template)]
#[template(path = "sessions/no_show.html")]
struct NoShow {
    frame: Frame,
    room: Room,
    booking: Option<Booking>,
    session: Session,
    said: Option<Said>,
    fields: Fields,
}

impl NoShow {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("sessions-no_show-title"), "/no-show")
    }

    fn may_mark(&self) -> bool {
        let late = self.booking.as_ref().is_some_and(|b| self.frame.now >= b.starts_at + ABSENT_AFTER);
        self.room.stage() == Stage::Booked && late && self.room.may(Act::MarkNoShow)
    }

    fn is_marked(&self) -> bool {
        self.room.stage() == Stage::NoShow
    }

    /// Whether the reader's side was there.
    fn was_there(&self) -> bool {
        was_there(&self.room, &self.session)
    }

    /// Whether the reader's side is said to have been absent and may still say otherwise, whatever
    /// became of the consultation since.
    fn may_contest(&self) -> bool {
        may_contest(&self.room, self.said.as_ref(), self.frame.now) && self.room.may(Act::MarkNoShow)
    }
}

fn was_there(room: &Room, session: &Session) -> bool {
    session.absent_side.is_some_and(|side| side != room.part.side())
}

fn may_contest(room: &Room, said: Option<&Said>, now: DateTime<Utc>) -> bool {
    said.is_some_and(|said| {
        said.absent == room.part.side() && said.contested_at.is_none() && now < said.at + CONTESTABLE_FOR
    })
}

async fn page(conn: &mut sqlx::PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<NoShow, AppError> {
    let booking = bookings::confirmed(&mut *conn, room.id()).await?;
    let session = store::session(&mut *conn, room.id()).await?;
    let said = store::said(conn, room.id()).await?;
    Ok(NoShow { frame, room, booking, session, said, fields })
}

/// Shows what was said, or what can be.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room, Fields::default()).await?)
}

/// Says who did not come; gives a second chance; closes.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::MarkNoShow)?;
    match fields.one_of("act", ["", "mark", "second_chance", "close", "contest"])? {
        "second_chance" => second_chance(frame, tx, room, fields).await,
        "close" => close(frame, tx, room, fields).await,
        "contest" => contest(frame, tx, room, fields).await,
        _ => mark(frame, tx, room, fields).await,
    }
}

async fn mark(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    let Some(side) = Side::parse(fields.value("absent")) else {
        fields.refuse("absent", Message::new("field-choice"));
        return refused(frame, tx, room, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let booking = bookings::confirmed(&mut tx, room.id()).await?;
    let is_late = booking.is_some_and(|b| frame.now >= b.starts_at + ABSENT_AFTER);
    let moved = room.consultation.clone().mark_no_show(frame.now);
    let (Ok(moved), true) = (moved, is_late) else {
        return not_now(frame, tx, room, fields, "sessions-no_show-not_now").await;
    };
    store::set_absent(&mut tx, room.id(), Some(side), Some(room.me)).await?;
    store::say(&mut tx, room.id(), side, room.me).await?;
    consultations::save(&mut tx, moved).await?;
    tx.see_other(format!("{}?said=saved", room.path("/no-show"))).await
}

async fn contest(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    let said = store::said(&mut tx, room.id()).await?;
    if !may_contest(&room, said.as_ref(), frame.now) {
        return not_now(frame, tx, room, fields, "sessions-no_show-contest_over").await;
    }
    let Some(words) = fields.required::<Text<1000>>("words") else {
        return refused(frame, tx, room, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if store::contest(&mut tx, room.id(), room.me, words.as_str()).await? {
        tx.record(Fact::NoShowContested { consultation: room.id() }).await?;
    }
    tx.see_other(format!("{}?said=saved", room.path("/no-show"))).await
}

async fn second_chance(frame: Frame, mut tx: Tx, room: Room, fields: Fields) -> Answer {
    let session = store::session(&mut tx, room.id()).await?;
    let moved = room.consultation.clone().give_second_chance(frame.now);
    let (Ok(moved), true) = (moved, was_there(&room, &session)) else {
        return not_now(frame, tx, room, fields, "sessions-run-not_now").await;
    };
    bookings::let_go(&mut tx, room.id()).await?;
    store::set_absent(&mut tx, room.id(), None, None).await?;
    consultations::save(&mut tx, moved).await?;
    consultations::tell(&mut tx, room.id(), room.part.side().other(), News::SecondChance).await?;
    tx.see_other(format!("{}?said=done", room.path(""))).await
}

async fn close(frame: Frame, mut tx: Tx, room: Room, fields: Fields) -> Answer {
    let session = store::session(&mut tx, room.id()).await?;
    let is_missed = room.stage() == Stage::NoShow && was_there(&room, &session);
    let (Ok(moved), true) = (room.consultation.clone().close(0, frame.now), is_missed) else {
        return not_now(frame, tx, room, fields, "sessions-run-not_now").await;
    };
    consultations::save(&mut tx, moved).await?;
    tx.see_other(format!("{}?said=done", room.path(""))).await
}

async fn not_now(frame: Frame, tx: Tx, room: Room, mut fields: Fields, key: &'static str) -> Answer {
    fields.refuse("absent", Message::new(key));
    refused(frame, tx, room, fields, StatusCode::CONFLICT).await
}

async fn refused(frame: Frame, mut tx: Tx, room: Room, fields: Fields, status: StatusCode) -> Answer {
    let page = page(&mut tx, frame, room, fields).await?;
    show_with(status, &page)
}
