//! Cases 38-59 and 62-64 of the scheduling design, each by its number.

use super::*;
use chrono_tz::America::New_York;
use chrono_tz::Asia::Tokyo;
use chrono_tz::UTC;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn case_38_all_day_is_the_hosts_day() {
    let event = "DTSTART;VALUE=DATE:20270112\nDTEND;VALUE=DATE:20270113";
    let day = intervals(&["2027-01-11T15:00/2027-01-12T15:00"]);
    assert_eq!(host(Tokyo).busy(&[event]), day);
    let free = format!("{event}\nTRANSP:TRANSPARENT");
    let read = |all_day| host(Tokyo).reading(Reads { all_day, ..Reads::default() });
    assert_eq!(read(AllDay::Free).busy(&[event]), nothing());
    assert_eq!(
        (read(AllDay::AsMarked).busy(&[event]), read(AllDay::AsMarked).busy(&[&free])),
        (day.clone(), nothing())
    );
    assert_eq!(read(AllDay::Busy).busy(&[&free]), day);
    let outlooks = "DTSTART:20270111T150000Z\nDTEND:20270112T150000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE";
    assert_eq!(read(AllDay::Free).busy(&[outlooks]), nothing());
}

#[test]
fn case_38_what_another_choice_would_change_is_known_beforehand() {
    let day = "DTSTART;VALUE=DATE:20270112\nDTEND;VALUE=DATE:20270113";
    let maybe = "DTSTART:20270114T010000Z\nDTEND:20270114T020000Z\nSTATUS:TENTATIVE";
    let read = |reads| host(Tokyo).reading(reads).otherwise(&[day, maybe, &format!("{day}\nTRANSP:TRANSPARENT")]);
    let (whole, hour) =
        (intervals(&["2027-01-11T15:00/2027-01-12T15:00"]), intervals(&["2027-01-14T01:00/2027-01-14T02:00"]));
    let expected = [
        (Choice::AllDay(AllDay::Free), whole.clone(), nothing()),
        (Choice::Tentative(Counts::Free), hour.clone(), nothing()),
    ];
    assert_eq!(read(Reads::default()), expected);
    let none = Reads { all_day: AllDay::Free, tentative: Counts::Free, ..Reads::default() };
    let expected = [
        (Choice::AllDay(AllDay::AsMarked), nothing(), whole.clone()),
        (Choice::AllDay(AllDay::Busy), nothing(), whole),
        (Choice::Tentative(Counts::Busy), nothing(), hour),
    ];
    assert_eq!(read(none), expected);
}

#[test]
fn case_39_a_day_has_23_or_25_hours_when_clocks_change() {
    let busy = host(New_York).busy(&["DTSTART;VALUE=DATE:20270314\nDTEND;VALUE=DATE:20270315"]);
    assert_eq!(busy, intervals(&["2027-03-14T05:00/2027-03-15T04:00"]));
    let autumn = host(New_York).during("2027-11-01T00:00/2027-12-01T00:00");
    let busy = autumn.busy(&["DTSTART;VALUE=DATE:20271107\nDTEND;VALUE=DATE:20271108"]);
    assert_eq!(busy, intervals(&["2027-11-07T04:00/2027-11-08T05:00"]));
}

#[test]
fn case_40_the_end_is_exclusive() {
    let busy = host(UTC).busy(&["DTSTART;VALUE=DATE:20270110\nDTEND;VALUE=DATE:20270113"]);
    assert_eq!(busy, intervals(&["2027-01-10T00:00/2027-01-13T00:00"]));
}

#[test]
fn case_41_without_an_end_a_date_is_a_day_and_a_time_is_nothing() {
    assert_eq!(host(UTC).busy(&["DTSTART;VALUE=DATE:20270112"]), intervals(&["2027-01-12T00:00/2027-01-13T00:00"]));
    assert_eq!(host(UTC).busy(&["DTSTART:20270112T100000Z"]), nothing());
    let same = "DTSTART;VALUE=DATE:20270112\nDTEND;VALUE=DATE:20270112";
    assert_eq!(host(UTC).busy(&[same]), intervals(&["2027-01-12T00:00/2027-01-13T00:00"]), "a day has no zero length");
}

#[test]
fn case_42_what_is_marked_free_is_free_and_the_rest_is_the_owners_choice() {
    let hour = intervals(&["2027-01-12T01:00/2027-01-12T02:00"]);
    let mut hana = host(Tokyo);
    hana.addresses = vec![EmailAddress::parse("Hana@example.org").unwrap()];
    let marked =
        |hana: &Host, mark: &str| hana.busy(&[&format!("DTSTART:20270112T010000Z\nDTEND:20270112T020000Z\n{mark}")]);
    let declined = "ATTENDEE;CN=\"H: a; b\";PARTSTAT=DECLINED:mailto:hana@EXAMPLE.org";
    let by_parameter = "ATTENDEE;PARTSTAT=DECLINED;EMAIL=hana@example.org:/principal/1";
    for free in ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", declined, by_parameter] {
        assert_eq!(marked(&hana, free), nothing(), "{free}");
    }
    let unanswered = ["ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:hana@example.org", "ATTENDEE:MAILTO:hana@example.org"];
    let tentative = [
        "STATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "ATTENDEE;PARTSTAT=TENTATIVE:mailto:hana@example.org",
    ];
    let others =
        ["X-MICROSOFT-CDO-BUSYSTATUS:OOF", "ATTENDEE;PARTSTAT=DECLINED:mailto:aki@example.org", "TRANSP:OPAQUE"];
    for busy in unanswered.into_iter().chain(tentative).chain(others) {
        assert_eq!(marked(&hana, busy), hour, "{busy}");
    }
    let own = format!("ORGANIZER:mailto:hana@example.org\n{}", unanswered[1]);
    hana.reads = Reads { tentative: Counts::Free, unanswered: Counts::Free, ..Reads::default() };
    for free in unanswered.into_iter().chain(tentative) {
        assert_eq!(marked(&hana, free), nothing(), "{free}");
    }
    assert_eq!(marked(&hana, &own), hour, "who invites has answered");
}

#[test]
fn case_43_floating_time_is_the_hosts_or_what_the_calendar_declares() {
    let event = "DTSTART:20270112T100000\nDTEND:20270112T110000";
    assert_eq!(host(Tokyo).busy(&[event]), intervals(&["2027-01-12T01:00/2027-01-12T02:00"]));
    let declared = |zone| calendar_of(&[event]).replace("VERSION:2.0", &format!("X-WR-TIMEZONE:{zone}"));
    let reading = host(Tokyo).read(declared("America/New_York").as_bytes()).unwrap();
    assert_eq!((reading.busy, reading.flaw_count), (intervals(&["2027-01-12T15:00/2027-01-12T16:00"]), 0));
    let reading = host(Tokyo).read(declared("Nowhere").as_bytes()).unwrap();
    assert_eq!(reading.busy, intervals(&["2027-01-12T01:00/2027-01-12T02:00"]));
    assert!(!reading.is_complete());
}

#[test]
fn case_44_zones_by_name_by_rules_and_unknown() {
    let event = |zone: &str| format!("DTSTART;TZID=\"{zone}\":20270112T100000\nDURATION:PT1H");
    let tokyo = intervals(&["2027-01-12T01:00/2027-01-12T02:00"]);
    assert_eq!(host(UTC).busy(&[&event("Tokyo Standard Time")]), tokyo);
    let reading = host(UTC).events(&[&event("Nowhere/Land"), &event("Asia/Tokyo")]);
    assert_eq!(reading.busy, intervals(&["2027-01-12T01:00/2027-01-12T02:00", "2027-01-12T10:00/2027-01-12T11:00"]));
    let flaw = Flaw { event: Some("UID 0@test".to_owned()), what: What::UnknownZone("Nowhere/Land".to_owned()) };
    assert_eq!((reading.flaws, reading.flaw_count, reading.events), (vec![flaw], 1, 2));
}

#[test]
fn case_45_start_and_end_each_in_its_own_zone() {
    let event = "DTSTART;TZID=Asia/Tokyo:20270301T090000\nDTEND;TZID=America/New_York:20270301T090000";
    assert_eq!(host(UTC).busy(&[event]), intervals(&["2027-03-01T00:00/2027-03-01T14:00"]));
}

#[test]
fn case_46_a_day_is_nominal_and_24_hours_are_exact() {
    let event = |length: &str| format!("DTSTART;TZID=America/New_York:20270313T120000\nDURATION:{length}");
    assert_eq!(host(UTC).busy(&[&event("P1D")]), intervals(&["2027-03-13T17:00/2027-03-14T16:00"]));
    assert_eq!(host(UTC).busy(&[&event("PT24H")]), intervals(&["2027-03-13T17:00/2027-03-14T17:00"]));
}

#[test]
fn case_47_a_weekly_hour_of_new_york_moves_in_tokyo() {
    let event = "DTSTART;TZID=America/New_York:20270301T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY";
    let tokyo = host(Tokyo).during("2027-03-01T00:00/2027-03-23T00:00");
    let hours = ["2027-03-01T15:00/2027-03-01T16:00", "2027-03-08T15:00/2027-03-08T16:00"];
    let summer = ["2027-03-15T14:00/2027-03-15T15:00", "2027-03-22T14:00/2027-03-22T15:00"];
    assert_eq!(tokyo.busy(&[event]), intervals(&[hours, summer].concat()), "00:00 JST in winter, 23:00 in summer");
}

#[test]
fn case_48_until_is_inclusive_and_an_instant() {
    let event = "DTSTART;TZID=Asia/Tokyo:20270302T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20270309T000000Z";
    let both = ["2027-03-02T00:00/2027-03-02T01:00", "2027-03-09T00:00/2027-03-09T01:00"];
    assert_eq!(host(UTC).busy(&[event]), intervals(&both));
    let earlier = event.replace("20270309T000000Z", "20270308T235959Z");
    assert_eq!(host(UTC).busy(&[&earlier]), intervals(&both[..1]));
}

#[test]
fn case_49_an_exdate_takes_one_out_and_count_still_counts_it() {
    let event = "DTSTART:20270111T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270112T090000Z";
    let rest = ["2027-01-11T09:00/2027-01-11T10:00", "2027-01-13T09:00/2027-01-13T10:00"];
    assert_eq!(host(UTC).busy(&[event]), intervals(&rest));
}

#[test]
fn case_50_an_exdate_takes_out_its_instant_alone() {
    let event = "DTSTART;TZID=Asia/Tokyo:20270105T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=4";
    let [nine, fifteen] = ["2027-01-05T00:00/2027-01-05T01:00", "2027-01-05T06:00/2027-01-05T07:00"];
    let next_fifteen = "2027-01-06T06:00/2027-01-06T07:00";
    for exdate in ["EXDATE:20270106T000000Z", "EXDATE;TZID=Asia/Tokyo:20270106T090000"] {
        let busy = host(UTC).busy(&[&format!("{event}\n{exdate}")]);
        assert_eq!(busy, intervals(&[nine, fifteen, next_fifteen]), "{exdate}");
    }
    let whole_day = format!("{event}\nEXDATE;VALUE=DATE:20270106");
    assert_eq!(host(UTC).busy(&[&whole_day]), intervals(&[nine, fifteen]));
}

#[test]
fn case_51_an_rdate_adds_and_a_period_has_its_own_length() {
    let event = "DTSTART:20270105T000000Z\nDURATION:PT1H\nRDATE:20270109T030000Z\n\
                 RDATE;VALUE=PERIOD:20270110T100000Z/20270110T113000Z,20270111T100000Z/PT3H";
    let busy = intervals(&[
        "2027-01-05T00:00/2027-01-05T01:00",
        "2027-01-09T03:00/2027-01-09T04:00",
        "2027-01-10T10:00/2027-01-10T11:30",
        "2027-01-11T10:00/2027-01-11T13:00",
    ]);
    assert_eq!(host(UTC).busy(&[event]), busy);
}

const WEEKLY: &str = "UID:m\nDTSTART;TZID=Asia/Tokyo:20270105T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3";

#[test]
fn case_52_a_moved_occurrence_also_into_and_out_of_the_window() {
    let moved = "UID:m\nRECURRENCE-ID;TZID=Asia/Tokyo:20270112T100000\n\
                 DTSTART;TZID=Asia/Tokyo:20270113T150000\nDURATION:PT1H";
    let [first, third] = ["2027-01-05T01:00/2027-01-05T02:00", "2027-01-19T01:00/2027-01-19T02:00"];
    let new = "2027-01-13T06:00/2027-01-13T07:00";
    assert_eq!(host(UTC).busy(&[WEEKLY, moved]), intervals(&[first, new, third]));
    let during = |window| host(UTC).during(window).busy(&[WEEKLY, moved]);
    assert_eq!(during("2027-01-12T00:00/2027-01-13T00:00"), nothing(), "out of the window");
    assert_eq!(during("2027-01-13T00:00/2027-01-14T00:00"), intervals(&[new]), "into the window");
}

#[test]
fn case_53_cancelled_transparent_and_this_and_future() {
    let [first, second] = ["2027-01-05T01:00/2027-01-05T02:00", "2027-01-12T01:00/2027-01-12T02:00"];
    let third = "2027-01-19T01:00/2027-01-19T02:00";
    let of_second = "UID:m\nRECURRENCE-ID;TZID=Asia/Tokyo:20270112T100000";
    let cancelled = format!("{of_second}\nSTATUS:CANCELLED");
    assert_eq!(host(UTC).busy(&[WEEKLY, &cancelled]), intervals(&[first, third]));
    let free = format!("{of_second}\nDTSTART:20270112T010000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT");
    assert_eq!(host(UTC).busy(&[WEEKLY, &free]), intervals(&[first, third]));
    let later = of_second.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE");
    let moved = format!("{later}\nDTSTART;TZID=Asia/Tokyo:20270113T120000\nDURATION:PT2H");
    let followed = [first, "2027-01-13T03:00/2027-01-13T05:00", "2027-01-20T03:00/2027-01-20T05:00"];
    assert_eq!(host(UTC).busy(&[WEEKLY, &moved]), intervals(&followed));
    let ended = format!("{later}\nSTATUS:CANCELLED");
    assert_eq!(host(UTC).busy(&[WEEKLY, &ended]), intervals(&[first]));
    let vague = host(UTC).events(&[WEEKLY, of_second]);
    assert_eq!((vague.busy, vague.flaw_count), (intervals(&[first, second, third]), 1), "no DTSTART changes nothing");
}

#[test]
fn case_54_an_override_without_its_master_stands_alone() {
    let orphan = "UID:m\nRECURRENCE-ID:20270106T000000Z\nDTSTART:20270106T020000Z\nDURATION:PT2H";
    assert_eq!(host(UTC).busy(&[orphan]), intervals(&["2027-01-06T02:00/2027-01-06T04:00"]));
}

#[test]
fn case_55_the_highest_sequence_then_the_newest_stamp_holds() {
    let at = |hour: u32, marks: &str| format!("UID:m\nDTSTART:20270112T{hour}0000Z\nDURATION:PT1H\n{marks}");
    let old = at(10, "SEQUENCE:1\nDTSTAMP:20270103T000000Z");
    let new = at(12, "SEQUENCE:2\nDTSTAMP:20270101T000000Z");
    let newest = at(14, "SEQUENCE:2\nDTSTAMP:20270102T000000Z");
    assert_eq!(host(UTC).busy(&[&new, &old]), intervals(&["2027-01-12T12:00/2027-01-12T13:00"]));
    assert_eq!(host(UTC).busy(&[&newest, &new, &old]), intervals(&["2027-01-12T14:00/2027-01-12T15:00"]));
    let both = [at(10, ""), at(12, "")];
    let hours = ["2027-01-12T10:00/2027-01-12T11:00", "2027-01-12T12:00/2027-01-12T13:00"];
    assert_eq!(host(UTC).busy(&[&both[0], &both[1]]), intervals(&hours), "one UID for everything hides nothing");
}

#[test]
fn case_56_a_series_since_2015_is_busy_today() {
    let event = "DTSTART;TZID=Asia/Tokyo:20150101T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    let day = host(UTC).during("2027-01-12T00:00/2027-01-13T00:00");
    assert_eq!(day.busy(&[event]), intervals(&["2027-01-12T00:00/2027-01-12T01:00"]));
    let every_third = event.replace("DAILY", "DAILY;INTERVAL=3");
    let days = (chrono::NaiveDate::from_ymd_opt(2027, 1, 12).unwrap()
        - chrono::NaiveDate::from_ymd_opt(2015, 1, 1).unwrap())
    .num_days();
    assert_eq!(day.busy(&[&every_third]) != nothing(), days % 3 == 0, "the interval is kept over the years");
}

#[test]
fn case_57_last_working_days_all_mondays_and_short_months() {
    let event = |rule: &str, first: &str| format!("DTSTART:{first}T090000Z\nDURATION:PT1H\nRRULE:FREQ={rule}");
    let dates = |rule: &str, first: &str, window: &str| -> Vec<String> {
        let busy = host(UTC).during(window).busy(&[&event(rule, first)]);
        busy.iter().map(|interval| interval.start().format("%m-%d").to_string()).collect()
    };
    let quarter = "2027-01-01T00:00/2027-04-01T00:00";
    assert_eq!(dates("YEARLY;BYMONTHDAY=-1", "20261231", quarter), ["01-31", "02-28", "03-31"]);
    let last_working_day = "MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1";
    assert_eq!(dates(last_working_day, "20261231", quarter), ["01-29", "02-26", "03-31"]);
    assert_eq!(
        dates("MONTHLY;BYDAY=MO", "20261207", "2027-01-01T00:00/2027-02-01T00:00"),
        ["01-04", "01-11", "01-18", "01-25"]
    );
    assert_eq!(dates("MONTHLY", "20261231", "2027-01-01T00:00/2027-06-30T00:00"), ["01-31", "03-31", "05-31"]);
    assert_eq!(dates("YEARLY", "20240229", "2027-01-01T00:00/2028-12-31T00:00"), ["02-29"], "of 2028");
}

#[test]
fn case_58_seconds_and_five_thousand_years_are_bounded_and_said() {
    let event = |rule: &str| format!("DTSTART:20270112T090000Z\nDURATION:PT1H\nRRULE:{rule}");
    let reading = host(UTC).events(&[&event("FREQ=SECONDLY")]);
    assert_eq!(
        (whats(&reading), reading.busy),
        (vec![What::RuleBeyond], intervals(&["2027-01-12T09:00/2027-01-12T10:00"]))
    );
    let ancient = "DTSTART:00010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=50010101T000000Z";
    let week = host(UTC).during("2027-01-04T00:00/2027-01-11T00:00");
    let reading = week.events(&[ancient]);
    assert_eq!((reading.busy.as_slice().len(), reading.flaw_count), (7, 0), "near the window it is an ordinary week");
    assert!(reading.steps < 1_000, "{}", reading.steps);
    let counted = week.events(&["DTSTART:00010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY;COUNT=1000000000"]);
    assert_eq!(whats(&counted), [What::TooMuchWork]);
}

#[test]
fn case_59_what_began_earlier_still_blocks() {
    let night = "DTSTART:20270111T233000Z\nDTEND:20270112T003000Z";
    let trip = "DTSTART;VALUE=DATE:20261228\nDTEND;VALUE=DATE:20270118";
    let day = host(UTC).during("2027-01-12T00:00/2027-01-13T00:00");
    assert_eq!(day.busy(&[night]), intervals(&["2027-01-11T23:30/2027-01-12T00:30"]));
    assert_eq!(day.busy(&[trip]), intervals(&["2026-12-28T00:00/2027-01-18T00:00"]));
    let nightly = night.replace("20270111", "20200101").replace("20270112", "20200102") + "\nRRULE:FREQ=DAILY";
    assert_eq!(day.busy(&[&nightly]).as_slice()[0], interval("2027-01-11T23:30/2027-01-12T00:30"));
}

#[test]
fn case_62_folds_line_ends_marks_quotes_and_alarms() {
    let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;X-P=\"q;r:s\";TZID=As\r\n ia/Tokyo:2027011\r\n\t2T100000\r\n\
                DTEND;TZID=Asia/Tokyo:20270112T110000\r\nSUMMARY:会議\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nDURATION:PT5H\r\n\
                STATUS:CANCELLED\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let expected = intervals(&["2027-01-12T01:00/2027-01-12T02:00"]);
    for text in [text.to_owned(), text.replace("\r\n", "\n"), format!("\u{FEFF}{text}")] {
        let reading = host(UTC).read(text.as_bytes()).unwrap();
        assert_eq!((reading.flaws, reading.busy), (vec![], expected.clone()));
    }
    let mut cut_character = calendar_of(&["DTSTART:20270112T010000Z\nDURATION:PT1H\nSUMMARY:あ"]).into_bytes();
    let at = cut_character.windows(3).position(|bytes| bytes == "あ".as_bytes()).unwrap();
    cut_character.splice(at + 1..at + 1, *b"\r\n ");
    assert_eq!(host(UTC).read(&cut_character).unwrap().busy, expected);
}

#[test]
fn case_63_a_booking_that_was_written_back_is_not_counted() {
    let booking = "UID:0192@kabeuchi.example.org\nDTSTART:20270112T010000Z\nDTEND:20270112T020000Z";
    let other = "DTSTART:20270112T030000Z\nDTEND:20270112T040000Z";
    let mut hana = host(Tokyo);
    assert_eq!(hana.busy(&[booking]), intervals(&["2027-01-12T01:00/2027-01-12T02:00"]));
    hana.own.insert("0192@kabeuchi.example.org".to_owned());
    assert_eq!(hana.busy(&[booking, other]), intervals(&["2027-01-12T03:00/2027-01-12T04:00"]));
    let own = BTreeMap::from([(
        "0192@kabeuchi.example.org".to_owned(),
        BTreeSet::from(["2027-01-12T01:00:00Z".parse().unwrap()]),
    )]);
    assert_eq!(hana.events(&[booking, other]).own, own, "where it is now is known");
    let broken = "UID:0192@kabeuchi.example.org\nDTSTART:garbage";
    assert_eq!(hana.busy(&[booking, broken]), nothing(), "what is ours is known without it");
}

#[test]
fn case_64_free_busy_as_somebody_else_worked_it_out() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nUID:1\nDTSTART:20270101T000000Z\nDTEND:20270201T000000Z\n\
                FREEBUSY:20270112T010000Z/20270112T020000Z,20270112T030000Z/PT30M\n\
                FREEBUSY;FBTYPE=FREE:20270112T040000Z/PT1H\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20270112T050000Z/PT1H\n\
                FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270112T060000Z/PT1H\nFREEBUSY;FBTYPE=X-LUNCH:20270112T080000Z/PT1H\n\
                END:VFREEBUSY\nEND:VCALENDAR\n";
    let firm = [
        "2027-01-12T01:00/2027-01-12T02:00",
        "2027-01-12T03:00/2027-01-12T03:30",
        "2027-01-12T06:00/2027-01-12T07:00",
        "2027-01-12T08:00/2027-01-12T09:00",
    ];
    let reading =
        host(Tokyo).reading(Reads { tentative: Counts::Free, ..Reads::default() }).read(text.as_bytes()).unwrap();
    assert_eq!((reading.busy, reading.flaw_count), (intervals(&firm), 0));
    let all = [&firm[..], &["2027-01-12T05:00/2027-01-12T06:00"]].concat();
    assert_eq!(host(Tokyo).read(text.as_bytes()).unwrap().busy, intervals(&all));
    let garbled = text.replace("20270112T030000Z/PT30M", "20270112T030000Z");
    assert_eq!(whats(&host(Tokyo).read(garbled.as_bytes()).unwrap()), [What::Value("FREEBUSY")]);
}
