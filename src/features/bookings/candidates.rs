//! `/consultations/{consultation}/bookings/candidates`: 候補日時. Either side proposes three to five
//! times, each held for the other side, who picks one; the rest is free again in the same transaction.

use super::grid::{Asked, Grid, chosen};
use super::new::{Query, locked_picture};
use super::rules::{Picture, takes_times};
use super::store;
use crate::domain::access::Act;
use crate::domain::booking::{Booking, CANDIDATES, Held, Hold};
use crate::domain::consultation::{Consultation, Side};
use crate::domain::fact::Fact;
use crate::domain::id::{BookingId, ConsultationId, PersonId};
use crate::domain::slot::Slot;
use crate::features::consultations::{self, Attendant, Head, Room};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many};
use crate::platform::i18n::Message;
use crate::platform::jobs::NewJob;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

#[derive(Template)]
#[template(path = "bookings/candidates.html")]
struct Candidates {
    frame: Frame,
    room: Room,
    grid: Grid,
    /// Times that are held and not over, in order.
    held: Vec<Booking>,
    /// The side that proposed them.
    by: Side,
    host_zone: Tz,
    /// The booking that would move.
    booked: Option<Booking>,
    fields: Fields,
}

impl Candidates {
    fn head(&self) -> Head<'_> {
        let title = if self.held.is_empty() { "bookings-candidates-title" } else { "bookings-candidates-held" };
        Head::new(&self.frame, &self.room, self.frame.t(title), "/bookings/candidates")
    }

    fn is_possible(&self) -> bool {
        is_possible(&self.room)
    }

    /// Whether the reader is the one who picks.
    fn is_mine_to_pick(&self) -> bool {
        self.room.part.side() != self.by
    }

    /// The first of their ends.
    fn until(&self) -> Option<DateTime<Utc>> {
        self.held.iter().filter_map(|b| b.held).map(|held| held.until).min()
    }

    fn host_time(&self, booking: &Booking) -> Option<String> {
        let host = self.frame.speech.in_zone(self.host_zone);
        (self.host_zone != self.frame.speech.zone).then(|| host.span(booking.starts_at, booking.ends_at))
    }

    /// The proposal as people send it by other ways: a time a line, both clocks, a link each.
    fn letter(&self) -> String {
        let speech = self.frame.speech;
        let mut lines = vec![
            speech.t("bookings-candidates-letter_begin").saying("title", &self.room.consultation.title).to_string(),
        ];
        for (n, booking) in self.held.iter().enumerate() {
            lines.push(String::new());
            lines.push(format!("{}. {}", n + 1, speech.span_with_offset(booking.starts_at, booking.ends_at)));
            if self.host_zone != speech.zone {
                let host = speech.in_zone(self.host_zone).span_with_offset(booking.starts_at, booking.ends_at);
                lines.push(format!("   {}", speech.t("bookings-candidates-letter_host").saying("span", host)));
            }
            let path = format!("{}?pick={}", self.room.path("/bookings/candidates"), booking.id);
            lines.push(format!("   {}", self.frame.platform.config.url(&path)));
        }
        if let Some(until) = self.until() {
            lines.push(String::new());
            lines.push(speech.t("bookings-candidates-letter_end").saying("until", speech.moment(until)).to_string());
        }
        lines.join("\n")
    }

    fn is_picked(&self, booking: &Booking) -> bool {
        let asked = self.frame.asked("pick");
        self.fields.value("pick") == booking.id.to_string() || asked == booking.id.to_string()
    }

    fn most(&self) -> usize {
        *CANDIDATES.end()
    }
}

fn is_possible(room: &Room) -> bool {
    takes_times(room.stage())
}

/// Which side a person is on.
fn side_of(people: &[Attendant], person: PersonId) -> Side {
    people.iter().find(|a| a.person == person).map_or(Side::Guest, |a| a.part.side())
}

async fn page(frame: Frame, id: ConsultationId, query: Query, fields: Fields) -> Result<Candidates, AppError> {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, id, &frame.asker).await?;
    room.require(Act::Book)?;
    let booked = store::confirmed(&mut read, id).await?;
    // The booked time stays until a candidate is picked, so it stands in their way.
    let picture = Picture::of(&mut read, &room.consultation, None, frame.now).await?;
    let (held, by) = proposed(&mut read, &room, frame.now).await?;
    let wished = booked.as_ref().map_or(room.consultation.wished_minutes, |b| b.minutes);
    let minutes = query.minutes.filter(|m| picture.durations.contains(m));
    let minutes = minutes.or(picture.durations.iter().copied().find(|m| *m == wished));
    let minutes = minutes.or(picture.durations.last().copied()).unwrap_or(wished);
    let slots = picture.holdable(minutes, Hold::Candidate);
    let asked = Asked {
        path: room.path("/bookings/candidates"),
        minutes,
        from: query.from,
        chosen: chosen(&fields),
        books: None,
        elsewhere: store::elsewhere(&mut read, room.me, id, frame.now).await?,
    };
    let grid = Grid::new(&frame, &picture, &slots, asked).with_several();
    Ok(Candidates { host_zone: picture.zone(), frame, room, grid, held, by, booked, fields })
}

/// The live proposal of a consultation and the side that made it.
async fn proposed(
    conn: &mut sqlx::PgConnection,
    room: &Room,
    now: DateTime<Utc>,
) -> Result<(Vec<Booking>, Side), AppError> {
    let mut holds = store::holds(&mut *conn, room.id(), now).await?;
    holds.retain(|(booking, _)| booking.held.is_some_and(|held| held.hold == Hold::Candidate));
    let Some((_, by)) = holds.first() else { return Ok((Vec::new(), room.part.side())) };
    let by = side_of(&consultations::attendants(conn, room.id()).await?, *by);
    Ok((holds.into_iter().map(|(booking, _)| booking).collect(), by))
}

/// Shows what is proposed, and times to propose.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let query = Query::of(&frame);
    show(&page(frame, *id, query, Fields::default()).await?)
}

/// Proposes, picks, or takes a proposal back.
pub async fn post(frame: Frame, id: Path<ConsultationId>, Many(mut fields): Many) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::Book)?;
    let refused = match is_possible(&room) {
        false => Err((StatusCode::CONFLICT, "start", Message::new("bookings-candidates-not_now"))),
        true => match fields.one_of("act", ["", "pick", "withdraw", "propose"])? {
            "pick" => pick(&mut tx, &room, fields.value("pick").parse().ok()).await?,
            "withdraw" => withdraw(&mut tx, &room).await?,
            _ => propose(&mut tx, &room, &mut fields).await?,
        },
    };
    match refused {
        Ok(location) => tx.see_other(location).await,
        Err((status, field, message)) => {
            drop(tx);
            fields.refuse(field, message);
            let query = Query { minutes: fields.value("minutes").parse().ok(), from: None, key: String::new() };
            show_with(status, &page(frame, *id, query, fields).await?)
        }
    }
}

/// Where to go on, or what to refuse.
type Done = Result<Result<String, (StatusCode, &'static str, Message)>, AppError>;

async fn propose(tx: &mut Tx, room: &Room, fields: &mut Fields) -> Done {
    let wrong = |key| Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, "start", Message::new(key))));
    let mut starts = chosen(fields);
    starts.sort_unstable();
    starts.dedup();
    let sent = fields.values("start").count();
    let picture = locked_picture(tx, room, None).await?;
    let minutes = fields.value("minutes").parse().ok().filter(|m| picture.durations.contains(m));
    let Some(minutes) = minutes.filter(|_| sent == starts.len()) else { return wrong("bookings-new-unreadable") };
    if !CANDIDATES.contains(&starts.len()) {
        return wrong("bookings-candidates-how_many");
    }
    let slots: Vec<_> = starts.iter().filter_map(|start| picture.find(minutes, *start)).collect();
    if slots.len() < starts.len() {
        return Ok(Err((StatusCode::CONFLICT, "start", Message::new("bookings-new-taken"))));
    }
    if slots.windows(2).any(|pair| pair[1].start() < pair[0].end()) {
        return wrong("bookings-candidates-overlap");
    }
    let proposal = Proposal {
        consultation: &room.consultation,
        meeting_place: &room.meeting_place,
        by: room.me,
        fact: Fact::TimesProposed { consultation: room.id() },
    };
    match hold_all(tx, &picture, proposal, &slots).await? {
        Ok(()) => Ok(Ok(format!("{}?said=sent", room.path("/bookings/candidates")))),
        Err(Taken) => Ok(Err((StatusCode::CONFLICT, "start", Message::new("bookings-new-taken")))),
    }
}

/// For whom times are held, and what is told about it.
pub(super) struct Proposal<'a> {
    pub consultation: &'a Consultation,
    pub meeting_place: &'a str,
    pub by: PersonId,
    pub fact: Fact,
}

/// Somebody was faster.
pub(super) struct Taken;

/// Holds these times for the other side in place of all that was held before.
pub(super) async fn hold_all(
    tx: &mut Tx,
    picture: &Picture,
    proposal: Proposal<'_>,
    slots: &[Slot],
) -> Result<Result<(), Taken>, AppError> {
    let (now, instance) = (tx.now(), tx.platform().config.instance().to_owned());
    let Consultation { id, call, .. } = *proposal.consultation;
    store::release_holds(tx, id).await?;
    for slot in slots {
        let until = Hold::Candidate.until(slot.start(), picture.notice(), now);
        let Some(until) = until else { return Ok(Err(Taken)) };
        let place = proposal.meeting_place.to_owned();
        let made = Booking::confirm(random::id(), id, call, *slot, place, &instance).0;
        let made = made.held(Held { hold: Hold::Candidate, until });
        let inserted = store::insert(tx, made, picture.own(), &picture.attending, proposal.by).await?;
        let Ok(booking) = inserted else { return Ok(Err(Taken)) };
        tx.enqueue(NewJob::at(super::holds::HoldEnds { booking: booking.id }, until)).await?;
    }
    tx.record(proposal.fact).await?;
    Ok(Ok(()))
}

async fn pick(tx: &mut Tx, room: &Room, picked: Option<BookingId>) -> Done {
    let now = tx.now();
    let picture = locked_picture(tx, room, None).await?;
    let (held, by) = proposed(tx, room, now).await?;
    let Some(candidate) = held.iter().find(|b| Some(b.id) == picked).cloned() else {
        let key = if picked.is_some() { "bookings-candidates-over" } else { "bookings-candidates-choose" };
        let status = if picked.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        return Ok(Err((status, "start", Message::new(key))));
    };
    if by == room.part.side() {
        return Err(AppError::NotAllowed);
    }
    let taken = super::holds::take(tx, &room.consultation, &picture, candidate).await?;
    let Ok(booking) = taken else {
        return Ok(Err((StatusCode::CONFLICT, "start", Message::new("bookings-candidates-over"))));
    };
    Ok(Ok(format!("/bookings/{}?said=done", booking.id)))
}

async fn withdraw(tx: &mut Tx, room: &Room) -> Done {
    let now = tx.now();
    let (held, by) = proposed(tx, room, now).await?;
    let refusal = match held.is_empty() {
        true => Some("bookings-candidates-none_held"),
        false => (by != room.part.side()).then_some("bookings-candidates-theirs"),
    };
    if let Some(key) = refusal {
        return Ok(Err((StatusCode::CONFLICT, "start", Message::new(key))));
    }
    store::release_holds(tx, room.id()).await?;
    Ok(Ok(format!("{}?said=done", room.path("/bookings/candidates"))))
}
