//! `/consultations/{consultation}`: where it stands, the one next step, who takes part.

use crate::domain::access::Act;
use crate::domain::booking::Booking;
use crate::domain::consultation::Stage;
use crate::domain::id::ConsultationId;
use crate::features::applications::{self, Summary};
use crate::features::consultations::{self, Attendant, Cancelled, Head, News, Room};
use crate::features::reports::{self, Awaited};
use crate::features::{bookings, feedback};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "home/consultation.html")]
struct Consultation {
    frame: Frame,
    room: Room,
    people: Vec<Attendant>,
    cancelled: Option<Cancelled>,
    /// What was applied with.
    summary: Option<Summary>,
    booking: Option<Booking>,
    /// The consultation that this one goes on from, where the reader may see it.
    former: Option<Room>,
    /// Whether a guest's own feedback is waited for; nothing where they were not asked yet.
    feedback: Option<bool>,
    /// The version of the report that waits for the reader's word: the next step before any other.
    awaited: Option<Awaited>,
    /// The act that was tried and is not possible any more.
    is_refused: bool,
}

/// The one thing to do next: a sentence, a button, where it leads.
struct Next {
    text: Told,
    label: Told,
    path: String,
}

impl Consultation {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, &self.room.consultation.title, "")
    }

    fn part(&self, person: &Attendant) -> Told {
        self.frame.t(consultations::part_key(person.part))
    }

    fn next(&self) -> Option<Next> {
        let is_host = self.room.part.is_host();
        let next = |text, label, below| {
            Some(Next { text: self.frame.t(text), label: self.frame.t(label), path: self.room.path(below) })
        };
        match self.room.stage() {
            Stage::Preparing => next("home-consultation-next_write", "home-consultation-to_questions", "/questions"),
            Stage::Ready if self.room.may(Act::Book) => {
                next("home-consultation-next_book", "home-consultation-to_times", "/bookings/new")
            }
            Stage::Ready => next("home-consultation-next_ready", "home-consultation-to_questions", "/questions"),
            Stage::Booked => next("home-consultation-next_booked", "home-consultation-to_run", "/run"),
            Stage::InSession => next("home-consultation-next_in_session", "home-consultation-to_run", "/run"),
            Stage::Held | Stage::ResolvedInWriting if is_host => {
                next("home-consultation-next_answers", "home-consultation-to_answers", "/answers")
            }
            Stage::Held | Stage::ResolvedInWriting | Stage::Closed if !is_host && self.may_look_back() => {
                next("home-consultation-next_feedback", "home-consultation-to_feedback", "/feedback")
            }
            Stage::Held | Stage::ResolvedInWriting => {
                next("home-consultation-next_actions", "home-consultation-to_actions", "/actions")
            }
            Stage::NoShow => next("home-consultation-next_no_show", "home-consultation-to_no_show", "/no-show"),
            Stage::Closed if is_host => next("home-consultation-next_report", "home-consultation-to_report", "/report"),
            Stage::Closed | Stage::Cancelled | Stage::Lapsed => None,
        }
    }

    /// Whether the six questions wait for this guest: also where the mail that asks is not sent yet.
    fn may_look_back(&self) -> bool {
        self.feedback.unwrap_or(self.room.stage() != Stage::Closed)
    }

    /// Whether the times stand beside the next step. Who books none looks at them as long as there is none.
    fn shows_times(&self) -> bool {
        match self.room.stage() {
            Stage::Preparing => true,
            stage => stage == Stage::Ready && !self.room.may(Act::Book),
        }
    }

    fn may_cancel(&self) -> bool {
        self.room.stage().takes_writing() && self.room.may(Act::CancelConsultation)
    }

    /// Other pages of what comes after the talk.
    fn afterwards(&self) -> Vec<(Told, String)> {
        let is_over = self.room.stage() == Stage::Closed;
        if !is_over && !matches!(self.room.stage(), Stage::Held | Stage::ResolvedInWriting) {
            return Vec::new();
        }
        let link = |key, below: &str| (self.frame.t(key), self.room.path(below));
        let mut links = vec![
            link("home-consultation-to_follow_ups", "/follow-ups"),
            link("home-consultation-to_actions", "/actions"),
        ];
        match self.room.part.is_host() {
            true => {
                links.push(link("home-consultation-to_report", "/report"));
                if self.room.may(Act::KeepGifts) {
                    links.push(link("home-consultation-to_gifts", "/thanks"));
                }
            }
            false => links.push(link("home-consultation-to_thanks", "/thanks")),
        }
        if is_over && self.room.may(Act::Again) {
            links.push(link("sessions-again-title", "/again"));
        }
        if self.room.part.is_host() && !is_over {
            links.push(link("home-consultation-to_closing", "/closing"));
        }
        let next = self.next().map(|next| next.path);
        links.retain(|(_, path)| next.as_ref() != Some(path));
        links
    }

    fn may_revive(&self) -> bool {
        self.room.stage() == Stage::Lapsed && !self.room.consultation.revived && self.room.may(Act::Revive)
    }

    fn may_let_lapse(&self) -> bool {
        let consultation = self.room.consultation.clone();
        self.room.may(Act::Lapse) && consultation.lapse(Some(self.room.part), self.frame.now).is_ok()
    }
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room) -> Result<Consultation, AppError> {
    let people = consultations::attendants(&mut *conn, room.id()).await?;
    let cancelled = consultations::cancelled(&mut *conn, room.id()).await?;
    let summary = applications::of_consultation(&mut *conn, room.id()).await?;
    let booking = bookings::confirmed(&mut *conn, room.id()).await?;
    let former = match consultations::former_of(&mut *conn, room.id()).await? {
        Some(former) => consultations::for_participant(&mut *conn, former, &frame.asker).await.ok(),
        None => None,
    };
    let feedback = feedback::is_wanted(&mut *conn, room.id(), room.me).await?;
    let awaited = reports::awaited(conn, room.me, frame.now).await?.into_iter().find(|a| a.consultation == room.id());
    let is_refused = false;
    Ok(Consultation { frame, room, people, cancelled, summary, booking, former, feedback, awaited, is_refused })
}

/// Shows where it stands.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room).await?)
}

/// Takes a resting consultation up again, or lets a silent one rest.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let consultation = room.consultation.clone();
    let (moved, news) = match fields.one_of("act", ["lapse", "revive"])? {
        "lapse" => {
            room.require(Act::Lapse)?;
            (consultation.lapse(Some(room.part), frame.now), News::LetRest)
        }
        _ => (consultation.revive(room.turn_ends(room.consultation.turn, frame.now), frame.now), News::TakenUp),
    };
    match moved {
        Ok(moved) => {
            consultations::save(&mut tx, moved).await?;
            consultations::tell(&mut tx, room.id(), room.part.side().other(), news).await?;
            tx.see_other(format!("{}?said=done", room.path(""))).await
        }
        Err(_) => {
            let page = page(&mut tx, frame, room).await?;
            show_with(StatusCode::CONFLICT, &Consultation { is_refused: true, ..page })
        }
    }
}
