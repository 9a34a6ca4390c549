//! Many at once for the times of one host, and a storm of clients over three processes, whose history
//! is then read for two times of one person that overlap.

mod client;
mod course;
mod history;
mod storm;

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

#[sqlx::test]
async fn case_74_of_fifty_at_once_one_books_and_the_others_see_other_times(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let rivals = rivals(&app, 50).await;
    let start = "2027-01-05T00:00:00Z";

    let answers = futures_of(&rivals, |_| (start.to_owned(), "60")).await;

    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|page| page.status == 303);
    assert_eq!(won.len(), 1);
    for page in lost {
        page.assert_status(409).assert_says("bookings-new-taken");
        assert!(!page.starts().is_empty() && !page.starts().contains(&start.to_owned()));
    }
    no_deadlocks(&app.db).await;
}

#[sqlx::test]
async fn trust_i02_case_75_of_overlapping_times_exactly_one_is_booked(db: PgPool) {
    for buffer in [0, 15] {
        let app = TestApp::spawn(db.clone()).await;
        app.offer_hours(hana()).await;
        let rivals = rivals(&app, 20).await;
        sqlx::query("update calls set buffer_before_minutes = $1, buffer_after_minutes = $1")
            .bind(buffer)
            .execute(&app.db)
            .await
            .unwrap();
        // 10:00 to 11:00 against 10:30 to 11:00 in Tokyo, on another day for each round.
        let day = if buffer == 0 { "05" } else { "06" };
        let of = |n: usize| match n % 2 {
            0 => (format!("2027-01-{day}T01:00:00Z"), "60"),
            _ => (format!("2027-01-{day}T01:30:00Z"), "30"),
        };

        let answers = futures_of(&rivals, of).await;

        assert_eq!(answers.iter().filter(|page| page.status == 303).count(), 1, "with buffers of {buffer}");
        assert_eq!(answers.iter().filter(|page| page.status == 409).count(), 19);
        no_deadlocks(&app.db).await;
        sqlx::query("delete from commitments").execute(&app.db).await.unwrap();
    }
}

#[sqlx::test]
async fn with_buffers_neighbours_exclude_each_other(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let rivals = rivals(&app, 40).await;
    sqlx::query("update calls set buffer_after_minutes = 30").execute(&app.db).await.unwrap();
    let of =
        |n: usize| (if n.is_multiple_of(2) { "2027-01-05T01:00:00Z" } else { "2027-01-05T02:00:00Z" }.to_owned(), "60");

    let answers = futures_of(&rivals, of).await;

    assert_eq!(answers.iter().filter(|page| page.status == 303).count(), 1, "11:00 begins within the buffer of 10:00");
}

/// Browsers of people who each have a consultation with Hana, with the page of its times.
async fn rivals(app: &TestApp, count: usize) -> Vec<(Browser, String)> {
    let mut rivals = Vec::new();
    for n in 0..count {
        let email: &'static str = Box::leak(format!("rival{n}@example.org").into_boxed_str());
        let rival = Persona { name: "Rival", email, ..aki() };
        let consultation = app.consultation(hana(), rival).await;
        rivals.push((app.as_(rival).await, times_path(consultation)));
    }
    rivals
}

async fn futures_of(rivals: &[(Browser, String)], of: impl Fn(usize) -> (String, &'static str)) -> Vec<Page> {
    let tasks: Vec<_> = rivals
        .iter()
        .enumerate()
        .map(|(n, (browser, path))| {
            let ((browser, path), (start, minutes)) = ((browser.clone(), path.clone()), of(n));
            tokio::spawn(async move { book(&browser, &path, &start, minutes).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn no_deadlocks(db: &PgPool) {
    let deadlocks: i64 =
        sqlx::query_scalar("select deadlocks from pg_stat_database where datname = current_database()")
            .fetch_one(db)
            .await
            .unwrap();
    assert_eq!(deadlocks, 0);
}

/// Whoever is told to come back in a second does so, as a browser's user would.
async fn book_at_last(browser: &Browser, path: &str, start: &str) -> Page {
    loop {
        let page = book(browser, path, start, "60").await;
        if ![408, 503].contains(&page.status) {
            return page;
        }
    }
}

#[sqlx::test]
async fn trust_i01_of_two_hundred_at_three_processes_one_books_and_everyone_is_answered(db: PgPool) {
    let app = TestApp::spawn_now(db.clone()).await;
    app.offer_hours(hana()).await;
    let rivals = rivals(&app, 200).await;
    let (mut processes, mut origins) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (process, origin) = Process::serve(&db, &[]).await;
        processes.push(process);
        origins.push(origin);
    }
    let start = rivals[0].0.get(&rivals[0].1).await.starts()[0].clone();
    app.mailbox().empty().await;

    let tasks: Vec<_> = rivals
        .iter()
        .enumerate()
        .map(|(n, (browser, path))| {
            let (browser, path, start) = (browser.at(&origins[n % 3]), path.clone(), start.clone());
            tokio::spawn(async move { book_at_last(&browser, &path, &start).await })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        let page = task.await.unwrap();
        match page.status {
            303 => won += 1,
            _ => _ = page.assert_status(409).assert_says("bookings-new-taken"),
        }
    }

    assert_eq!(won, 1);
    // The processes live by the database's time, which went on.
    app.clock.advance(TimeDelta::minutes(10));
    app.run_jobs().await;
    let invitations = app.mailbox().all().await.into_iter().filter(|mail| mail.calendar.is_some()).count();
    assert_eq!(invitations, 2, "one for the host and one for whoever was first");
    no_deadlocks(&app.db).await;
}

#[sqlx::test]
async fn the_database_itself_refuses_a_second_time_of_a_person_whatever_the_program_forgot(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let (first, second) = (app.consultation(hana(), aki()).await, app.consultation(hana(), sora()).await);
    app.book_first(aki(), first).await;
    let there = book(&app.as_(sora()).await, &times_path(second), "2027-01-05T03:00:00Z", "60").await;
    there.assert_status(303);
    let booking: uuid::Uuid = there.leads_to().split('?').next().unwrap().rsplit('/').next().unwrap().parse().unwrap();

    let onto =
        "update commitments set during = tstzrange('2027-01-05T00:30Z', '2027-01-05T01:30Z') where booking_id = $1";
    let refused = sqlx::query(onto).bind(booking).execute(&app.db).await.unwrap_err();

    let constraint = refused.into_database_error().and_then(|error| error.constraint().map(str::to_owned));
    assert_eq!(constraint.as_deref(), Some("commitments_do_not_overlap"));
    let touching =
        "update commitments set during = tstzrange('2027-01-05T01:00Z', '2027-01-05T02:00Z') where booking_id = $1";
    sqlx::query(touching).bind(booking).execute(&app.db).await.unwrap();
}
