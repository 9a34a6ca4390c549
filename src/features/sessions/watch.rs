//! What time does to sessions: one that nobody ended ends, one that nobody mentions is asked about
//! and then counts as held, a missed one is closed.

use super::{store, table};
use crate::domain::access::{Act, may};
use crate::domain::consultation::{Consultation, Side, Stage};
use crate::domain::id::{BookingId, ConsultationId, PersonId};
use crate::domain::notice::Topic;
use crate::domain::session::{ASKED_ON_DAYS, ENDS_AFTER, HELD_ON_DAY, MISSED_CLOSES_ON_DAY};
use crate::features::{bookings, consultations, people};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::Mail;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Looks after a booked time whether it was talked at: plans its own returns, by the time that is
/// booked then.
#[derive(Serialize, Deserialize)]
pub struct Watch {
    pub consultation: ConsultationId,
    pub booking: BookingId,
    /// The planned end that this look belongs to; `None` plans the looks.
    pub ends_at: Option<DateTime<Utc>>,
    pub day: i64,
}

impl Job for Watch {
    const KIND: &'static str = "sessions.watch";
    const MAX_AGE: TimeDelta = TimeDelta::days(250);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        consultations::lock(&mut tx, self.consultation).await?;
        let booking = bookings::confirmed(&mut tx, self.consultation).await?.filter(|b| b.id == self.booking);
        let Some(booking) = booking else { return Ok(Outcome::Done) };
        let Some(ends_at) = self.ends_at else {
            let ends_at = booking.ends_at;
            for day in ASKED_ON_DAYS.into_iter().chain([HELD_ON_DAY]) {
                let look = Watch { ends_at: Some(ends_at), day, ..self };
                tx.enqueue(NewJob::at(look, ends_at + TimeDelta::days(day))).await?;
            }
            return Ok(Outcome::DoneWith(tx));
        };
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        if consultation.stage != Stage::Booked || booking.ends_at != ends_at {
            return Ok(Outcome::Done);
        }
        match self.day {
            HELD_ON_DAY => {
                if let Ok(moved) = consultation.hold(run.now) {
                    consultations::save(&mut tx, moved).await?;
                    let (start, minutes) = (Some(booking.starts_at), Some(booking.minutes));
                    store::set_times(&mut tx, self.consultation, minutes, start, Some(booking.ends_at), None).await?;
                }
            }
            day => {
                let can_tell = |a: &consultations::Attendant| may(a.part, Act::MarkNoShow);
                for attendant in
                    consultations::attendants(&mut tx, self.consultation).await?.into_iter().filter(can_tell)
                {
                    let mail = DidYouTalkMail { consultation: self.consultation, day, to: attendant.person };
                    tx.enqueue_now(mail).await?;
                }
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Ends a session that nobody ended.
#[derive(Serialize, Deserialize)]
pub struct StillTalking {
    pub consultation: ConsultationId,
    /// The start that this belongs to; `None` plans the end.
    pub started_at: Option<DateTime<Utc>>,
}

impl Job for StillTalking {
    const KIND: &'static str = "sessions.still_talking";
    const MAX_AGE: TimeDelta = TimeDelta::days(30);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        consultations::lock(&mut tx, self.consultation).await?;
        let session = store::session(&mut tx, self.consultation).await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let (Some(started_at), Stage::InSession) = (session.started_at, consultation.stage) else {
            return Ok(Outcome::Done);
        };
        if self.started_at.is_none() {
            let booking = bookings::confirmed(&mut tx, self.consultation).await?;
            let end = booking.map_or(started_at + TimeDelta::hours(1), |b| b.ends_at.max(started_at)) + ENDS_AFTER;
            tx.enqueue(NewJob::at(Self { started_at: Some(started_at), ..self }, end)).await?;
        } else if self.started_at == Some(started_at) {
            hold(&mut tx, consultation, started_at).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

async fn hold(tx: &mut Tx, consultation: Consultation, started_at: DateTime<Utc>) -> Result<(), AppError> {
    let (id, now) = (consultation.id, tx.now());
    if let Ok(moved) = consultation.hold(now) {
        table::end_running(tx, id).await?;
        consultations::save(tx, moved).await?;
        store::set_times(tx, id, None, Some(started_at), Some(now), None).await?;
    }
    Ok(())
}

/// Tells everyone that somebody was missed, and closes it when nobody gives a second chance.
#[derive(Serialize, Deserialize)]
pub struct MissedEnds {
    pub consultation: ConsultationId,
    /// The mark that this belongs to; `None` tells and plans the end.
    pub since: Option<DateTime<Utc>>,
}

impl Job for MissedEnds {
    const KIND: &'static str = "sessions.missed_ends";
    const MAX_AGE: TimeDelta = TimeDelta::days(60);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        consultations::lock(&mut tx, self.consultation).await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        if consultation.stage != Stage::NoShow {
            return Ok(Outcome::Done);
        }
        let since = consultation.stage_since;
        if self.since.is_none() {
            for attendant in consultations::attendants(&mut tx, self.consultation).await? {
                tx.enqueue_now(MissedMail { consultation: self.consultation, to: attendant.person }).await?;
            }
            let end = since + TimeDelta::days(MISSED_CLOSES_ON_DAY);
            tx.enqueue(NewJob::at(Self { since: Some(since), ..self }, end)).await?;
        } else if self.since == Some(since)
            && let Ok(moved) = consultation.close(0, run.now)
        {
            consultations::save(&mut tx, moved).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Asks one person whether they talked.
#[derive(Serialize, Deserialize)]
pub struct DidYouTalkMail {
    pub consultation: ConsultationId,
    pub day: i64,
    pub to: PersonId,
}

impl Job for DidYouTalkMail {
    const KIND: &'static str = "sessions.did_you_talk_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        if consultation.stage != Stage::Booked {
            return Ok(Outcome::Done);
        }
        if !consultations::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let title = &consultation.title;
        let mail = Mail::to(&receiver, speech.t("sessions-mail-did_you_talk-subject").saying("title", title))
            .line(speech.t("sessions-mail-did_you_talk-text").saying("title", title))
            .action(
                speech.t("sessions-mail-open"),
                run.platform.config.url(&format!("/consultations/{}/run", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail.about(Topic::Turn))))
    }
}

/// Tells one person that somebody was missed.
#[derive(Serialize, Deserialize)]
pub struct MissedMail {
    pub consultation: ConsultationId,
    pub to: PersonId,
}

impl Job for MissedMail {
    const KIND: &'static str = "sessions.missed_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = consultations::system(&mut tx, self.consultation).await?;
        let absent = store::session(&mut tx, self.consultation).await?.absent_side;
        let (Stage::NoShow, Some(absent)) = (consultation.stage, absent) else { return Ok(Outcome::Done) };
        let people = consultations::attendants(&mut tx, self.consultation).await?;
        let side = people.iter().find(|p| p.person == self.to).map_or(Side::Guest, |p| p.part.side());
        let text = match side == absent {
            true => "sessions-mail-missed-text_absent",
            false => "sessions-mail-missed-text_present",
        };
        if !consultations::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let title = &consultation.title;
        let mail = Mail::to(&receiver, speech.t("sessions-mail-missed-subject").saying("title", title))
            .line(speech.t(text).saying("title", title))
            .action(
                speech.t("sessions-mail-open"),
                run.platform.config.url(&format!("/consultations/{}/no-show", self.consultation)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}

/// Tells the side that was there what the other says of a missed time.
#[derive(Serialize, Deserialize)]
pub struct ContestedMails {
    pub consultation: ConsultationId,
}

impl Job for ContestedMails {
    const KIND: &'static str = "sessions.contested_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let absent = store::said(&mut tx, self.consultation).await?.map(|said| said.absent);
        for attendant in consultations::attendants(&mut tx, self.consultation).await? {
            if absent.is_some_and(|side| side != attendant.part.side()) && may(attendant.part, Act::MarkNoShow) {
                tx.enqueue_now(ContestedMail { consultation: self.consultation, to: attendant.person }).await?;
            }
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one person; the words themselves stay on the page.
#[derive(Serialize, Deserialize)]
pub struct ContestedMail {
    pub consultation: ConsultationId,
    pub to: PersonId,
}

impl Job for ContestedMail {
    const KIND: &'static str = "sessions.contested_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let title = consultations::system(&mut tx, self.consultation).await?.title;
        if !consultations::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let url = run.platform.config.url(&format!("/consultations/{}/no-show", self.consultation));
        let mail = Mail::to(&receiver, speech.t("sessions-mail-contested-subject").saying("title", &title))
            .line(speech.t("sessions-mail-contested-text").saying("title", &title))
            .action(speech.t("sessions-mail-open"), url);
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
