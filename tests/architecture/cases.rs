//! The cases that a scheduler must pass are numbered, and tests carry their numbers: each case has one,
//! and those that are a choice say what was chosen.

use super::{Source, report, sources};
use std::collections::BTreeMap;

/// How many cases there are.
const CASES: u32 = 90;

/// Cases that could have been decided otherwise, with what was decided.
const POLICIES: [(u32, &str); 31] = [
    (19, "A booked instant stays when its host changes zone, hours follow the new clock, and both are shown before."),
    (21, "The zone of a browser is proposed and never taken by itself, since some browsers say UTC."),
    (22, "When a law moves clocks, the booked instant stays, and both sides are told which clock was meant."),
    (24, "An override replaces the instants of its own date, also those of a window that began the evening before."),
    (30, "The grid begins with each window, not with the hour."),
    (31, "Of two overrides of one date the last that was saved counts."),
    (33, "Where two buffers meet, the larger counts, not the sum."),
    (35, "A buffer may leave the window, as long as nothing is taken there."),
    (36, "Without buffers, sessions may touch."),
    (37, "A booking keeps the buffers it was made with, whatever its call asks later."),
    (38, "A whole day takes the host's time unless the host says otherwise of that calendar."),
    (42, "Tentative and unanswered events take the host's time unless the host says otherwise of that calendar."),
    (43, "A floating time is meant in the zone that its calendar declares, or else in the host's."),
    (44, "An unknown zone is read as the host's, and the calendar counts as incomplete."),
    (58, "A series that would take too long is given up, and the calendar counts as incomplete."),
    (61, "A calendar that fails keeps its last picture; from a day after the last good read on, the host confirms."),
    (64, "Of free-busy time, tentative counts as the host says of tentative events, and an unknown kind is busy."),
    (65, "A session that is missing from its host's calendar stays booked, and the host is asked once."),
    (66, "A start at exactly the end of the notice can be booked."),
    (67, "Notice is elapsed time, not calendar days."),
    (68, "The horizon ends with the host's date, wherever the reader is."),
    (69, "A held time counts towards limits as a booked one does, and a cancelled one no longer."),
    (70, "A week begins on Monday or Sunday, as the host says."),
    (72, "Settings that contradict each other are refused when saved; a host without hours contradicts nothing."),
    (73, "A time that cannot be booked any more is answered with the three nearest, and nothing typed is lost."),
    (77, "A hold can be taken until its very end."),
    (81, "A guest with a session elsewhere at that time is warned, and may book all the same."),
    (
        83,
        "The stored picture decides at booking; what the next read finds is told to the host, and nothing is cancelled.",
    ),
    (85, "What the host's program changed in a session is written over when the session moves: the booking says when."),
    (89, "A reminder that would be sent at once, as its time is past when somebody books, is not sent."),
    (90, "A hold that ends sends no cancellation of an invitation that was never sent."),
];

/// Tests by the case that they carry in their name.
fn tests() -> BTreeMap<u32, Vec<String>> {
    numbered("case_")
}

/// Tests by the number that follows these letters in their name; one test may carry several.
pub fn numbered(prefix: &str) -> BTreeMap<u32, Vec<String>> {
    let mut tests: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for source in sources("src", "rs").into_iter().chain(sources("tests", "rs")) {
        for (name, is_test) in functions(&source) {
            let begins = |at: &usize| *at == 0 || name.as_bytes()[at - 1] == b'_';
            let Some(at) = name.match_indices(prefix).map(|(at, _)| at).find(begins) else { continue };
            let Some((digits, _)) = name[at + prefix.len()..].split_once('_') else { continue };
            if !digits.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            assert!(digits.len() == 2, "{}: {name} has not two digits", source.path);
            assert!(is_test, "{}: {name} is no test", source.path);
            tests.entry(digits.parse().unwrap()).or_default().push(format!("{}: {name}", source.path));
        }
    }
    tests
}

/// Names of functions, and whether an attribute of a test stands above each.
fn functions(source: &Source) -> Vec<(&str, bool)> {
    let (mut found, mut is_test) = (Vec::new(), false);
    for line in source.text.lines().map(str::trim) {
        if let Some(declared) = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn ")) {
            found.push((declared.split(['(', '<']).next().unwrap(), is_test));
        }
        is_test = match line {
            attribute if attribute.starts_with("#[") => {
                is_test || attribute.contains("test]") || attribute.contains("test(")
            }
            comment => is_test && comment.starts_with("//"),
        };
    }
    found
}

#[test]
fn every_case_has_a_test_that_carries_its_number() {
    let tests = tests();
    let absent = (1..=CASES).filter(|case| !tests.contains_key(case));
    let mut faults: Vec<String> = absent.map(|case| format!("case {case:02} has no test")).collect();
    let unknown = tests.range(CASES + 1..).chain(tests.range(..1));
    faults.extend(unknown.map(|(case, tests)| format!("there is no case {case}: {tests:?}")));
    report(faults, "a case without a test is a promise that nobody keeps");
}

#[test]
fn every_policy_is_said_once_and_tested() {
    let tests = tests();
    let mut faults: Vec<String> = Vec::new();
    faults.extend(
        POLICIES
            .windows(2)
            .filter(|pair| pair[0].0 >= pair[1].0)
            .map(|pair| format!("{} after {}", pair[1].0, pair[0].0)),
    );
    for (case, policy) in POLICIES {
        if !tests.contains_key(&case) {
            faults.push(format!("case {case:02}, {policy} No test carries it"));
        }
        if !policy.ends_with('.') || policy.contains(". ") {
            faults.push(format!("case {case:02}: not one sentence"));
        }
    }
    report(faults, "a choice that is not written down is made again by whoever reads the code next");
}
