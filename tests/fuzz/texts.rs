//! What is drawn: Markdown as HTML, texts as parts of a calendar.

use crate::fuzz;
use crate::payloads::payloads;
use calcard::icalendar::{ICalendar, ICalendarComponentType};
use chrono::{DateTime, TimeDelta};
use kabeuchi::domain::ical::{Address, Event, Method, calendar};
use kabeuchi::platform::markdown;

/// What has a meaning in Markdown or HTML.
const MARKUP: [&str; 44] = [
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```\n",
    "~~~",
    "[",
    "](",
    ")",
    "![",
    "<",
    ">",
    "\n> ",
    "\n- ",
    "\n1. ",
    "    ",
    "\t",
    "|",
    "|-|\n",
    "|a",
    "\n",
    "\n\n",
    "#",
    "---\n",
    "===\n",
    "&",
    "&#x3a;",
    "&colon;",
    "\\",
    "<!--",
    "-->",
    "<script>",
    "</textarea>",
    "<svg>",
    "javascript:",
    "https://",
    "[x]: ",
    "[x]",
    "\u{200b}",
    "\u{202e}",
    "壁",
    "\u{0301}",
    "\r",
];
/// What has a meaning in iCalendar.
const CALENDAR: [&str; 24] = [
    "\r\n",
    "\n",
    "\r",
    ";",
    ":",
    ",",
    "\\",
    "\\n",
    "\"",
    "=",
    "^",
    "^n",
    "\0",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "ATTACH:",
    "\r\n ",
    "🎌",
    "👩‍👩‍👧‍👦",
    "壁",
    "\u{0301}",
];

fn corpus() -> Vec<Vec<u8>> {
    payloads().into_iter().map(String::into_bytes).collect()
}

#[test]
fn markdown_is_drawn_within_its_bounds() {
    fuzz("markdown", &corpus(), &MARKUP, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let html = markdown::render(&text);
        assert!(html.as_str().len() <= text.len() * 10 + 64, "{} of {}", html.as_str().len(), text.len());
        let lower = html.as_str().to_ascii_lowercase();
        for never in ["<script", "<img", "<svg", "<math", "<style", "<iframe", "<a href=\"javascript", "<a href=\"data"]
        {
            assert!(!lower.contains(never), "{never} of {text}");
        }
    });
}

#[test]
fn texts_of_a_calendar_part_are_one_event_in_whole_lines() {
    let at = DateTime::UNIX_EPOCH;
    fuzz("calendar", &corpus(), &CALENDAR, |bytes| {
        let text: String = String::from_utf8_lossy(bytes).chars().take(4_000).collect();
        let event = Event {
            uid: "0192@kabeuchi.example.org",
            sequence: 0,
            stamp: at,
            start: at,
            end: at + TimeDelta::hours(1),
            summary: &text,
            description: &text,
            location: &text,
            url: "https://kabeuchi.example.org/bookings/1",
            organizer: Address { email: "kabeuchi@example.org", name: &text },
            attendee: Address { email: "aki@example.org", name: &text },
        };
        let written = calendar(Method::Request, &event);
        assert!(written.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
        let read = ICalendar::parse(&written).unwrap();
        let is_event = |component: &&_| {
            matches!(
                component,
                calcard::icalendar::ICalendarComponent { component_type: ICalendarComponentType::VEvent, .. }
            )
        };
        assert_eq!((read.components.len(), read.components.iter().filter(is_event).count()), (2, 1));
        // What is empty is left out.
        assert!(read.components.iter().find(is_event).unwrap().entries.len() <= 13);
    });
}
