//! What bad files get: an answer, within their budget, that never calls free what was not read.

use super::*;
use chrono_tz::UTC;

const HOUR: &str = "DTSTART:20270112T090000Z\nDURATION:PT1H";

fn ruled(rule: &str) -> Reading {
    host(UTC).events(&[&format!("{HOUR}\n{rule}")])
}

#[test]
fn trust_e22_what_is_no_calendar_is_said() {
    let page = "<!doctype html>\n<pre>\nBEGIN:VCALENDAR\nEND:VCALENDAR\n</pre>";
    let binary: Vec<u8> = (0..=255).cycle().take(4_096).collect();
    for bytes in [b"".as_slice(), b"  \r\n", b"Not found", page.as_bytes(), &binary] {
        assert_eq!(host(UTC).read(bytes), Err(Unreadable::NotACalendar));
    }
    assert_eq!(host(UTC).read(&vec![b'\n'; MAX_BYTES + 1]), Err(Unreadable::TooLarge));
    assert!(host(UTC).events(&[]).is_complete(), "an empty calendar is a calendar");
}

#[test]
fn a_file_that_ends_early_counts_as_far_as_it_goes() {
    let whole = calendar_of(&[HOUR, "DTSTART:20270113T090000Z\nDURATION:PT1H"]);
    let cut = &whole[..whole.find("DTSTART:20270113").unwrap()];
    let reading = host(UTC).read(cut.as_bytes()).unwrap();
    assert_eq!(reading.busy, intervals(&["2027-01-12T09:00/2027-01-12T10:00"]));
    assert_eq!(whats(&reading), [What::CutOff, What::Missing("DTSTART")]);
}

#[test]
fn a_missing_end_hides_no_event() {
    let text = calendar_of(&[HOUR, "DTSTART:20270113T090000Z\nDURATION:PT1H"]).replacen("END:VEVENT\r\n", "", 1);
    let reading = host(UTC).read(text.as_bytes()).unwrap();
    assert_eq!((reading.busy.as_slice().len(), whats(&reading)), (2, vec![What::Unclosed]));
}

#[test]
fn lines_that_are_none_are_said_with_the_name_of_their_event() {
    let reading = host(UTC).events(&[&format!("{HOUR}\nSUMMARY:Secret\nLINE WITHOUT COLON")]);
    assert_eq!(reading.flaws, [Flaw { event: Some("UID 0@test".into()), what: What::StrayLine }]);
    let nameless = host(UTC).events(&["UID:\nDTSTART:garbage"]);
    let by_start = Flaw { event: Some("DTSTART garbage".into()), what: What::Value("DTSTART") };
    assert_eq!(nameless.flaws, [by_start]);
}

#[test]
fn alarms_and_tasks_may_say_what_they_like() {
    let sound = format!("ATTACH;ENCODING=BASE64;VALUE=BINARY:{}", "A".repeat(70_000));
    let alarm = format!("{HOUR}\nBEGIN:VALARM\nno colon\n{sound}\nEND:VALARM\nDTEND:20270112T110000Z");
    let expected = intervals(&["2027-01-12T09:00/2027-01-12T11:00"]);
    assert_eq!(host(UTC).busy(&[&alarm]), expected);
    let task = calendar_of(&[&alarm]).replacen("BEGIN:VEVENT", "BEGIN:VTODO\nDTSTART:soon\nEND:VTODO\nBEGIN:VEVENT", 1);
    let reading = host(UTC).read(task.as_bytes()).unwrap();
    assert_eq!((reading.busy, reading.flaw_count), (expected, 0));
    let unclosed = host(UTC).events(&[&alarm.replace("END:VALARM", "END VALARM")]);
    assert!(!unclosed.is_complete());
}

#[test]
fn values_that_only_look_right_are_refused() {
    for start in [
        "2027011T100000",
        "20270112T1000",
        "20270230T100000",
        "20270112T250000",
        "20270112T100000+0900",
        "２０２７０１１２",
    ] {
        let reading = host(UTC).events(&[&format!("DTSTART:{start}\nDURATION:PT1H")]);
        assert_eq!((whats(&reading), reading.busy), (vec![What::Value("DTSTART")], nothing()), "{start}");
    }
    for length in ["PT", "P", "1H", "-PT1H", "P1Y", "PT1", "P99999999999D", "P36501D", "PT1H1D"] {
        let reading = host(UTC).events(&[&format!("DTSTART:20270112T090000Z\nDURATION:{length}")]);
        assert_eq!((whats(&reading), reading.busy), (vec![What::Value("DURATION")], nothing()), "{length}");
    }
}

#[test]
fn trust_e18_rules_that_are_none_leave_their_event_out() {
    for rule in [
        "FREQ=DAILY;INTERVAL=0;COUNT=2",
        "FREQ=BOGUS",
        "COUNT=2",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;UNTIL=soon",
        "DAILY",
    ] {
        let reading = ruled(&format!("RRULE:{rule}"));
        assert_eq!((whats(&reading), reading.busy), (vec![What::Rule], nothing()), "{rule}");
    }
}

#[test]
fn trust_e18_rules_beyond_us_keep_their_first_occurrence() {
    let dense = format!(
        "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE={}",
        (0..20).map(|n| n.to_string()).collect::<Vec<_>>().join(",")
    );
    let long = format!("FREQ=DAILY;BYHOUR={}", "1,".repeat(500));
    let rules = [
        "FREQ=MINUTELY",
        "FREQ=DAILY;INTERVAL=65536",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYFOO=1",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=1MO,TU",
        "FREQ=DAILY;BYHOUR=９",
        "FREQ=YEARLY;BYMONTHDAY=1;BYSETPOS=1,2,3,4,5,6,7,8,9,10,11,12,13",
        &dense,
        &long,
    ];
    for rule in rules {
        let reading = ruled(&format!("RRULE:{rule}"));
        let first = intervals(&["2027-01-12T09:00/2027-01-12T10:00"]);
        assert_eq!((whats(&reading), reading.busy), (vec![What::RuleBeyond], first), "{rule}");
    }
}

#[test]
fn a_series_walked_from_near_the_window_is_the_one_walked_from_its_start() {
    let rules = [
        "DAILY",
        "DAILY;INTERVAL=11",
        "DAILY;BYMONTH=2,5;BYDAY=MO,FR",
        "WEEKLY;INTERVAL=3;WKST=SU;BYDAY=SU,MO,SA",
        "WEEKLY;INTERVAL=2",
        "MONTHLY",
        "MONTHLY;INTERVAL=5",
        "MONTHLY;BYDAY=-1FR",
        "MONTHLY;BYMONTHDAY=-1,13;BYDAY=FR",
        "MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
        "YEARLY",
        "YEARLY;INTERVAL=2;BYMONTH=1,3;BYDAY=2SU",
        "YEARLY;BYWEEKNO=1,20,53;BYDAY=MO,SU",
        "YEARLY;BYYEARDAY=1,100,-1",
        "HOURLY;INTERVAL=7",
        "HOURLY;INTERVAL=5;BYHOUR=2,9,12;BYMINUTE=0,30",
    ];
    let starts = ["20200229T233000", "20231231T013000", "20241031T120000", "20261115T023000", "20270131T080000"];
    let mut seen = 0;
    for (rule, start) in rules.into_iter().flat_map(|rule| starts.map(|start| (rule, start))) {
        let event = format!("DTSTART;TZID=America/New_York:{start}\nDURATION:PT90M\nRRULE:FREQ={rule}");
        let walked = format!("{event};COUNT=100000");
        let busy = host(UTC).busy(&[&event]);
        assert_eq!(busy, host(UTC).busy(&[&walked]), "{rule} since {start}");
        seen += usize::from(!busy.as_slice().is_empty());
    }
    assert!(seen > 60, "{seen} of 80 series reach into the window");
}

#[test]
fn days_that_no_month_has_are_sought_for_a_while_only() {
    for rule in ["YEARLY;BYMONTH=2;BYMONTHDAY=30", "MONTHLY;BYMONTH=4;BYMONTHDAY=31", "DAILY;BYMONTH=2;BYMONTHDAY=-31"]
    {
        let events: Vec<String> = (0..100).map(|_| format!("{HOUR}\nRRULE:FREQ={rule}")).collect();
        let reading = host(UTC).events(&events.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(whats(&reading)[0], What::TooMuchWork);
        assert_eq!(reading.steps, MAX_STEPS);
    }
}

#[test]
fn trust_e18_ordinary_oddities_are_read() {
    assert!(ruled("RRULE:FREQ=DAILY;UNTIL=20200101T000000Z").is_complete(), "UNTIL before DTSTART: it alone");
    assert!(ruled("RRULE:freq=daily; interval=2;count=3;").is_complete());
    let exrule = ruled("RRULE:FREQ=DAILY;COUNT=5\nEXRULE:FREQ=DAILY");
    assert_eq!((exrule.busy, exrule.flaw_count), (nothing(), 0));
    let exdates: Vec<String> =
        (0..10_000).map(|n| format!("EXDATE:2027{:02}{:02}T{:02}0000Z", n % 12 + 1, n % 28 + 1, n % 24)).collect();
    assert!(ruled(&format!("RRULE:FREQ=DAILY;COUNT=5\n{}", exdates.join("\n"))).is_complete());
}

#[test]
fn trust_e18_no_more_occurrences_than_the_budget() {
    let hourly: Vec<String> =
        (0..8).map(|n| format!("DTSTART:2027010{}T000000Z\nDURATION:PT30M\nRRULE:FREQ=HOURLY", n + 1)).collect();
    let reading = host(UTC).events(&hourly.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(whats(&reading).contains(&What::TooManyOccurrences));
    assert!(reading.busy.as_slice().len() > 4_000, "what was understood counts");
}

#[test]
fn one_event_does_not_starve_the_others() {
    let greedy = "DTSTART:19000101T000000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY;COUNT=1000000000";
    let reading = host(UTC).events(&[greedy, &format!("{HOUR}\nRRULE:FREQ=DAILY;COUNT=2")]);
    assert_eq!(whats(&reading), [What::TooMuchWork]);
    assert!(reading.busy.overlap(&interval("2027-01-13T09:00/2027-01-13T10:00")));
}

#[test]
fn trust_e17_five_thousand_events_of_the_window() {
    let event = |n: usize| {
        format!(
            "DTSTART:20270{}{:02}T{:02}{:02}00Z\nDURATION:PT1M",
            n / 40_320 + 1,
            n / 1_440 % 28 + 1,
            n / 60 % 24,
            n % 60
        )
    };
    let events: Vec<String> = (0..10_000).map(event).collect();
    let texts: Vec<&str> = events.iter().map(String::as_str).collect();
    let reading = host(UTC).events(&texts);
    assert_eq!((reading.events, whats(&reading)), (10_000, vec![What::TooManyEvents]));
    assert!(host(UTC).events(&texts[..5_000]).is_complete());
    assert!(host(UTC).during("2030-01-01T00:00/2030-07-01T00:00").events(&texts).is_complete(), "others cost nothing");
}

#[test]
fn trust_e17_long_lines_and_many_lines() {
    let long = host(UTC).events(&[&format!("{HOUR}\nX-BIG:{}", "x".repeat(70_000))]);
    assert_eq!((whats(&long), long.busy.as_slice().len()), (vec![What::LongLine], 1));
    let many = host(UTC).events(&[HOUR, &"SEQUENCE:1\n".repeat(300_000)]);
    assert!(whats(&many).contains(&What::TooLarge));
    let deep = host(UTC).events(&[&format!("{HOUR}\n{}", "BEGIN:X\n".repeat(100_000))]);
    assert!(whats(&deep).contains(&What::TooLarge) && !deep.busy.as_slice().is_empty());
}

#[test]
fn trust_e20_years_and_seconds_at_the_edge() {
    for (start, is_read) in [("00000101T000000Z", true), ("99991231T235960Z", true), ("20270112T095961Z", false)] {
        assert_eq!(host(UTC).events(&[&format!("DTSTART:{start}\nDURATION:PT1H")]).is_complete(), is_read, "{start}");
    }
    let leap = "DTSTART:20270112T085960Z\nDTEND:20270112T100000Z";
    assert_eq!(host(UTC).busy(&[leap]).as_slice()[0].start().format("%T").to_string(), "08:59:59");
}

#[test]
fn flaws_are_few_and_all_are_counted() {
    let events: Vec<String> = (0..100).map(|n| format!("DTSTART:{n}")).collect();
    let reading = host(UTC).events(&events.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((reading.flaws.len(), reading.flaw_count), (MAX_FLAWS, 100));
}
