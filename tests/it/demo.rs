//! The demo world: believable, in both languages, and what people could have done themselves.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::demo;
use sqlx::PgPool;
use std::collections::BTreeSet;

#[sqlx::test]
async fn one_is_booked_for_tomorrow_at_whatever_hour_the_world_is_made(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.clock.advance(TimeDelta::hours(20));

    assert!(demo::fill(&app.platform.config, &app.db, app.platform.clock.now()).await.unwrap());

    assert!(is_booked_for_tomorrow(&app).await);
}

async fn is_booked_for_tomorrow(app: &TestApp) -> bool {
    sqlx::query_scalar(
        "select count(*) = 1 and bool_and((starts_at at time zone 'Asia/Tokyo')::date = ($1 at time zone 'Asia/Tokyo')::date + 1)
           from bookings where stage = 'confirmed' and starts_at > $1",
    )
    .bind(app.platform.clock.now())
    .fetch_one(&app.db)
    .await
    .unwrap()
}

#[sqlx::test]
async fn an_empty_instance_is_filled_once_with_everything_that_a_visitor_should_see(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let now = app.platform.clock.now();

    assert!(demo::fill(&app.platform.config, &app.db, now).await.unwrap());

    assert!(!demo::fill(&app.platform.config, &app.db, now).await.unwrap(), "people are here already");
    let words = async |sql: &'static str| -> BTreeSet<String> {
        sqlx::query_scalar::<_, String>(sql).fetch_all(&app.db).await.unwrap().into_iter().collect()
    };
    let set = |all: &[&str]| all.iter().map(|word| word.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(words("select stage from calls").await, set(&["draft", "open", "paused"]));
    assert_eq!(words("select locale from calls").await, set(&["en", "ja"]));
    assert_eq!(
        words("select stage from applications").await,
        set(&["accepted", "asked", "blocked", "declined", "expired", "lapsed", "submitted", "waitlisted", "withdrawn"])
    );
    assert_eq!(
        words("select stage from consultations").await,
        set(&["booked", "cancelled", "closed", "held", "preparing", "resolved_in_writing"])
    );
    let front = app.visitor().get("/").await;
    assert_eq!(front.links("/reports/").len(), 2);
    for report in front.links("/reports/") {
        assert!(!app.visitor().get(&report).await.texts("blockquote").is_empty(), "{report} shows what may be quoted");
    }
    assert!(is_booked_for_tomorrow(&app).await, "one is booked for tomorrow");
    let sent = app.mailbox().all().await.len();
    app.run_jobs().await;
    assert_eq!(app.mailbox().all().await.len(), sent, "nothing of the past is sent now");
    let failed: i64 =
        sqlx::query_scalar("select count(*) from jobs where stage = 'failed'").fetch_one(&app.db).await.unwrap();
    assert_eq!(failed, 0);
    app.pass(TimeDelta::hours(2)).await;
}
