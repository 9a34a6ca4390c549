//! `/bookings/{booking}/event.ics`, and the event as mails carry it: for one attendee, in their words.

use super::bearer::Bearer;
use super::new::Query;
use crate::domain::booking::{Booking, Stage};
use crate::domain::ical::{self, Address, Event, Method};
use crate::domain::id::BookingId;
use crate::features::consultations::Attendant;
use crate::features::people;
use crate::platform::Platform;
use crate::platform::error::{Answer, AppError};
use crate::platform::i18n::Speech;
use crate::platform::page::Frame;
use actix_web::HttpResponse;
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::Path;
use chrono::{DateTime, Utc};

/// The texts that an event borrows.
pub struct Texts<'a> {
    booking: &'a Booking,
    summary: String,
    description: String,
    url: String,
    organizer: String,
}

impl<'a> Texts<'a> {
    /// Title, the others by name where they are told, and the page, in the attendee's language.
    pub fn of(platform: &Platform, speech: Speech, booking: &'a Booking, title: &str, people: &[Attendant]) -> Self {
        let names = people.iter().filter(|p| p.attends).map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ");
        let url = platform.config.url(&format!("/bookings/{}", booking.id));
        Self {
            booking,
            summary: speech.t("bookings-event-summary").saying("title", title).to_string(),
            description: match names.is_empty() {
                true => format!("{title}\n{url}"),
                false => format!("{title}\n{}\n{url}", speech.t("bookings-event-with").saying("names", names)),
            },
            organizer: platform.config.mail.from().as_str().to_owned(),
            url,
        }
    }

    /// The event for one attendee.
    pub fn event<'b>(&'b self, stamp: DateTime<Utc>, name: &'b str, email: &'b str) -> Event<'b> {
        Event {
            uid: &self.booking.uid,
            sequence: self.booking.sequence,
            stamp,
            start: self.booking.starts_at,
            end: self.booking.ends_at,
            summary: &self.summary,
            description: &self.description,
            location: &self.booking.meeting_place,
            url: &self.url,
            organizer: Address { email: &self.organizer, name: "Kabeuchi" },
            attendee: Address { email, name },
        }
    }
}

/// The event as a file.
pub async fn get(frame: Frame, id: Path<BookingId>) -> Answer {
    let mut read = frame.read().await?;
    let bearer = Bearer::of(&mut read, *id, &frame, &Query::of(&frame).key).await?;
    if bearer.booking.stage != Stage::Confirmed {
        return Err(AppError::Gone);
    }
    let receiver = people::receiver(&mut read, bearer.me.person).await?;
    let texts =
        Texts::of(&frame.platform, receiver.speech, &bearer.booking, &bearer.consultation.title, &bearer.people);
    let text = ical::calendar(Method::Request, &texts.event(frame.now, &receiver.name, receiver.address.as_str()));
    let name = DispositionParam::Filename("kabeuchi.ics".to_owned());
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8; method=REQUEST")
        .insert_header(ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![name] })
        .body(text))
}
