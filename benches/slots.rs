//! The engine beside the floor's ideal sweep, on the same load in the same run: 60 days of a host in
//! Berlin with every rule on. Compares the minimum of samples taken by turns, since the cores change
//! their speed. Ends with 1 when a goal is missed.

#![allow(clippy::unwrap_used, reason = "a bench says by panicking what went wrong")]

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use floor::{Busy, Offsets, Out};
use kabeuchi::domain::availability::{Availability, DAY, WallClock, Weekly, Window};
use kabeuchi::domain::interval::{Interval, Intervals};
use kabeuchi::domain::slot::{self, Booked, Limits, Minutes, Rules, Slot, Taken};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

const ZONE: Tz = Tz::Europe__Berlin;
const DAYS: i64 = 60;
const DAY_SECONDS: i64 = 86_400;
const PER_DAY: u32 = 2;
/// Of the ideal sweep.
const MOST: f64 = 2.0;
/// From the least busy time to the most.
const MOST_GROWTH: f64 = 3.0;
const SAMPLES: usize = 60;

fn main() -> ExitCode {
    let loads = [
        Load::merged("10", 10),
        Load::merged("1,000", 1_000),
        Load::merged("10,000, merged as imports are", 10_000),
        Load::apart("10,000 that stay apart", 10_000),
    ];
    println!(
        "{:<32} {:>9} {:>6} {:>9} {:>9} {:>6} {:>12}",
        "busy", "intervals", "slots", "floor", "engine", "ratio", "allocations"
    );
    let mut missed = Vec::new();
    let mut least = f64::INFINITY;
    for load in &loads {
        load.check();
        let (floor, engine) = load.measure();
        let (few, many) = (load.allocations(30), load.allocations(5));
        let ratio = engine / floor;
        least = least.min(engine);
        println!(
            "{:<32} {:>9} {:>6} {:>6.2} µs {:>6.2} µs {:>6.2} {:>12}",
            load.name,
            load.busy.len(),
            load.slots().len(),
            floor,
            engine,
            ratio,
            few
        );
        if ratio > MOST {
            missed.push(format!("{}: {ratio:.2} of the ideal sweep, at most {MOST}", load.name));
        }
        if engine / least > MOST_GROWTH {
            missed.push(format!("{}: grew {:.2} times, at most {MOST_GROWTH}", load.name, engine / least));
        }
        if few != many {
            missed.push(format!("{}: {few} allocations, but {many} for six times the grid", load.name));
        }
    }
    missed.iter().for_each(|missed| println!("missed: {missed}"));
    if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One case for both.
struct Load {
    name: &'static str,
    rules: Rules,
    bookings: Vec<Booked>,
    busy: Vec<Interval>,
    now: DateTime<Utc>,
    window: Interval,
    floor: Floor,
}

/// What the ideal sweep is given.
struct Floor {
    rules: floor::Rules,
    host: Offsets,
    /// In UTC, whose days cost least: dealing slots out to a reader's days is not the engine's work.
    visitor: Offsets,
    first_day: i64,
    taken: Vec<Busy>,
}

impl Load {
    /// The floor's load as imports keep it.
    fn merged(name: &'static str, count: usize) -> Self {
        Self::new(name, &floor::synthetic(count, first_second(), DAYS))
    }

    /// Intervals of half a minute that begin at different minutes, so that none is merged away.
    fn apart(name: &'static str, count: usize) -> Self {
        let drawn = floor::synthetic(count * 2, first_second(), DAYS);
        let mut starts: Vec<i64> = drawn.iter().map(|b| b.start).collect();
        starts.dedup();
        let every = starts.len() as f64 / count as f64;
        let kept = (0..count).map(|n| starts[(n as f64 * every) as usize]);
        let load = Self::new(name, &kept.map(|start| Busy { start, end: start + 30 }).collect::<Vec<_>>());
        assert_eq!(load.busy.len(), count);
        load
    }

    fn new(name: &'static str, busy: &[Busy]) -> Self {
        let busy = Intervals::of(busy.iter().map(|b| interval(b.start, b.end)).collect()).as_slice().to_vec();
        let now = instant(first_second());
        let end =
            ZONE.from_local_datetime(&(first() + TimeDelta::days(DAYS)).and_time(NaiveTime::MIN)).unwrap().to_utc();
        let (rules, bookings) = (rules(), bookings());
        let floor = Floor::of(&rules, &bookings, &busy, now);
        Self { name, rules, bookings, busy, now, window: Interval::new(now, end).unwrap(), floor }
    }

    fn taken(&self) -> Taken<'_> {
        Taken { bookings: &self.bookings, busy: &self.busy }
    }

    fn slots(&self) -> Vec<Slot> {
        slot::slots(&self.rules, self.taken(), self.now, &self.window)
    }

    /// The engine, its plain twin and the floor give the same.
    fn check(&self) {
        let found: Vec<i64> = self.slots().iter().map(|slot| slot.start().timestamp()).collect();
        assert_eq!(found, self.plain(), "{}: engine and plain twin", self.name);
        let mut out = Out::default();
        self.floor.sweep(&mut out);
        assert_eq!(found, out.slots, "{}: engine and floor", self.name);
        assert!(found.len() > 50, "{}: {} slots tell little", self.name, found.len());
    }

    /// Every point of the grid by the wall clock, against everything that is taken.
    fn plain(&self) -> Vec<i64> {
        let rules = &self.rules;
        let local = |date: NaiveDate, minutes: i32| {
            let at = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes.into());
            ZONE.from_local_datetime(&at).earliest().unwrap().to_utc()
        };
        let booked_on = |date: NaiveDate| {
            let starts = self.bookings.iter().map(|b| b.interval.start().with_timezone(&ZONE).date_naive());
            starts.filter(|start| *start == date).count() as u32
        };
        let pauses = |start: DateTime<Utc>, end: DateTime<Utc>, interval: &Interval| {
            end + rules.buffer_after.delta() <= interval.start()
                || interval.end() + rules.buffer_before.delta() <= start
        };
        let mut starts = Vec::new();
        for date in first().iter_days().take(DAYS as usize).filter(|date| booked_on(*date) < PER_DAY) {
            for window in rules.availability.windows(date) {
                for minute in (window.from.minutes()..window.end_minutes()).step_by(rules.step.0 as usize) {
                    let start = local(date, minute);
                    let end = start + rules.duration.delta();
                    let is_offered = end <= local(date, window.end_minutes())
                        && start >= self.now + rules.notice.delta()
                        && rules.earliest.is_none_or(|earliest| start >= earliest)
                        && self.busy.iter().all(|busy| pauses(start, end, busy))
                        && self.bookings.iter().all(|booked| pauses(start, end, &booked.interval));
                    starts.extend(is_offered.then(|| start.timestamp()));
                }
            }
        }
        starts
    }

    /// Microseconds of the floor and of the engine.
    fn measure(&self) -> (f64, f64) {
        let mut out = Out::default();
        let (mut floor, mut engine) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..SAMPLES {
            floor = floor.min(sample(|| self.floor.sweep(black_box(&mut out))));
            engine = engine.min(sample(|| {
                drop(black_box(slot::slots(black_box(&self.rules), black_box(self.taken()), self.now, &self.window)))
            }));
        }
        (floor, engine)
    }

    /// How often the engine allocates on a grid of this step.
    fn allocations(&self, step: i32) -> u64 {
        let rules = Rules { step: Minutes(step), ..self.rules.clone() };
        let count = || drop(black_box(slot::slots(&rules, self.taken(), self.now, &self.window)));
        allocation_counter::measure(count).count_total
    }
}

/// Microseconds of one run, of as many as take some milliseconds.
fn sample(mut run: impl FnMut()) -> f64 {
    const RUNS: u32 = 200;
    let began = Instant::now();
    (0..RUNS).for_each(|_| run());
    began.elapsed().as_secs_f64() * 1e6 / f64::from(RUNS)
}

impl Floor {
    /// The floor counts all that is taken against its daily limit, the product bookings alone. So the
    /// days that bookings fill are closed here beforehand, and the floor counts on without closing more.
    fn of(rules: &Rules, bookings: &[Booked], busy: &[Interval], now: DateTime<Utc>) -> Self {
        let day = |date: NaiveDate| (date - NaiveDate::default()).num_days();
        let minutes = |windows: &Vec<Window>| -> Vec<(i64, i64)> {
            windows.iter().map(|w| (w.from.minutes().into(), w.end_minutes().into())).collect()
        };
        let mut overrides: BTreeMap<i64, Vec<(i64, i64)>> =
            rules.availability.overrides.iter().map(|(date, windows)| (day(*date), minutes(windows))).collect();
        let dates: Vec<NaiveDate> =
            bookings.iter().map(|b| b.interval.start().with_timezone(&ZONE).date_naive()).collect();
        for date in dates.iter().filter(|date| dates.iter().filter(|d| d == date).count() >= PER_DAY as usize) {
            overrides.insert(day(*date), Vec::new());
        }
        let all = busy.iter().chain(bookings.iter().map(|b| &b.interval));
        let mut taken: Vec<Busy> =
            all.map(|i| Busy { start: i.start().timestamp(), end: i.end().timestamp() }).collect();
        taken.sort_by_key(|b| b.start);
        let seconds = |minutes: Minutes| i64::from(minutes.0) * 60;
        let from = first_second();
        Self {
            rules: floor::Rules {
                weekly: std::array::from_fn(|n| minutes(&rules.availability.weekly.0[n])),
                overrides: overrides.into_iter().collect(),
                duration: seconds(rules.duration),
                step: seconds(rules.step),
                before: seconds(rules.buffer_after),
                after: seconds(rules.buffer_before),
                per_day: u32::MAX,
                not_before: (now + rules.notice.delta()).max(rules.earliest.unwrap()).timestamp(),
            },
            host: Offsets::new(ZONE, from, from + DAYS * DAY_SECONDS),
            visitor: Offsets::new(Tz::UTC, from, from + DAYS * DAY_SECONDS),
            first_day: day(first()),
            taken,
        }
    }

    fn sweep(&self, out: &mut Out) {
        floor::sweep(
            black_box(&self.rules),
            &self.host,
            &self.visitor,
            self.first_day,
            DAYS,
            black_box(&self.taken),
            out,
        );
    }
}

/// Every rule is on. The buffers are short, so that times are left between 10,000 intervals.
fn rules() -> Rules {
    let workday = vec![window("09:00", "17:00")];
    let weekly = Weekly(std::array::from_fn(|n| if n < 5 { workday.clone() } else { Vec::new() }));
    let dates = [
        (4, vec![]),
        (12, vec![window("10:00", "14:00")]),
        (17, vec![window("13:00", "19:00")]),
        (25, vec![]),
        (37, vec![window("08:00", "12:00"), window("14:00", "18:00")]),
        (51, vec![window("09:00", "11:00")]),
    ];
    let overrides = dates.into_iter().map(|(n, windows)| (first() + TimeDelta::days(n), windows)).collect();
    Rules {
        availability: Availability { zone: ZONE, weekly, overrides },
        duration: Minutes(30),
        step: Minutes(30),
        notice: Minutes(DAY),
        horizon_days: DAYS as u32,
        earliest: Some(instant(first_second()) + TimeDelta::hours(30)),
        buffer_before: Minutes(2),
        buffer_after: Minutes(1),
        week_start: Weekday::Mon,
        limits: Limits {
            per_day: Some(PER_DAY),
            per_week: Some(20),
            minutes_per_day: Some(480),
            minutes_per_week: Some(1_200),
            call_per_day: Some(8),
            call_per_week: Some(20),
        },
    }
}

/// A booking on every second day, and one more on every tenth, which fills it.
fn bookings() -> Vec<Booked> {
    let days: BTreeSet<(i64, u32)> =
        (0..DAYS).step_by(2).map(|n| (n, 9)).chain((0..DAYS).step_by(10).map(|n| (n, 15))).collect();
    let booked = |(day, hour): (i64, u32)| {
        let local = (first() + TimeDelta::days(day)).and_hms_opt(hour, 30, 0).unwrap();
        let start = ZONE.from_local_datetime(&local).unwrap().to_utc();
        let interval = Interval::new(start, start + TimeDelta::minutes(30)).unwrap();
        Booked { interval, buffer_before: Minutes(1), buffer_after: Minutes(0), is_of_this_call: day % 4 == 0 }
    };
    days.into_iter().map(booked).collect()
}

fn window(from: &str, to: &str) -> Window {
    Window { from: WallClock::parse(from).unwrap(), to: WallClock::parse(to).unwrap() }
}

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 3, 1).unwrap()
}

fn first_second() -> i64 {
    first().and_time(NaiveTime::MIN).and_utc().timestamp()
}

fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn interval(from: i64, to: i64) -> Interval {
    Interval::new(instant(from), instant(to)).unwrap()
}
