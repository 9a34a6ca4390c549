//! Somebody in the storm: draws what to do next, asks one process after the other, and remembers what
//! they were told.

use super::course::{Course, LEAST_HOLD, NOTICES};
use super::history::Taken;
use super::storm::TRUE;
use crate::support::*;
use chrono::{DateTime, Utc};
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Book,
    Move,
    /// Onto the time of somebody who may do the same the other way round.
    Swap,
    Propose,
    /// A candidate becomes the booking.
    Pick,
    /// The booking moves onto a candidate.
    PickAnother,
    Withdraw,
    Cancel,
}

/// What was asked for and what was answered.
#[derive(Debug)]
pub struct Said {
    pub act: Act,
    pub consultation: Uuid,
    pub starts: Vec<DateTime<Utc>>,
    pub minutes: i64,
    pub status: u16,
    /// The page of an answer that should not be.
    pub text: String,
}

impl Said {
    /// The times that it took; a candidate that is picked is taken anew.
    pub fn takes(&self) -> Vec<Taken> {
        match self.act {
            Act::Withdraw | Act::Cancel => Vec::new(),
            _ => self.starts.iter().map(|start| (self.consultation, *start, self.minutes)).collect(),
        }
    }
}

/// A start and a length by client, of those who have a booking.
pub type Board = Arc<Mutex<Vec<Option<(DateTime<Utc>, i64)>>>>;

/// Somebody with one consultation, who knows what they were told.
pub struct Client {
    pub n: usize,
    pub consultation: ConsultationId,
    pub guest: Browser,
    pub host: Browser,
    pub db: PgPool,
    /// The path of the booking.
    pub booked: Option<String>,
    pub has_proposed: bool,
    /// Where everybody stands, for swaps.
    pub board: Board,
    /// All processes, asked in turn.
    pub origins: Arc<[String]>,
    pub turn: usize,
    pub seed: u64,
    pub said: Vec<Said>,
}

impl Client {
    pub async fn act(&mut self, course: Course) {
        let notice = NOTICES[self.n % NOTICES.len()];
        let (at_once, held) = (course.soon(notice, 12), course.soon(notice + LEAST_HOLD, 24));
        let times = if self.draw(4) == 0 { &at_once } else { &course.later() };
        let dice = self.draw(100);
        match (self.booked.clone(), self.has_proposed) {
            // Every other one lets the proposal end.
            (None, true) if self.n.is_multiple_of(2) => self.wait().await,
            (None, true) if dice < 20 => self.pick().await,
            (None, true) if dice < 25 => self.withdraw().await,
            (None, true) => self.book(&at_once).await,
            (None, false) if dice < 50 => self.propose(&held).await,
            (None, false) => self.book(times).await,
            (Some(_), true) if dice < 15 => self.pick().await,
            (Some(_), false) if dice < 50 => self.propose(&held).await,
            (Some(booking), _) if dice < 65 => {
                let to = (times[self.draw(times.len())], self.draw_minutes());
                self.change(&booking, Act::Move, to).await;
            }
            (Some(booking), _) if dice < 80 => {
                let theirs = self.board.lock().unwrap()[self.n ^ 1];
                let to = theirs.unwrap_or((times[self.draw(times.len())], 60));
                self.change(&booking, Act::Swap, to).await;
            }
            (Some(booking), _) => self.cancel(&booking).await,
        }
    }

    async fn book(&mut self, times: &[DateTime<Utc>]) {
        let (start, minutes) = (times[self.draw(times.len())], self.draw_minutes());
        let guest = self.guest();
        let page = book(&guest, &times_path(self.consultation), &start.to_rfc3339(), &minutes.to_string()).await;
        self.hear(Act::Book, vec![start], minutes, &page);
        self.stand_at(&page, start, minutes);
    }

    async fn change(&mut self, booking: &str, act: Act, (start, minutes): (DateTime<Utc>, i64)) {
        let (path, length) = (format!("{booking}/rescheduling"), minutes.to_string());
        let page = self.guest().post(&path, &[("start", &start.to_rfc3339()), ("minutes", &length)]).await;
        self.hear(act, vec![start], minutes, &page);
        self.stand_at(&page, start, minutes);
    }

    /// Three to five times that do not overlap, in any order.
    async fn propose(&mut self, times: &[DateTime<Utc>]) {
        let (count, first, minutes) = (3 + self.draw(3), self.draw(2), self.draw_minutes());
        let mut hours: Vec<DateTime<Utc>> = times.iter().skip(first).step_by(2).copied().collect();
        let starts: Vec<_> = (0..count).map(|_| hours.swap_remove(self.draw(hours.len()))).collect();
        let (texts, length): (Vec<String>, _) = (starts.iter().map(|s| s.to_rfc3339()).collect(), minutes.to_string());
        let mut form = vec![("act", "propose"), ("minutes", length.as_str())];
        form.extend(texts.iter().map(|start| ("start", start.as_str())));
        let page = self.guest().post(&self.candidates(), &form).await;
        self.hear(Act::Propose, starts, minutes, &page);
        self.has_proposed |= page.status == 303;
    }

    /// The host picks one of the candidates.
    async fn pick(&mut self) {
        let held = self.held().await;
        if held.is_empty() {
            self.has_proposed = false;
            return;
        }
        let (booking, start, minutes) = held[self.draw(held.len())];
        let page = self.host().post(&self.candidates(), &[("act", "pick"), ("pick", &booking.to_string())]).await;
        let act = if self.booked.is_some() { Act::PickAnother } else { Act::Pick };
        self.hear(act, vec![start], minutes.into(), &page);
        self.stand_at(&page, start, minutes.into());
    }

    async fn wait(&mut self) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.has_proposed = !self.held().await.is_empty();
    }

    /// What is held and was not ended yet.
    async fn held(&self) -> Vec<(Uuid, DateTime<Utc>, i32)> {
        sqlx::query_as(
            "select booking_id, starts_at, minutes from bookings where consultation_id = $1 and stage = 'held' order by booking_id",
        )
        .bind(self.consultation.0)
        .fetch_all(&self.db)
        .await
        .unwrap()
    }

    async fn withdraw(&mut self) {
        let page = self.guest().post(&self.candidates(), &[("act", "withdraw")]).await;
        self.hear(Act::Withdraw, Vec::new(), 0, &page);
        self.has_proposed &= page.status != 303;
    }

    async fn cancel(&mut self, booking: &str) {
        let page = self.guest().post(&format!("{booking}/cancellation"), &[]).await;
        self.hear(Act::Cancel, Vec::new(), 0, &page);
        if page.status == 303 {
            self.booked = None;
            self.board.lock().unwrap()[self.n] = None;
        }
    }

    pub async fn give_everything_back(&mut self) {
        for _ in 0..10 {
            if let Some(booking) = self.booked.clone() {
                self.cancel(&booking).await;
            }
            if self.has_proposed {
                self.withdraw().await;
            }
        }
    }

    fn hear(&mut self, act: Act, starts: Vec<DateTime<Utc>>, minutes: i64, page: &Page) {
        let text = if TRUE.contains(&page.status) { String::new() } else { page.text() };
        self.said.push(Said { act, consultation: self.consultation.0, starts, minutes, status: page.status, text });
    }

    /// Whoever was told so stands there, and nothing is held for them any more.
    fn stand_at(&mut self, page: &Page, start: DateTime<Utc>, minutes: i64) {
        if let Some(path) = page.location() {
            self.booked = path.split('?').next().map(str::to_owned);
            self.has_proposed = false;
            self.board.lock().unwrap()[self.n] = Some((start, minutes));
        }
    }

    fn guest(&mut self) -> Browser {
        let origin = self.next();
        self.guest.at(&origin)
    }

    fn host(&mut self) -> Browser {
        let origin = self.next();
        self.host.at(&origin)
    }

    /// The process that is asked next.
    fn next(&mut self) -> String {
        self.turn += 1;
        self.origins[self.turn % self.origins.len()].clone()
    }

    fn candidates(&self) -> String {
        format!("/consultations/{}/bookings/candidates", self.consultation)
    }

    fn draw_minutes(&mut self) -> i64 {
        [30, 60][self.draw(2)]
    }

    /// Below a number, by a generator of one's own, so that a run can be had again.
    fn draw(&mut self, below: usize) -> usize {
        self.seed = self.seed * 48_271 % 2_147_483_647;
        self.seed as usize % below
    }
}
