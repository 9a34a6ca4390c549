//! Keeps hosts' own calendars true: a confirmed session is written to the one that its host chose,
//! moved there and taken away there. The mail's event and this one have one UID.

use super::event::Texts;
use super::store;
use crate::domain::booking::Booking;
use crate::domain::calendar_object::{Step, Written, step};
use crate::domain::ical;
use crate::domain::id::{BookingId, PersonId};
use crate::features::calendars::{self, Reach};
use crate::features::{consultations, people};
use crate::platform::dav::Place;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Lane, NewJob, Outcome};
use anyhow::anyhow;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A booking changed: everyone's calendar follows who must be there, or has it there.
#[derive(Serialize, Deserialize)]
pub struct WriteOut {
    pub booking: BookingId,
}

impl Job for WriteOut {
    const KIND: &'static str = "bookings.write_out";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let booking = store::system(&mut tx, self.booking).await?;
        let attendants = consultations::attendants(&mut tx, booking.consultation).await?;
        let mut persons: BTreeSet<PersonId> =
            attendants.iter().filter(|a| a.part.is_host() && a.attends).map(|a| a.person).collect();
        persons.extend(calendars::writers_of(&mut tx, self.booking).await?);
        for person in persons {
            tx.enqueue_now(Write { booking: self.booking, person }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// A host chose another calendar: all of their sessions ahead follow.
#[derive(Serialize, Deserialize)]
pub struct WriteAhead {
    pub person: PersonId,
}

impl Job for WriteAhead {
    const KIND: &'static str = "bookings.write_ahead";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let ahead = store::committed(&mut tx, self.person, run.now).await?;
        let mut bookings: BTreeSet<BookingId> = ahead.into_iter().map(|session| session.booking).collect();
        bookings.extend(calendars::written_of(&mut tx, self.person).await?);
        for booking in bookings {
            tx.enqueue_now(Write { booking, person: self.person }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Brings one host's calendar to where a booking stands now. What changed meanwhile is written by
/// another of these, so that the last state is the one that stays.
#[derive(Serialize, Deserialize)]
pub struct Write {
    pub booking: BookingId,
    pub person: PersonId,
}

impl Job for Write {
    const KIND: &'static str = "bookings.write";
    const LANE: Lane = Lane::Outside;
    const MAX_AGE: TimeDelta = TimeDelta::days(7);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some((reach, task)) = self.task(&mut tx, &run).await? else { return Ok(Outcome::DoneWith(tx)) };
        // The place is kept before the server is asked: a process that dies has told where it wrote.
        tx.commit().await?;
        let done = task.act(&reach, &run).await;
        let mut tx = run.begin().await?;
        let reason = match done {
            Ok(place) => {
                self.keep(&mut tx, &reach, task, place).await?;
                return Ok(Outcome::DoneWith(tx));
            }
            Err(reason) => reason,
        };
        calendars::keep_reason(&mut tx, &reach.object, reason).await?;
        tx.commit().await?;
        Err(AppError::Unexpected(anyhow!("a session was not written to a calendar: {}", reason.as_str())))
    }
}

/// What is to be done at the server.
enum Task {
    Put { booking: Booking, text: String },
    Remove,
}

impl Task {
    /// Gives where the session is then, if anywhere.
    async fn act(&self, reach: &Reach, run: &JobRun) -> Result<Option<Place>, calendars::Reason> {
        match self {
            Task::Put { text, .. } => reach.put(&run.platform, text.clone()).await.map(Some),
            Task::Remove => reach.remove(&run.platform).await.map(|()| None),
        }
    }
}

impl Write {
    async fn step(&self, tx: &mut Tx, run: &JobRun) -> Result<(Booking, Step), AppError> {
        let booking = store::system(&mut *tx, self.booking).await?;
        let people = consultations::attendants(&mut *tx, booking.consultation).await?;
        let attends = people.iter().any(|a| a.person == self.person && a.part.is_host() && a.attends);
        let object = calendars::object(&mut *tx, self.booking, self.person).await?;
        let written = object.map(|object| Written {
            sequence: object.written.map(|(sequence, _)| sequence),
            is_in_target: object.is_in_target,
        });
        let has_target = calendars::has_target(tx, self.person).await?;
        let step = step(&booking, attends, written, has_target, run.now);
        Ok((booking, step))
    }

    async fn task(&self, tx: &mut Tx, run: &JobRun) -> Result<Option<(Reach, Task)>, AppError> {
        let (booking, step) = self.step(tx, run).await?;
        let task = match step {
            Step::Nothing => return Ok(None),
            Step::Remove => Task::Remove,
            Step::Make | Step::Put => {
                if step == Step::Make {
                    calendars::make(tx, self.booking, self.person, &booking.uid).await?;
                }
                Task::Put { text: self.text(tx, run, &booking).await?, booking }
            }
        };
        let reach = Reach::of(tx, &run.platform, self.booking, self.person).await?;
        Ok(reach.map(|reach| (reach, task)))
    }

    async fn text(&self, tx: &mut Tx, run: &JobRun, booking: &Booking) -> Result<String, AppError> {
        let receiver = people::receiver(&mut *tx, self.person).await?;
        let consultation = consultations::system(&mut *tx, booking.consultation).await?;
        let people = consultations::attendants(tx, booking.consultation).await?;
        let texts = Texts::of(&run.platform, receiver.speech, booking, &consultation.title, &people);
        Ok(ical::object(&texts.event(run.now, &receiver.name, receiver.address.as_str())))
    }

    async fn keep(&self, tx: &mut Tx, reach: &Reach, task: Task, place: Option<Place>) -> Result<(), AppError> {
        match (task, place) {
            (Task::Put { booking, .. }, Some(place)) => {
                calendars::put_down(&mut *tx, &reach.object, &place, (booking.sequence, booking.starts_at)).await?;
            }
            _ => calendars::take_off(&mut *tx, self.booking, self.person).await?,
        }
        tx.enqueue(NewJob::now(Write { booking: self.booking, person: self.person })).await
    }
}
