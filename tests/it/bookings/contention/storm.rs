//! Three processes and 64 clients for each, over the same times of three hosts who attend each
//! other's calls: lengths that overlap, moves, swaps in opposite order, candidates, picks, holds that
//! end. A fourth process ends the holds that nobody takes over.

use super::client::{Act, Board, Client, Said};
use super::course::{Course, NOTICES};
use super::history;
use super::no_deadlocks;
use crate::support::*;
use kabeuchi::domain::id::{CallId, ConsultationId};
use kabeuchi::features::consultations::{self, Opening};
use kabeuchi::platform::clock::Clock;
use kabeuchi::platform::db::Tx;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PROCESSES: usize = 3;
const CLIENTS: usize = 64;
/// Taken, or not; and what a process says that had no time to begin, of which nothing may come.
pub const TRUE: [u16; 4] = [303, 409, 408, 503];
/// The owner of a call and the co-host who attends.
const PEOPLE: i64 = 2;

/// How long the storm lasts: ten seconds, or what the measurement says.
fn seconds() -> u64 {
    std::env::var("KABEUCHI_CONTENTION").map_or(10, |seconds| seconds.parse().unwrap())
}

#[sqlx::test]
async fn three_processes_never_take_a_time_of_anyone_twice(db: PgPool) {
    let said = weather(&db, seconds()).await;

    let summary = summary(&said);
    let (taken_over, ended) = (history::taken_over(&db).await, history::ended(&db).await);
    println!("{summary}; {taken_over} taken over when they ended, {ended} ended by themselves");
    let strange = said.iter().filter(|said| !TRUE.contains(&said.status));
    assert_eq!(strange.map(|said| (said.act, said.status, said.text.as_str())).next(), None);
    assert_eq!(history::overlaps(&db).await, Vec::<String>::new());
    let promised = said.iter().filter(|s| s.status == 303).flat_map(Said::takes);
    let (silent, broken) = history::differing(&db, PEOPLE, promised).await;
    assert_eq!((silent, broken), (vec![], vec![]), "each 303 took its times, and each 409 none");
    for (fact, count) in summary.facts() {
        assert_eq!(history::facts(&db, fact).await, count, "{fact}");
    }
    let confirmed: i64 =
        sqlx::query_scalar("select count(*) from commitments where stage = 'confirmed'").fetch_one(&db).await.unwrap();
    assert_eq!(confirmed, 0, "everything was given back");
    assert!(summary.is_lively() && taken_over + ended > 0, "{summary}");
    no_deadlocks(&db).await;
}

/// A proof that cannot fail proves nothing: with neither locks nor constraint, the history tells.
#[sqlx::test]
#[ignore = "a part of script/measure"]
async fn without_locks_and_constraint_times_overlap_and_the_history_shows_it(db: PgPool) {
    let sabotage = "alter table commitments drop constraint commitments_do_not_overlap;
                    create function public.pg_advisory_xact_lock(bigint) returns void language sql as '';
                    do $$ begin execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$";
    sqlx::raw_sql(sabotage).execute(&db).await.unwrap();

    weather(&db, 10).await;

    assert!(!history::overlaps(&db).await.is_empty());
}

/// The whole storm, and what everyone was told.
async fn weather(db: &PgPool, seconds: u64) -> Vec<Said> {
    let app = TestApp::spawn_now(db.clone()).await;
    let offset = ClockOffset::new();
    let (mut processes, origins) = processes(db, &offset).await;
    let clients = clients(&app, origins).await;
    // Weeks go by, and nobody signs in again.
    let hold = "update sign_ins set created_at = created_at + '90 days', seen_at = seen_at + '90 days', expires_at = expires_at + '90 days'";
    sqlx::query(hold).execute(db).await.unwrap();
    history::keep(db).await;
    leave_out_other_jobs(db).await;
    // A hold that is over stays for a while, so that somebody may take it over.
    let slowly = ("KABEUCHI_FAILPOINTS", "job_bookings.hold_ends=wait:200".to_owned());
    let variables: Vec<_> = variables(&offset).into_iter().chain([slowly]).collect();
    processes.push(Process::start_with(db, &["work"], &variables));
    let course = Course { began: app.clock.now(), at: Instant::now(), lasts: Duration::from_secs(seconds) };
    let clients = tokio::join!(storm(clients, course), go_on(&offset, course)).0;
    let said = give_back(clients).await.into_iter().flat_map(|client| client.said).collect();
    for process in &mut processes {
        process.signal("TERM");
        process.ended().await;
    }
    said
}

/// Servers on one database, and where they are.
async fn processes(db: &PgPool, offset: &ClockOffset) -> (Vec<Process>, Arc<[String]>) {
    let (mut processes, mut origins) = (Vec::new(), Vec::new());
    for _ in 0..PROCESSES {
        let (process, origin) = Process::serve(db, &variables(offset)).await;
        processes.push(process);
        origins.push(origin);
    }
    (processes, origins.into())
}

fn variables(offset: &ClockOffset) -> [(&'static str, String); 2] {
    // Hours go by in a second, and nobody may think that a worker died.
    [offset.variable(), ("KABEUCHI_LEASE_SECONDS", (30 * 86_400).to_string())]
}

/// Nobody waits for mails here: only the ends of holds are worked on.
async fn leave_out_other_jobs(db: &PgPool) {
    let schema = "
        create function leave_out() returns trigger language plpgsql as $$ begin return null; end $$;
        create trigger leave_out before insert on jobs for each row
            when (new.kind <> 'bookings.hold_ends') execute function leave_out();
        delete from jobs";
    sqlx::raw_sql(schema).execute(db).await.unwrap();
}

/// Moves the clock of all processes until the storm is over.
async fn go_on(offset: &ClockOffset, course: Course) {
    while !course.is_over() {
        offset.set(course.ahead());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Clients of all processes, each with a consultation of one of three calls. Each call has another
/// owner, and the owner of the next attends.
async fn clients(app: &TestApp, origins: Arc<[String]>) -> Vec<Client> {
    let hosts = [hana(), sora(), kai()];
    let (mut calls, mut owners): (Vec<CallId>, Vec<Browser>) = (Vec::new(), Vec::new());
    for host in hosts {
        app.offer_daily(host, "00:00", "24:00").await;
        calls.push(app.open_call(host).await);
        owners.push(app.as_(host).await);
    }
    for (n, call) in calls.iter().enumerate() {
        sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, false, true)")
            .bind(call.0)
            .bind(app.id_of(hosts[(n + 1) % hosts.len()]).await.0)
            .execute(&app.db)
            .await
            .unwrap();
    }
    // A page of a few days is drawn sooner, so that more is asked for.
    for (call, notice) in calls.iter().zip(NOTICES) {
        sqlx::query("update calls set horizon_days = 8, notice_minutes = $2 where call_id = $1")
            .bind(call.0)
            .bind(notice * 60)
            .execute(&app.db)
            .await
            .unwrap();
    }
    let board: Board = Arc::new(Mutex::new(vec![None; PROCESSES * CLIENTS]));
    let mut clients = Vec::new();
    for n in 0..PROCESSES * CLIENTS {
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
            origins: origins.clone(),
            turn: n,
            seed: n as u64 * 7_919 + 1,
            said: Vec::new(),
        });
    }
    clients
}

/// A consultation whose mails nobody sends.
async fn open(app: &TestApp, call: CallId, rival: Persona) -> ConsultationId {
    let lead = app.id_of(rival).await;
    let mut tx = Tx::begin(&app.platform, None, app.clock.now()).await.unwrap();
    let opening =
        Opening { call, former: None, title: "A rival", lead, confidentiality_version: 1, wished_minutes: 60 };
    let id = consultations::open(&mut tx, opening).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// All clients at once, until it is over.
async fn storm(clients: Vec<Client>, course: Course) -> Vec<Client> {
    let act = |mut client: Client| {
        tokio::spawn(async move {
            while !course.is_over() {
                client.act(course).await;
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

    /// Whether everything was granted at times, and time was fought for.
    fn is_lively(&self) -> bool {
        let refused = |act: Act| self.0.get(&act).map_or(0, |(_, refused)| *refused);
        let granted = |acts: &[Act]| acts.iter().any(|act| self.granted(*act) > 0);
        granted(&[Act::Book])
            && granted(&[Act::Move, Act::Swap])
            && granted(&[Act::Propose])
            && granted(&[Act::Cancel])
            && refused(Act::Book) > 0
            && refused(Act::Propose) > 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of =
            |(act, (granted, refused)): (&Act, &(usize, usize))| format!("{act:?} {granted} of {}", granted + refused);
        f.write_str(&self.0.iter().map(of).collect::<Vec<_>>().join(", "))
    }
}
