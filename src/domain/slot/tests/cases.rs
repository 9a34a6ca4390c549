//! Cases 1-18, 23-37, 66-70 and 72 of the scheduling design, each by its number.

use super::*;
use chrono_tz::Africa::{Cairo, Casablanca};
use chrono_tz::America::{Los_Angeles, New_York};
use chrono_tz::Asia::{Kathmandu, Kolkata, Tokyo};
use chrono_tz::Australia::Lord_Howe;
use chrono_tz::Europe::Berlin;
use chrono_tz::Pacific::{Honolulu, Kiritimati};

const NONE: Taken<'static> = Taken { bookings: &[], busy: &[] };

#[test]
fn case_01_spring_forward_skips_an_hour() {
    assert_eq!(on(&every_day(New_York, &["00:00-04:00"]), "2027-03-14"), ["05:00", "06:00", "07:00"]);
}

#[test]
fn case_02_a_session_may_run_through_the_gap() {
    let rules = sized(60, 30, every_day(New_York, &["00:00-04:00"]));
    assert_eq!(local(&rules, NONE, "2027-03-14"), ["00:00", "00:30", "01:00", "01:30", "03:00"]);
    let long = starts(&rules, NONE, utc(LONG_AGO), "2027-03-14");
    assert!(long.contains(&utc("2027-03-14 06:30")), "01:30 ends at 03:30 EDT, 60 minutes later");
}

#[test]
fn case_03_both_ones_of_the_autumn_night_are_offered() {
    let rules = every_day(New_York, &["00:00-04:00"]);
    assert_eq!(on(&rules, "2027-11-07"), ["04:00", "05:00", "06:00", "07:00", "08:00"]);
    assert_eq!(on(&sized(60, 30, rules), "2027-11-07").len(), 9);
    let words = |hour| utc(hour).with_timezone(&New_York).format("%H:%M %Z").to_string();
    assert_eq!((words("2027-11-07 05:00"), words("2027-11-07 06:00")), ("01:00 EDT".into(), "01:00 EST".into()));
}

#[test]
fn case_04_a_window_inside_the_gap_offers_nothing() {
    let rules = every_day(New_York, &["02:00-03:00"]);
    assert_eq!(on(&rules, "2027-03-14"), [] as [&str; 0]);
    assert!(why(&rules, NONE, utc(LONG_AGO), utc("2027-03-14 07:00")).contains(&Reason::ClockGap));
}

#[test]
fn case_05_a_window_that_begins_in_the_gap_keeps_its_grid() {
    assert_eq!(on(&sized(60, 30, every_day(New_York, &["02:30-04:30"])), "2027-03-14"), ["07:00", "07:30"]);
}

#[test]
fn case_06_an_hour_that_comes_twice_holds_twice_as_much() {
    let rules = every_day(New_York, &["01:00-02:00"]);
    assert_eq!(on(&sized(30, 30, rules.clone()), "2027-11-07").len(), 4);
    assert_eq!(on(&sized(60, 30, rules), "2027-11-07"), ["05:00", "05:30", "06:00"]);
}

#[test]
fn case_07_a_day_without_midnight() {
    let rules = every_day(Cairo, &["00:00-03:00"]);
    assert_eq!(on(&rules, "2027-04-30"), ["22:00", "23:00"]);
    assert!(texts(&starts(&rules, NONE, utc(LONG_AGO), "2027-04-30")).contains(&"2027-04-29 22:00".to_owned()));
}

#[test]
fn case_08_a_day_with_two_last_hours() {
    assert_eq!(on(&every_day(Cairo, &["22:00-24:00"]), "2027-10-28"), ["19:00", "20:00", "21:00"]);
}

#[test]
fn case_09_a_shift_of_half_an_hour() {
    assert_eq!(
        local(&sized(30, 30, every_day(Lord_Howe, &["01:00-04:00"])), NONE, "2027-10-03"),
        ["01:00", "01:30", "02:30", "03:00", "03:30"]
    );
    assert_eq!(
        local(&sized(30, 30, every_day(Lord_Howe, &["01:00-03:00"])), NONE, "2027-04-04"),
        ["01:00", "01:30", "01:30", "02:00", "02:30"]
    );
}

#[test]
fn case_10_a_zone_that_goes_back_in_spring() {
    assert_eq!(on(&every_day(Casablanca, &["00:00-06:00"]), "2027-02-07").len(), 7);
    assert_eq!(on(&every_day(Casablanca, &["00:00-06:00"]), "2027-03-14").len(), 5);
}

#[test]
fn case_11_the_hosts_nine_oclock_moves_for_tokyo() {
    let rules = only_on(New_York, Weekday::Mon, &["09:00-10:00"]);
    assert_eq!(on(&rules, "2027-03-08"), ["14:00"]);
    assert_eq!(on(&rules, "2027-03-15"), ["13:00"]);
    let tokyo = |hour| utc(hour).with_timezone(&Tokyo).format("%H:%M").to_string();
    assert_eq!((tokyo("2027-03-08 14:00"), tokyo("2027-03-15 13:00")), ("23:00".into(), "22:00".into()));
}

#[test]
fn case_12_two_zones_that_change_on_other_days() {
    let rules = only_on(Berlin, Weekday::Thu, &["10:00-11:00"]);
    let seen = |zone: Tz| {
        let clock =
            |day: &str| starts(&rules, NONE, utc(LONG_AGO), day)[0].with_timezone(&zone).format("%H:%M").to_string();
        [clock("2027-03-11"), clock("2027-03-18"), clock("2027-04-01")]
    };
    assert_eq!(seen(New_York), ["04:00", "05:00", "04:00"]);
    assert_eq!(seen(Tokyo), ["18:00", "18:00", "17:00"]);
}

#[test]
fn case_13_the_hosts_grid_is_kept_in_odd_zones() {
    let tokyo = |zone| {
        starts(&every_day(zone, &["09:00-10:00"]), NONE, utc(LONG_AGO), "2027-01-12")[1]
            .with_timezone(&Tokyo)
            .format("%H:%M")
            .to_string()
    };
    assert_eq!((tokyo(Kolkata), tokyo(Kathmandu)), ("12:30".into(), "12:15".into()));
}

#[test]
fn case_14_a_morning_in_tokyo_is_the_day_before_in_los_angeles() {
    let rules = only_on(Tokyo, Weekday::Tue, &["09:00-12:00"]);
    let seen: Vec<String> = starts(&rules, NONE, utc(LONG_AGO), "2027-01-12")
        .iter()
        .map(|s| s.with_timezone(&Los_Angeles).format("%d %H:%M").to_string())
        .collect();
    assert_eq!(seen, ["11 16:00", "11 17:00", "11 18:00"]);
}

#[test]
fn case_15_the_viewers_last_day_of_the_month_reaches_into_the_next() {
    let rules = only_on(Tokyo, Weekday::Mon, &["09:00-10:00"]);
    let month = Interval::new(at(Los_Angeles, "2027-01-31 00:00"), at(Los_Angeles, "2027-02-01 00:00")).unwrap();
    let seen = slots(&rules, NONE, utc(LONG_AGO), &month);
    assert_eq!(texts(&[seen[0].start()]), ["2027-02-01 00:00"]);
}

#[test]
fn case_16_one_clock_two_dates() {
    let kiritimati = starts(&only_on(Kiritimati, Weekday::Tue, &["10:00-11:00"]), NONE, utc(LONG_AGO), "2027-01-12");
    let honolulu = starts(&only_on(Honolulu, Weekday::Mon, &["10:00-11:00"]), NONE, utc(LONG_AGO), "2027-01-11");
    assert_eq!(kiritimati, honolulu);
    let date = |zone| kiritimati[0].with_timezone(&zone).format("%a %H:%M").to_string();
    assert_eq!((date(Kiritimati), date(Honolulu)), ("Tue 10:00".into(), "Mon 10:00".into()));
}

#[test]
fn case_17_the_viewers_zone_never_changes_the_instants() {
    let rules = every_day(New_York, &["00:00-04:00"]);
    let window = Interval::new(utc("2027-03-10 00:00"), utc("2027-03-20 00:00")).unwrap();
    let all = slots(&rules, NONE, utc(LONG_AGO), &window);
    for viewer in [Tokyo, Berlin, Kathmandu] {
        let mut regrouped: Vec<_> = all.iter().map(|s| s.start().with_timezone(&viewer)).collect();
        regrouped.sort();
        assert_eq!(
            regrouped.iter().map(|s| s.with_timezone(&Utc)).collect::<Vec<_>>(),
            all.iter().map(Slot::start).collect::<Vec<_>>()
        );
    }
}

#[test]
fn case_18_a_week_is_its_seven_days() {
    for first in ["2027-03-10", "2027-11-03", "2027-01-04"] {
        let rules = sized(60, 30, every_day(New_York, &["22:00-02:00", "09:00-12:00"]));
        let from = utc(&format!("{first} 00:00"));
        let days = |d: i64, n: i64| {
            slots(
                &rules,
                NONE,
                utc(LONG_AGO),
                &Interval::new(from + TimeDelta::days(d), from + TimeDelta::days(d + n)).unwrap(),
            )
        };
        assert_eq!((0..7).flat_map(|d| days(d, 1)).collect::<Vec<_>>(), days(0, 7), "{first}");
    }
}

#[test]
fn case_23_a_window_past_midnight() {
    let rules = only_on(Tokyo, Weekday::Tue, &["22:00-02:00"]);
    assert_eq!(local(&rules, NONE, "2027-01-12"), ["22:00", "23:00"]);
    assert_eq!(local(&rules, NONE, "2027-01-13"), ["00:00", "01:00"]);
}

#[test]
fn case_24_an_override_removes_the_instants_of_its_own_date() {
    let mut rules = only_on(Tokyo, Weekday::Tue, &["22:00-02:00"]);
    rules.availability.overrides.insert(date("2027-01-13"), Vec::new());
    assert_eq!(local(&rules, NONE, "2027-01-12"), ["22:00", "23:00"]);
    assert_eq!(local(&rules, NONE, "2027-01-13"), [] as [&str; 0]);
}

#[test]
fn case_25_past_midnight_into_the_gap() {
    let rules = only_on(New_York, Weekday::Sat, &["22:00-04:00"]);
    let seen = [local(&rules, NONE, "2027-03-13"), local(&rules, NONE, "2027-03-14")].concat();
    assert_eq!(seen, ["22:00", "23:00", "00:00", "01:00", "03:00"]);
}

#[test]
fn case_26_windows_that_touch_or_overlap_are_one() {
    let touching = sized(60, 30, every_day(Tokyo, &["09:00-12:00", "12:00-15:00"]));
    assert!(local(&touching, NONE, "2027-01-12").contains(&"11:30".into()));
    let overlapping = local(&sized(60, 30, every_day(Tokyo, &["09:00-12:00", "11:00-15:00"])), NONE, "2027-01-12");
    let mut once = overlapping.clone();
    once.dedup();
    assert_eq!(once, overlapping);
}

#[test]
fn case_27_two_whole_days_are_one_stretch() {
    assert!(local(&sized(90, 30, every_day(Tokyo, &["00:00-24:00"])), NONE, "2027-01-12").contains(&"23:00".into()));
}

#[test]
fn case_28_a_window_as_long_as_a_session_or_shorter() {
    assert_eq!(local(&every_day(Tokyo, &["09:00-10:00"]), NONE, "2027-01-12"), ["09:00"]);
    assert_eq!(local(&every_day(Tokyo, &["09:00-09:59"]), NONE, "2027-01-12"), [] as [&str; 0]);
}

#[test]
fn case_29_quarter_hours() {
    assert_eq!(
        local(&sized(60, 15, every_day(Tokyo, &["09:00-11:00"])), NONE, "2027-01-12"),
        ["09:00", "09:15", "09:30", "09:45", "10:00"]
    );
}

#[test]
fn case_30_the_grid_is_anchored_to_the_window() {
    assert_eq!(local(&sized(30, 30, every_day(Tokyo, &["09:10-10:10"])), NONE, "2027-01-12"), ["09:10", "09:40"]);
}

#[test]
fn case_31_overrides_add_and_close_and_the_last_counts() {
    let mut rules = only_on(Tokyo, Weekday::Mon, &["09:00-10:00"]);
    let overrides = &mut rules.availability.overrides;
    overrides.insert(date("2027-01-12"), windows(&["13:00-14:00"]));
    overrides.insert(date("2027-01-12"), windows(&["09:00-10:00", "15:00-16:00"]));
    overrides.insert(date("2027-01-11"), Vec::new());
    assert_eq!(local(&rules, NONE, "2027-01-12"), ["09:00", "15:00"]);
    assert_eq!(local(&rules, NONE, "2027-01-11"), [] as [&str; 0]);
    assert!(
        why(&rules, NONE, utc(LONG_AGO), at(Tokyo, "2027-01-11 09:00"))
            .contains(&Reason::Override { date: date("2027-01-11") })
    );
}

#[test]
fn case_32_a_short_booking_takes_the_starts_that_run_into_it() {
    let rules = sized(60, 30, every_day(Tokyo, &["09:00-11:00"]));
    let bookings = [booked(at(Tokyo, "2027-01-12 09:30"), 30, 0, 0)];
    assert_eq!(local(&rules, Taken { bookings: &bookings, busy: &[] }, "2027-01-12"), ["10:00"]);
}

#[test]
fn case_33_where_two_buffers_meet_the_larger_counts() {
    let rules = Rules { buffer_before: Minutes(10), ..sized(60, 5, every_day(Tokyo, &["09:00-12:00"])) };
    let bookings = [booked(at(Tokyo, "2027-01-12 09:00"), 60, 0, 15)];
    let taken = Taken { bookings: &bookings, busy: &[] };
    assert_eq!(local(&rules, taken, "2027-01-12")[0], "10:15");
    let reasons = why(&rules, taken, utc(LONG_AGO), at(Tokyo, "2027-01-12 10:10"));
    assert_eq!(reasons, [Reason::Buffer { of: Of::Booking, interval: bookings[0].interval }]);
}

#[test]
fn case_34_a_buffer_reaches_into_the_next_day() {
    let rules = sized(30, 30, every_day(Tokyo, &["00:00-02:00"]));
    let bookings = [booked(at(Tokyo, "2027-01-11 23:00"), 60, 0, 30)];
    assert_eq!(local(&rules, Taken { bookings: &bookings, busy: &[] }, "2027-01-12")[0], "00:30");
}

#[test]
fn case_35_a_buffer_may_leave_the_window() {
    let rules = Rules { buffer_before: Minutes(15), ..every_day(Tokyo, &["09:00-10:00"]) };
    let early = [Interval::new(at(Tokyo, "2027-01-12 08:45"), at(Tokyo, "2027-01-12 09:00")).unwrap()];
    assert_eq!(local(&rules, NONE, "2027-01-12"), ["09:00"]);
    assert_eq!(local(&rules, Taken { bookings: &[], busy: &early }, "2027-01-12"), [] as [&str; 0]);
}

#[test]
fn case_36_touching_is_free() {
    let rules = every_day(Tokyo, &["09:00-12:00"]);
    let busy = [Interval::new(at(Tokyo, "2027-01-12 10:00"), at(Tokyo, "2027-01-12 11:00")).unwrap()];
    assert_eq!(local(&rules, Taken { bookings: &[], busy: &busy }, "2027-01-12"), ["09:00", "11:00"]);
}

#[test]
fn case_37_a_booking_keeps_the_buffers_it_was_made_with() {
    let bookings = [booked(at(Tokyo, "2027-01-12 09:00"), 60, 0, 30)];
    let taken = Taken { bookings: &bookings, busy: &[] };
    let rules = sized(30, 15, every_day(Tokyo, &["09:00-12:00"]));
    assert_eq!(local(&rules, taken, "2027-01-12")[0], "10:30", "the call has no buffer any more");
    let wider = Rules { buffer_before: Minutes(45), ..rules };
    assert_eq!(local(&wider, taken, "2027-01-12")[0], "10:45", "the candidate's own is larger");
}

#[test]
fn case_66_exactly_the_notice_is_enough() {
    let rules = Rules { notice: Minutes(24 * 60), ..sized(60, 30, every_day(Tokyo, &["09:00-17:00"])) };
    let found = starts(&rules, NONE, at(Tokyo, "2027-01-11 09:30"), "2027-01-12");
    assert_eq!(found[0], at(Tokyo, "2027-01-12 09:30"));
    let a_moment_later = at(Tokyo, "2027-01-11 09:30") + TimeDelta::milliseconds(1);
    let found = starts(&rules, NONE, a_moment_later, "2027-01-12");
    assert_eq!(found[0], at(Tokyo, "2027-01-12 10:00"));
}

#[test]
fn case_67_notice_is_elapsed_time() {
    let rules = Rules { notice: Minutes(24 * 60), ..sized(30, 30, every_day(New_York, &["09:00-17:00"])) };
    let found = starts(&rules, NONE, at(New_York, "2027-03-13 10:00"), "2027-03-14");
    assert_eq!(found[0], at(New_York, "2027-03-14 11:00"));
}

#[test]
fn case_68_the_horizon_ends_with_the_hosts_date() {
    let rules = Rules { horizon_days: 14, ..every_day(New_York, &["00:00-24:00"]) };
    let now = at(New_York, "2027-03-01 22:00");
    let window = Interval::new(utc("2027-03-14 00:00"), utc("2027-03-20 00:00")).unwrap();
    let last = slots(&rules, NONE, now, &window).last().map(Slot::start).unwrap();
    assert_eq!(last, at(New_York, "2027-03-15 23:00"));
    let beyond = at(New_York, "2027-03-16 00:00");
    assert_eq!(why(&rules, NONE, now, beyond), [Reason::Horizon { last: date("2027-03-15") }]);
}

#[test]
fn case_69_the_daily_limit_counts_by_the_hosts_dates() {
    let limits = Limits { per_day: Some(2), ..Limits::default() };
    let rules = Rules { limits, ..every_day(New_York, &["09:00-20:00"]) };
    let first = booked(at(New_York, "2027-01-12 09:00"), 60, 0, 0);
    let late = booked(at(New_York, "2027-01-12 19:00"), 60, 0, 0);
    let seen = |bookings: &[Booked], day| local(&rules, Taken { bookings, busy: &[] }, day).len();
    assert_eq!(seen(&[first], "2027-01-12"), 10);
    assert_eq!(seen(&[first, late], "2027-01-12"), 0, "19:00 in New York is the next day in UTC");
    assert_eq!(seen(&[first, late], "2027-01-13"), 11);
    let reasons =
        why(&rules, Taken { bookings: &[first, late], busy: &[] }, utc(LONG_AGO), at(New_York, "2027-01-12 12:00"));
    assert_eq!(reasons, [Reason::Limit(Limit::SessionsPerDay { most: 2, used: 2 })]);
}

#[test]
fn case_70_the_week_begins_where_the_host_says() {
    let limits = Limits { per_week: Some(1), ..Limits::default() };
    let sunday = [booked(at(Tokyo, "2027-01-10 23:00"), 60, 0, 0)];
    let monday = |week_start| {
        let rules = Rules { limits, week_start, ..every_day(Tokyo, &["00:00-24:00"]) };
        local(&rules, Taken { bookings: &sunday, busy: &[] }, "2027-01-11").len()
    };
    assert_eq!(monday(Weekday::Mon), 24);
    assert_eq!(monday(Weekday::Sun), 0);
}

#[test]
fn case_71_minutes_of_a_week_count_over_all_calls() {
    let limits = Limits { minutes_per_week: Some(120), ..Limits::default() };
    let rules = Rules { limits, ..sized(30, 30, every_day(Tokyo, &["09:00-17:00"])) };
    let of_others = Booked { is_of_this_call: false, ..booked(at(Tokyo, "2027-01-11 09:00"), 60, 0, 0) };
    let both = [of_others, booked(at(Tokyo, "2027-01-12 09:00"), 60, 0, 0)];
    assert_eq!(local(&rules, Taken { bookings: &both, busy: &[] }, "2027-01-13"), [] as [&str; 0]);
    assert!(!local(&rules, Taken { bookings: &both[..1], busy: &[] }, "2027-01-13").is_empty());
}

#[test]
fn case_72_a_period_without_days_is_a_contradiction() {
    let period = Period { notice: Minutes(14 * DAY - 1), preparation_days: 13, horizon_days: 14 };
    assert_eq!(period.contradicts(), None);
    let with = |period: Period| period.contradicts();
    assert_eq!(with(Period { notice: Minutes(14 * DAY), ..period }), Some(Contradiction::NoticeBeyondHorizon));
    assert_eq!(with(Period { preparation_days: 14, ..period }), Some(Contradiction::WritingBeyondHorizon));
}

#[test]
fn case_72_hours_without_room_for_a_session_are_a_contradiction() {
    let today = date("2027-01-04");
    let room = |offered: &Offered, minutes| offered.contradicts(Minutes(minutes), today);
    let too_short = |longest| Some(Contradiction::HoursTooShort { longest: Minutes(longest) });
    let offered = |rules: Rules| Offered { availability: rules.availability, limits: Limits::default() };
    // Two halves of an hour apart are no hour; where they touch they are one, over midnight as well.
    for (hours, longest) in [
        (&["09:00-09:30", "10:00-10:30"][..], 30),
        (&["09:00-09:30", "09:30-10:00"], 60),
        (&["23:30-00:30"], 60),
        (&["00:00-00:30", "23:30-24:00"], 60),
    ] {
        let offered = offered(every_day(Tokyo, hours));
        assert_eq!((room(&offered, longest), room(&offered, longest + 1)), (None, too_short(longest)), "{hours:?}");
    }
    // One long date is enough, unless it is past; no hours at all contradict nothing.
    let mut dates = offered(only_on(Tokyo, Weekday::Mon, &["09:00-09:30"]));
    dates.availability.overrides.insert(date("2027-02-01"), windows(&["09:00-12:00"]));
    assert_eq!((room(&dates, 180), room(&dates, 181)), (None, too_short(180)));
    assert_eq!(dates.contradicts(Minutes(60), date("2027-02-02")), too_short(30));
    let none = offered(every_day(Tokyo, &[]));
    assert_eq!((none.is_empty(today), room(&none, 60)), (true, None));
    // Limits count also while there are no hours.
    let limited = |minutes_per_day, minutes_per_week| Offered {
        limits: Limits { minutes_per_day, minutes_per_week, ..Limits::default() },
        ..none.clone()
    };
    assert_eq!(room(&limited(Some(30), None), 30), None);
    assert_eq!(room(&limited(Some(29), Some(9)), 30), Some(Contradiction::DayTooShort { most: 29 }));
    assert_eq!(room(&limited(None, Some(29)), 30), Some(Contradiction::WeekTooShort { most: 29 }));
}

#[test]
fn case_72_dates_beyond_the_horizon_are_a_contradiction_and_a_week_never_is() {
    let today = date("2027-01-04");
    let period = Period { notice: Minutes(DAY), preparation_days: 0, horizon_days: 28 };
    let first = date("2027-02-02");
    let mut rules = every_day(Tokyo, &[]);
    rules.availability.overrides.insert(date("2027-01-05"), Vec::new());
    rules.availability.overrides.insert(first, windows(&["09:00-12:00"]));
    let mut offered = Offered { availability: rules.availability, limits: Limits::default() };
    assert_eq!(offered.is_beyond(&period, today), Some(Contradiction::HoursBeyondHorizon { first }));
    assert_eq!(offered.is_beyond(&Period { horizon_days: 29, ..period }, today), None);
    offered.availability.weekly = only_on(Tokyo, Weekday::Mon, &["09:00-10:00"]).availability.weekly;
    assert_eq!(offered.is_beyond(&period, today), None);
}

#[test]
fn preparation_days_delay_the_first_start() {
    let rules = Rules { earliest: Some(at(Tokyo, "2027-01-12 10:30")), ..every_day(Tokyo, &["09:00-12:00"]) };
    assert_eq!(local(&rules, NONE, "2027-01-12"), ["11:00"]);
    assert_eq!(
        why(&rules, NONE, utc(LONG_AGO), at(Tokyo, "2027-01-12 10:00")),
        [Reason::Earliest { first: at(Tokyo, "2027-01-12 10:30") }]
    );
}

#[test]
fn one_start_is_found_or_not() {
    let rules = every_day(Tokyo, &["09:00-12:00"]);
    let found = find(&rules, NONE, utc(LONG_AGO), at(Tokyo, "2027-01-12 09:00")).unwrap();
    assert_eq!((found.end(), found.minutes()), (at(Tokyo, "2027-01-12 10:00"), Minutes(60)));
    assert_eq!(find(&rules, NONE, utc(LONG_AGO), at(Tokyo, "2027-01-12 09:30")), None);
}
