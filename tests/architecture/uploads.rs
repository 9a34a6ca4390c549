//! Faults of uploads are numbered, and tests carry their numbers. What cannot happen here says why.

use super::cases::numbered;
use super::report;

/// How many faults there are.
const FAULTS: u32 = 14;

/// Faults that do not apply, each with the reason.
const NOT_APPLICABLE: [(u32, &str); 0] = [];

#[test]
fn every_fault_of_uploads_has_a_test_or_a_reason() {
    let tests = numbered("trust_f");
    let excused =
        |fault: &u32| NOT_APPLICABLE.iter().any(|(n, why)| n == fault && why.starts_with("not applicable, because "));
    let absent = (1..=FAULTS).filter(|fault| !tests.contains_key(fault) && !excused(fault));
    let mut faults: Vec<String> = absent.map(|fault| format!("F{fault} has neither test nor reason")).collect();
    let both = NOT_APPLICABLE.iter().filter(|(fault, _)| tests.contains_key(fault));
    faults.extend(both.map(|(fault, _)| format!("F{fault} has a test and a reason against it")));
    report(faults, "what people send is the widest door that there is");
}
