//! Mutations of what people and their programs send: Markdown, forms, forms of parts, cookies, and the
//! texts of calendar parts. Whatever comes, the program answers. Needs no database.
//!
//! Each input is made from the seed and its own number alone, so that a failure repeats with
//! `FUZZ_SEED=… FUZZ_FROM=… FUZZ_INPUTS=1`. Longer: `FUZZ_SECONDS=600`; then each input must also stay
//! within its processor time.

#![allow(clippy::unwrap_used, reason = "tests say by panicking what went wrong")]

mod chance;
mod forms;
#[path = "../it/support/payloads.rs"]
mod payloads;
mod texts;

use chance::{Chance, number, processor_time};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

const SEED: u64 = 20_270_112;
/// What script/test spends on each.
const SECONDS: u64 = 10;
/// What one input may take, of a release build.
const MOST_TIME: Duration = Duration::from_millis(250);
/// Bytes of the longest text that a form takes.
const LONGEST: usize = 120_000;

/// Tries mutations of these beginnings; `what` names them in failures.
fn fuzz(what: &str, begin: &[Vec<u8>], tokens: &[&str], check: impl Fn(&[u8])) {
    let (seed, from, seconds) = (number("FUZZ_SEED", SEED), number("FUZZ_FROM", 0), number("FUZZ_SECONDS", 0));
    let (most, is_timed) = (number("FUZZ_INPUTS", u64::MAX), seconds > 0);
    let end = Instant::now() + Duration::from_secs(if is_timed { seconds } else { SECONDS });
    let (mut inputs, mut slowest) = (0, (Duration::ZERO, 0));
    for input in (from..from.saturating_add(most)).take_while(|_| Instant::now() < end) {
        let bytes = mutated(&mut Chance::of(seed, input), begin, tokens);
        let began = processor_time();
        let checked = catch_unwind(AssertUnwindSafe(|| check(&bytes)));
        slowest = slowest.max((processor_time() - began, input));
        inputs += 1;
        assert!(checked.is_ok(), "{what}: seed {seed}, input {input}:\n{}", bytes.escape_ascii());
    }
    println!("{what}: {inputs} inputs of seed {seed}, slowest {:?} (input {})", slowest.0, slowest.1);
    assert!(inputs > 0);
    assert!(!is_timed || slowest.0 <= MOST_TIME, "{what}: input {} took {:?}", slowest.1, slowest.0);
}

fn mutated(chance: &mut Chance, begin: &[Vec<u8>], tokens: &[&str]) -> Vec<u8> {
    let mut bytes = begin[chance.below(begin.len())].clone();
    for _ in 0..=chance.below(6) {
        mutate(chance, begin, tokens, &mut bytes);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn mutate(chance: &mut Chance, begin: &[Vec<u8>], tokens: &[&str], bytes: &mut Vec<u8>) {
    let at = chance.below(bytes.len() + 1);
    let until = (at + 1 + chance.below(24)).min(bytes.len());
    let token = tokens[chance.below(tokens.len())].as_bytes().to_vec();
    match chance.below(10) {
        0 if at < bytes.len() => bytes[at] = chance.next() as u8,
        1 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
        2 => bytes.truncate(at),
        3 if at < until => drop(bytes.drain(at..until)),
        4 => {
            let other = &begin[chance.below(begin.len())];
            bytes.truncate(at);
            bytes.extend_from_slice(&other[chance.below(other.len() + 1)..]);
        }
        5 => drop(bytes.splice(at..at, token.repeat(1 << chance.below(14)).into_iter().take(LONGEST))),
        6 if at < until => {
            let piece = bytes[at..until].repeat(1 << chance.below(10));
            drop(bytes.splice(at..at, piece));
        }
        _ => drop(bytes.splice(at..at, token)),
    }
}
