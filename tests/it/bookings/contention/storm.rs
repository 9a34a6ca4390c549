//! Three processes, 64 clients each, over the same days of three hosts who attend each other's
//! calls: lengths that overlap, moves, swaps in opposite order, candidates, picks, holds that end.

use super::history::{self, Taken};
use super::no_deadlocks;
use crate::support::*;
use chrono::{DateTime, TimeDelta, Utc};
use kabeuchi::domain::id::{CallId, ConsultationId};
use kabeuchi::features::consultations::{self, Opening};
use kabeuchi::platform::db::{self, Tx};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

const PROCESSES: usize = 3;
const CLIENTS: usize = 64;
/// Taken, or not; and what a process says that had no time to begin, of which nothing may come.
const TRUE: [u16; 4] = [303, 409, 408, 503];
/// The owner of a call and the co-host who attends.
const PEOPLE: i64 = 2;
/// Holds end between two rounds, and then the days go on.
const ROUND: Duration = Duration::from_secs(3);

/// How long the storm lasts: two rounds, or as many seconds as the measurement says.
fn rounds() -> u64 {
    let seconds = std::env::var("KABEUCHI_CONTENTION").ok().and_then(|seconds| seconds.parse().ok());
    seconds.map_or(2, |seconds: u64| (seconds / ROUND.as_secs()).max(2))
}

#[sqlx::test]
async fn three_processes_never_take_a_time_of_anyone_twice(db: PgPool) {
    let apps = processes(&db, "public").await;

    let said = weather(&apps, rounds()).await;

    let summary = summary(&said);
    println!("{summary}");
    let strange = said.iter().filter(|said| !TRUE.contains(&said.status));
    assert_eq!(strange.map(|said| (said.act, said.status, said.text.as_str())).next(), None);
    assert_eq!(history::overlaps(&db).await, Vec::<String>::new());
    let mut promised: Vec<Taken> = said.iter().filter(|s| s.status == 303).flat_map(Said::takes).collect();
    promised.sort_unstable();
    assert_eq!(history::taken(&db, PEOPLE).await, promised, "each 303 took its times, and each 409 none");
    for (fact, count) in summary.facts() {
        assert_eq!(history::facts(&db, fact).await, count, "{fact}");
    }
    let confirmed: i64 =
        sqlx::query_scalar("select count(*) from commitments where stage = 'confirmed'").fetch_one(&db).await.unwrap();
    assert_eq!(confirmed, 0, "everything was given back");
    assert!(summary.is_lively(), "{summary}");
    no_deadlocks(&apps[0]).await;
    close(apps).await;
}

/// A proof that cannot fail proves nothing: with neither locks nor constraint, the history tells.
#[sqlx::test]
#[ignore = "a part of script/measure"]
async fn without_locks_and_constraint_times_overlap_and_the_history_shows_it(db: PgPool) {
    let sabotage = "alter table commitments drop constraint commitments_do_not_overlap;
                    create function public.pg_advisory_xact_lock(bigint) returns void language sql as ''";
    sqlx::raw_sql(sabotage).execute(&db).await.unwrap();
    let apps = processes(&db, "public,pg_catalog").await;

    weather(&apps, 2).await;

    assert!(!history::overlaps(&db).await.is_empty());
    close(apps).await;
}

/// The whole storm, and what everyone was told.
async fn weather(apps: &[TestApp], rounds: u64) -> Vec<Said> {
    let mut clients = clients(apps).await;
    history::keep(&apps[0].db).await;
    for round in 0..rounds {
        let began = TestApp::beginning() + TimeDelta::days(7 * (round / 2) as i64);
        let holds_ended = began + TimeDelta::hours(73);
        let now = if round % 2 == 0 { began } else { holds_ended };
        apps.iter().for_each(|app| app.clock.set(now));
        // The storm lasts longer than a sign-in.
        sqlx::query("update sign_ins set seen_at = $1, expires_at = $1 + interval '1 day'")
            .bind(now)
            .execute(&apps[0].db)
            .await
            .unwrap();
        clients = storm(clients, &contested(began)).await;
        if round % 2 == 1 || round + 1 == rounds {
            clients = give_back(clients).await;
        }
    }
    clients.into_iter().flat_map(|client| client.said).collect()
}

/// Applications on one database, each with connections of its own, which look for names in these places.
async fn processes(db: &PgPool, search_path: &str) -> Vec<TestApp> {
    let options = (*db.connect_options()).clone().options([("search_path", search_path)]);
    let mut apps = Vec::new();
    for _ in 0..PROCESSES {
        let own = db::connect(options.clone(), 20).await.unwrap();
        apps.push(TestApp::spawn(own).await);
    }
    apps
}

/// The database is dropped once nobody uses it.
async fn close(apps: Vec<TestApp>) {
    for app in apps {
        app.db.close().await;
    }
}

/// Every half hour of seven days that all three hosts offer.
fn contested(began: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let half_hours = |day| (0..14).map(move |n| began + TimeDelta::days(day) + TimeDelta::minutes(30 * n));
    (5..12).flat_map(half_hours).collect()
}

/// Clients of all processes, each with a consultation of one of three calls. Each call has another
/// owner, and the owner of the next attends.
async fn clients(apps: &[TestApp]) -> Vec<Client> {
    let hosts = [hana(), sora(), kai()];
    let mut calls: Vec<CallId> = Vec::new();
    for host in hosts {
        apps[0].offer_hours(host).await;
        calls.push(apps[0].open_call(host).await);
    }
    for (n, call) in calls.iter().enumerate() {
        sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, false, true)")
            .bind(call.0)
            .bind(apps[0].id_of(hosts[(n + 1) % hosts.len()]).await.0)
            .execute(&apps[0].db)
            .await
            .unwrap();
    }
    let board: Board = Arc::new(Mutex::new(vec![None; PROCESSES * CLIENTS]));
    let mut clients = Vec::new();
    for (p, app) in apps.iter().enumerate() {
        let mut owners = Vec::new();
        for host in hosts {
            owners.push(app.as_(host).await);
        }
        for n in (p * CLIENTS)..((p + 1) * CLIENTS) {
            let email: &'static str = Box::leak(format!("rival{n}@example.org").into_boxed_str());
            let rival = Persona { name: "Rival", email, ..aki() };
            let guest = app.as_(rival).await;
            clients.push(Client {
                n,
                consultation: open(app, calls[n % calls.len()], rival).await,
                guest,
                host: owners[n % owners.len()].clone(),
                db: app.db.clone(),
                booked: None,
                has_proposed: false,
                board: board.clone(),
                seed: n as u64 * 7_919 + 1,
                said: Vec::new(),
            });
        }
    }
    clients
}

/// A consultation whose mails nobody sends.
async fn open(app: &TestApp, call: CallId, rival: Persona) -> ConsultationId {
    let lead = app.id_of(rival).await;
    let mut tx = Tx::begin(&app.platform, None, TestApp::beginning()).await.unwrap();
    let opening =
        Opening { call, former: None, title: "A rival", lead, confidentiality_version: 1, wished_minutes: 60 };
    let id = consultations::open(&mut tx, opening).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// All clients at once, until the round is over.
async fn storm(clients: Vec<Client>, times: &[DateTime<Utc>]) -> Vec<Client> {
    let over = Instant::now() + ROUND;
    let act = |mut client: Client| {
        let times = times.to_vec();
        tokio::spawn(async move {
            // What was held in the round before has ended.
            client.has_proposed = false;
            while Instant::now() < over {
                client.act(&times).await;
            }
            client
        })
    };
    back(clients.into_iter().map(act).collect()).await
}

async fn give_back(clients: Vec<Client>) -> Vec<Client> {
    let give = |mut client: Client| {
        tokio::spawn(async move {
            client.give_everything_back().await;
            client
        })
    };
    back(clients.into_iter().map(give).collect()).await
}

async fn back(tasks: Vec<tokio::task::JoinHandle<Client>>) -> Vec<Client> {
    let mut clients = Vec::new();
    for task in tasks {
        clients.push(task.await.unwrap());
    }
    clients
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
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
struct Said {
    act: Act,
    consultation: Uuid,
    starts: Vec<DateTime<Utc>>,
    minutes: i64,
    status: u16,
    /// The page of an answer that should not be.
    text: String,
}

impl Said {
    /// The times that it took; a candidate that is picked is taken anew.
    fn takes(&self) -> Vec<Taken> {
        match self.act {
            Act::Withdraw | Act::Cancel => Vec::new(),
            _ => self.starts.iter().map(|start| (self.consultation, *start, self.minutes)).collect(),
        }
    }
}

/// A start and a length by client, of those who have a booking.
type Board = Arc<Mutex<Vec<Option<(DateTime<Utc>, i64)>>>>;

/// Somebody with one consultation, who knows what they were told.
struct Client {
    n: usize,
    consultation: ConsultationId,
    guest: Browser,
    host: Browser,
    db: PgPool,
    /// The path of the booking.
    booked: Option<String>,
    has_proposed: bool,
    /// Where everybody stands, for swaps.
    board: Board,
    seed: u64,
    said: Vec<Said>,
}

impl Client {
    async fn act(&mut self, times: &[DateTime<Utc>]) {
        let dice = self.draw(100);
        match (self.booked.clone(), self.has_proposed) {
            (None, true) if dice < 50 => self.pick().await,
            (None, true) if dice < 70 => self.withdraw().await,
            (None, false) if dice < 60 => self.propose(times).await,
            (None, _) => self.book(times).await,
            (Some(_), true) if dice < 40 => self.pick().await,
            (Some(_), _) if dice < 50 => self.propose(times).await,
            (Some(booking), _) if dice < 70 => {
                let to = (times[self.draw(times.len())], self.draw_minutes());
                self.change(&booking, Act::Move, to).await;
            }
            (Some(booking), _) if dice < 90 => {
                let theirs = self.board.lock().unwrap()[self.n ^ 1];
                let to = theirs.unwrap_or((times[self.draw(times.len())], 60));
                self.change(&booking, Act::Swap, to).await;
            }
            (Some(booking), _) => self.cancel(&booking).await,
        }
    }

    async fn book(&mut self, times: &[DateTime<Utc>]) {
        let (start, minutes) = (times[self.draw(times.len())], self.draw_minutes());
        let page = book(&self.guest, &times_path(self.consultation), &start.to_rfc3339(), &minutes.to_string()).await;
        self.hear(Act::Book, vec![start], minutes, &page);
        self.stand_at(&page, start, minutes);
    }

    async fn change(&mut self, booking: &str, act: Act, (start, minutes): (DateTime<Utc>, i64)) {
        let (path, length) = (format!("{booking}/rescheduling"), minutes.to_string());
        let page = self.guest.post(&path, &[("start", &start.to_rfc3339()), ("minutes", &length)]).await;
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
        let page = self.guest.post(&self.candidates(), &form).await;
        self.hear(Act::Propose, starts, minutes, &page);
        self.has_proposed |= page.status == 303;
    }

    /// The host picks one of the candidates.
    async fn pick(&mut self) {
        let held: Vec<(Uuid, DateTime<Utc>, i32)> = sqlx::query_as(
            "select booking_id, starts_at, minutes from bookings where consultation_id = $1 and stage = 'held' order by booking_id",
        )
        .bind(self.consultation.0)
        .fetch_all(&self.db)
        .await
        .unwrap();
        let (booking, start, minutes) = held[self.draw(held.len())];
        let page = self.host.post(&self.candidates(), &[("act", "pick"), ("pick", &booking.to_string())]).await;
        let act = if self.booked.is_some() { Act::PickAnother } else { Act::Pick };
        self.hear(act, vec![start], minutes.into(), &page);
        self.stand_at(&page, start, minutes.into());
    }

    async fn withdraw(&mut self) {
        let page = self.guest.post(&self.candidates(), &[("act", "withdraw")]).await;
        self.hear(Act::Withdraw, Vec::new(), 0, &page);
        self.has_proposed &= page.status != 303;
    }

    async fn cancel(&mut self, booking: &str) {
        let page = self.guest.post(&format!("{booking}/cancellation"), &[]).await;
        self.hear(Act::Cancel, Vec::new(), 0, &page);
        if page.status == 303 {
            self.booked = None;
            self.board.lock().unwrap()[self.n] = None;
        }
    }

    async fn give_everything_back(&mut self) {
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

/// How often each act was granted and refused.
struct Summary(BTreeMap<Act, (usize, usize)>);

fn summary(said: &[Said]) -> Summary {
    let mut counts = BTreeMap::new();
    for said in said {
        let (granted, refused): &mut (usize, usize) = counts.entry(said.act).or_default();
        *(if said.status == 303 { granted } else { refused }) += 1;
    }
    Summary(counts)
}

impl Summary {
    fn granted(&self, act: Act) -> usize {
        self.0.get(&act).map_or(0, |(granted, _)| *granted)
    }

    /// The facts that must have been recorded, and how often.
    fn facts(&self) -> [(&'static str, usize); 4] {
        [
            ("booking_confirmed", self.granted(Act::Book) + self.granted(Act::Pick)),
            ("booking_moved", self.granted(Act::Move) + self.granted(Act::Swap) + self.granted(Act::PickAnother)),
            ("times_proposed", self.granted(Act::Propose)),
            ("booking_cancelled", self.granted(Act::Cancel)),
        ]
    }

    /// Whether most was granted at times, and time was fought for.
    fn is_lively(&self) -> bool {
        let granted = [Act::Book, Act::Move, Act::Propose, Act::Cancel];
        let fought = [Act::Book, Act::Move, Act::Swap, Act::Propose];
        granted.iter().all(|act| self.granted(*act) > 0)
            && fought.iter().all(|act| self.0.get(act).is_some_and(|(_, refused)| *refused > 0))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of =
            |(act, (granted, refused)): (&Act, &(usize, usize))| format!("{act:?} {granted} of {}", granted + refused);
        f.write_str(&self.0.iter().map(of).collect::<Vec<_>>().join(", "))
    }
}
