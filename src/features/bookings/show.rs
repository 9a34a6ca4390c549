//! `/bookings/{booking}`: when, how long, where, with whom; into one's calendar, move, give back.

use super::bearer::Bearer;
use super::event;
use super::new::Query;
use super::store;
use crate::domain::access::Act;
use crate::domain::booking::Stage;
use crate::domain::calendar_object::Strayed;
use crate::domain::consultation::Side;
use crate::domain::ical;
use crate::domain::id::BookingId;
use crate::features::{calendars, calls};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;
use chrono::NaiveDateTime;
use chrono_tz::Tz;

#[derive(Template)]
#[template(path = "bookings/show.html")]
struct Show {
    frame: Frame,
    bearer: Bearer,
    call_title: String,
    host_zone: Tz,
    /// The clock that was meant, where a law moved it since.
    meant: Option<NaiveDateTime>,
    said: store::Said,
    google: String,
    outlook: String,
    /// The session in the host's own calendar.
    object: Option<calendars::Object>,
}

impl Show {
    fn is_confirmed(&self) -> bool {
        self.bearer.booking.stage == Stage::Confirmed
    }

    fn waits(&self) -> bool {
        self.bearer.waits(self.frame.now)
    }

    fn is_offer(&self) -> bool {
        self.bearer.booking.answered_by() == Some(Side::Guest)
    }

    fn may_confirm(&self) -> bool {
        self.waits() && super::confirmation::may_answer(&self.bearer)
    }

    fn may_page(&self) -> bool {
        super::paging::is_possible(&self.bearer, self.frame.now)
    }

    /// Whether it was held and nobody took it.
    fn is_over(&self) -> bool {
        self.bearer.booking.held.is_some() && !self.is_confirmed() && !self.waits()
    }

    fn may_move(&self) -> bool {
        self.bearer.may_move(self.frame.now) && self.bearer.may(Act::Move)
    }

    fn host_time(&self) -> Option<String> {
        let differs = self.host_zone != self.frame.speech.zone;
        let host = self.frame.speech.in_zone(self.host_zone);
        differs.then(|| host.span(self.bearer.booking.starts_at, self.bearer.booking.ends_at))
    }

    fn is_link(&self) -> bool {
        self.bearer.booking.meeting_place.starts_with("https://")
            || self.bearer.booking.meeting_place.starts_with("http://")
    }

    /// What became of it in the host's own calendar, while that matters.
    fn in_calendar(&self) -> Option<&calendars::Object> {
        self.object.as_ref().filter(|_| self.is_confirmed() && self.bearer.booking.is_ahead(self.frame.now))
    }

    /// Whether it is there already, so that nobody has to add it.
    fn is_written(&self) -> bool {
        self.in_calendar().is_some_and(|object| object.written.is_some() && object.strayed.is_none())
    }

    fn is_missing(&self, object: &calendars::Object) -> bool {
        object.strayed == Some(Strayed::Missing)
    }

    fn part(&self, person: &crate::features::consultations::Attendant) -> crate::platform::i18n::Told {
        self.frame.t(crate::features::consultations::part_key(person.part))
    }
}

/// Shows the booking.
pub async fn get(frame: Frame, id: Path<BookingId>) -> Answer {
    let mut read = frame.read().await?;
    let bearer = Bearer::of(&mut read, *id, &frame, &Query::of(&frame).key).await?;
    let frame = bearer.framed(frame);
    let call_title = calls::find(&mut read, bearer.booking.call).await?.ok_or(AppError::NotFound)?.title;
    let meant = store::meant(&mut read, *id).await?;
    let (host_zone, meant) = (meant.zone, meant.differs(bearer.booking.starts_at));
    let said = store::said(&mut read, *id).await?;
    let texts =
        event::Texts::of(&frame.platform, frame.speech, &bearer.booking, &bearer.consultation.title, &bearer.people);
    let drawn = texts.event(frame.now, &bearer.me.name, "");
    let (google, outlook) = (ical::google_link(&drawn), ical::outlook_link(&drawn));
    let object = match bearer.me.part.is_host() {
        true => calendars::object(&mut read, *id, bearer.me.person).await?,
        false => None,
    };
    show(&Show { frame, bearer, call_title, host_zone, meant, said, google, outlook, object })
}
