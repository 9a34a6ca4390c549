//! The engine against a twin that looks at every minute, and properties that must hold anywhere.

use super::*;
use chrono::{Datelike, Offset, Timelike};
use chrono_tz::TZ_VARIANTS;
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

/// Whether one more session on the date of the start breaks no limit, by looking at each booking.
fn is_within_limits(rules: &Rules, bookings: &[Booked], start: DateTime<Utc>) -> bool {
    let date = |instant: DateTime<Utc>| instant.with_timezone(&rules.availability.zone).date_naive();
    let week = |date: NaiveDate| {
        let mut first = date;
        while first.weekday() != rules.week_start {
            first = first.pred_opt().unwrap();
        }
        first
    };
    let that_day: Vec<_> = bookings.iter().filter(|b| date(b.interval.start()) == date(start)).collect();
    let that_week: Vec<_> = bookings.iter().filter(|b| week(date(b.interval.start())) == week(date(start))).collect();
    let minutes = |booked: &[&Booked]| {
        let all = booked.iter().map(|b| (b.interval.end() - b.interval.start()).num_minutes());
        all.sum::<i64>() as u32 + rules.duration.0 as u32
    };
    let count = |booked: &[&Booked]| booked.len() as u32 + 1;
    let of_call = |booked: &[&Booked]| booked.iter().filter(|b| b.is_of_this_call).count() as u32 + 1;
    let limits = &rules.limits;
    [
        (limits.per_day, count(&that_day)),
        (limits.per_week, count(&that_week)),
        (limits.minutes_per_day, minutes(&that_day)),
        (limits.minutes_per_week, minutes(&that_week)),
        (limits.call_per_day, of_call(&that_day)),
        (limits.call_per_week, of_call(&that_week)),
    ]
    .iter()
    .all(|(most, then)| most.is_none_or(|most| *then <= most))
}

fn is_in_time(rules: &Rules, now: DateTime<Utc>, start: DateTime<Utc>) -> bool {
    let date = |instant: DateTime<Utc>| instant.with_timezone(&rules.availability.zone).date_naive();
    start >= now + rules.notice.delta()
        && rules.earliest.is_none_or(|earliest| start >= earliest)
        && (date(start) - date(now)).num_days() <= i64::from(rules.horizon_days)
}

/// Every minute of the window, one by one.
fn slow(rules: &Rules, taken: Taken<'_>, now: DateTime<Utc>, window: &Interval) -> Vec<DateTime<Utc>> {
    let minutes = (window.end() - window.start()).num_minutes();
    let every = (0..minutes).map(|m| window.start() + TimeDelta::minutes(m));
    every
        .filter(|start| is_on_grid(rules, *start) && is_in_time(rules, now, *start))
        .filter(|start| is_free(rules, taken, *start) && is_within_limits(rules, taken.bookings, *start))
        .filter(|start| (0..i64::from(rules.duration.0)).all(|m| is_covered(rules, *start + TimeDelta::minutes(m))))
        .collect()
}

/// Zones whose clocks differ in how they change.
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

/// Dates of 2027 on which a zone changes its clocks, or one that is like any other.
fn change_days(zone: Tz) -> Vec<NaiveDate> {
    let offset = |date: NaiveDate| zone.offset_from_utc_datetime(&date.and_hms_opt(12, 0, 0).unwrap()).fix();
    let year = date("2027-01-02").iter_days().take(360);
    let days: Vec<_> = year.filter(|day| offset(*day) != offset(day.pred_opt().unwrap())).collect();
    if days.is_empty() { vec![date("2027-01-12")] } else { days }
}

fn some_zone() -> impl Strategy<Value = Tz> {
    prop_oneof![prop::sample::select(&ZONES[..]), prop::sample::select(&TZ_VARIANTS[..])]
}

fn some_window() -> impl Strategy<Value = Window> {
    (0i32..96, 0i32..=96).prop_map(|(from, to)| {
        let clock = |quarters: i32| WallClock::parse(&format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15)).unwrap();
        Window { from: clock(from), to: clock(to) }
    })
}

fn some_windows() -> impl Strategy<Value = Vec<Window>> {
    prop::collection::vec(some_window(), 0..3)
}

prop_compose! {
    /// None at all as often as some of them.
    fn some_limits()(
        is_limited in any::<bool>(),
        counts in prop::array::uniform4(prop::option::of(0u32..5)),
        minutes in prop::array::uniform2(prop::option::of(0u32..360)),
    ) -> Limits {
        let [per_day, per_week, call_per_day, call_per_week] = counts;
        let [minutes_per_day, minutes_per_week] = minutes;
        let limits = Limits { per_day, per_week, minutes_per_day, minutes_per_week, call_per_day, call_per_week };
        if is_limited { limits } else { Limits::default() }
    }
}

prop_compose! {
    /// Hours in a zone, some past midnight; dates around a clock change that differ; and that date.
    fn some_hours()(
        zone in some_zone(),
        weekly in prop::collection::vec(some_windows(), 7),
        change in any::<prop::sample::Index>(),
        overrides in prop::collection::vec((-2i64..3, some_windows()), 0..4),
    ) -> (Rules, NaiveDate) {
        let mut rules = of(zone, Weekly(weekly.try_into().unwrap()));
        let days = change_days(zone);
        let day = days[change.index(days.len())];
        rules.availability.overrides.extend(overrides.into_iter().map(|(n, windows)| (day + TimeDelta::days(n), windows)));
        (rules, day)
    }
}

prop_compose! {
    fn some_rules()(
        hours in some_hours(),
        duration in prop::sample::select(&[15, 30, 45, 60, 90][..]),
        step in prop::sample::select(&[10, 15, 30, 60][..]),
        buffers in (0i32..40, 0i32..40),
        notice in 0i32..2000,
        horizon_days in 0u32..6,
        earliest in prop::option::of(-60i64..48),
        week_start in prop::sample::select(&[Weekday::Mon, Weekday::Sun, Weekday::Thu][..]),
        limits in some_limits(),
    ) -> (Rules, NaiveDate) {
        let (rules, day) = hours;
        let midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let rules = Rules {
            notice: Minutes(notice),
            horizon_days,
            earliest: earliest.map(|hours| midnight + TimeDelta::minutes(hours * 60 + 7)),
            buffer_before: Minutes(buffers.0),
            buffer_after: Minutes(buffers.1),
            week_start,
            limits,
            ..sized(duration, step, rules)
        };
        (rules, day)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_equals_its_slow_twin(
        (rules, day) in some_rules(),
        ago in 0i64..4320,
        busy in prop::collection::vec((-600i64..2880, 1i64..180), 0..6),
        taken in prop::collection::vec((-7200i64..10_080, 1i64..90, 0i32..30, 0i32..30, any::<bool>()), 0..8),
    ) {
        let midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let window = Interval::new(midnight - TimeDelta::hours(12), midnight + TimeDelta::hours(36)).unwrap();
        let stretch = |from: i64, minutes: i64| {
            let start = window.start() + TimeDelta::minutes(from);
            Interval::new(start, start + TimeDelta::minutes(minutes)).unwrap()
        };
        let busy = Intervals::of(busy.into_iter().map(|(from, minutes)| stretch(from, minutes)).collect());
        let bookings: Vec<Booked> = taken
            .into_iter()
            .map(|(from, minutes, before, after, is_of_this_call)| Booked {
                is_of_this_call,
                ..booked(stretch(from, minutes).start(), minutes, before, after)
            })
            .collect();
        let taken = Taken { bookings: &bookings, busy: busy.as_slice() };
        let now = window.start() - TimeDelta::minutes(ago);

        let found: Vec<_> = slots(&rules, taken, now, &window).iter().map(Slot::start).collect();

        prop_assert_eq!(texts(&found), texts(&slow(&rules, taken, now, &window)));
        for minute in (0..2880).step_by(5) {
            let start = window.start() + TimeDelta::minutes(minute);
            prop_assert_eq!(why(&rules, taken, now, start).is_empty(), found.contains(&start), "{}", start);
        }
        for start in &found {
            prop_assert!(find(&rules, taken, now, *start).is_some(), "{}", start);
        }
        // Lengths share one grid: where a session fits, a shorter one begins as well.
        let longer = Rules { duration: Minutes(rules.duration.0 + 30), ..rules };
        let of_longer: Vec<_> = slots(&longer, taken, now, &window).iter().map(Slot::start).collect();
        prop_assert_eq!(texts(&of_longer), texts(&slow(&longer, taken, now, &window)));
        prop_assert!(of_longer.iter().all(|start| found.contains(start)));
    }
}
