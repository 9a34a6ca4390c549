//! `/home`: whose turn it is in everything the person takes part in, on both sides; what is booked,
//! and what they said they would do.

use crate::domain::application::Stage as ApplicationStage;
use crate::domain::consultation::{Side, Stage};
use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::local_time::midnight_after;
use crate::domain::session::Action;
use crate::features::reports::{self, Awaited};
use crate::features::{applications, bookings, consultations, feedback, sessions};
use crate::platform::error::{Answer, AppError};
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show};
use crate::platform::policies::{self, Version};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// Rows of each list.
const MOST: i64 = 50;

#[derive(Template)]
#[template(path = "home/me.html")]
struct Me {
    frame: Frame,
    /// Versions of reports to read: a form makes a new link to each.
    previews: Vec<Awaited>,
    turns: Vec<Turn>,
    upcoming: Vec<(bookings::Upcoming, String)>,
    /// Those whose day has not come; the others are turns.
    actions: Vec<Action>,
    consultations: Vec<consultations::Listed>,
    /// Policies that changed since the person accepted them.
    news: Vec<Version>,
}

/// Something that waits for the person.
struct Turn {
    title: String,
    what: &'static str,
    path: String,
    due_at: Option<DateTime<Utc>>,
}

impl Me {
    fn is_soon(&self, due: &DateTime<Utc>) -> bool {
        *due - self.frame.now < TimeDelta::days(2)
    }

    fn has_no_turn(&self) -> bool {
        self.turns.is_empty() && self.previews.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.consultations.is_empty() && self.has_no_turn()
    }

    fn is_host(&self) -> bool {
        self.frame.person().is_some_and(|p| p.is_host)
    }

    fn path(&self, id: &ConsultationId) -> String {
        format!("/consultations/{id}")
    }

    fn stage(&self, listed: &consultations::Listed) -> Told {
        self.frame.t(match listed.stage {
            Stage::Preparing | Stage::Ready if is_mine(listed) => "home-me-stage_yours",
            Stage::Preparing | Stage::Ready => "home-me-stage_writing",
            Stage::Booked => "home-me-stage_booked",
            Stage::InSession => "home-me-stage_in_session",
            Stage::Held | Stage::ResolvedInWriting => "home-me-stage_held",
            Stage::NoShow => "home-me-stage_no_show",
            Stage::Closed => "home-me-stage_closed",
            Stage::Cancelled => "home-me-stage_cancelled",
            Stage::Lapsed => "home-me-stage_lapsed",
        })
    }
}

fn is_mine(listed: &consultations::Listed) -> bool {
    listed.stage.takes_writing() && (listed.turn == Side::Host) == listed.is_host
}

/// Shows what waits for the person.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let consultations = consultations::of_person(&mut read, me, MOST).await?;
    let (due, later) = sessions::open_actions(&mut read, me).await?.into_iter().partition(|a| is_due(a, &frame));
    let previews = reports::awaited(&mut read, me, frame.now).await?;
    let turns = turns(&mut read, me, &frame, &consultations, due).await?;
    let ids: Vec<ConsultationId> = consultations.iter().map(|listed| listed.id).collect();
    let title = |id: ConsultationId| {
        consultations.iter().find(|listed| listed.id == id).map(|listed| listed.title.clone()).unwrap_or_default()
    };
    let upcoming = bookings::upcoming(&mut read, &ids, frame.now).await?;
    let upcoming =
        upcoming.into_iter().map(|booked| (title(booked.consultation), booked)).map(|(t, b)| (b, t)).collect();
    let news = policies::news(&frame.platform, &mut read, me).await?;
    show(&Me { news, frame, previews, turns, upcoming, actions: later, consultations })
}

fn is_due(action: &Action, frame: &Frame) -> bool {
    action.due_on.is_some_and(|day| day <= frame.today())
}

/// Everything that waits, what is due first first.
async fn turns(
    conn: &mut PgConnection,
    me: PersonId,
    frame: &Frame,
    consultations: &[consultations::Listed],
    actions: Vec<Action>,
) -> Result<Vec<Turn>, AppError> {
    let mut turns: Vec<Turn> = consultations
        .iter()
        .filter(|listed| is_mine(listed))
        .map(|listed| Turn {
            title: listed.title.clone(),
            what: "home-me-write",
            path: format!("/consultations/{}/questions", listed.id),
            due_at: listed.due_at,
        })
        .collect();
    if frame.person().is_some_and(|p| p.is_host) {
        let waiting = applications::of_host(&mut *conn, me, MOST).await?;
        turns.extend(waiting.into_iter().filter(|a| a.stage == ApplicationStage::Submitted).map(|a| Turn {
            title: format!("{}: {}", a.call_title, a.applicant),
            what: "home-me-decide",
            path: format!("/applications/{}", a.id),
            due_at: a.due_at,
        }));
        turns.extend(feedback::owed(&mut *conn, me).await?.into_iter().map(|(id, title, _)| Turn {
            title,
            what: "home-me-owed",
            path: format!("/consultations/{id}/follow-ups"),
            due_at: None,
        }));
        turns.extend(feedback::suggested_to(&mut *conn, me).await?.into_iter().map(|(id, title)| Turn {
            title,
            what: "home-me-suggested",
            path: format!("/consultations/{id}/follow-ups"),
            due_at: None,
        }));
    }
    let own = applications::of_applicant(&mut *conn, me, MOST).await?;
    turns.extend(own.into_iter().filter(|a| a.stage == ApplicationStage::Asked).map(|a| Turn {
        title: a.call_title,
        what: "home-me-answer",
        path: format!("/applications/{}", a.id),
        due_at: None,
    }));
    turns.extend(feedback::asked_for(&mut *conn, me).await?.into_iter().map(|(id, title)| Turn {
        title,
        what: "home-me-quote",
        path: format!("/consultations/{id}/quotes"),
        due_at: None,
    }));
    turns.extend(feedback::waiting(conn, me).await?.into_iter().map(|(id, title)| Turn {
        title,
        what: "home-me-feedback",
        path: format!("/consultations/{id}/feedback"),
        due_at: None,
    }));
    turns.extend(actions.into_iter().map(|action| Turn {
        title: action.what,
        what: "home-me-act",
        path: format!("/consultations/{}/actions", action.consultation),
        due_at: action.due_on.map(|day| midnight_after(day, frame.speech.zone)),
    }));
    turns.sort_by_key(|turn| (turn.due_at.is_none(), turn.due_at));
    Ok(turns)
}
