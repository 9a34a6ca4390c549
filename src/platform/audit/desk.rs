//! Where refusals are handed in. The desk holds a few; a budget of each person and network keeps whoever
//! tries everything from filling the disk: what is over it is counted, and stands in the logs.

use super::{Entry, HandedIn, insert};
use crate::domain::audit::Outcome;
use crate::domain::id::PersonId;
use crate::platform::Platform;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Entries that wait for the database at most.
const WAITING: usize = 256;
const WHILE: TimeDelta = TimeDelta::hours(1);
/// Refusals of one person or network that are written within a while.
const OF_EACH: u32 = 60;
/// Those of all visitors together, and those of all people.
const OF_ALL: u32 = 600;

enum Slip {
    Entry(Box<HandedIn>),
    Settle(oneshot::Sender<()>),
}

/// Takes entries without waiting.
pub struct Desk {
    slips: mpsc::Sender<Slip>,
    tray: Mutex<Option<mpsc::Receiver<Slip>>>,
}

impl Default for Desk {
    fn default() -> Self {
        let (slips, tray) = mpsc::channel(WAITING);
        Self { slips, tray: Mutex::new(Some(tray)) }
    }
}

impl Desk {
    /// Logs an entry and lets it be written.
    pub fn hand_in(&self, handed_in: HandedIn) {
        handed_in.entry.log();
        let (action, outcome) = (handed_in.entry.action.as_str(), handed_in.entry.outcome.as_str());
        metrics::counter!("kabeuchi_audit_total", "action" => action, "outcome" => outcome).increment(1);
        if self.slips.try_send(Slip::Entry(Box::new(handed_in))).is_err() {
            unwritten("full");
        }
    }

    /// Waits until all that was handed in so far is written: before a process ends.
    pub async fn settle(&self) {
        let (done, settled) = oneshot::channel();
        if self.slips.send(Slip::Settle(done)).await.is_ok() {
            let _ = settled.await;
        }
    }
}

fn unwritten(why: &'static str) {
    metrics::counter!("kabeuchi_audit_unwritten_total", "why" => why).increment(1);
}

/// Writes what is handed in, for as long as the process lives; once a process.
pub fn keep(platform: &Platform) -> JoinHandle<()> {
    let tray = platform.audit.tray.lock().expect("nobody panics holding the tray").take();
    let platform = platform.clone();
    tokio::spawn(async move {
        let mut budget = Budget::default();
        let Some(mut tray) = tray else { return };
        while let Some(slip) = tray.recv().await {
            match slip {
                Slip::Entry(handed_in) if budget.allows(&handed_in) => write(&platform, &handed_in.entry).await,
                Slip::Entry(_) => unwritten("budget"),
                Slip::Settle(done) => drop(done.send(())),
            }
        }
    })
}

async fn write(platform: &Platform, entry: &Entry) {
    let written = async { insert(&mut *platform.db.acquire().await?, entry).await };
    if let Err(error) = written.await {
        unwritten("failed");
        tracing::warn!(%error, "writing the audit log");
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    Person(PersonId),
    Network(String),
}

/// What was written within the present while.
#[derive(Default)]
struct Budget {
    began: DateTime<Utc>,
    of_each: HashMap<Who, u32>,
    of_people: u32,
    of_visitors: u32,
}

impl Budget {
    /// Counts an entry. What was done is not counted: only people with the right to it do it.
    fn allows(&mut self, handed_in: &HandedIn) -> bool {
        if handed_in.entry.outcome == Outcome::Done {
            return true;
        }
        self.turn_to(handed_in.entry.at.duration_trunc(WHILE).unwrap_or(handed_in.entry.at));
        let (who, of_all) = match handed_in.entry.actor {
            Some(person) => (Who::Person(person), &mut self.of_people),
            None => (Who::Network(handed_in.network.clone()), &mut self.of_visitors),
        };
        if *of_all >= OF_ALL {
            return false;
        }
        let of_each = self.of_each.entry(who).or_default();
        if *of_each >= OF_EACH {
            return false;
        }
        *of_each += 1;
        *of_all += 1;
        true
    }

    fn turn_to(&mut self, began: DateTime<Utc>) {
        if began != self.began {
            *self = Self { began, ..Self::default() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Action;
    use uuid::Uuid;

    fn handed_in(actor: Option<u128>, network: &str, outcome: Outcome, minute: i64) -> HandedIn {
        let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let actor = actor.map(|n| PersonId(Uuid::from_u128(n)));
        let action = Action::AuthzDenied;
        let entry = Entry { at, action, outcome, actor, object: None, route: None, request: None, detail: None };
        HandedIn { entry, network: network.to_owned() }
    }

    #[test]
    fn whoever_tries_everything_fills_their_own_share_and_no_more() {
        let mut budget = Budget::default();
        let mut written = |actor, network: &str, minute| {
            (0..1000).filter(|_| budget.allows(&handed_in(actor, network, Outcome::Denied, minute))).count()
        };
        assert_eq!(written(Some(1), "192.0.2.1", 0), 60);
        assert_eq!(written(Some(1), "192.0.2.2", 59), 0, "the same person from elsewhere");
        assert_eq!(written(Some(2), "192.0.2.1", 59), 60);
        assert_eq!(written(None, "192.0.2.1", 59), 60);
        assert_eq!(written(Some(1), "192.0.2.1", 60), 60, "the next while");
        let networks: usize = (0..50).map(|n| written(None, &format!("198.51.100.{n}"), 60)).sum();
        assert_eq!(networks, 600, "all visitors together");
        assert_eq!(written(Some(3), "192.0.2.1", 60), 60, "and people have a share of their own");
    }

    #[test]
    fn what_was_done_is_always_written() {
        let mut budget = Budget::default();
        assert!((0..1000).all(|_| budget.allows(&handed_in(Some(1), "192.0.2.1", Outcome::Done, 0))));
    }
}
