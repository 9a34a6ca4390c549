//! Whoever holds a mailed key or the address of a feed, and no more than that.

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

#[sqlx::test]
async fn where_a_form_led_is_kept_without_the_key_and_found_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let booking = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
    let link = app.mailbox().last_to(aki()).await.link();
    let key = link.split("key=").nth(1).unwrap();
    let path = link.replace(&booking, &format!("{booking}/rescheduling"));
    let visitor = app.visitor();
    let times = visitor.get(&path).await;
    let start = times.starts()[3].clone();

    let first = visitor.submit(&times, &path, &[("start", &start)]).await.leads_to();
    app.clock.advance(TimeDelta::minutes(1));
    let second = visitor.submit(&times, &path, &[("start", &start)]).await.leads_to();

    assert!(first.contains(key), "{first}");
    assert_eq!(second, first);
    let kept: Vec<String> =
        sqlx::query_scalar("select to_jsonb(k)::text from once_keys k").fetch_all(&app.db).await.unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|row| !row.contains(key) && !row.contains(&booking)), "{kept:?}");
}
