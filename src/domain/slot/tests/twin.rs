//! The engine against a twin that looks at every minute, and properties that must hold anywhere.

use super::*;
use chrono::Timelike;
use proptest::prelude::*;

/// Whether a minute of the session lies inside the hours, by its own reading of the clock.
fn is_covered(rules: &Rules, minute: DateTime<Utc>) -> bool {
    let local = minute.with_timezone(&rules.availability.zone);
    let (date, now) = (local.date_naive(), (local.hour() * 60 + local.minute()) as i32);
    let own = rules.availability.windows(date).iter().any(|w| w.from.minutes() <= now && now < w.end_minutes());
    let spilled = rules.availability.windows_from_the_evening_before(date).any(|w| now + DAY < w.end_minutes());
    own || spilled
}

fn is_on_grid(rules: &Rules, start: DateTime<Utc>) -> bool {
    let local = start.with_timezone(&rules.availability.zone);
    let (date, now) = (local.date_naive(), (local.hour() * 60 + local.minute()) as i32);
    let step = rules.step.0;
    let own = rules
        .availability
        .windows(date)
        .iter()
        .any(|w| now >= w.from.minutes() && now < w.end_minutes() && (now - w.from.minutes()) % step == 0);
    let late = now + DAY;
    let spilled = rules
        .availability
        .windows_from_the_evening_before(date)
        .any(|w| late < w.end_minutes() && (late - w.from.minutes()) % step == 0);
    own || spilled
}

fn is_free(rules: &Rules, taken: Taken<'_>, start: DateTime<Utc>) -> bool {
    let end = start + rules.duration.delta();
    let pause = |interval: &Interval, before: Minutes, after: Minutes| {
        let lead = rules.buffer_after.max(before).delta();
        let trail = rules.buffer_before.max(after).delta();
        end + lead <= interval.start() || interval.end() + trail <= start
    };
    taken.busy.iter().all(|b| pause(b, Minutes(0), Minutes(0)))
        && taken.bookings.iter().all(|b| pause(&b.interval, b.buffer_before, b.buffer_after))
}

/// Every minute of the window, one by one.
fn slow(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, window: &Interval) -> Vec<DateTime<Utc>> {
    let minutes = (window.end() - window.start()).num_minutes();
    let every = (0..minutes).map(|m| window.start() + TimeDelta::minutes(m));
    every
        .filter(|start| *start >= now + rules.notice.delta())
        .filter(|start| is_on_grid(rules, *start) && is_free(rules, taken, *start))
        .filter(|start| (0..i64::from(rules.duration.0)).all(|m| is_covered(rules, *start + TimeDelta::minutes(m))))
        .collect()
}

const ZONES: [Tz; 8] = [
    Tz::Asia__Tokyo,
    Tz::America__New_York,
    Tz::Africa__Cairo,
    Tz::Australia__Lord_Howe,
    Tz::Africa__Casablanca,
    Tz::Asia__Kathmandu,
    Tz::Europe__Berlin,
    Tz::Pacific__Kiritimati,
];

/// Days on which some of the clocks above change.
const DAYS: [&str; 9] = [
    "2027-01-12",
    "2027-03-14",
    "2027-11-07",
    "2027-04-30",
    "2027-10-28",
    "2027-10-03",
    "2027-04-04",
    "2027-03-28",
    "2027-02-07",
];

fn some_window() -> impl Strategy<Value = Window> {
    (0i32..96, 0i32..=96).prop_map(|(from, to)| {
        let clock = |quarters: i32| WallClock::parse(&format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15)).unwrap();
        Window { from: clock(from), to: clock(to) }
    })
}

prop_compose! {
    fn some_rules()(
        zone in prop::sample::select(&ZONES[..]),
        hours in prop::collection::vec(prop::collection::vec(some_window(), 0..3), 7),
        closed in prop::option::of(prop::sample::select(&DAYS[..])),
        duration in prop::sample::select(&[15, 30, 45, 60, 90][..]),
        step in prop::sample::select(&[10, 15, 30, 60][..]),
        before in 0i32..40,
        after in 0i32..40,
    ) -> Rules {
        let mut rules = of(zone, Weekly(hours.try_into().unwrap()));
        rules.availability.overrides.extend(closed.map(|day| (date(day), Vec::new())));
        Rules { buffer_before: Minutes(before), buffer_after: Minutes(after), ..sized(duration, step, rules) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_equals_its_slow_twin(
        rules in some_rules(),
        day in prop::sample::select(&DAYS[..]),
        busy in prop::collection::vec((0i64..2880, 1i64..180), 0..4),
        taken in prop::collection::vec((0i64..2880, 1i64..90, 0i32..30, 0i32..30), 0..3),
    ) {
        let midnight = date(day).and_hms_opt(0, 0, 0).unwrap().and_utc();
        let window = Interval::new(midnight - TimeDelta::hours(12), midnight + TimeDelta::hours(36)).unwrap();
        let stretch = |(from, minutes): (i64, i64)| {
            let start = window.start() + TimeDelta::minutes(from);
            Interval::new(start, start + TimeDelta::minutes(minutes)).unwrap()
        };
        let busy = crate::domain::interval::Intervals::of(busy.into_iter().map(stretch).collect());
        let bookings: Vec<Booked> = taken
            .into_iter()
            .map(|(from, minutes, before, after)| booked(stretch((from, minutes)).start(), minutes, before, after))
            .collect();
        let taken = Taken { bookings: &bookings, busy: busy.as_slice() };
        let now = utc(LONG_AGO);

        let found: Vec<_> = slots(&rules, taken, now, &window).iter().map(Slot::start).collect();

        prop_assert_eq!(texts(&found), texts(&slow(&rules, taken, now, &window)));
        for minute in (0..2880).step_by(5) {
            let start = window.start() + TimeDelta::minutes(minute);
            prop_assert_eq!(why(&rules, taken, now, start).is_empty(), found.contains(&start), "{}", start);
        }
    }
}
