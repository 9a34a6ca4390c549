//! Faults: processes killed, frozen and poisoned at named points. After each, what was acknowledged
//! is there, and nothing is there by halves.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::app;
use kabeuchi::platform::clock::Clock;
use kabeuchi::platform::db::Tx;
use sqlx::PgPool;
use std::future::Future;
use std::task::Poll;
use uuid::Uuid;

const DONE: &str = "select count(*) = 1 and bool_and(stage = 'done') from jobs where kind <> 'admin.retention'";
const CLAIMED: &str = "select bool_or(lease_until is not null) from jobs";

/// Asks for a sign-in link as the page does, by the clock of the database.
async fn ask_for_a_link(db: &PgPool) {
    let app = TestApp::spawn_now(db.clone()).await;
    app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
}

async fn count(db: &PgPool, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(db).await.unwrap()
}

/// Sends the sign-in form to a served process; `None` when the connection was cut.
async fn send_form(origin: &str, once: Uuid) -> Option<u16> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let body = format!("email=aki%40example.org&once={once}");
    let request = client.post(format!("{origin}/sign-in")).header("sec-fetch-site", "same-origin").body(body);
    request
        .header("content-type", "application/x-www-form-urlencoded")
        .send()
        .await
        .ok()
        .map(|answer| answer.status().as_u16())
}

async fn serve(db: &PgPool, smtp: &MailServer, failpoints: &str) -> (Process, String) {
    Process::serve(db, &smtp.variables(failpoints)).await
}

#[sqlx::test]
async fn fault_j01_case_82_killed_after_the_commit_the_same_form_gets_the_first_answer(db: PgPool) {
    let smtp = MailServer::start().await;
    let once = Uuid::new_v4();
    TestApp::spawn_now(db.clone()).await.as_(ren()).await;
    let (mut killed, origin) = serve(&db, &smtp, "after_commit=abort").await;
    assert_eq!(send_form(&origin, once).await, None);
    killed.ended().await;
    assert_eq!(count(&db, "sign_in_requests where not is_first").await, 1);

    let (_again, origin) = serve(&db, &smtp, "").await;

    assert_eq!(send_form(&origin, once).await, Some(303));
    assert_eq!(count(&db, "sign_in_requests where not is_first").await, 1);
    assert_eq!(count(&db, "jobs").await, 1);
}

#[sqlx::test]
async fn fault_j02_killed_before_the_commit_nothing_happened_and_a_retry_does_it_once(db: PgPool) {
    let smtp = MailServer::start().await;
    let once = Uuid::new_v4();
    TestApp::spawn_now(db.clone()).await.as_(ren()).await;
    let (mut killed, origin) = serve(&db, &smtp, "before_commit=abort").await;
    assert_eq!(send_form(&origin, once).await, None);
    killed.ended().await;
    assert_eq!(
        (count(&db, "sign_in_requests where not is_first").await, count(&db, "jobs").await, count(&db, "facts").await),
        (0, 0, 0)
    );

    let (_again, origin) = serve(&db, &smtp, "").await;

    assert_eq!(send_form(&origin, once).await, Some(303));
    assert_eq!(
        (count(&db, "sign_in_requests where not is_first").await, count(&db, "jobs").await, count(&db, "facts").await),
        (1, 1, 1)
    );
}

#[sqlx::test]
async fn fault_j03_killed_after_the_claim_another_worker_sends_once(db: PgPool) {
    let smtp = MailServer::start().await;
    ask_for_a_link(&db).await;
    Process::start(&db, &["work"], &smtp, "after_claim=abort").ended().await;
    assert_eq!(smtp.message_ids(), [] as [&str; 0]);

    let _worker = Process::start(&db, &["work"], &smtp, "");

    until(&db, "the mail is sent", DONE).await;
    assert_eq!(smtp.message_ids().len(), 1);
}

#[sqlx::test]
async fn fault_j04_killed_after_the_servers_ok_the_mail_comes_again_with_the_same_id(db: PgPool) {
    let smtp = MailServer::start().await;
    ask_for_a_link(&db).await;
    Process::start(&db, &["work"], &smtp, "after_smtp_250=abort").ended().await;
    assert_eq!(smtp.message_ids().len(), 1);

    let _worker = Process::start(&db, &["work"], &smtp, "");

    until(&db, "the mail is sent again", DONE).await;
    let ids = smtp.message_ids();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[sqlx::test]
async fn fault_j05_a_client_that_leaves_at_any_moment_leaves_nothing_by_halves(db: PgPool) {
    let app = TestApp::spawn_now(db.clone()).await;
    let service = actix_web::test::init_service(app::build(app.platform.clone())).await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let mut finished = false;
    for awaits in 0..200 {
        let request = actix_web::test::TestRequest::post()
            .uri("/sign-in")
            .insert_header(("host", host.as_str()))
            .insert_header(("sec-fetch-site", "same-origin"))
            .peer_addr(format!("10.0.0.{awaits}:1").parse().unwrap())
            .set_form([("email", format!("person{awaits}@example.org"))])
            .to_request();
        finished = leaves_after(awaits, actix_web::dev::Service::call(&service, request)).await;
        // One statement, as a commit that is under way may come between two.
        let (requests, jobs, facts): (i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from sign_in_requests), (select count(*) from jobs), (select count(*) from facts)",
        )
        .fetch_one(&db)
        .await
        .unwrap();
        assert_eq!((requests, requests), (jobs, facts), "after {awaits} awaits");
        if finished {
            break;
        }
    }
    assert!(finished, "the request never came to its end");
    assert!(count(&db, "jobs").await >= 1);
    // No connection was lost: as many transactions as the pool has places can be open at once.
    let mut open = Vec::new();
    for _ in 0..app.db.options().get_max_connections().min(8) {
        open.push(Tx::begin(&app.platform, None, app.platform.clock.now()).await.unwrap());
    }
}

/// Polls a future until it waited so often, then drops it; whether it was done before.
async fn leaves_after<F: Future>(awaits: usize, future: F) -> bool {
    let mut future = Box::pin(future);
    let mut waited = 0;
    std::future::poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending if waited == awaits => Poll::Ready(false),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

#[sqlx::test]
async fn fault_j06_a_frozen_worker_cannot_send_or_finish_what_another_took_over(db: PgPool) {
    let smtp = MailServer::start().await;
    ask_for_a_link(&db).await;
    let frozen = Process::start(&db, &["work"], &smtp, "after_claim=wait:1000");
    until(&db, "the job is claimed", CLAIMED).await;
    frozen.signal("STOP");

    let _other = Process::start(&db, &["work"], &smtp, "");
    until(&db, "the other worker sent it", DONE).await;
    frozen.signal("CONT");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;

    assert_eq!(smtp.message_ids().len(), 1);
    let attempt: i32 =
        sqlx::query_scalar("select attempt from jobs where kind = 'people.sign_in_mail'").fetch_one(&db).await.unwrap();
    assert_eq!(attempt, 2);
}

#[sqlx::test]
async fn fault_j10_a_job_that_kills_its_process_is_put_aside_and_others_flow(db: PgPool) {
    let smtp = MailServer::start().await;
    ask_for_a_link(&db).await;
    for _ in 0..5 {
        Process::start(&db, &["work"], &smtp, "job_people.sign_in_mail=abort").ended().await;
    }
    let _worker = Process::start(&db, &["work"], &smtp, "job_people.sign_in_mail=abort");
    until(
        &db,
        "the job is put aside",
        "select bool_and(stage = 'failed' and crashes = 5) from jobs where kind = 'people.sign_in_mail'",
    )
    .await;

    let app = TestApp::spawn_now(db.clone()).await;
    app.consultation(hana(), aki()).await;
    app.as_(aki()).await;
    let consultations = count(&db, "jobs where kind like 'consultations.%' and stage = 'done'").await;
    assert_eq!(consultations, 1, "the queue flows on");
    assert_eq!(smtp.message_ids(), [] as [&str; 0]);
}

#[sqlx::test]
async fn fault_j11_a_panic_fails_the_attempt_and_the_worker_goes_on(db: PgPool) {
    let smtp = MailServer::start().await;
    ask_for_a_link(&db).await;
    let _worker = Process::start(&db, &["work"], &smtp, "job_people.sign_in_mail=panic");
    until(
        &db,
        "the attempt failed",
        "select bool_and(stage = 'waiting' and last_error like '%panic%' and run_at > created_at) from jobs where kind = 'people.sign_in_mail'",
    )
    .await;

    sqlx::query("update jobs set run_at = created_at, attempt = 0 where kind = 'people.sign_in_mail'")
        .execute(&db)
        .await
        .unwrap();

    until(
        &db,
        "the same worker tried again",
        "select bool_and(attempt = 1 and lease_until is null) from jobs where kind = 'people.sign_in_mail'",
    )
    .await;
}

#[sqlx::test]
async fn fault_j55_nobody_is_reminded_by_a_clock_that_jumped(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
    app.as_(hana()).await;
    let (now, start) = (app.clock.now(), app.start_of(&booking).await);
    app.mailbox().empty().await;

    app.clock.doubt(true);
    for jumped in [start - TimeDelta::minutes(30), start + TimeDelta::days(30), now - TimeDelta::days(365)] {
        app.clock.set(jumped);
        app.run_jobs().await;
        assert_eq!(app.mailbox().all().await.len(), 0, "{jumped}");
    }
    app.clock.set(start - TimeDelta::minutes(30));
    app.visitor().post("/sign-in", &[("email", "ren@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().to(ren()).await.len(), 1, "what is asked for now is sent now");

    app.clock.set(now);
    app.clock.doubt(false);
    app.run_jobs().await;
    assert_eq!(app.mailbox().to(aki()).await.len(), 0, "it is not time yet");
    app.clock.set(start - TimeDelta::minutes(30));
    app.run_jobs().await;
    let told = app.mailbox().subjects(aki()).await;
    app.run_jobs().await;
    assert!(!told.is_empty(), "they are reminded when it is time");
    assert_eq!(app.mailbox().subjects(aki()).await, told, "and once");
}

#[sqlx::test]
async fn fault_j55_what_seems_too_old_by_a_clock_that_jumped_is_sent_when_it_is_right_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let now = app.clock.now();
    app.visitor().post("/sign-in", &[("email", "ren@example.org")]).await.assert_status(303);

    app.clock.doubt(true);
    app.clock.set(now + TimeDelta::hours(1));
    app.run_jobs().await;
    app.clock.set(now + TimeDelta::minutes(4));
    app.clock.doubt(false);
    app.run_jobs().await;

    assert_eq!(app.mailbox().to(ren()).await.len(), 1);
}

/// Kills at one point; `script/measure` says how many.
fn kills() -> usize {
    std::env::var("KABEUCHI_KILLS").map_or(200, |kills| kills.parse().unwrap())
}

/// Kills a server at a point of the commit so often; each form is then sent again to another one.
async fn kill_servers(db: &PgPool, failpoint: &str) {
    let smtp = MailServer::start().await;
    TestApp::spawn_now(db.clone()).await.as_(ren()).await;
    let (_other, other) = serve(db, &smtp, "").await;
    for n in 0..kills() {
        let once = Uuid::new_v4();
        let (mut killed, origin) = serve(db, &smtp, failpoint).await;
        assert_eq!(send_form(&origin, once).await, None, "kill {n}");
        killed.ended().await;
        assert_eq!(send_form(&other, once).await, Some(303), "after kill {n}");
        let all = (count(db, "sign_in_requests").await, count(db, "jobs").await, count(db, "facts").await);
        assert_eq!(all, (n as i64 + 1, n as i64 + 1, n as i64 + 1), "after kill {n}");
        sqlx::query("delete from limits").execute(db).await.unwrap();
    }
}

/// Kills a worker at a point of sending so often; another one finishes each time. Gives how many
/// mails came twice, by their Message-ID.
async fn kill_workers(db: &PgPool, failpoint: &str) -> usize {
    let smtp = MailServer::start().await;
    for n in 0..kills() {
        ask_for_a_link(db).await;
        Process::start(db, &["work"], &smtp, failpoint).ended().await;
        let _worker = Process::start(db, &["work"], &smtp, "");
        until(db, "everything is sent", "select bool_and(stage = 'done') from jobs where kind <> 'admin.retention'")
            .await;
        let sent: std::collections::BTreeSet<String> = smtp.message_ids().into_iter().collect();
        assert_eq!(sent.len(), n + 1, "nothing is lost after kill {n}");
        sqlx::query("delete from limits").execute(db).await.unwrap();
    }
    smtp.message_ids().len() - kills()
}

#[sqlx::test]
#[ignore = "minutes: script/measure kills so often"]
async fn kills_after_the_commit_lose_and_double_nothing(db: PgPool) {
    kill_servers(&db, "after_commit=abort").await;
}

#[sqlx::test]
#[ignore = "minutes: script/measure kills so often"]
async fn kills_before_the_commit_lose_and_double_nothing(db: PgPool) {
    kill_servers(&db, "before_commit=abort").await;
}

#[sqlx::test]
#[ignore = "minutes: script/measure kills so often"]
async fn kills_after_the_claim_lose_and_double_nothing(db: PgPool) {
    assert_eq!(kill_workers(&db, "after_claim=abort").await, 0);
}

#[sqlx::test]
#[ignore = "minutes: script/measure kills so often"]
async fn kills_after_the_servers_ok_double_each_mail_once_with_the_same_id(db: PgPool) {
    // The named gap: the server took the mail and the program could not write it down.
    assert_eq!(kill_workers(&db, "after_smtp_250=abort").await, kills());
}
