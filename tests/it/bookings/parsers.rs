//! What calendars make of the mails: two parsers that others wrote keep a calendar by them.

use crate::support::*;
use serde_json::Value;
use sqlx::PgPool;
use std::io::Write;
use std::process::{Command, Stdio};

/// Runs both parsers; Debian's own Python has them.
fn kept(messages: &[String]) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/calendar_parsers.py");
    let mut child = Command::new("/usr/bin/python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script/test installs python3-icalendar and python3-vobject");
    child.stdin.take().unwrap().write_all(serde_json::to_string(messages).unwrap().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the parsers read every message");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[sqlx::test]
async fn invitation_update_and_cancellation_are_one_event_and_then_none(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let hostile = Persona { name: "壁 打;子, \"X\"\\n", email: "aki@example.org", ..aki() };
    let consultation = app.consultation(hana(), hostile).await;
    let title = "SLO、最初の一歩;DTSTART:19700101T000000Z, \"何から\" 始めればよいかわからないので相談したい";
    sqlx::query("update consultations set title = $1").bind(title).execute(&app.db).await.unwrap();
    let booking = app.book_first(hostile, consultation).await;
    let browser = app.as_(hostile).await;
    book(&browser, &format!("{booking}/rescheduling"), "2027-01-05T03:00:00Z", "60").await.assert_status(303);
    app.run_jobs().await;
    browser.post(&format!("{booking}/cancellation"), &[]).await.assert_status(303);
    app.run_jobs().await;
    let messages: Vec<String> = app.mailbox().to(hana()).await.into_iter().filter_map(|m| m.calendar).collect();
    assert_eq!(messages.len(), 3);

    let kept = kept(&messages);

    for parser in ["icalendar", "vobject"] {
        let history = kept[parser].as_array().unwrap();
        let event = |n: usize| history[n].as_array().unwrap().clone();
        let [invited, moved] = [0, 1].map(|n| {
            assert_eq!(event(n).len(), 1, "{parser}: exactly one event after message {n}");
            event(n)[0].clone()
        });
        assert_eq!((invited[1].as_i64(), invited[2].as_str()), (Some(0), Some("2027-01-05T00:00:00Z")));
        assert_eq!(
            (&moved[0], moved[1].as_i64(), moved[2].as_str()),
            (&invited[0], Some(1), Some("2027-01-05T03:00:00Z"))
        );
        assert_eq!(
            moved[3].as_str().unwrap(),
            format!("Kabeuchi: {title}"),
            "{parser}: the title, and nothing of it more"
        );
        assert!(event(2).is_empty(), "{parser}: none after the cancellation");
    }
}
