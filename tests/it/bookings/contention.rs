//! Many at once for the times of one host, and a storm of clients over three processes, whose history
//! is then read for two times of one person that overlap.

mod client;
mod course;
mod history;
mod storm;

use crate::support::*;
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
async fn case_75_of_overlapping_times_exactly_one_is_booked(db: PgPool) {
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
