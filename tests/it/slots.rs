//! `kabeuchi slots`, as somebody runs it in a terminal.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs the command without any setting, which it does not need.
fn run(case: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kabeuchi"))
        .arg("slots")
        .args(arguments)
        .env("KABEUCHI_LISTEN", "nowhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(case.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

const CASE: &str = r#"{ "zone": "America/New_York", "now": "2027-01-01T00:00:00Z", "duration": 60, "step": 60,
    "horizon_days": 100, "weekly": [{ "day": "sun", "from": "02:00", "to": "04:00" }],
    "from": "2027-03-14T00:00:00-05:00", "to": "2027-03-15T00:00:00-04:00" }"#;

#[test]
fn a_case_is_answered_with_its_slots_or_with_reasons() {
    let slots = run(CASE, &[]);
    assert_eq!(String::from_utf8_lossy(&slots.stderr), "");
    assert_eq!(slots.status.code(), Some(0));
    let slot = r#"{"slots":[{"end":"2027-03-14T08:00:00Z","start":"2027-03-14T07:00:00Z"}]}"#;
    assert_eq!(String::from_utf8_lossy(&slots.stdout).trim(), slot);

    let why = run(CASE, &["--why", "2027-03-14T01:00:00-05:00"]);
    let text = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(text.contains("outside-hours") && text.contains("clock-gap"), "{text}");
}

#[test]
fn a_case_that_cannot_be_read_names_the_field_and_ends_with_2() {
    for wrong in [CASE.replace("02:00", "25:00"), CASE.replace("New_York", "Gotham"), "{".to_owned()] {
        let answer = run(&wrong, &[]);
        assert_eq!(answer.status.code(), Some(2), "{wrong}");
        assert!(answer.stdout.is_empty() && !answer.stderr.is_empty());
    }
    let why = run(CASE, &["--why", "soon"]);
    assert_eq!(why.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&why.stderr).contains("--why"));
}
