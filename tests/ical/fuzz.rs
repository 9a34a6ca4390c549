//! Mutations of the case files and of exports: whatever comes, the reader answers, within its steps.
//!
//! Each input is made from the seed and its own number alone, so that a failure repeats with
//! `ICAL_FUZZ_SEED=… ICAL_FUZZ_FROM=… ICAL_FUZZ_INPUTS=1`. More inputs: `ICAL_FUZZ_INPUTS=3000000`, or
//! as many as fit into `ICAL_FUZZ_SECONDS=600`; then each must also stay within its processor time.

use crate::chance::{Chance, number, processor_time};
use crate::exports::EXPORTS;
use crate::fixture::{Case, cases};
use kabeuchi::domain::ical::{MAX_FLAWS, MAX_STEPS};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// About ten seconds of a debug build.
const INPUTS: u64 = 15_000;
const SEED: u64 = 20_270_112;
/// What one input may take, of a release build.
const MOST_TIME: Duration = Duration::from_millis(250);
/// Bytes that reading one input may hold at once.
const MOST_MEMORY: u64 = 64 << 20;

/// Lines that are known to hurt somewhere.
const LINES: &[&str] = &[
    "RRULE:FREQ=SECONDLY",
    "RRULE:FREQ=MINUTELY;INTERVAL=0",
    "RRULE:FREQ=DAILY;INTERVAL=0",
    "RRULE:FREQ=HOURLY;COUNT=1000000000",
    "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6",
    "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-31",
    "RRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
    "RRULE:FREQ=HOURLY;INTERVAL=65535",
    "RRULE:FREQ=WEEKLY;INTERVAL=65535;WKST=SU",
    "RRULE:FREQ=MONTHLY;INTERVAL=65535",
    "RRULE:FREQ=YEARLY;BYWEEKNO=53,-53;BYDAY=MO,TU,SU",
    "RRULE:FREQ=YEARLY;BYYEARDAY=366,-366,1,-1",
    "RRULE:FREQ=YEARLY;BYDAY=53MO,-53SU",
    "RRULE:FREQ=MONTHLY;BYDAY=1MO,TU;BYSETPOS=-1",
    "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,10,20,30,40,50;BYSETPOS=366,-366",
    "RRULE:FREQ=DAILY;UNTIL=00010101",
    "RRULE:FREQ=DAILY;COUNT=4294967295",
    "EXRULE:FREQ=HOURLY",
    "EXDATE;VALUE=DATE:20270112,20270113",
    "RDATE;VALUE=PERIOD:20270110T100000Z/PT3H,20270110T100000Z/20260110T100000Z",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20270112T100000Z",
    "RECURRENCE-ID;VALUE=DATE:20270112",
    "DTSTART:00000101T000000",
    "DTSTART:99991231T235960Z",
    "DTSTART;TZID=Africa/Cairo:20270430T000000",
    "DTSTART;TZID=Pacific/Apia:20111230T100000",
    "DTSTART;TZID=Customized Time Zone:20270314T023000",
    "DTSTART;TZID=(GMT+01.00) Nowhere:20270314T023000",
    "DTEND:20260101T000000Z",
    "DURATION:P36500D",
    "DURATION:-PT1H",
    "TZOFFSETTO:+2500",
    "TZOFFSETFROM:-1759",
    "X-WR-TIMEZONE:Nowhere",
    "ATTENDEE;PARTSTAT=DECLINED;EMAIL=\"a:b;c\":mailto:あ@example.org",
    "UID:",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VALARM",
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:VFREEBUSY",
    "FREEBUSY;FBTYPE=BUSY:20270110T100000Z/PT3H,/,20270110T100000Z/P-1D",
    " folded",
    "no colon",
];

#[test]
fn no_input_panics_or_spends_more_than_its_steps() {
    let (seed, from) = (number("ICAL_FUZZ_SEED", SEED), number("ICAL_FUZZ_FROM", 0));
    let seconds = number("ICAL_FUZZ_SECONDS", 0);
    let (end, is_timed) = (Instant::now() + Duration::from_secs(seconds), seconds > 0);
    let most = if is_timed { u64::MAX } else { number("ICAL_FUZZ_INPUTS", INPUTS) };
    let cases: Vec<Case> = cases().into_iter().filter(|case| !case.options.iter().any(|o| o == "bigline")).collect();
    let exports = EXPORTS.iter().map(|file| file.to_vec());
    let files: Vec<Vec<u8>> = cases.iter().map(Case::bytes).chain(exports).collect();
    let caught = count_panics_of("rrule");
    let (mut slowest, mut largest) = ((Duration::ZERO, 0), (0, 0));
    let (mut inputs, mut unreadable, mut incomplete) = (0, 0, 0);
    for input in (from..from.saturating_add(most)).take_while(|_| !is_timed || Instant::now() < end) {
        let mut chance = Chance::of(seed, input);
        let case = &cases[chance.below(cases.len())];
        let bytes = mutated(&mut chance, &files);
        let (began, mut checked) = (processor_time(), None);
        let memory = allocation_counter::measure(|| {
            checked = Some(catch_unwind(AssertUnwindSafe(|| check(case, &bytes))));
        });
        slowest = slowest.max((processor_time() - began, input));
        largest = largest.max((memory.bytes_max, input));
        inputs += 1;
        match checked {
            Some(Ok(Ok(is_complete))) => incomplete += u64::from(!is_complete),
            Some(Ok(Err(()))) => unreadable += 1,
            _ => panic!("seed {seed}, input {input}, read for case {}:\n{}", case.name, bytes.escape_ascii()),
        }
    }
    println!("{inputs} inputs of seed {seed}: {unreadable} no calendar, {incomplete} incomplete");
    println!("slowest {:?} (input {}), largest {} KiB (input {})", slowest.0, slowest.1, largest.0 >> 10, largest.1);
    println!("{} panics of the engine caught", caught.load(Ordering::SeqCst));
    assert!(inputs > 0);
    assert!(largest.0 <= MOST_MEMORY, "input {} held {} bytes", largest.1, largest.0);
    assert!(!is_timed || slowest.0 <= MOST_TIME, "input {} took {:?}", slowest.1, slowest.0);
}

/// Counts panics that begin in a crate instead of printing them; all others are printed as before.
fn count_panics_of(name: &'static str) -> Arc<AtomicU64> {
    let (count, before) = (Arc::new(AtomicU64::new(0)), take_hook());
    let counted = Arc::clone(&count);
    set_hook(Box::new(move |panic| match panic.location() {
        Some(place) if place.file().contains(&format!("/{name}-")) => drop(counted.fetch_add(1, Ordering::SeqCst)),
        _ => before(panic),
    }));
    count
}

/// What holds for every reading; whether this one is complete.
fn check(case: &Case, bytes: &[u8]) -> Result<bool, ()> {
    let reading = case.read(bytes).map_err(|_| ())?;
    assert!(reading.steps <= MAX_STEPS);
    assert!(reading.flaws.len() <= MAX_FLAWS.min(reading.flaw_count));
    assert_eq!(reading.flaws.is_empty(), reading.is_complete());
    assert!(reading.busy.iter().all(|interval| interval.overlaps(&case.window)));
    assert!(reading.busy.as_slice().windows(2).all(|pair| pair[0].end() < pair[1].start()));
    Ok(reading.is_complete())
}

fn mutated(chance: &mut Chance, files: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = files[chance.below(files.len())].clone();
    for _ in 0..=chance.below(3) {
        mutate(chance, files, &mut bytes);
    }
    bytes
}

fn mutate(chance: &mut Chance, files: &[Vec<u8>], bytes: &mut Vec<u8>) {
    let at = chance.below(bytes.len());
    let until = (at + 1 + chance.below(24)).min(bytes.len());
    match chance.below(12) {
        0 if !bytes.is_empty() => bytes[at] = chance.next() as u8,
        1 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
        2 => bytes.truncate(at),
        3 if at < until => drop(bytes.drain(at..until)),
        4 => {
            let other = &files[chance.below(files.len())];
            let from = chance.below(other.len());
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        5 => digits(chance, bytes, at),
        6 => lines(bytes, |lines| {
            let (a, b) = (chance.below(lines.len()), chance.below(lines.len()));
            lines.swap(a, b);
        }),
        7 => lines(bytes, |lines| {
            let line = lines[chance.below(lines.len())].clone();
            let times = 1 << chance.below(7);
            (0..times).for_each(|_| lines.insert(chance.below(lines.len()), line.clone()));
        }),
        8 => lines(bytes, |lines| drop(lines.remove(chance.below(lines.len())))),
        _ => lines(bytes, |lines| {
            let line = LINES[chance.below(LINES.len())].as_bytes().to_vec();
            lines.insert(chance.below(lines.len()), line);
        }),
    }
}

/// Turns the next number into another.
fn digits(chance: &mut Chance, bytes: &mut Vec<u8>, at: usize) {
    let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit).map(|offset| at + offset) else { return };
    let length = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = ["0", "1", "-1", "9", "31", "366", "65536", "99991231", "4294967296"][chance.below(9)];
    bytes.splice(from..from + length, number.bytes());
}

fn lines(bytes: &mut Vec<u8>, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    change(&mut lines);
    *bytes = lines.join(&b'\n');
}
