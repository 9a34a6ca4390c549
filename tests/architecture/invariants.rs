//! What must never happen: the list of `product`, and the tests that show each of it.

use super::{report, sources};

/// Each invariant with the names of its tests.
const INVARIANTS: [(&str, &[&str]); 14] = [
    (
        "no page, feed, mail or export shows an ungranted quote",
        &[
            "no_page_or_feed_shows_words_that_were_not_granted",
            "trust_a19_a_published_report_says_nothing_of_its_consultation",
        ],
    ),
    ("revoking hides within one request", &["a_revoked_quote_hides_the_report_within_the_request"]),
    ("a co-participant cannot fetch another's answers", &["a_co_participant_cannot_fetch_anothers_answers"]),
    ("a report number is never reused", &["a_number_once_given_is_kept", "numbers_are_never_given_twice"]),
    ("a form's answers render with their own version", &["an_answer_keeps_the_questions_it_was_given_to"]),
    ("a second active application to one call is refused", &["a_second_application_to_one_call_is_refused"]),
    ("a follow-up cannot vanish without being sent or a reason", &["a_follow_up_cannot_vanish"]),
    (
        "gift state changes no permission and no order",
        &["a_gift_changes_no_permission_and_no_order_and_is_shown_to_nobody"],
    ),
    (
        "a mailed invitation works once, and all are stored hashed",
        &["a_mailed_invitation_works_once_and_no_secret_of_a_mail_is_stored_as_it_is"],
    ),
    (
        "a sealed document refuses edits and gives the text back",
        &["trust_i12_a_sealed_document_refuses_and_gives_the_text_back"],
    ),
    (
        "joining late reveals no addresses of declined or removed people",
        &["whoever_joins_late_learns_no_address_of_those_who_declined_or_were_removed"],
    ),
    (
        "a removed participant keeps their own feedback and consents",
        &["a_removed_participant_keeps_their_feedback_and_their_consents"],
    ),
    (
        "no two held or confirmed times of one host or attending co-host overlap",
        &[
            "trust_i02_case_75_of_overlapping_times_exactly_one_is_booked",
            "without_locks_and_constraint_times_overlap_and_the_history_shows_it",
        ],
    ),
    (
        "what a person typed into a form survives every refusal",
        &["every_form_gives_back_what_was_typed", "what_was_typed_comes_back_whatever_is_refused"],
    ),
];

#[test]
fn every_invariant_has_its_tests() {
    let all = sources("tests", "rs").into_iter().chain(sources("src", "rs"));
    let tests: Vec<String> = all.map(|source| source.text).collect();
    let is_there = |name: &str| tests.iter().any(|text| text.contains(&format!("fn {name}(")));
    let absent = INVARIANTS.iter().flat_map(|(what, names)| names.iter().map(move |name| (what, name)));
    let faults = absent.filter(|(_, name)| !is_there(name)).map(|(what, name)| format!("{what}: no test {name}"));
    report(faults.collect(), "what must never happen is shown by a test");
}
