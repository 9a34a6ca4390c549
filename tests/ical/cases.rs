//! The cases, whole and cut.

use crate::fixture::{Case, Expected, cases};
use kabeuchi::domain::ical::{Reading, What};

/// What is wrong with a reading, in words.
fn fault(case: &Case) -> Option<String> {
    let reading = match case.read(&case.bytes()) {
        Ok(reading) => reading,
        Err(error) => return Some(format!("{}: {error}", case.name)),
    };
    let (is_right, expected) = match &case.expected {
        Expected::Complete(outcomes) => {
            (reading.is_complete() && outcomes.contains(&reading.busy), format!("complete, one of {outcomes:?}"))
        }
        Expected::Incomplete(busy) => (!reading.is_complete() && reading.busy == *busy, format!("flagged {busy:?}")),
        Expected::UnknownZone => {
            let in_hosts_zone = without_zones(case);
            let is_said = reading.flaws.iter().any(|flaw| matches!(flaw.what, What::UnknownZone(_)));
            (is_said && reading.busy == in_hosts_zone.busy, format!("unknown zone, {:?}", in_hosts_zone.busy))
        }
    };
    (!is_right).then(|| {
        format!("{}:\n  expected {expected}\n       got {:?}, flaws {:?}", case.name, reading.busy, reading.flaws)
    })
}

/// The same file without TZID, which is then in the host's zone.
fn without_zones(case: &Case) -> Reading {
    let text = String::from_utf8(case.bytes()).unwrap().replace(";TZID=Nowhere/Land", "");
    case.read(text.as_bytes()).unwrap()
}

#[test]
fn all_cases_pass() {
    let cases = cases();
    let faults: Vec<String> = cases.iter().filter_map(fault).collect();
    assert_eq!(cases.len(), 74);
    assert!(faults.is_empty(), "{} of {} pass\n{}", cases.len() - faults.len(), cases.len(), faults.join("\n"));
    println!("{} of {} cases pass", cases.len() - faults.len(), cases.len());
}

#[test]
fn a_file_cut_anywhere_is_never_complete() {
    let small = |case: &Case| !case.options.iter().any(|option| option == "bigline");
    for case in cases().into_iter().filter(small) {
        let bytes = case.bytes();
        let end = bytes.len() - "END:VCALENDAR\r\n".len();
        for length in 0..end {
            if let Ok(reading) = case.read(&bytes[..length]) {
                assert!(!reading.is_complete(), "{} cut after {length} bytes counts as complete", case.name);
            }
        }
    }
}

#[test]
fn the_order_of_events_does_not_matter() {
    for mut case in cases() {
        let busy = case.read(&case.bytes()).unwrap().busy;
        case.events.reverse();
        let is_cut = case.options.iter().any(|option| option == "trunc");
        assert!(is_cut || case.read(&case.bytes()).unwrap().busy == busy, "{}", case.name);
    }
}
