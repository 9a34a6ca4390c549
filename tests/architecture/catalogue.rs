//! The catalogue of abuse is numbered, and tests carry its numbers: every entry has one, or says why it does not
//! apply or how it was checked by hand.

use super::cases::numbered;
use super::report;

/// A part of the catalogue: its letter, how many entries it has, and how many of a hundred tests must carry.
struct Part {
    letter: char,
    entries: u32,
    automated: u32,
}

const fn part(letter: char, entries: u32, automated: u32) -> Part {
    Part { letter, entries, automated }
}

const PARTS: [Part; 12] = [
    part('a', 20, 100),
    part('b', 24, 100),
    part('c', 12, 100),
    part('d', 14, 90),
    part('e', 22, 100),
    part('f', 14, 90),
    part('g', 14, 100),
    part('h', 12, 90),
    part('i', 22, 100),
    part('k', 12, 90),
    part('l', 7, 90),
    part('m', 3, 90),
];

/// Entries that no test carries: why they do not apply, or how they were checked and with what outcome.
const WRITTEN: [(char, u32, &str); 0] = [];

/// Entries whose protection is not built yet; the list goes with them.
const OPEN: [(char, u32); 0] = [];

#[test]
fn every_entry_has_a_test_or_a_reason() {
    let mut faults = Vec::new();
    for Part { letter, entries, automated } in PARTS {
        let tests = numbered(&format!("trust_{letter}"));
        let written =
            |entry: &u32| WRITTEN.iter().find(|(of, n, _)| *of == letter && n == entry).map(|(_, _, why)| why);
        for entry in 1..=entries {
            match (tests.contains_key(&entry), written(&entry)) {
                (false, None) if OPEN.contains(&(letter, entry)) => {}
                (true, _) if OPEN.contains(&(letter, entry)) => faults.push(format!("{letter}{entry:02} is built")),
                (false, None) => faults.push(format!("{letter}{entry:02} has neither test nor reason")),
                (true, Some(_)) => faults.push(format!("{letter}{entry:02} has a test and a reason against it")),
                (false, Some(why)) if !why.starts_with("not applicable, because ") && !why.starts_with("by hand: ") => {
                    faults.push(format!("{letter}{entry:02}: {why}"));
                }
                _ => {}
            }
        }
        let unknown = tests.range(entries + 1..).chain(tests.range(..1));
        faults.extend(unknown.map(|(entry, tests)| format!("there is no {letter}{entry:02}: {tests:?}")));
        let carried = u32::try_from(tests.range(1..=entries).count()).unwrap();
        let open = u32::try_from(OPEN.iter().filter(|(of, _)| *of == letter).count()).unwrap();
        if (carried + open) * 100 < entries * automated {
            faults.push(format!(
                "{letter}: tests carry {carried} of {entries}, and {automated} of a hundred are asked for"
            ));
        }
    }
    report(faults, "an abuse without a test is one that comes back");
}
