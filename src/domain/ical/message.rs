//! The calendar part of booking mails: iTIP objects (RFC 5546) in iCalendar (RFC 5545).
//!
//! Written by hand: every ready-made writer that was tried let something through (CN, ORGANIZER,
//! URL, a bare CR, NUL). Here every value is cleaned, escaped or quoted by the one function of its
//! kind, and lines are folded between characters.

use chrono::{DateTime, Utc};
use std::fmt::Write;

/// What a message asks of the calendar (RFC 5546 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Request,
    Cancel,
}

impl Method {
    /// The word of METHOD and of the MIME parameter, which must agree or Outlook shows nothing.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
        }
    }
}

/// One booking for one attendee. `uid` never changes; `sequence` rises with each message that
/// changes the time or cancels (RFC 5546 2.1.4).
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    pub uid: &'a str,
    pub sequence: i32,
    pub stamp: DateTime<Utc>,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub summary: &'a str,
    pub description: &'a str,
    pub location: &'a str,
    pub url: &'a str,
    pub organizer: Address<'a>,
    pub attendee: Address<'a>,
}

/// A calendar address with its common name.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    pub email: &'a str,
    pub name: &'a str,
}

/// The whole VCALENDAR of a message, lines ended by CRLF.
pub fn calendar(method: Method, event: &Event<'_>) -> String {
    let status = match method {
        Method::Request => "CONFIRMED",
        Method::Cancel => "CANCELLED",
    };
    let mut out = begun();
    push_line(&mut out, &format!("METHOD:{}", method.as_str()));
    push_event(&mut out, event, status, Scheduling::Usual);
    push_line(&mut out, "END:VCALENDAR");
    out
}

/// A calendar to subscribe to: events without METHOD, as nothing is asked of the reader.
pub fn feed(name: &str, events: &[Event<'_>]) -> String {
    let mut out = begun();
    push_text(&mut out, "X-WR-CALNAME", name);
    for event in events {
        push_event(&mut out, event, "CONFIRMED", Scheduling::Usual);
    }
    push_line(&mut out, "END:VCALENDAR");
    out
}

/// A calendar object resource for a CalDAV server: one event without METHOD (RFC 4791 4.1), of which
/// the server sends nobody a mail.
pub fn object(event: &Event<'_>) -> String {
    let mut out = begun();
    push_event(&mut out, event, "CONFIRMED", Scheduling::Ours);
    push_line(&mut out, "END:VCALENDAR");
    out
}

/// Who tells the others of an event (RFC 6638 7.1).
#[derive(Clone, Copy)]
enum Scheduling {
    /// As the reader's program does it.
    Usual,
    /// We do, and have done.
    Ours,
}

impl Scheduling {
    fn agent(self) -> &'static str {
        match self {
            Scheduling::Usual => "",
            Scheduling::Ours => ";SCHEDULE-AGENT=CLIENT",
        }
    }
}

fn begun() -> String {
    let mut out = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kabeuchi//Bookings//EN", "CALSCALE:GREGORIAN"] {
        push_line(&mut out, line);
    }
    out
}

fn push_event(out: &mut String, event: &Event<'_>, status: &str, scheduling: Scheduling) {
    let agent = scheduling.agent();
    push_line(out, "BEGIN:VEVENT");
    push_line(out, &format!("UID:{}", uri(event.uid)));
    push_line(out, &format!("SEQUENCE:{}", event.sequence));
    push_line(out, &format!("DTSTAMP:{}", instant(event.stamp)));
    push_line(out, &format!("DTSTART:{}", instant(event.start)));
    push_line(out, &format!("DTEND:{}", instant(event.end)));
    push_line(out, &format!("STATUS:{status}"));
    push_line(out, "TRANSP:OPAQUE");
    push_text(out, "SUMMARY", event.summary);
    push_text(out, "DESCRIPTION", event.description);
    push_text(out, "LOCATION", event.location);
    if !event.url.is_empty() {
        push_line(out, &format!("URL:{}", uri(event.url)));
    }
    push_line(
        out,
        &format!("ORGANIZER;CN={}{agent}:mailto:{}", parameter(event.organizer.name), uri(event.organizer.email)),
    );
    push_line(
        out,
        &format!(
            "ATTENDEE;CN={};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE{agent}:mailto:{}",
            parameter(event.attendee.name),
            uri(event.attendee.email)
        ),
    );
    push_line(out, "END:VEVENT");
}

/// Address that adds the event to a calendar in the browser at Google.
pub fn google_link(event: &Event<'_>) -> String {
    link(
        "https://calendar.google.com/calendar/render",
        &[
            ("action", "TEMPLATE"),
            ("text", event.summary),
            ("dates", &format!("{}/{}", instant(event.start), instant(event.end))),
            ("details", event.description),
            ("location", event.location),
        ],
    )
}

/// Address that adds the event to a calendar in the browser at Outlook.
pub fn outlook_link(event: &Event<'_>) -> String {
    let iso = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    link(
        "https://outlook.office.com/calendar/0/deeplink/compose",
        &[
            ("path", "/calendar/action/compose"),
            ("rru", "addevent"),
            ("subject", event.summary),
            ("startdt", &iso(event.start)),
            ("enddt", &iso(event.end)),
            ("body", event.description),
            ("location", event.location),
        ],
    )
}

fn link(base: &str, pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{base}?{query}")
}

/// RFC 5545 3.3.5, form 2: UTC.
fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Line ends become `\n`; all other control characters go.
fn cleaned(text: &str) -> String {
    let lines = text.replace("\r\n", "\n");
    let as_break = |c| if matches!(c, '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') { '\n' } else { c };
    lines.chars().map(as_break).filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// RFC 5545 3.3.11: backslash, semicolon, comma and line ends are escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in cleaned(text).chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}

/// RFC 5545 3.2: a quoted parameter value cannot hold a quotation mark.
fn parameter(value: &str) -> String {
    format!("\"{}\"", cleaned(value).replace(['\n', '\t'], " ").replace('"', "'"))
}

/// A value of type URI or an identifier: nothing that could end the line.
fn uri(value: &str) -> String {
    value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

fn push_text(out: &mut String, name: &str, text: &str) {
    if !text.is_empty() {
        push_line(out, &format!("{name}:{}", escaped(text)));
    }
}

/// RFC 5545 3.1: lines of at most 75 octets, continued after CRLF and a space, never inside a
/// character.
fn push_line(out: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            octets = 1;
        }
        let _ = out.write_char(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    const HOSTILE: &str = "会議🎉; a, b \\ c \"d\"\nline2\r\nATTENDEE:mailto:evil@example.com\rX-CR:1\nBEGIN:VEVENT\u{85}\u{2028}\u{0}\u{7}ATTACH:https://x 予約のご案内です。長い日本語の件名を折り返しても文字が壊れないことを確認します👩‍👩‍👧‍👦🎌";

    fn event(text: &'static str) -> Event<'static> {
        let at = |h| Utc.with_ymd_and_hms(2027, 1, 12, h, 0, 0).unwrap();
        Event {
            uid: "0192@kabeuchi.example.org",
            sequence: 0,
            stamp: at(0),
            start: at(1),
            end: at(2),
            summary: text,
            description: text,
            location: text,
            url: "https://kabeuchi.example.org/bookings/1",
            organizer: Address { email: "kabeuchi@example.org", name: "Kabeuchi" },
            attendee: Address { email: "aki@example.org", name: text },
        }
    }

    /// Values by property name, as another parser reads them.
    fn parsed(text: &str) -> Vec<(String, String)> {
        let calendar = calcard::icalendar::ICalendar::parse(text).unwrap();
        let events: Vec<_> = calendar
            .components
            .iter()
            .filter(|c| c.component_type == calcard::icalendar::ICalendarComponentType::VEvent)
            .collect();
        assert_eq!(events.len(), 1);
        let text = |e: &calcard::icalendar::ICalendarEntry| {
            e.values.iter().filter_map(|v| v.as_text().map(str::to_owned)).collect::<Vec<_>>().join(",")
        };
        events[0].entries.iter().map(|e| (e.name.as_str().to_owned(), text(e))).collect()
    }

    fn value(text: &str, name: &str) -> String {
        parsed(text).into_iter().find(|(n, _)| n == name).map(|(_, v)| v).unwrap_or_default()
    }

    #[test]
    fn case_84_method_status_uid_and_sequence() {
        let request = calendar(Method::Request, &event("SLO"));
        let cancel = calendar(Method::Cancel, &Event { sequence: 2, ..event("SLO") });
        assert!(
            request.contains("METHOD:REQUEST\r\n")
                && request.contains("STATUS:CONFIRMED\r\n")
                && request.contains("SEQUENCE:0\r\n")
        );
        assert!(
            cancel.contains("METHOD:CANCEL\r\n")
                && cancel.contains("STATUS:CANCELLED\r\n")
                && cancel.contains("SEQUENCE:2\r\n")
        );
        assert!(cancel.contains("UID:0192@kabeuchi.example.org\r\n"));
    }

    #[test]
    fn case_85_what_is_written_to_a_calendar_is_the_mails_event_of_which_its_server_tells_nobody() {
        let (mail, object) = (calendar(Method::Request, &event("SLO")), object(&event("SLO")));
        for name in ["UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY"] {
            assert_eq!(value(&object, name), value(&mail, name), "{name}");
        }
        let unfolded = object.replace("\r\n ", "");
        let told: Vec<&str> = unfolded.lines().filter(|l| l.contains("SCHEDULE-AGENT=CLIENT")).collect();
        assert!(told.len() == 2 && told[0].starts_with("ORGANIZER;") && told[1].starts_with("ATTENDEE;"), "{object}");
        assert!(!object.contains("METHOD") && !mail.contains("SCHEDULE-AGENT"));
    }

    #[test]
    fn case_86_times_are_utc_and_stamped() {
        let text = calendar(Method::Request, &event("SLO"));
        for line in ["DTSTAMP:20270112T000000Z\r\n", "DTSTART:20270112T010000Z\r\n", "DTEND:20270112T020000Z\r\n"] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("TZID"));
    }

    #[test]
    fn case_87_folding_never_splits_a_character() {
        let text = calendar(Method::Request, &event(HOSTILE));
        for line in text.split("\r\n") {
            assert!(line.len() <= 75, "{line}");
            assert!(!line.contains(['\n', '\r']));
        }
        assert!(text.is_char_boundary(0) && text.ends_with("\r\n"));
    }

    #[test]
    fn trust_g08_hostile_values_come_back_as_they_were_and_add_nothing() {
        let text = calendar(Method::Request, &event(HOSTILE));
        let expected = cleaned(HOSTILE);
        for name in ["SUMMARY", "DESCRIPTION", "LOCATION"] {
            assert_eq!(value(&text, name), expected);
        }
        let names: Vec<String> = parsed(&text).into_iter().map(|(n, _)| n).collect();
        assert_eq!(names.iter().filter(|n| *n == "ATTENDEE").count(), 1);
        assert!(!names.iter().any(|n| n.starts_with("X-") || n == "ATTACH"), "{names:?}");
    }

    #[test]
    fn trust_g09_emoji_at_the_fold() {
        for pad in 0..80 {
            let summary: &'static str = Box::leak(format!("{}🎌👩‍👩‍👧‍👦終", "a".repeat(pad)).into_boxed_str());
            assert_eq!(value(&calendar(Method::Request, &event(summary)), "SUMMARY"), summary);
        }
    }

    #[test]
    fn links_for_calendars_in_the_browser_carry_the_times() {
        assert!(google_link(&event("A & B")).contains("text=A+%26+B&dates=20270112T010000Z%2F20270112T020000Z"));
        assert!(outlook_link(&event("SLO")).contains("startdt=2027-01-12T01%3A00%3A00Z"));
    }
}
