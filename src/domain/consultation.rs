//! What an accepted application becomes: who takes part, where it stands, whose turn it is.
//!
//! Owns people and stage; questions, bookings, sessions and feedback are nouns of their own.

use crate::domain::fact::Fact;
use crate::domain::id::{CallId, ConsultationId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where a consultation stands. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    Preparing,
    Ready,
    Booked,
    InSession,
    Held,
    NoShow,
    ResolvedInWriting,
    Closed,
    Cancelled,
    Lapsed,
}

impl Stage {
    /// All stages in the order of a life.
    pub const ALL: [Stage; 10] = [
        Stage::Preparing,
        Stage::Ready,
        Stage::Booked,
        Stage::InSession,
        Stage::Held,
        Stage::NoShow,
        Stage::ResolvedInWriting,
        Stage::Closed,
        Stage::Cancelled,
        Stage::Lapsed,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Preparing => "preparing",
            Stage::Ready => "ready",
            Stage::Booked => "booked",
            Stage::InSession => "in_session",
            Stage::Held => "held",
            Stage::NoShow => "no_show",
            Stage::ResolvedInWriting => "resolved_in_writing",
            Stage::Closed => "closed",
            Stage::Cancelled => "cancelled",
            Stage::Lapsed => "lapsed",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Whether it takes a place of the call's capacity.
    pub fn is_active(self) -> bool {
        self <= Stage::InSession
    }

    /// Whether somebody still has something to do in it: write, talk, look back.
    pub fn goes_on(self) -> bool {
        self.is_active() || matches!(self, Stage::Held | Stage::ResolvedInWriting)
    }

    /// Whether the document takes new items, posts and edits.
    pub fn takes_writing(self) -> bool {
        matches!(self, Stage::Preparing | Stage::Ready | Stage::Booked)
    }
}

/// The two sides of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Host,
    Guest,
}

impl Side {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Host => "host",
            Side::Guest => "guest",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Side::Host, Side::Guest].into_iter().find(|side| side.as_str() == word)
    }

    /// The side across.
    pub fn other(self) -> Self {
        match self {
            Side::Host => Side::Guest,
            Side::Guest => Side::Host,
        }
    }
}

/// A person's role in one consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Owner of the call.
    Host,
    /// Hosts the call with its owner.
    CoHost { may_decide: bool },
    /// The applicant, or whom they handed the lead to.
    Lead,
    /// A colleague of the lead.
    Member,
}

impl Part {
    /// Which side the part is on.
    pub fn side(self) -> Side {
        match self {
            Part::Host | Part::CoHost { .. } => Side::Host,
            Part::Lead | Part::Member => Side::Guest,
        }
    }

    /// Whether the part is on the host's side.
    pub fn is_host(self) -> bool {
        self.side() == Side::Host
    }
}

/// An act that the stage does not allow; the page says so and keeps what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {act} while {}", .stage.as_str())]
pub struct NotNow {
    pub act: &'static str,
    pub stage: Stage,
}

/// How long a guest has for their turn: a wish, not a deadline.
pub const GUEST_TURN: TimeDelta = TimeDelta::days(14);
/// Without a turn for this long it lapses by itself.
pub const LAPSES_AFTER: TimeDelta = TimeDelta::days(30);
/// Without a turn for this long the host may let it lapse.
pub const HOST_MAY_LAPSE_AFTER: TimeDelta = TimeDelta::days(14);
/// Cancelled later than this before the start counts as late.
pub const LATE: TimeDelta = TimeDelta::hours(3);

/// A consultation as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultation {
    pub id: ConsultationId,
    pub call: CallId,
    pub title: String,
    pub stage: Stage,
    pub stage_since: DateTime<Utc>,
    pub turn: Side,
    pub turn_since: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    /// Completed rounds: both sides handed over once.
    pub rounds: i32,
    pub host_handed_over: bool,
    pub guest_handed_over: bool,
    pub agreed_at: Option<DateTime<Utc>>,
    pub resolution_proposed_at: Option<DateTime<Utc>>,
    pub wished_minutes: i32,
    pub opened_at: DateTime<Utc>,
    /// Whether it was taken up again after it lapsed.
    pub revived: bool,
}

/// What a transition gives: the consultation as it stands then, and the fact.
pub type Moved = Result<(Consultation, Fact), NotNow>;

impl Consultation {
    /// Both agree on what to talk about; the host sets it, after the guests' ok or two days of
    /// silence. Needs an item for the session, which the caller counted.
    pub fn make_ready(self, items_for_session: usize, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Preparing if items_for_session > 0 => {
                let fact = Fact::AgendaAgreed { consultation: self.id };
                let agreed = Self { agreed_at: Some(now), ..self };
                Ok(agreed.moved_to(Stage::Ready, now, fact))
            }
            _ => Err(self.not_now("agree on the agenda")),
        }
    }

    /// Either side opens the document again. The turn begins anew: while the agenda stood, nobody
    /// had to write.
    pub fn reopen(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Ready => {
                let fact = Fact::AgendaReopened { consultation: self.id };
                let reopened = Self { agreed_at: None, turn_since: now, due_at: Some(due_at), ..self };
                Ok(reopened.moved_to(Stage::Preparing, now, fact))
            }
            _ => Err(self.not_now("reopen the agenda")),
        }
    }

    /// A booking was confirmed; the fact is the booking's own.
    pub fn book(self, fact: Fact, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Preparing | Stage::Ready => {
                // Whoever books wants to talk: a proposal to end in writing is over.
                let talking = Self { resolution_proposed_at: None, ..self };
                Ok(talking.moved_to(Stage::Booked, now, fact))
            }
            _ => Err(self.not_now("book")),
        }
    }

    /// The booking was cancelled; the fact is the booking's own.
    pub fn unbook(self, fact: Fact, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Booked => Ok(self.moved_to(Stage::Ready, now, fact)),
            _ => Err(self.not_now("give the time back")),
        }
    }

    /// The session begins.
    pub fn start(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Booked => {
                let fact = Fact::SessionStarted { consultation: self.id };
                Ok(self.moved_to(Stage::InSession, now, fact))
            }
            _ => Err(self.not_now("start")),
        }
    }

    /// Sound or link failed: as if it had not begun, within 15 minutes.
    pub fn take_back_start(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::InSession if now - self.stage_since <= TimeDelta::minutes(15) => {
                let fact = Fact::SessionFalselyStarted { consultation: self.id };
                Ok(self.moved_to(Stage::Booked, now, fact))
            }
            _ => Err(self.not_now("take the start back")),
        }
    }

    /// The session was held, with or without its page.
    pub fn hold(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Booked | Stage::InSession => {
                let fact = Fact::SessionHeld { consultation: self.id };
                Ok(self.moved_to(Stage::Held, now, fact))
            }
            _ => Err(self.not_now("finish")),
        }
    }

    /// One side did not come.
    pub fn mark_no_show(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Booked => {
                let fact = Fact::NoShowMarked { consultation: self.id };
                Ok(self.moved_to(Stage::NoShow, now, fact))
            }
            _ => Err(self.not_now("mark a no-show")),
        }
    }

    /// The side that was there gives a second chance.
    pub fn give_second_chance(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::NoShow => {
                let fact = Fact::SecondChanceGiven { consultation: self.id };
                Ok(self.moved_to(Stage::Ready, now, fact))
            }
            _ => Err(self.not_now("give a second chance")),
        }
    }

    /// The host thinks that writing was enough. Needs that no item is open.
    pub fn propose_resolution(self, open_items: usize, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Preparing | Stage::Ready if open_items == 0 && self.resolution_proposed_at.is_none() => {
                let fact = Fact::ResolutionProposed { consultation: self.id };
                Ok((Self { resolution_proposed_at: Some(now), ..self }, fact))
            }
            _ => Err(self.not_now("propose to end in writing")),
        }
    }

    /// The lead would rather go on.
    pub fn refuse_resolution(self) -> Moved {
        match self.stage {
            Stage::Preparing | Stage::Ready if self.resolution_proposed_at.is_some() => {
                let fact = Fact::ResolutionRefused { consultation: self.id };
                Ok((Self { resolution_proposed_at: None, ..self }, fact))
            }
            _ => Err(self.not_now("go on")),
        }
    }

    /// The lead agrees that writing was enough. Needs that no item is open: one may have been added
    /// since the proposal.
    pub fn resolve_in_writing(self, open_items: usize, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Preparing | Stage::Ready if open_items == 0 && self.resolution_proposed_at.is_some() => {
                let fact = Fact::ConsultationResolved { consultation: self.id };
                Ok(self.moved_to(Stage::ResolvedInWriting, now, fact))
            }
            _ => Err(self.not_now("end in writing")),
        }
    }

    /// The lead would like to talk after all, within 14 days.
    pub fn talk_after_all(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::ResolvedInWriting if now - self.stage_since <= TimeDelta::days(14) => {
                let fact = Fact::ConsultationRevived { consultation: self.id };
                let taken_up = Self {
                    resolution_proposed_at: None,
                    turn: Side::Guest,
                    turn_since: now,
                    due_at: Some(due_at),
                    ..self
                };
                Ok(taken_up.moved_to(Stage::Preparing, now, fact))
            }
            _ => Err(self.not_now("talk after all")),
        }
    }

    /// All is done. Needs that no follow-up is owed, which the caller counted.
    pub fn close(self, follow_ups_owed: usize, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Held | Stage::ResolvedInWriting if follow_ups_owed == 0 => {
                let fact = Fact::ConsultationClosed { consultation: self.id };
                Ok(self.moved_to(Stage::Closed, now, fact))
            }
            Stage::NoShow => {
                let fact = Fact::ConsultationClosed { consultation: self.id };
                Ok(self.moved_to(Stage::Closed, now, fact))
            }
            _ => Err(self.not_now("close")),
        }
    }

    /// Either side ends it before the session; late when a booked start is near.
    pub fn cancel(self, starts_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Preparing | Stage::Ready | Stage::Booked => {
                let late = starts_at.is_some_and(|start| start - now < LATE);
                let fact = Fact::ConsultationCancelled { consultation: self.id, late };
                Ok(self.moved_to(Stage::Cancelled, now, fact))
            }
            _ => Err(self.not_now("cancel")),
        }
    }

    /// Nobody took their turn: by the system after 30 days, by the host after 14.
    pub fn lapse(self, by: Option<Part>, now: DateTime<Utc>) -> Moved {
        let silence = now - self.turn_since;
        let long_enough = match by {
            None => silence >= LAPSES_AFTER,
            Some(part) => part.is_host() && self.turn == Side::Guest && silence >= HOST_MAY_LAPSE_AFTER,
        };
        match self.stage {
            Stage::Preparing if long_enough => {
                let fact = Fact::ConsultationLapsed { consultation: self.id };
                Ok(self.moved_to(Stage::Lapsed, now, fact))
            }
            _ => Err(self.not_now("let it lapse")),
        }
    }

    /// Either side takes a lapsed consultation up again, once.
    pub fn revive(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Lapsed if !self.revived => {
                let fact = Fact::ConsultationRevived { consultation: self.id };
                let revived = Self { revived: true, turn_since: now, due_at: Some(due_at), ..self };
                Ok(revived.moved_to(Stage::Preparing, now, fact))
            }
            _ => Err(self.not_now("take it up again")),
        }
    }

    /// Gives the turn to the other side. A round is complete when both handed over once.
    pub fn hand_over(self, from: Side, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        if !self.stage.takes_writing() || self.turn != from {
            return Err(self.not_now("hand over"));
        }
        let host = self.host_handed_over || from == Side::Host;
        let guest = self.guest_handed_over || from == Side::Guest;
        let complete = host && guest;
        let next = Self {
            turn: from.other(),
            turn_since: now,
            due_at: Some(due_at),
            rounds: self.rounds + i32::from(complete),
            host_handed_over: host && !complete,
            guest_handed_over: guest && !complete,
            ..self
        };
        let fact = Fact::TurnHandedOver { consultation: next.id, round: next.rounds };
        Ok((next, fact))
    }

    fn moved_to(self, stage: Stage, now: DateTime<Utc>, fact: Fact) -> (Self, Fact) {
        (Self { stage, stage_since: now, ..self }, fact)
    }

    fn not_now(&self, act: &'static str) -> NotNow {
        NotNow { act, stage: self.stage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use uuid::Uuid;

    fn at(stage: Stage) -> Consultation {
        let now = now();
        Consultation {
            id: ConsultationId(Uuid::from_u128(1)),
            call: CallId(Uuid::from_u128(2)),
            title: "SLO".into(),
            stage,
            stage_since: now,
            turn: Side::Guest,
            turn_since: now,
            due_at: None,
            rounds: 0,
            host_handed_over: false,
            guest_handed_over: false,
            agreed_at: None,
            resolution_proposed_at: Some(now),
            wished_minutes: 60,
            opened_at: now,
            revived: false,
        }
    }

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap()
    }

    type Act = (&'static str, fn(Consultation) -> Moved);

    const ACTS: [Act; 18] = [
        ("agree on the agenda", |c| c.make_ready(1, now())),
        ("reopen the agenda", |c| c.reopen(now(), now())),
        ("book", |c| {
            let fact = Fact::SessionHeld { consultation: c.id };
            c.book(fact, now())
        }),
        ("give the time back", |c| {
            let fact = Fact::SessionHeld { consultation: c.id };
            c.unbook(fact, now())
        }),
        ("start", |c| c.start(now())),
        ("take the start back", |c| c.take_back_start(now())),
        ("finish", |c| c.hold(now())),
        ("mark a no-show", |c| c.mark_no_show(now())),
        ("give a second chance", |c| c.give_second_chance(now())),
        ("propose to end in writing", |c| {
            Consultation { resolution_proposed_at: None, ..c }.propose_resolution(0, now())
        }),
        ("go on", |c| c.refuse_resolution()),
        ("end in writing", |c| c.resolve_in_writing(0, now())),
        ("talk after all", |c| c.talk_after_all(now(), now())),
        ("close", |c| c.close(0, now())),
        ("cancel", |c| c.cancel(None, now())),
        ("let it lapse", |c| c.lapse(None, now() + LAPSES_AFTER)),
        ("take it up again", |c| c.revive(now(), now())),
        ("hand over", |c| c.hand_over(Side::Guest, now(), now())),
    ];

    #[test]
    fn the_life_of_a_consultation_is_this_table() {
        let cell = |stage: Stage, (name, act): Act| match act(at(stage)) {
            Ok((to, _)) => to.stage.as_str().to_owned(),
            Err(refused) => {
                assert_eq!(refused, NotNow { act: name, stage });
                "-".to_owned()
            }
        };
        let row = |(name, act): Act| {
            let cells = Stage::ALL.map(|stage| format!("{:<20}", cell(stage, (name, act))));
            format!("{name:<26}{}", cells.concat()).trim_end().to_owned() + "\n"
        };
        let head = Stage::ALL.map(|stage| format!("{:<20}", stage.as_str())).concat();
        let table = format!("{:<26}{}\n{}", "act", head.trim_end(), ACTS.map(row).concat());
        assert_eq!(table, include_str!("consultation/life.txt"), "{table}");
    }

    #[test]
    fn a_round_is_complete_when_both_handed_over() {
        let due = now() + GUEST_TURN;
        let (c, _) = at(Stage::Preparing).hand_over(Side::Guest, due, now()).unwrap();
        assert_eq!((c.turn, c.rounds), (Side::Host, 0));
        assert!(c.clone().hand_over(Side::Guest, due, now()).is_err());
        let (c, fact) = c.hand_over(Side::Host, due, now()).unwrap();
        assert_eq!((c.turn, c.rounds, c.host_handed_over), (Side::Guest, 1, false));
        assert_eq!(fact, Fact::TurnHandedOver { consultation: c.id, round: 1 });
    }

    #[test]
    fn what_must_not_be_open_keeps_it_open() {
        assert!(at(Stage::Preparing).make_ready(0, now()).is_err());
        assert!(at(Stage::Held).close(1, now()).is_err());
        let fresh = Consultation { resolution_proposed_at: None, ..at(Stage::Preparing) };
        assert!(fresh.clone().propose_resolution(1, now()).is_err());
        assert!(fresh.clone().resolve_in_writing(0, now()).is_err());
        assert!(at(Stage::Preparing).resolve_in_writing(1, now()).is_err());
        assert!(fresh.propose_resolution(0, now()).is_ok());
    }

    #[test]
    fn it_is_taken_up_again_once() {
        let (again, _) = at(Stage::Lapsed).revive(now(), now()).unwrap();
        let (lapsed, _) = again.lapse(None, now() + LAPSES_AFTER).unwrap();
        assert!(lapsed.revive(now(), now() + LAPSES_AFTER).is_err());
    }

    #[test]
    fn only_a_guest_who_is_silent_for_two_weeks_is_let_go_by_the_host() {
        let host = Some(Part::Host);
        assert!(at(Stage::Preparing).lapse(host, now() + TimeDelta::days(13)).is_err());
        assert!(at(Stage::Preparing).lapse(host, now() + HOST_MAY_LAPSE_AFTER).is_ok());
        assert!(at(Stage::Preparing).lapse(Some(Part::Lead), now() + LAPSES_AFTER).is_err());
        let hosts = Consultation { turn: Side::Host, ..at(Stage::Preparing) };
        assert!(hosts.lapse(host, now() + HOST_MAY_LAPSE_AFTER).is_err());
    }

    #[test]
    fn cancelling_within_three_hours_is_late() {
        let late = |hours| match at(Stage::Booked).cancel(Some(now() + TimeDelta::hours(hours)), now()) {
            Ok((_, Fact::ConsultationCancelled { late, .. })) => late,
            other => panic!("{other:?}"),
        };
        assert!(late(2) && !late(3));
    }
}
