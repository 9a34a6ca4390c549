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

/// Somebody who knows everything that the consultations behind the reports hold looks for it in what is public.
#[sqlx::test]
async fn trust_l05_nothing_public_leads_back_to_the_consultations_of_the_demo(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let now = app.platform.clock.now();
    assert!(demo::fill(&app.platform.config, &app.db, now).await.unwrap());
    let of = async |sql: &'static str| sqlx::query_scalar::<_, String>(sql).fetch_all(&app.db).await.unwrap();
    let published = "(select consultation_id from reports where stage = 'published')";
    let guests =
        "select p.person_id from participants p join reports r using (consultation_id) where r.stage = 'published'";
    let known =
        ["name", "email", "split_part(email, '@', 1) || '@'", "split_part(email, '@', 2)", "person_id::text", "slug"];
    let mut canaries = BTreeSet::new();
    for column in known {
        let sql = format!("select coalesce({column}, '') from people where person_id in ({guests})");
        canaries.extend(sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql)).fetch_all(&app.db).await.unwrap());
    }
    for table in ["consultations", "applications", "bookings", "feedback", "materials", "items"] {
        let sql = format!(
            "select (regexp_matches(t::text, '[0-9a-f]{{8}}-[0-9a-f-]{{27}}', 'g'))[1] from {table} t
              where consultation_id in {published}"
        );
        canaries.extend(sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql)).fetch_all(&app.db).await.unwrap());
    }
    canaries.extend(of("select title from materials where title <> ''").await);
    canaries.extend(of("select title from items where title <> ''").await);
    let instants =
        format!("select starts_at from bookings where consultation_id in {published} and stage = 'confirmed'");
    let instants: Vec<chrono::DateTime<chrono::Utc>> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(instants)).fetch_all(&app.db).await.unwrap();
    assert!(canaries.len() > 20 && !instants.is_empty(), "{canaries:?}");
    for instant in instants {
        let here = instant.with_timezone(&chrono_tz::Asia::Tokyo);
        for form in ["%Y-%m-%d", "%-d %B %Y", "%Y年%-m月%-d日", "%-m月%-d日", "T%H:%M", "%H:%M–"] {
            canaries.insert(here.format(form).to_string());
            canaries.insert(instant.format(form).to_string());
        }
    }
    canaries.remove("");
    let hosts: BTreeSet<String> =
        of("select name from people where host_since is not null").await.into_iter().collect();

    let visitor = app.visitor();
    let mut pages: BTreeSet<String> = ["/", "/reports", "/reports?q=SLO", "/search?q=SLO"].map(str::to_owned).into();
    for report in visitor.get("/").await.links("/reports/") {
        let index = report.rsplit_once('/').unwrap().0.to_owned();
        pages.extend([format!("{index}/feed.atom"), index, report]);
    }
    let mut read = 0;
    for path in &pages {
        let page = visitor.get(path).await;
        if page.status != 200 {
            continue;
        }
        read += 1;
        let headers: String = page.headers.iter().map(|(name, value)| format!("{name}: {value:?}\n")).collect();
        let found: Vec<&String> = canaries
            .iter()
            .filter(|canary| !hosts.contains(*canary))
            .filter(|canary| page.body.contains(canary.as_str()) || headers.contains(canary.as_str()))
            .collect();
        assert!(found.is_empty(), "{found:?} at {path}");
    }
    assert!(read >= 6, "only {read} of {pages:?}");
}
